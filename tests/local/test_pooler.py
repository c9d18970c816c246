"""The transaction pooler: the same tests for the built-in one and, where it is installed, for PgBouncer."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import asyncpg
import psycopg
import pytest

from local.pooler import Pooler, PoolerConfig, pgbouncer
from local.pooler.pinning import reason_to_pin
from local.pooler.scram import ScramClient, ScramRefused, ScramServer, verifier_of
from local.ports import HOST, free_port
from local.postgres import EmbeddedPostgres
from local.reaper import Reaper

T = TypeVar("T")
BACKENDS = 4
PASSWORD = "s3cret,=pässword"


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPostgres]:
    with EmbeddedPostgres(tmp_path_factory.mktemp("pooled"), durable=False) as server:
        with psycopg.connect(_admin(server), autocommit=True) as connection:
            connection.execute(f"CREATE ROLE worker LOGIN PASSWORD '{PASSWORD}'")
            connection.execute("CREATE DATABASE work OWNER worker")
        yield server


@pytest.fixture(scope="module", params=["built-in", "pgbouncer"])
def pooler(
    request: pytest.FixtureRequest, database: EmbeddedPostgres, reaper: Reaper, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Pooler]:
    if request.param == "pgbouncer" and pgbouncer.find() is None:
        pytest.skip("pgbouncer is not installed")
    folder = tmp_path_factory.mktemp("pooler")
    config = PoolerConfig(
        host=HOST,
        port=free_port(),
        server_host=database.host,
        server_port=database.port,
        database="work",
        logins={"worker": PASSWORD},
        most_backends=BACKENDS,
        borrow_seconds=1,
    )
    made = Pooler(config, folder=folder, log=folder / "log", reaper=reaper, kind=request.param)
    made.start()
    yield made
    made.close()


def _admin(server: EmbeddedPostgres) -> str:
    return f"host={server.host} port={server.port} user=postgres password={server.password} dbname=postgres"


def _address(pooler: Pooler, **more: Any) -> dict[str, Any]:
    config = pooler.config
    return {"host": config.host, "port": config.port, "user": "worker", "password": PASSWORD, "database": "work"} | more


def run_apart(work: Coroutine[Any, Any, T]) -> T:
    """In a thread of its own: a browser's driver may keep an event loop running in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


@contextlib.asynccontextmanager
async def _client(pooler: Pooler, **more: Any) -> AsyncIterator[Any]:
    connection = await asyncpg.connect(**_address(pooler, **more), statement_cache_size=0)
    try:
        yield connection
    finally:
        connection.terminate()


def test_many_clients_share_few_backends_and_no_answer_goes_astray(pooler: Pooler, database: EmbeddedPostgres) -> None:
    async def work(number: int) -> list[int]:
        async with _client(pooler) as client:
            answers = []
            for turn in range(20):
                async with client.transaction():
                    answers.append(await client.fetchval(f"SELECT {number * 1000 + turn}::int"))
            return answers

    async def all_at_once() -> list[list[int]]:
        return await asyncio.gather(*(work(number) for number in range(40)))

    answers = run_apart(all_at_once())
    assert answers == [[number * 1000 + turn for turn in range(20)] for number in range(40)]
    assert 1 <= _backends(database) <= BACKENDS


def test_wrong_password_and_unknown_user(pooler: Pooler) -> None:
    for wrong in ({"password": "nope"}, {"user": "nobody"}):
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(**_psycopg(pooler, **wrong))


def test_large_answers_and_parameters_pass_whole(pooler: Pooler) -> None:
    text = "字" * 3_000_000
    with psycopg.connect(**_psycopg(pooler), autocommit=True, prepare_threshold=None) as client:
        assert client.execute("SELECT %s::text", [text]).fetchone() == (text,)
        rows = client.execute("SELECT repeat('x', 50) FROM generate_series(1, 50000)").fetchall()
        assert len(rows) == 50_000


def test_error_in_a_transaction_leaves_the_session_usable(pooler: Pooler) -> None:
    with psycopg.connect(**_psycopg(pooler), prepare_threshold=None) as client:
        with pytest.raises(psycopg.errors.DivisionByZero):
            client.execute("SELECT 1/0")
        client.rollback()
        assert client.execute("SELECT 1").fetchone() == (1,)


def test_client_that_goes_away_leaves_no_transaction_behind(pooler: Pooler, database: EmbeddedPostgres) -> None:
    with psycopg.connect(**_psycopg(pooler), autocommit=True, prepare_threshold=None) as client:
        client.execute("DROP TABLE IF EXISTS held")
        client.execute("CREATE TABLE held (x int)")

    async def leave_in_the_middle() -> None:
        async with _client(pooler) as client:
            await client.execute("BEGIN; INSERT INTO held VALUES (1)")

    for _ in range(BACKENDS + 1):
        run_apart(leave_in_the_middle())
    with psycopg.connect(**_psycopg(pooler), autocommit=True, prepare_threshold=None) as client:
        assert client.execute("SELECT count(*) FROM held").fetchone() == (0,)


def test_who_waits_too_long_is_told(pooler: Pooler) -> None:
    async def ask_once(stack: contextlib.AsyncExitStack) -> None:
        late = await stack.enter_async_context(_client(pooler))
        await late.fetchval("SELECT 1")

    async def one_too_many() -> None:
        async with contextlib.AsyncExitStack() as stack:
            for _ in range(BACKENDS):
                holder = await stack.enter_async_context(_client(pooler))
                await holder.execute("BEGIN")
            with pytest.raises((asyncpg.PostgresError, OSError)):
                await ask_once(stack)

    run_apart(one_too_many())
    with psycopg.connect(**_psycopg(pooler), autocommit=True) as client:
        assert client.execute("SELECT 1").fetchone() == (1,)


def test_backend_that_dies_is_told_and_replaced(
    pooler: Pooler, database: EmbeddedPostgres, until: Callable[..., Any]
) -> None:
    with psycopg.connect(**_psycopg(pooler), prepare_threshold=None) as client:
        client.execute("SELECT 1")
        with psycopg.connect(_admin(database), autocommit=True) as admin:
            admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'worker'")
        with pytest.raises(psycopg.OperationalError):
            client.execute("SELECT 1")
        client.close()

    def works_again() -> bool:
        with contextlib.suppress(psycopg.OperationalError), psycopg.connect(**_psycopg(pooler)) as another:
            return another.execute("SELECT 1").fetchone() == (1,)
        return False

    assert until(works_again)


def test_database_that_is_away_is_told_and_found_again(
    pooler: Pooler, database: EmbeddedPostgres, until: Callable[..., Any]
) -> None:
    port = database.port
    database.stop()
    try:
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(**_psycopg(pooler, connect_timeout=5)).execute("SELECT 1")
    finally:
        database._wanted_port = port
        database.start()

    def works_again() -> bool:
        with contextlib.suppress(psycopg.OperationalError), psycopg.connect(**_psycopg(pooler)) as client:
            return client.execute("SELECT 1").fetchone() == (1,)
        return False

    assert until(works_again)


def test_session_that_sets_something_keeps_its_backend(pooler: Pooler) -> None:
    if pooler.kind != "built-in":
        pytest.skip("PgBouncer does not pin")

    async def set_and_look() -> tuple[list[Any], list[Any]]:
        async with _client(pooler) as setter, _client(pooler) as other:
            await setter.execute("SET application_name = 'mine'")
            mine = [await setter.fetchval("SHOW application_name") for _ in range(3)]
            theirs = [await other.fetchval("SHOW application_name") for _ in range(3)]
            return mine, theirs

    mine, theirs = run_apart(set_and_look())
    assert mine == ["mine"] * 3
    assert "mine" not in theirs


def test_startup_options_are_refused_as_by_rds_proxy(pooler: Pooler) -> None:
    if pooler.kind != "built-in":
        pytest.skip("PgBouncer's own rules")
    with pytest.raises(psycopg.OperationalError, match="startup parameters"):
        psycopg.connect(**_psycopg(pooler, options="-c statement_timeout=1"))


@pytest.mark.parametrize(
    "junk",
    [b"\0\0\0\3junk", b"GET / HTTP/1.1\r\n\r\n", b"\xff" * 64, b"\0\0\0\x08\0\0\0\0"],
    ids=["short", "http", "ones", "odd-code"],
)
def test_junk_ends_only_its_own_connection(pooler: Pooler, junk: bytes) -> None:
    async def send() -> None:
        reader, writer = await asyncio.open_connection(pooler.config.host, pooler.config.port)
        writer.write(junk)
        await writer.drain()
        writer.write_eof()
        await reader.read()
        writer.close()

    run_apart(send())
    with psycopg.connect(**_psycopg(pooler)) as client:
        assert client.execute("SELECT 1").fetchone() == (1,)


PINS = {
    "SET a = 1": "set",
    " set session x to 2": "set",
    "RESET ALL": "set",
    "SELECT set_config('a', 'b', true)": "set_config",
    "PREPARE p AS SELECT 1": "prepared statement",
    "CREATE TEMP TABLE t (a int)": "temporary object",
    "DECLARE c CURSOR FOR SELECT 1": "cursor",
    "LISTEN x": "listen",
    "SELECT nextval('s')": "sequence",
    "SELECT pg_advisory_lock(1)": "advisory lock",
    "DISCARD ALL": "discard",
    "SELECT '" + "x" * 17_000 + "'": "text over 16 KB",
    "SELECT 1": None,
    "SET LOCAL x = 1": None,
    "UPDATE t\nSET a = 1": None,
    "-- why\n/* and\nhow */ SET a = 1": "set",
    "SELECT 1; SET a = 1": "set",
    "INSERT INTO t VALUES (1) ON CONFLICT DO UPDATE\n   SET a = 1": None,
    "SELECT pg_advisory_xact_lock(1)": None,
    "BEGIN": None,
    "SET TRANSACTION READ ONLY": None,
}


@pytest.mark.parametrize(("text", "reason"), PINS.items(), ids=lambda value: str(value)[:30])
def test_reasons_to_pin(text: str, reason: str | None) -> None:
    assert reason_to_pin(text.encode()) == reason


def test_scram_convinces_both_sides_or_neither() -> None:
    server, client = ScramServer(verifier_of(PASSWORD)), ScramClient(PASSWORD)
    client.check(server.final(client.final(server.first(client.first()))))
    server, wrong = ScramServer(verifier_of(PASSWORD)), ScramClient("other")
    with pytest.raises(ScramRefused):
        server.final(wrong.final(server.first(wrong.first())))


def _psycopg(pooler: Pooler, **more: Any) -> dict[str, Any]:
    address = _address(pooler, **more)
    return {"dbname": address.pop("database"), **address}


def _backends(database: EmbeddedPostgres) -> int:
    with psycopg.connect(_admin(database)) as admin:
        row = admin.execute("SELECT count(*) FROM pg_stat_activity WHERE usename = 'worker'").fetchone()
    return int(row[0]) if row else 0
