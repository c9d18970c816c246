"""A business server, with a database of its own or without one."""

from __future__ import annotations

import pytest

from functions.business.connections import Connections
from tests.functions.business.desks import TABLE, Desk, made_desk, no_database
from tests.harness.acting import trust_test_key
from tests.harness.fresh_database import FreshDatabase


@pytest.fixture
def connections(postgres: FreshDatabase) -> Connections:
    return Connections(lambda: postgres.connect("waihu_business", timeout=8))


@pytest.fixture
def desk(postgres: FreshDatabase, connections: Connections) -> Desk:
    """With a database of its own."""
    owner = postgres.connect()
    owner.execute(TABLE)
    owner.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON outbound.things TO waihu_scripts, waihu_admin")
    admin = postgres.connect("waihu_admin")
    trust_test_key(admin)
    return made_desk(connections, admin)


@pytest.fixture
def door() -> Desk:
    """Without a database: for what is refused before one is asked. What gets through is `database_away`."""
    return made_desk(Connections(no_database))
