"""How fast one agent may take cases."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest

from database.connection import Connection, Query
from database.failures import DatabaseFailure
from tests.database.conftest import add_case
from tests.harness.acting import Session
from tests.harness.fresh_database import FreshDatabase

LI, WANG = Session("li"), Session("wang")
TAKE = """
WITH due AS (SELECT id FROM cases WHERE state = 'waiting' ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED),
taken AS (UPDATE cases c SET state = 'held', holder = $1, epoch = c.epoch + 1, attempts = c.attempts + 1,
                             lease_until = now() + interval '5 minutes'
            FROM due WHERE c.id = due.id RETURNING c.*),
interview AS (INSERT INTO interviews (id, campaign, case_id, epoch, agent, release, language)
              SELECT $2, campaign, id, epoch, holder, 'r', 'zh' FROM taken)
INSERT INTO attempts (campaign, case_id, number, epoch, agent, interview_id)
SELECT campaign, id, attempts, epoch, holder, $2 FROM taken
"""


@pytest.fixture
def limited(admin: Connection) -> Connection:
    """Twelve cases, of which an agent may take three a minute."""
    for _ in range(12):
        add_case(admin)
    admin.execute("INSERT INTO platform.limits VALUES ('csat', 3)")
    return admin


def take(business: Connection, session: Session) -> str:
    try:
        session.act(business, Query(TAKE, (session.agent, uuid4())))
    except DatabaseFailure as failure:
        return failure.sqlstate
    return "taken"


def test_an_agent_takes_so_many_a_minute_and_another_as_many(limited: Connection, business: Connection) -> None:
    assert [take(business, LI) for _ in range(5)] == ["taken"] * 3 + ["WH011"] * 2
    assert [take(business, WANG) for _ in range(4)] == ["taken"] * 3 + ["WH011"]
    assert limited.fetch("SELECT count(*) FROM cases WHERE state = 'held'") == [(6,)]


def test_after_a_minute_there_is_more(limited: Connection, business: Connection) -> None:
    assert [take(business, LI) for _ in range(4)][-1] == "WH011"
    limited.execute("UPDATE attempts SET started_at = started_at - interval '1 minute'")
    assert take(business, LI) == "taken"


def test_a_campaign_without_a_limit_has_none(limited: Connection, business: Connection) -> None:
    limited.execute("DELETE FROM platform.limits")
    assert {take(business, LI) for _ in range(8)} == {"taken"}


def test_takings_at_the_same_moment_are_counted_too(limited: Connection, postgres: FreshDatabase) -> None:
    start = threading.Barrier(6)

    def one(connection: Connection) -> str:
        start.wait()
        return take(connection, LI)

    with ThreadPoolExecutor(6) as pool:
        told = list(pool.map(one, [postgres.connect("waihu_business") for _ in range(6)]))
    assert sorted(told) == ["WH011"] * 3 + ["taken"] * 3


def test_scripts_cannot_lift_the_limit(limited: Connection, business: Connection) -> None:
    with pytest.raises(DatabaseFailure) as refused:
        LI.act(business, "DELETE FROM platform.limits")
    assert refused.value.sqlstate == "42501"
