"""Many agents who ask at the same moment: nobody gets another's case, nobody is turned away, no quota is passed."""

from __future__ import annotations

import threading
import uuid
from collections import Counter

import pytest

from admin.folders import CHECKOUT_SCRIPTS
from callscript.parser import read_server
from callscript.sql import Bindings, compile_action
from database.connection import Connection, Query
from tests.harness.acting import Session, trust_test_key
from tests.harness.fresh_database import FreshDatabase

SERVER = read_server((CHECKOUT_SCRIPTS / "outbound" / "server.xml").read_bytes(), "server.xml").usable
TAKEN = compile_action(SERVER.actions["next_case"]).statements[0]
AGENTS, CASES = 16, 48

_SEED = """
WITH k AS (INSERT INTO contacts (campaign, name, timezone, attributes)
           SELECT 'csat', 'n' || i, (ARRAY['Asia/Shanghai', 'Europe/London', 'America/New_York'])[1 + i % 3],
                  jsonb_build_object('region', CASE WHEN i % 2 = 0 THEN 'north' ELSE 'south' END)
             FROM generate_series(1, $1::integer) i RETURNING id)
INSERT INTO phones (contact_id, campaign, number_cipher, number_index)
SELECT id, 'csat', '\\x01', sha256(id::text::bytea) FROM k
"""
_CASES = """
INSERT INTO cases (campaign, contact_id, due_at) SELECT campaign, id, now() - interval '1 hour' FROM contacts
"""


@pytest.fixture
def admin(postgres: FreshDatabase) -> Connection:
    connection = postgres.connect("waihu_admin")
    trust_test_key(connection)
    connection.execute(_SEED, CASES)
    connection.execute(_CASES)
    return connection


def ask(session: Session, connection: Connection) -> object:
    """The id of the case that is given; None: there is none."""
    interview = uuid.uuid4()
    given = {"campaign": "csat", "interview": str(interview), "release": "r", "language": "zh"}
    rendered = TAKEN.render(Bindings(given, {"agent": session.agent, "campaign": "csat"}))
    rows = session.act(connection, Query(rendered.sql, rendered.values), interview=interview)[0].dicts()
    return next((row["id"] for row in rows), None)


def all_ask(postgres: FreshDatabase, times: int) -> list[object]:
    """What every agent was given, all of them asking together `times` times."""
    given: list[object] = []
    together = threading.Barrier(AGENTS)
    links = [postgres.connect("waihu_business") for _ in range(AGENTS)]

    def work(number: int) -> None:
        session = Session(f"agent{number}")
        for _ in range(times):
            together.wait(timeout=60)
            given.append(ask(session, links[number]))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(AGENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    return given


def test_nobody_gets_anothers_case_and_nobody_is_turned_away(postgres: FreshDatabase, admin: Connection) -> None:
    given = all_ask(postgres, CASES // AGENTS)
    assert None not in given
    assert sorted(Counter(given).values()) == [1] * CASES
    assert all_ask(postgres, 1) == [None] * AGENTS


def test_the_last_places_of_a_quota_are_given_once(postgres: FreshDatabase, admin: Connection) -> None:
    admin.execute("INSERT INTO quotas VALUES ('csat', 'region', 'attribute')")
    admin.execute(
        "INSERT INTO quota_cells (campaign, quota, name, match, target) VALUES"
        " ('csat', 'region', 'north', '{\"region\": \"north\"}', 5),"
        " ('csat', 'region', 'south', '{\"region\": \"south\"}', 3)"
    )
    admin.fetch("SELECT outbound.replan('csat')")
    given = [case for case in all_ask(postgres, 2) if case is not None]
    assert len(set(given)) == len(given) == 8
    cells = admin.fetch("SELECT name, complete, running, target FROM quota_cells ORDER BY name")
    assert cells == [("north", 0, 5, 5), ("south", 0, 3, 3)]
    admin.execute(
        "UPDATE cases SET state = 'closed', holder = NULL, lease_until = NULL, outcome = '1.1' WHERE state = 'held'"
    )
    assert admin.fetch("SELECT name, complete, running FROM quota_cells ORDER BY name") == [
        ("north", 5, 0),
        ("south", 3, 0),
    ]
    assert all_ask(postgres, 1) == [None] * AGENTS


def test_a_place_that_is_given_back_is_given_again(postgres: FreshDatabase, admin: Connection) -> None:
    admin.execute("INSERT INTO quotas VALUES ('csat', 'region', 'attribute')")
    admin.execute(
        "INSERT INTO quota_cells (campaign, quota, name, match, target) VALUES ('csat', 'region', 'all', '{}', 1)"
    )
    admin.fetch("SELECT outbound.replan('csat')")
    links = postgres.connect("waihu_business")
    li, wang = Session("li"), Session("wang")
    first = ask(li, links)
    assert first is not None
    assert ask(wang, links) is None
    # li's machine is dead: the case, with its place, goes to the next who asks once the lease has run out
    admin.execute("UPDATE cases SET lease_until = now() - interval '1 second' WHERE id = $1", first)
    assert ask(wang, links) == first
    assert admin.fetch("SELECT agent, lost FROM attempts ORDER BY epoch") == [("li", True), ("wang", False)]
    admin.execute(
        "UPDATE cases SET state = 'waiting', holder = NULL, lease_until = NULL, due_at = now() + interval '1 day'"
        " WHERE id = $1",
        first,
    )
    second = ask(li, links)
    assert second not in (None, first)
