"""The same work the old way, each agent on a connection of their own, and this way: what the database has to bear."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from local.bench.accounts import audit
from local.bench.house import House, database_settings, open_house
from local.bench.load import Load, Office, allow_many_sockets
from local.bench.old_client import OldLoad, OldOffice, OldOutcome
from local.bench.pressure import Pressure
from local.bench.row import Measured, Row, goal
from local.bench.signing_in import sign_in
from local.database import NAME

BENCH = "two_tier"
AGENTS, QUICK_AGENTS = 1_000, 150
THINK_SECONDS = 5.0
"""Between two actions of an agent, on the average."""
SECONDS, QUICK_SECONDS = 20.0, 6.0


@dataclass(frozen=True, slots=True)
class _Side:
    """One way of working: what the database had to bear for how many actions."""

    pressure: Pressure
    actions: int

    def each(self, whole: float) -> float:
        return whole / max(1, self.actions)


COMPARED: tuple[tuple[str, str, Callable[[_Side], float]], ...] = (
    ("connections", "", lambda side: side.pressure.connections),
    ("processor time of PostgreSQL", "ms an action", lambda side: side.each(1000 * side.pressure.cpu_seconds)),
    ("memory of PostgreSQL", "MB", lambda side: side.pressure.megabytes),
    ("transactions that wrote", "an action", lambda side: side.each(side.pressure.transactions)),
    ("WAL", "kB an action", lambda side: side.each(side.pressure.wal_bytes / 1000)),
    ("sessions that wait for a lock", "at a look", lambda side: side.pressure.lock_waits / max(1, side.pressure.looks)),
)


def rows(quick: bool = False) -> Iterator[Row]:
    agents, seconds = (QUICK_AGENTS, QUICK_SECONDS) if quick else (AGENTS, SECONDS)
    allow_many_sockets()
    rate = agents / THINK_SECONDS
    with open_house(database_settings=database_settings(agents)) as house:
        house.add_contacts("csat", 2 * int(rate * seconds) + 4 * agents)
        old, old_pressure = _old_way(house, agents, rate, seconds)
        crew = sign_in(house, agents)
        address = urlsplit(house.gateway_url)
        load = Load(host=str(address.hostname), port=int(address.port or 80), agents=crew, rate=rate, seconds=seconds,
                    spread=True)  # fmt: skip
        with Office(load) as office, Pressure(house) as pressure:
            outcome = office.work("this way")
        what = f"{agents:,} agents, {rate:g} actions/s"
        old_side, side = _Side(old_pressure, len(old.latencies)), _Side(pressure, outcome.answered)
        for name, unit, of in COMPARED:
            yield _beside(f"{what}: {name}", unit, of(side), of(old_side))
        yield from _answers(what, old, outcome.latencies)
        yield goal(BENCH, f"{what}: errors this way", sum(outcome.errors.values()), "", at_most=0)
        with house.database.connect() as connection:
            yield from audit(connection, outcome.interviews).rows(BENCH)


def _old_way(house: House, agents: int, rate: float, seconds: float) -> tuple[OldOutcome, Pressure]:
    end = house.database.postgres.endpoint(NAME)
    load = OldLoad(host=end.host, port=end.port, database=NAME, user=end.user, password=end.password, agents=agents,
                   rate=rate, seconds=seconds)  # fmt: skip
    with OldOffice(load) as office, Pressure(house) as pressure:
        outcome = office.work()
    if outcome.errors:
        raise RuntimeError(f"the old client could not do its work: {outcome.errors}")
    return outcome, pressure


def _answers(what: str, old: OldOutcome, latencies: list[float]) -> Iterator[Row]:
    for name, share in (("p50", 0.5), ("p99", 0.99)):
        now = Measured([one * 1000 for one in latencies] or [0.0]).percentile(share)
        then = Measured([one * 1000 for one in old.latencies] or [0.0]).percentile(share)
        yield _beside(f"{what}: an action, {name}", "ms", now, then)
    yield goal(BENCH, "the old way: statements an action", old.statements / max(1, len(old.latencies)), "")
    yield goal(BENCH, "the old way: cases snatched away between looking and taking", old.missed, "")


def _beside(metric: str, unit: str, now: float, then: float) -> Row:
    ratio = now / then if then else None
    return Row(bench=BENCH, metric=metric, value=now, unit=unit, peer="two-tier client", peer_value=then, ratio=ratio)
