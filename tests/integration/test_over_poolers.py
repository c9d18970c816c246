"""Core tests of the business server, over each pooler: the built-in one and, where it is installed, PgBouncer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from database.connection import Connection
from functions.business.connections import Connections
from local.pooler import Pooler, PoolerConfig, pgbouncer
from local.ports import HOST, free_port
from local.reaper import Reaper
from tests.functions.business import conftest, test_actions, test_exactly_once, test_shipped_pack
from tests.harness.fresh_database import PASSWORDS, FreshDatabase

USER = "waihu_business"

desk = conftest.desk
outbound = test_shipped_pack.outbound

test_a_whole_interview = test_shipped_pack.test_a_whole_interview
test_every_action_runs_in_the_round_trips_computed = (
    test_shipped_pack.test_every_action_runs_in_the_round_trips_computed
)
test_a_repetition_is_answered_byte_for_byte = test_exactly_once.test_a_repetition_is_answered_byte_for_byte
test_a_refused_call_may_be_made_again_with_its_key = (
    test_exactly_once.test_a_refused_call_may_be_made_again_with_its_key
)
test_a_broken_contract_writes_nothing = test_actions.test_a_broken_contract_writes_nothing
test_foreach_inserts_each_element = test_actions.test_foreach_inserts_each_element


@pytest.fixture(params=["built-in", "pgbouncer"])
def connections(request: pytest.FixtureRequest, postgres: FreshDatabase, tmp_path: Path) -> Iterator[Connections]:
    """A worker's connection through a pooler of the test's own; nothing that an action sends may pin it."""
    if request.param == "pgbouncer" and pgbouncer.find() is None:
        pytest.skip("pgbouncer is not installed")
    place, log = postgres.endpoint(), tmp_path / "log"
    config = PoolerConfig(
        host=HOST, port=free_port(), server_host=place.host, server_port=place.port, database=place.database,
        logins={USER: PASSWORDS[USER]}, borrow_seconds=10,
    )  # fmt: skip
    with closing(Reaper()) as reaper:
        pooler = Pooler(config, folder=tmp_path, log=log, reaper=reaper, kind=request.param)
        pooler.start()
        made = Connections(
            lambda: Connection.open(HOST, config.port, place.database, USER, PASSWORDS[USER], timeout=30)
        )
        yield made
        made.discard()
        pooler.close()
    assert "is pinned" not in log.read_text()
