"""2,000 agents at once on 20 database connections: twenty workers behind the gateway, and nobody waits to think."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from database.connection import Connection
from local.bench.accounts import audit
from local.bench.agents import COURSE
from local.bench.house import open_house
from local.bench.load import Load, allow_many_sockets, put_on
from local.bench.row import Measured, Row, goal
from local.bench.signing_in import sign_in

BENCH = "crowd"
CONNECTIONS = 20
AGENTS, QUICK_AGENTS = 2_000, 300
CALLS = len(COURSE)
"""One case each, from taking to finishing."""


def rows(quick: bool = False) -> Iterator[Row]:
    agents = QUICK_AGENTS if quick else AGENTS
    allow_many_sockets()
    with open_house(workers=CONNECTIONS) as house:
        house.add_contacts("csat", agents + 100)
        crew = sign_in(house, agents)
        address = urlsplit(house.gateway_url)
        load = Load(host=str(address.hostname), port=int(address.port or 80), agents=crew, calls=CALLS)
        outcome = put_on(load, f"{agents:,} agents at once")
        what = f"{agents:,} agents, a whole case each"
        waits = Measured([one * 1000 for one in outcome.latencies] or [0.0])
        yield goal(BENCH, f"{what}: actions", outcome.answered / outcome.seconds, "/s")
        yield waits.row(BENCH, f"{what}: until answered, p50", "ms")
        yield goal(BENCH, f"{what}: until answered, p99", waits.percentile(0.99), "ms")
        yield goal(BENCH, f"{what}: told to wait (429, 503)", outcome.shed, "")
        named = ", ".join(f"{name}: {count}" for name, count in sorted(outcome.errors.items()))
        yield goal(BENCH, f"{what}: errors", sum(outcome.errors.values()), "", at_most=0, spread=named)
        yield goal(BENCH, f"{what}: wrong replies", len(outcome.wrong), "", at_most=0)
        with house.database.connect() as connection:
            yield goal(BENCH, "connections to the database", _connections(connection), "", at_most=CONNECTIONS)
            yield from audit(connection, outcome.interviews).rows(BENCH)


def _connections(connection: Connection) -> int:
    sql = "SELECT count(*) FROM pg_stat_activity WHERE usename = 'waihu_business'"
    return int(connection.fetch(sql)[0][0])
