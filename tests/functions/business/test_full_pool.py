"""Every connection of the pool is taken: the caller is told so in time, and nothing is written."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from database.connection import Connection
from functions.business.connections import Connections
from functions.business.handler import Business
from local.pooler import Pooler, PoolerConfig, pgbouncer
from local.ports import HOST, free_port
from local.reaper import Reaper
from tests.functions.business.desks import SETTINGS, Desk
from tests.harness.acting import fresh_key
from tests.harness.fresh_database import PASSWORDS, FreshDatabase

USER = "waihu_business"


@pytest.fixture(params=["built-in", "pgbouncer"])
def pooled(request: pytest.FixtureRequest, postgres: FreshDatabase, tmp_path: Path) -> Iterator[int]:
    """The port of a pooler with one connection, for which one waits a second."""
    if request.param == "pgbouncer" and pgbouncer.find() is None:
        pytest.skip("pgbouncer is not installed")
    place = postgres.endpoint()
    config = PoolerConfig(
        host=HOST, port=free_port(), server_host=place.host, server_port=place.port, database=place.database,
        logins={USER: PASSWORDS[USER]}, most_backends=1, borrow_seconds=1,
    )  # fmt: skip
    with closing(Reaper()) as reaper:
        pooler = Pooler(config, folder=tmp_path, log=tmp_path / "log", reaper=reaper, kind=request.param)
        pooler.start()
        yield config.port
        pooler.close()


def test_a_full_pool_is_told_and_the_same_key_runs_later(desk: Desk, postgres: FreshDatabase, pooled: int) -> None:
    def through_pooler() -> Connection:
        return Connection.open(HOST, pooled, postgres.name, USER, PASSWORDS[USER], timeout=8)

    connections, key = Connections(through_pooler), fresh_key()
    desk.business = Business(SETTINGS, desk.bucket, desk.secrets, connections)
    with through_pooler() as hog:
        hog.execute("BEGIN")
        replied = desk.call("add", {"id": 1, "name": "a"}, key=key)
        assert (replied.verdict, replied.json["retryable"]) == ((503, "no_connection"), True)
        assert replied.headers["retry-after"] == "2"
        assert desk.things() == []
        hog.execute("ROLLBACK")
    assert desk.call("add", {"id": 1, "name": "a"}, key=key).status == 200
    assert desk.things() == [(1, "a")]
    connections.discard()
