"""A campaign that moves between two databases: every row once, numbers of its own, nothing where something hinders."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from admin.contacts.demo import demo_table
from admin.contacts.files import read_contacts
from admin.contacts.importing import import_rows
from admin.moving.routing import send_to
from admin.moving.rows import Moved, NotMoved, move
from admin.moving.tables import tables, unknown
from admin.script_bucket import ScriptBucket
from callscript.parser import read_routing
from database.connection import Connection
from database.numbers import NumberKeys
from local.postgres import EmbeddedPostgres
from tests.harness.fresh_database import FreshDatabase, clone

KEYS = NumberKeys(b"c" * 32, b"i" * 32)
QUOTAS = """
INSERT INTO outbound.quotas (campaign, id, source) VALUES ('csat', 'where', 'attribute'), ('other', 'x', 'attribute');
INSERT INTO outbound.quota_cells (campaign, quota, name, match, target)
VALUES ('csat', 'where', 'north', '{"region": "north"}', 5), ('csat', 'where', 'south', '{"region": "south"}', 5);
UPDATE outbound.contacts SET attributes = jsonb_build_object('region',
  CASE WHEN id::text < '8' THEN 'north' ELSE 'south' END)
 WHERE campaign = 'csat'
"""
WORK = """
WITH one AS (SELECT id, campaign FROM outbound.cases WHERE campaign = 'csat' ORDER BY id LIMIT 1),
     i AS (INSERT INTO outbound.interviews (id, campaign, case_id, epoch, agent, release, language)
           SELECT gen_random_uuid(), campaign, id, 1, 'agent1', 'r', 'zh' FROM one RETURNING id)
INSERT INTO outbound.answers (interview_id, field, campaign, agent, value) SELECT i.id, f, 'csat', 'agent1', v::jsonb
  FROM i, (VALUES ('q1', '5'), ('q2', 'null'), ('q3', '"\\u4f60\\n好"')) n(f, v);
UPDATE outbound.answers SET value = '4' WHERE field = 'q1';
INSERT INTO platform.keys (agent, key, fingerprint, xid, at, campaign, roles, action, correlation)
VALUES ('agent1', 'k1', '\\x00ff', pg_current_xact_id(), now(), 'csat', '{agent}', 'outbound.save_answers', 'c1');
INSERT INTO platform.replies VALUES ('agent1', 'k1', '{"ok": true}');
INSERT INTO platform.journal (at, xid, agent, session, campaign, release, action, correlation, statements, outcome)
VALUES (now(), pg_current_xact_id(), 'agent1', 's1', 'csat', 'r', 'a', 'c1', '{}', 'done');
INSERT INTO outbound.do_not_call (number_index, campaign) VALUES (decode(repeat('ab', 32), 'hex'), '')
"""


def run(connection: Connection, script: str) -> None:
    with connection.transaction():
        for statement in script.split(";\n"):
            connection.execute(statement)


@pytest.fixture
def places(postgres: FreshDatabase, postgres_server: EmbeddedPostgres) -> Iterator[tuple[Connection, Connection]]:
    """`csat` with work done and `other` in the one database; in the other one whose cells took the first numbers."""
    with clone(postgres_server) as second:
        here, there = postgres.connect(), second.connect()
        for campaign in ("csat", "other"):
            rows = read_contacts(demo_table(12, kind="service"))
            import_rows(rows, campaign=campaign, connection=here, keys=KEYS)
        run(here, QUOTAS)
        run(here, WORK)
        there.execute("INSERT INTO outbound.quotas (campaign, id, source) VALUES ('third', 'q', 'attribute')")
        there.execute(
            "INSERT INTO outbound.quota_cells (campaign, quota, name, match, target) "
            "SELECT 'third', 'q', n::text, '{}', 1 FROM generate_series(1, 3) n"
        )
        yield here, there


def counts(connection: Connection, campaign: str) -> dict[str, int]:
    moved, _ = tables(connection)
    found = {
        t.name: connection.fetch(f"SELECT count(*) FROM {t.name} t WHERE {t.where}", campaign)[0][0] for t in moved
    }
    return {name: count for name, count in found.items() if count}


def value(connection: Connection, sql: str, *parameters: Any) -> Any:
    return connection.fetch(sql, *parameters)[0][0]


def test_every_table_is_known(places: tuple[Connection, Connection]) -> None:
    assert unknown(places[0]) == []


def test_all_of_it_is_there_once_and_nothing_is_left(places: tuple[Connection, Connection]) -> None:
    here, there = places
    before, others = counts(here, "csat"), counts(here, "other")
    done = move("csat", here, there)

    assert done.rows == before == counts(there, "csat")
    assert counts(here, "csat") == {}
    assert counts(here, "other") == others
    assert done.sessions == 1
    assert value(here, "SELECT session FROM platform.revoked_sessions") == "s1"
    assert value(there, "SELECT count(*) FROM outbound.do_not_call WHERE campaign = ''") == 1
    assert value(here, "SELECT count(*) FROM outbound.do_not_call WHERE campaign = ''") == 1


def test_a_value_stays_what_it_was_and_history_is_not_written_anew(places: tuple[Connection, Connection]) -> None:
    here, there = places
    asked = "SELECT field, value::text, value IS NULL FROM outbound.answers ORDER BY field"
    told = "SELECT field, old_value::text, value::text, saved_at FROM outbound.answer_history ORDER BY id"
    answers, history = here.fetch(asked), here.fetch(told)
    move("csat", here, there)

    assert there.fetch(asked) == answers
    assert there.fetch(told) == history
    assert len(history) == 4


def test_quotas_and_queue_work_on_by_the_new_places_numbers(places: tuple[Connection, Connection]) -> None:
    here, there = places
    sizes = """
    SELECT q.name, count(*) FROM outbound.quota_cells q JOIN outbound.cases c ON q.id = ANY (c.cells)
     WHERE q.campaign = 'csat' GROUP BY 1 ORDER BY 1"""
    expected = here.fetch(sizes)
    move("csat", here, there)

    assert there.fetch(sizes) == expected
    assert expected
    assert value(
        there, "SELECT count(*) FROM outbound.cases c LEFT JOIN outbound.lanes l ON l.id = c.lane WHERE l.id IS NULL"
    ) == 0  # fmt: skip


def test_a_key_keeps_its_reply_under_a_number_that_no_transaction_has(places: tuple[Connection, Connection]) -> None:
    here, there = places
    move("csat", here, there)
    [[reply, number]] = there.fetch(
        "SELECT r.reply, k.xid::text::numeric FROM platform.keys k JOIN platform.replies r USING (agent, key)"
    )

    assert reply == '{"ok": true}'
    assert number > 9 * 10**18
    move("csat", there, here)
    assert value(here, "SELECT count(*) FROM platform.replies") == 1


def refused(here: Connection, there: Connection) -> NotMoved:
    before = counts(here, "csat")
    with pytest.raises(NotMoved) as error:
        move("csat", here, there)
    assert counts(here, "csat") == before
    assert counts(there, "csat") == {}
    return error.value


def test_while_an_agent_holds_a_case_nothing_moves(places: tuple[Connection, Connection]) -> None:
    here, there = places
    here.execute(
        "UPDATE outbound.cases SET state = 'held', holder = 'li', lease_until = now() + interval '1 hour', "
        "epoch = epoch + 1 WHERE id = (SELECT min(id::text)::uuid FROM outbound.cases WHERE campaign = 'csat')"
    )
    assert "li (1)" in refused(here, there).what


def test_another_schema_or_the_same_database_is_refused(
    places: tuple[Connection, Connection], postgres: FreshDatabase
) -> None:
    here, there = places
    with pytest.raises(NotMoved, match="same database"):
        move("csat", here, postgres.connect())
    there.execute("UPDATE public.schema_migrations SET sha256 = 'x' WHERE number = 1")
    assert "schemas" in refused(here, there).what


def test_what_comes_meanwhile_stops_it(places: tuple[Connection, Connection], postgres: FreshDatabase) -> None:
    here, there = places
    second = postgres.connect()

    def meanwhile(name: str, _rows: int) -> None:
        if name == "outbound.contacts":
            second.execute(
                "INSERT INTO outbound.contacts (campaign, external_id) VALUES ('csat', gen_random_uuid()::text)"
            )

    with pytest.raises(NotMoved, match=r"outbound\.contacts"):
        move("csat", here, there, meanwhile)
    assert counts(there, "csat") == {}
    assert counts(here, "csat")["outbound.contacts"] == 13


def test_it_is_finished_where_it_broke_off(places: tuple[Connection, Connection]) -> None:
    """Once with all rows at both places, as when it ends between the two commits; once with all at the new one."""
    here, there = places
    before = counts(here, "csat")
    there.execute("INSERT INTO outbound.contacts (campaign, external_id) VALUES ('csat', 'left over')")
    move("csat", here, there)
    assert counts(there, "csat") == before
    late = "INSERT INTO outbound.windows (campaign, weekday, opens, closes) VALUES ('csat', 1, '09:00', '10:00')"
    here.execute(late)  # whoever comes late
    assert move("csat", here, there) == Moved({}, {}, 0)
    assert counts(there, "csat") == before


ROUTING = """<routing xmlns="urn:waihu:routing:1">
  <cell id="c1"><version name="live" weight="100"/></cell><cell id="c2"><version name="live" weight="100"/></cell>
  <campaign id="csat-b" cell="c1" groups="a"><title lang="en">B</title></campaign>
  <campaign groups="a"
     cell='c1' id="csat"><title lang="en">A</title></campaign>
</routing>
"""


def test_routing_changes_by_this_one_word(bucket: ScriptBucket) -> None:
    for name in ("csat", "csat-b"):
        bucket._client.put_object(Bucket=bucket.name, Key=f"pointers/{name}.json", Body=b"{}")
    bucket.put_routing(ROUTING.encode(), None)
    send_to("csat", "c2", bucket)
    held = bucket.routing()

    assert held is not None
    assert held[0].decode() == ROUTING.replace("'c1'", "'c2'")
    assert {c.id: c.cell for c in read_routing(held[0], "r").usable.campaigns.values()} == {
        "csat": "c2",
        "csat-b": "c1",
    }
