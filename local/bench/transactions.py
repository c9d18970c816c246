"""A three-statement action with its key and journal row beside what stock drivers need for the three statements alone.

Durable commit; directly and through the pooler; as it is and with a millisecond of network added to each round trip.
All take turns, so that whatever else the machine does falls on all alike.
"""

from __future__ import annotations

import asyncio
import itertools
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import asyncpg
import msgspec
import pg8000.native
import psycopg
import uvloop

from callscript import call_key
from callscript.session_token import SignedClaims, verify
from database.connection import Connection, Query
from functions.business import transaction
from functions.business.idempotency import fingerprint
from functions.business.request import read_call
from functions.business.transaction import Who
from functions.hosting.web import read_request
from local import keys as secret_names
from local.bench import progress
from local.bench.delayed import delayed
from local.bench.desk import Desk, sit_down
from local.bench.house import open_demo
from local.bench.row import Measured, Row
from local.cloud import Cloud
from local.database import NAME
from local.ports import HOST

BENCH = "transactions"
TIMES, QUICK_TIMES = 250, 40
ACCOUNTS = 1000
DELAYS = (0.0, 0.001)
STOCK_GOAL = {"direct": 2.5, "pooled": 4.0}
USER = "waihu_business"
READ = "SELECT balance FROM bench.accounts WHERE id = $1"
CHANGE = "UPDATE bench.accounts SET balance = balance + $2 WHERE id = $1 RETURNING balance"
NOTE = "INSERT INTO bench.entries (account, amount, note) VALUES ($1, $2, $3) RETURNING id"
STATEMENTS = (READ, CHANGE, NOTE)
_TABLES = (
    "CREATE SCHEMA bench",
    "CREATE TABLE bench.accounts (id integer PRIMARY KEY, balance bigint NOT NULL DEFAULT 0)",
    """CREATE TABLE bench.entries (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
         account integer NOT NULL, amount integer NOT NULL, note text NOT NULL)""",
    f"INSERT INTO bench.accounts (id) SELECT generate_series(1, {ACCOUNTS})",
    "GRANT USAGE ON SCHEMA bench TO waihu_scripts",
    "GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA bench TO waihu_scripts",
)

Parameters = tuple[tuple[int], tuple[int, int], tuple[int, int, str]]
Runs = Callable[[int], None]
"""Runs the transaction for this account."""


@dataclass(frozen=True, slots=True)
class Where:
    """A way to the database."""

    path: str
    port: int
    password: str


def rows(quick: bool = False) -> Iterator[Row]:
    times = QUICK_TIMES if quick else TIMES
    with open_demo() as cloud:
        with cloud.database.connect() as connection:
            for sql in _TABLES:
                connection.execute(sql)
        desk, password = sit_down(cloud), cloud.keys.password(secret_names.BUSINESS_LOGIN)
        ways = {"direct": (HOST, cloud.database.postgres.port), "pooled": cloud.pooler_address}
        for (path, target), delay in itertools.product(ways.items(), DELAYS):
            with delayed(target, delay) as port, _contenders(Where(path, port, password), _acting(cloud, desk)) as all_:
                took = _take_turns(all_, times, f"{path}, +{delay * 1000:g} ms")
            pooler = f" ({cloud.database.pooler.kind})" if path == "pooled" else ""
            yield from _told(f"{path}{pooler}, +{delay * 1000:g} ms", path, took)


def _told(where: str, path: str, took: Mapping[str, Measured]) -> Iterator[Row]:
    ours = took["ours"]
    goals = {"stock pg8000": (STOCK_GOAL[path], "times faster"), "psycopg 3": (1.0, "no slower")}
    yield took["one round trip"].row(BENCH, f"{where}: SELECT 1, the floor", "µs")
    for peer in ("stock pg8000", "psycopg 3", "asyncpg"):
        times = took[peer].median / ours.median
        least, words = goals.get(peer, (None, ""))
        yield Row(
            bench=BENCH, metric=f"{where}: three statements, key and journal", value=ours.median, unit="µs",
            spread=f"{ours.spread} (n={len(ours.values)})", peer=f"{peer}, no journal", peer_value=took[peer].median,
            ratio=1 / times, goal=None if least is None else f"{least:g} {words}",
            holds=None if least is None else times >= least,
        )  # fmt: skip


def _take_turns(contenders: Mapping[str, Runs], times: int, what: str) -> dict[str, Measured]:
    """Microseconds of each, after a tenth to warm up."""
    took: dict[str, list[float]] = {name: [] for name in contenders}
    for turn in progress.counted(what, range(times + times // 10), times + times // 10):
        for name, run in contenders.items():
            begun = time.perf_counter()
            run(turn % ACCOUNTS + 1)
            took[name].append((time.perf_counter() - begun) * 1e6)
    return {name: Measured(values[times // 10 :]) for name, values in took.items()}


# -- contenders -----------------------------------------------------------------------------------------------------


@contextmanager
def _contenders(where: Where, opening: Callable[[], list[Query]]) -> Iterator[Mapping[str, Runs]]:
    with ExitStack() as stack:
        ours = stack.enter_context(Connection.open(HOST, where.port, NAME, USER, where.password))
        yield {
            "one round trip": lambda _: _floor(ours),
            "ours": lambda account: _ours(ours, opening(), account),
            "stock pg8000": stack.enter_context(_stock(where)),
            "psycopg 3": stack.enter_context(_psycopg(where)),
            "asyncpg": stack.enter_context(_asyncpg(where)),
        }


def _floor(connection: Connection) -> None:
    connection.fetch("SELECT 1")


def _ours(connection: Connection, opening: list[Query], account: int) -> None:
    queries = [Query(sql, values) for sql, values in zip(STATEMENTS, _parameters(account), strict=True)]
    results = connection.run_pipeline([*opening, *queries, transaction.COMMIT])
    if not results[-2].rows:
        raise RuntimeError("the third statement returns what it has written")


@contextmanager
def _stock(where: Where) -> Iterator[Runs]:
    connection = pg8000.native.Connection(USER, host=HOST, port=where.port, database=NAME, password=where.password)
    texts = [sql.replace("$", ":p") for sql in STATEMENTS]

    def run(account: int) -> None:
        connection.run("BEGIN")
        for sql, values in zip(texts, _parameters(account), strict=True):
            connection.run(sql, **{f"p{place}": value for place, value in enumerate(values, 1)})
        connection.run("COMMIT")

    yield run
    connection.close()


@contextmanager
def _psycopg(where: Where) -> Iterator[Runs]:
    """As it comes: it prepares what it sees often, except where a transaction pooler forbids that."""
    address: dict[str, Any] = {"host": HOST, "port": where.port, "dbname": NAME, "user": USER}
    texts: list[Any] = [READ.replace("$1", "%s"), CHANGE, NOTE.replace("$1", "%s")]
    texts[1] = "UPDATE bench.accounts SET balance = balance + %s WHERE id = %s RETURNING balance"
    texts[2] = texts[2].replace("$2", "%s").replace("$3", "%s")
    with psycopg.connect(**address, password=where.password, autocommit=True) as connection:
        if where.path == "pooled":
            connection.prepare_threshold = None

        def run(account: int) -> None:
            read, (_, amount), note = _parameters(account)
            with connection.transaction():
                for sql, values in zip(texts, (read, (amount, account), note), strict=True):
                    connection.execute(sql, values).fetchall()

        yield run


@contextmanager
def _asyncpg(where: Where) -> Iterator[Runs]:
    address: dict[str, Any] = {"host": HOST, "port": where.port, "database": NAME, "user": USER}
    if where.path == "pooled":
        address["statement_cache_size"] = 0
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        connection = runner.run(_opened(address, where.password))

        async def transact(account: int) -> None:
            async with connection.transaction():
                for sql, values in zip(STATEMENTS, _parameters(account), strict=True):
                    await connection.fetch(sql, *values)

        yield lambda account: runner.run(transact(account))
        connection.terminate()


async def _opened(address: dict[str, Any], password: str) -> Any:
    return await asyncpg.connect(**address, password=password, ssl=False)


def _parameters(account: int) -> Parameters:
    return (account,), (account, 7), (account, 7, "a note of some length, as notes are")


# -- our opening: BEGIN and begin_action -------------------------------------------------------------------------------


def _acting(cloud: Cloud, desk: Desk) -> Callable[[], list[Query]]:
    """What begins an action of `desk`; each has a new key and the fingerprint of its call, as every action has."""
    signed: SignedClaims = verify(desk.session.token, cloud.keys.session_keys(), int(time.time()))
    call = read_call(read_request(desk.event("outbound.save_answers", desk.answers())))

    def opening() -> list[Query]:
        this = msgspec.structs.replace(
            call, key=call_key.mint(desk.interview, 0, uuid.uuid4().hex, time.time_ns() // 1_000_000)
        )
        return transaction.begin_action(Who(this, signed, fingerprint(this), ("read", "change", "note")))

    return opening
