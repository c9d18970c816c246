"""The built-in pooler keeps RDS Proxy's documented rules on how many connections there are and how long they live."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import asyncpg
import psycopg
import pytest

from database.connection import Connection, Query
from database.failures import ConnectionLost, DatabaseTrouble
from database.wire import encode_pipeline
from local.pooler import Pooler, PoolerConfig
from local.pooler.backends import NONE_FREE
from local.pooler.pinning import action_of
from local.ports import HOST, free_port
from local.postgres import EmbeddedPostgres
from local.reaper import Reaper

PASSWORD = "s3cret,=pässword"
LOGINS = {"fast": PASSWORD, "slow": PASSWORD}
SERVER_TAKES = 40
MANY = 1_000_000
"""Questions that nobody could ask within the shortest life of a connection."""
OPENING = "SELECT platform.begin_action($1::text, $2::text, $3::text, $4::text[])"


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPostgres]:
    settings = {"max_connections": str(SERVER_TAKES)}
    with EmbeddedPostgres(tmp_path_factory.mktemp("ruled"), durable=False, settings=settings) as server:
        with psycopg.connect(_admin(server), autocommit=True) as connection:
            for login in LOGINS:
                connection.execute(f"CREATE ROLE {login} LOGIN PASSWORD '{PASSWORD}'")
            connection.execute("CREATE DATABASE work")
        with psycopg.connect(_admin(server, "work"), autocommit=True) as connection:
            connection.execute("CREATE SCHEMA platform")
            connection.execute("GRANT USAGE ON SCHEMA platform TO PUBLIC")
            connection.execute(
                "CREATE FUNCTION platform.begin_action(text, text, text, text[]) RETURNS text LANGUAGE sql RETURN $3"
            )
        yield server


@pytest.fixture
def ruled(database: EmbeddedPostgres, tmp_path: Path) -> Iterator[Callable[..., Pooler]]:
    """Makes built-in poolers with the rules that a test is about."""
    reaper = Reaper()
    with contextlib.ExitStack() as stack:

        def make(**rules: Any) -> Pooler:
            config = PoolerConfig(
                host=HOST, port=free_port(), server_host=database.host, server_port=database.port, database="work",
                logins=LOGINS, **rules,
            )  # fmt: skip
            made = Pooler(config, folder=tmp_path, log=tmp_path / "log", reaper=reaper, kind="built-in")
            made.start()
            stack.callback(made.close)
            return made

        yield make
    reaper.close()


def test_all_logins_together_have_their_percent(
    ruled: Callable[..., Pooler], database: EmbeddedPostgres, until: Callable[..., Any]
) -> None:
    pooler = ruled(connections_percent=7.5, borrow_seconds=60)  # of 40: 3

    async def work(login: str, number: int) -> list[int]:
        async with _client(pooler, login) as client:
            answers = []
            for turn in range(8):
                async with client.transaction():
                    answers.append(await client.fetchval(f"SELECT {number * 100 + turn}::int"))
            return answers

    async def all_at_once() -> list[list[int]]:
        return await asyncio.gather(*(work(login, number) for number in range(8) for login in LOGINS))

    with _most_seen(database) as seen:
        answers = _apart(all_at_once())
    assert answers == [[number * 100 + turn for turn in range(8)] for number in range(8) for _ in LOGINS]
    assert until(lambda: _backends(database) <= 3)
    assert max(seen) < 12, "16 would have come; of those given up some may still be ending"


def test_one_login_gives_up_what_lies_idle_to_another(ruled: Callable[..., Pooler], database: EmbeddedPostgres) -> None:
    pooler = ruled(connections_percent=2.5, borrow_seconds=20)  # of 40: 1

    async def by_turns() -> list[int]:
        async with _client(pooler, "fast") as fast, _client(pooler, "slow") as slow:
            return [await one.fetchval("SELECT 7::int") for _ in range(4) for one in (fast, slow)]

    assert _apart(by_turns()) == [7] * 8


def test_waiting_for_a_connection_ends_in_rds_proxys_words(ruled: Callable[..., Pooler]) -> None:
    pooler = ruled(most_backends=1, borrow_seconds=0.2)

    async def wait_in_vain() -> None:
        async with _client(pooler, "fast") as late, _client(pooler, "fast") as holder:
            await holder.execute("BEGIN")
            with pytest.raises(asyncpg.PostgresError, match=NONE_FREE):
                await late.fetchval("SELECT 1")

    _apart(wait_in_vain())


def test_our_connection_knows_that_nothing_was_begun(ruled: Callable[..., Pooler]) -> None:
    pooler = ruled(most_backends=1, borrow_seconds=0.2)
    with _ours(pooler) as holder, _ours(pooler) as late:
        holder.execute("BEGIN")
        with pytest.raises(DatabaseTrouble) as refused:
            late.execute("SELECT 1")
    assert not (isinstance(refused.value, ConnectionLost) and refused.value.sent)


def test_idle_connections_are_closed_down_to_their_percent(
    ruled: Callable[..., Pooler], database: EmbeddedPostgres, until: Callable[..., Any]
) -> None:
    pooler = ruled(idle_percent=5, idle_seconds=0.3)  # of 40: 2

    async def four_at_once() -> None:
        async with contextlib.AsyncExitStack() as stack:
            clients = [await stack.enter_async_context(_client(pooler, "fast")) for _ in range(4)]
            await asyncio.gather(*(client.execute("BEGIN") for client in clients))
            await asyncio.gather(*(client.execute("COMMIT") for client in clients))

    _apart(four_at_once())
    assert until(lambda: _backends(database) == 2)


def test_an_idle_client_is_sent_away_and_told_why(ruled: Callable[..., Pooler]) -> None:
    pooler = ruled(idle_client_seconds=0.3)

    async def fall_asleep() -> str:
        told: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        async with _client(pooler, "fast") as sleeper, _client(pooler, "fast") as worker:
            await worker.execute("BEGIN")
            sleeper.add_termination_listener(lambda _: told.set_result("gone"))
            answer = await asyncio.wait_for(told, 20)
            # Who is in the middle of a transaction is not idle, however long it takes.
            assert await worker.fetchval("SELECT 1") == 1
            return answer

    assert _apart(fall_asleep()) == "gone"


def test_a_client_that_works_lives_as_long_as_it_may(ruled: Callable[..., Pooler]) -> None:
    pooler = ruled(client_seconds=0.5)

    answers = 0
    with _ours(pooler) as client, contextlib.suppress(ConnectionLost):
        while answers < MANY:
            assert client.fetch("SELECT 1") == [(1,)]
            answers += 1
    assert 0 < answers < MANY


def test_a_pin_names_the_action_and_the_statement(
    ruled: Callable[..., Pooler], tmp_path: Path, until: Callable[..., Any]
) -> None:
    pooler = ruled()
    begin = Query(OPENING, ("{}", "a.node", "outbound.next_case", ["taken"]))
    with _ours(pooler) as connection:
        connection.run_pipeline([Query("BEGIN"), begin, Query("SET application_name = 'x'"), Query("COMMIT")])
    told = "(set), action outbound.next_case, by: SET application_name"
    assert until(lambda: told in (tmp_path / "log").read_text())


def test_the_action_is_read_from_the_message_that_begins_it() -> None:
    sent = encode_pipeline([Query(OPENING, ("{}", "a.node", "outbound.next_case", ["taken.x"]))])
    at = sent.index(b"B", sent.index(OPENING.encode()) + len(OPENING))
    size = int.from_bytes(sent[at + 1 : at + 5], "big")
    assert action_of(sent[at + 5 : at + 1 + size]) == "outbound.next_case"


def _apart(work: Any) -> Any:
    """In a thread of its own: a browser's driver may keep an event loop running in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


@contextlib.asynccontextmanager
async def _client(pooler: Pooler, login: str) -> AsyncIterator[Any]:
    address = {"host": pooler.config.host, "port": pooler.config.port, "database": "work"}
    client = await asyncpg.connect(**address, user=login, password=PASSWORD, statement_cache_size=0)
    try:
        yield client
    finally:
        client.terminate()


def _ours(pooler: Pooler) -> Connection:
    return Connection.open(pooler.config.host, pooler.config.port, "work", "fast", PASSWORD)


def _admin(server: EmbeddedPostgres, database: str = "postgres") -> str:
    return f"host={server.host} port={server.port} user=postgres password={server.password} dbname={database}"


_COUNT = "SELECT count(*) FROM pg_stat_activity WHERE usename = ANY (%s)"


def _backends(database: EmbeddedPostgres) -> int:
    with psycopg.connect(_admin(database)) as admin:
        row = admin.execute(_COUNT, [list(LOGINS)]).fetchone()
    return int(row[0]) if row else 0


@contextmanager
def _most_seen(database: EmbeddedPostgres) -> Iterator[list[int]]:
    """How many connections there were, looked at again and again."""
    import threading

    seen, ended = [0], threading.Event()

    def look() -> None:
        with psycopg.connect(_admin(database), autocommit=True) as admin:
            while not ended.is_set():
                row = admin.execute(_COUNT, [list(LOGINS)]).fetchone()
                seen.append(int(row[0]) if row else 0)

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield seen
    finally:
        ended.set()
        thread.join()
