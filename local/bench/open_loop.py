"""Actions at a fixed rate whatever the house does, then at twice what it can bear: what waits, what is turned away.

Through the gateway, with 2,000 agents at their work and a durable commit; see `load` on how time is counted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from local.bench.accounts import audit
from local.bench.agents import Credentials, Interview
from local.bench.house import House, open_house
from local.bench.load import Load, Outcome, allow_many_sockets, put_on
from local.bench.row import Measured, Row, goal
from local.bench.signing_in import sign_in

BENCH = "open_loop"
AGENTS, QUICK_AGENTS = 2_000, 300
RATE = 400.0
SECONDS, QUICK_SECONDS = 60.0, 10.0
P99_GOAL_MS = 150.0
CAPACITY_AGENTS = 64
CAPACITY_CALLS, QUICK_CAPACITY_CALLS = 60, 20


def rows(quick: bool = False) -> Iterator[Row]:
    agents, seconds = (QUICK_AGENTS, QUICK_SECONDS) if quick else (AGENTS, SECONDS)
    allow_many_sockets()
    with open_house() as house:
        house.add_contacts("csat", int(RATE * seconds) + agents)
        crew = sign_in(house, agents)
        done: list[Interview] = []
        for outcome, found in (_steady(house, crew, seconds), _overload(house, crew, seconds, quick=quick)):
            done += outcome.interviews
            yield from found
        with house.database.connect() as connection:
            yield from audit(connection, done).rows(BENCH)


def _steady(house: House, crew: Sequence[Credentials], seconds: float) -> tuple[Outcome, list[Row]]:
    outcome = _load(house, crew, rate=RATE, seconds=seconds, seed=2)
    waits = _milliseconds(outcome.latencies)
    what = f"{RATE:g} actions/s for {seconds:g} s"
    return outcome, [
        waits.row(BENCH, f"{what}, p50", "ms"),
        goal(BENCH, f"{what}, p99", waits.percentile(0.99), "ms", at_most=P99_GOAL_MS, spread=waits.spread),
        goal(BENCH, f"{what}, answered", outcome.answered / outcome.seconds, "/s"),
        goal(BENCH, f"{what}, told to wait (429, 503)", outcome.shed, ""),
        *_faults(what, outcome),
    ]


def _overload(house: House, crew: Sequence[Credentials], seconds: float, *, quick: bool) -> tuple[Outcome, list[Row]]:
    calls = QUICK_CAPACITY_CALLS if quick else CAPACITY_CALLS
    closed = _load(house, crew[:CAPACITY_AGENTS], calls=calls)
    capacity = closed.answered / closed.seconds
    outcome = _load(house, crew[CAPACITY_AGENTS:], rate=2 * capacity, seconds=seconds, seed=3)
    waits, told = _milliseconds(outcome.latencies), _milliseconds(outcome.refused_latencies)
    outcome.interviews += closed.interviews
    what = f"{2 * capacity:.0f} actions/s"
    return outcome, [
        goal(BENCH, f"capacity ({CAPACITY_AGENTS} agents without a pause)", capacity, "/s", at_least=RATE),
        goal(BENCH, f"twice that for {seconds:g} s: answered", outcome.answered / outcome.seconds, "/s"),
        goal(BENCH, f"{what}: told to wait (429, 503)", outcome.shed, "", at_least=1),
        goal(BENCH, f"{what}: answered, p99", waits.percentile(0.99), "ms", spread=waits.spread),
        goal(BENCH, f"{what}: told to wait after, p99", told.percentile(0.99), "ms", spread=told.spread),
        *_faults(what, outcome),
    ]


def _faults(what: str, outcome: Outcome) -> Iterator[Row]:
    named = ", ".join(f"{name}: {count}" for name, count in sorted(outcome.errors.items()))
    yield goal(BENCH, f"{what}: errors", sum(outcome.errors.values()), "", at_most=0, spread=named)
    yield goal(BENCH, f"{what}: wrong replies", len(outcome.wrong), "", at_most=0, spread="; ".join(outcome.wrong[:2]))
    yield goal(BENCH, f"{what}: calls never acknowledged", outcome.left, "", at_most=0)


def _milliseconds(seconds: Sequence[float]) -> Measured:
    return Measured([one * 1000 for one in seconds] or [0.0])


def _load(
    house: House, crew: Sequence[Credentials], *, rate: float | None = None, seconds: float = 0.0, calls: int = 0,
    seed: int = 1,
) -> Outcome:  # fmt: skip
    address = urlsplit(house.gateway_url)
    load = Load(host=str(address.hostname), port=int(address.port or 80), agents=crew, rate=rate, seconds=seconds,
                calls=calls, seed=seed, spread=rate is not None)  # fmt: skip
    return put_on(load, f"{rate:.0f} actions/s" if rate else f"{len(crew)} agents without a pause")
