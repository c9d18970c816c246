"""Many clients on few sessions: nobody gets another's rows, another's identity, or another's transaction."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from database.connection import Connection, Query
from database.failures import DatabaseFailure
from local.pooler import Pooler, PoolerConfig, pgbouncer
from local.ports import HOST, free_port
from local.postgres import EmbeddedPostgres
from local.reaper import Reaper
from tests.harness.acting import Session, fresh_key, trust_test_key
from tests.harness.fresh_database import PASSWORDS, FreshDatabase, clone

CLIENTS, ROUNDS, SESSIONS = 24, 12, 3
WHO = "SELECT $1::text, platform.current_agent(), pg_backend_pid()"


@pytest.fixture(scope="module")
def database(postgres_server: EmbeddedPostgres) -> Iterator[FreshDatabase]:
    with clone(postgres_server) as database:
        trust_test_key(database.connect("waihu_admin"))
        yield database


@pytest.fixture(scope="module", params=["built-in", "pgbouncer"])
def port(
    request: pytest.FixtureRequest, database: FreshDatabase, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[int]:
    if request.param == "pgbouncer" and pgbouncer.find() is None:
        pytest.skip("pgbouncer is not installed")
    place, folder = database.endpoint(), tmp_path_factory.mktemp("pooler")
    config = PoolerConfig(
        host=HOST,
        port=free_port(),
        server_host=place.host,
        server_port=place.port,
        database=place.database,
        logins={"waihu_business": PASSWORDS["waihu_business"]},
        most_backends=SESSIONS,
        borrow_seconds=30,
    )
    with closing(Reaper()) as reaper:
        pooler = Pooler(config, folder=folder, log=folder / "log", reaper=reaper, kind=request.param)
        pooler.start()
        yield config.port
        pooler.close()


def work(database: FreshDatabase, port: int, name: str, start: threading.Barrier) -> list[tuple[object, ...]]:
    """Every kind of exchange, over and over; gives what came back that should not have."""
    place, session, wrong = database.endpoint("waihu_business"), Session(name), []
    with Connection.open(HOST, port, place.database, place.user, place.password, timeout=60) as connection:
        start.wait()
        for number in range(ROUNDS):
            tag = f"{name}/{number}"
            seen = [
                ("read", session.read(connection, Query(WHO, (tag,)))[0].rows[0][:2], (tag, name)),
                ("action", session.act(connection, Query(WHO, (tag,)))[0].rows[0][:2], (tag, name)),
                ("bare", connection.fetch(WHO, tag)[0][:2], (tag, None)),
                ("two trips", two_trips(connection, session, tag), [(tag, name), (tag, name)]),
                ("refused", refused(connection), "22012"),
            ]
            wrong += [(kind, got, wanted) for kind, got, wanted in seen if got != wanted]
    return wrong


def two_trips(connection: Connection, session: Session, tag: str) -> list[tuple[object, ...]]:
    query = Query(WHO, (tag,))
    first = connection.run_pipeline([Query("BEGIN"), session.begin(key=fresh_key()), query])[2]
    second = connection.run_pipeline([query, Query("COMMIT")])[0]
    return [first.rows[0][:2], second.rows[0][:2]] if first.rows[0][2] == second.rows[0][2] else []


def refused(connection: Connection) -> str:
    try:
        connection.run_pipeline([Query("BEGIN"), Query("SELECT 1/0"), Query("COMMIT")])
    except DatabaseFailure as failure:
        return failure.sqlstate
    return ""


def test_everyone_gets_their_own(database: FreshDatabase, port: int) -> None:
    start = threading.Barrier(CLIENTS)
    with ThreadPoolExecutor(CLIENTS) as pool:
        doing = [pool.submit(work, database, port, f"agent{number}", start) for number in range(CLIENTS)]
        assert [wrong for client in doing for wrong in client.result(timeout=300)] == []
    rows = database.connect().fetch("SELECT count(*), count(DISTINCT agent) FROM platform.journal")
    assert rows[0][0] % (CLIENTS * ROUNDS * 2) == 0
    assert rows[0][1] == CLIENTS
