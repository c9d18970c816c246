"""Next case, with 32 and with 200 agents asking at the same moment, over ten thousand cases and over a million."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from local.bench.accounts import audit
from local.bench.agents import Credentials
from local.bench.house import House, open_house
from local.bench.load import Load, Outcome, allow_many_sockets, put_on
from local.bench.plans import plans_of
from local.bench.row import Measured, Row, goal
from local.bench.signing_in import sign_in

BENCH = "next_case"
SIZES, QUICK_SIZES = (10_000, 1_000_000), (10_000,)
CROWDS = (32, 200)
ROUNDS, QUICK_ROUNDS = 8, 3
ALONE_TURNS = 30
ALONE_GOAL_MS = 150.0
COURSE = ("next_case", "finish")
TABLES = ("cases", "contacts", "phones")
"""None of them may be read from end to end for one case."""


def rows(quick: bool = False) -> Iterator[Row]:
    allow_many_sockets()
    for size in QUICK_SIZES if quick else SIZES:
        with open_house() as house:
            house.add_contacts("csat", size)
            crew = sign_in(house, max(CROWDS))
            yield from asked(house, crew, size, QUICK_ROUNDS if quick else ROUNDS)
            yield from planned(house, crew[:1], size)


def asked(
    house: House, crew: Sequence[Credentials], size: int, rounds: int, crowds: Sequence[int] = CROWDS
) -> Iterator[Row]:
    """What came of asking: how long it took, what was refused, whether a case was served twice."""
    what, done = f"{size:,} cases", []
    alone = _ask(house, crew[:1], ALONE_TURNS)
    taken = _milliseconds(alone)
    yield taken.row(BENCH, f"{what}, one agent alone", "ms", at_most=ALONE_GOAL_MS)
    done += alone.interviews
    for crowd in crowds:
        outcome = _ask(house, crew[:crowd], rounds)
        taken = _milliseconds(outcome)
        named = ", ".join(f"{name}: {count}" for name, count in sorted(outcome.errors.items()))
        yield taken.row(BENCH, f"{what}, {crowd} at once, p50", "ms")
        yield goal(BENCH, f"{what}, {crowd} at once, p99", taken.percentile(0.99), "ms")
        yield goal(BENCH, f"{what}, {crowd} at once: 'no case' or another error", sum(outcome.errors.values()), "",
                   at_most=0, spread=named)  # fmt: skip
        done += outcome.interviews
    with house.database.connect() as connection:
        accounts = audit(connection, done)
    yield goal(BENCH, f"{what}: cases served", len(done), "")
    yield goal(BENCH, f"{what}: served twice or mixed up", accounts.served_twice + accounts.mixed_up, "", at_most=0)


def planned(house: House, who: Sequence[Credentials], size: int) -> Iterator[Row]:
    """How PostgreSQL went about it: the plans of the very statements that the action has sent."""
    plans = plans_of(house, lambda: _ask(house, who, 1, course=COURSE[:1]))
    scans = [scan for plan in plans for scan in plan if scan.table in TABLES]
    if not scans:
        raise RuntimeError("PostgreSQL has told no plan of a statement that reads cases")
    whole = ", ".join(sorted({scan.table for scan in scans if scan.kind == "Seq Scan"}))
    indexes = ", ".join(sorted({scan.index for scan in scans if scan.index}))
    yield goal(BENCH, f"{size:,} cases: tables read from end to end", whole.count(",") + bool(whole), "", at_most=0,
               spread=whole)  # fmt: skip
    yield goal(
        BENCH, f"{size:,} cases: rows looked at for one case", sum(s.rows for s in scans), "rows", spread=indexes
    )


def _ask(house: House, crew: Sequence[Credentials], rounds: int, course: Sequence[str] = COURSE) -> Outcome:
    address = urlsplit(house.gateway_url)
    load = Load(host=str(address.hostname), port=int(address.port or 80), agents=crew, calls=len(course) * rounds,
                course=course, together=True)  # fmt: skip
    return put_on(load, f"{len(crew)} agents at once")


def _milliseconds(outcome: Outcome) -> Measured:
    return Measured([taken * 1000 for taken in outcome.by_action["next_case"]])
