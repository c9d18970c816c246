"""Row-level security as a table: who sees and writes what, under the login role that scripts' SQL runs as."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import pytest

from database.connection import Query
from database.failures import DatabaseFailure
from tests.database.conftest import BOSS, LI, STRANGER, World, add_case, make_world
from tests.harness.acting import Session
from tests.harness.fresh_database import FreshDatabase


@pytest.fixture
def world(lasting_world: World) -> World:
    return lasting_world


HIDDEN = ("erasures", "imports")
"""Scripts have nothing to look for there."""
TABLES = (
    "agents", "answer_history", "answers", "appointments", "attempts", "calling", "campaign_outcomes", "cases",
    "contacts", "day_parts", "do_not_call", "holidays", "interviews", "lanes", "outcomes", "phones", "quota_cells",
    "quota_places", "quotas", "windows",
)  # fmt: skip


def count(world: World, session: Session, table: str, *, reading: bool = False) -> int:
    query = f"SELECT count(*) FROM {table}"
    results = session.read(world.business, query) if reading else session.act(world.business, query)
    return int(results[0].rows[0][0])


@pytest.mark.parametrize("table", TABLES)
def test_outside_an_action_nothing_is_seen(world: World, table: str) -> None:
    assert world.business.fetch(f"SELECT count(*) FROM {table}") == [(0,)]


def test_every_table_of_the_business_is_in_this_test(world: World) -> None:
    rows = world.database.connect().fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'outbound'")
    assert sorted(name for (name,) in rows) == sorted(TABLES + HIDDEN)


@pytest.mark.parametrize("reading", [False, True], ids=["in an action", "in a read"])
@pytest.mark.parametrize(
    ("table", "expected"),
    [
        # by li, the boss, a stranger; four cases: li's, wang's, a free one, one whose lease ran out
        ("cases", [3, 4, 0]),
        ("contacts", [3, 4, 0]),
        ("phones", [3, 4, 0]),
        ("interviews", [1, 3, 0]),
        ("answers", [1, 3, 0]),
        ("answer_history", [1, 3, 0]),
        ("attempts", [2, 3, 0]),
    ],
)
def test_rows_seen(world: World, table: str, expected: list[int], reading: bool) -> None:
    assert [count(world, who, table, reading=reading) for who in (LI, BOSS, STRANGER)] == expected


def test_outcomes_are_seen_by_all_inside_an_action(world: World) -> None:
    assert count(world, STRANGER, "outcomes") > 40


def refusal(world: World, session: Session, sql: str, *parameters: object) -> str:
    """SQLSTATE of the refusal, or how many rows it touched."""
    try:
        return str(session.act(world.business, Query(sql, parameters))[0].count)
    except DatabaseFailure as failure:
        return failure.sqlstate


WRITES: dict[str, tuple[str, Callable[[World], object], str, str, str]] = {
    # name: statement, parameter, then what li, boss and a stranger get
    "another agent's interview ended": (
        "UPDATE interviews SET outcome = '1.1' WHERE id = $1", lambda w: w.wang_interview, "0", "0", "0"),
    "one's own interview ended": (
        "UPDATE interviews SET outcome = '1.1' WHERE id = $1", lambda w: w.li_interview, "1", "0", "0"),
    "another agent's answer changed": (
        "UPDATE answers SET value = '1' WHERE interview_id = $1", lambda w: w.wang_interview, "0", "0", "0"),
    "an answer put into another's interview": (
        "INSERT INTO answers (interview_id, field, agent) VALUES ($1, 'x', 'li')", lambda w: w.wang_interview,
        "42501", "42501", "42501"),
    "an answer upserted into another's interview": (
        ("INSERT INTO answers (interview_id, field, value) VALUES ($1, 'nps', '1') "
        "ON CONFLICT (interview_id, field, round) DO UPDATE SET value = '1'"), lambda w: w.wang_interview,
        "42501", "42501", "42501"),
    "an answer put into no interview": (
        "INSERT INTO answers (interview_id, field) VALUES ($1, 'x')", lambda _: uuid4(), "23503", "23503", "23503"),
    "history written": (
        "INSERT INTO answer_history (interview_id, field) VALUES ($1, 'x')", lambda w: w.li_interview,
        "42501", "42501", "42501"),
    "history rewritten": (
        "UPDATE answer_history SET value = '1' WHERE interview_id = $1", lambda w: w.li_interview,
        "42501", "42501", "42501"),
    "answers deleted": (
        "DELETE FROM answers WHERE interview_id = $1", lambda w: w.li_interview, "42501", "42501", "42501"),
    "an interview in another's name": (
        ("INSERT INTO interviews (id, campaign, case_id, epoch, agent, release, language) "
        "SELECT $1, 'csat', id, 1, 'wang', 'r', 'zh' FROM cases LIMIT 1"), lambda _: uuid4(), "42501", "42501", "0"),
    "an interview on another's case": (
        ("INSERT INTO interviews (id, campaign, case_id, epoch, agent, release, language) "
        "VALUES (gen_random_uuid(), 'csat', $1, 1, platform.current_agent(), 'r', 'zh')"), lambda w: w.wang_case,
        "42501", "1", "42501"),
    "an interview handed to another agent": (
        "UPDATE interviews SET agent = 'wang' WHERE id = $1", lambda w: w.li_interview, "42501", "42501", "42501"),
    "another's held case taken": (
        "UPDATE cases SET holder = platform.current_agent(), epoch = epoch + 1 WHERE id = $1", lambda w: w.wang_case,
        "0", "1", "0"),
    "an expired case taken": (
        "UPDATE cases SET holder = platform.current_agent(), epoch = epoch + 1 WHERE id = $1",
        lambda w: w.expired_case, "1", "1", "0"),
    "an expired case taken in the old epoch": (
        "UPDATE cases SET holder = platform.current_agent() WHERE id = $1", lambda w: w.expired_case,
        "WH010", "WH010", "0"),
    "a free case settled without holding it": (
        "UPDATE cases SET state = 'closed' WHERE id = $1", lambda w: w.free_case, "WH010", "1", "0"),
    "a free case given to another": (
        "UPDATE cases SET state = 'held', holder = 'wang', lease_until = now(), epoch = epoch + 1 WHERE id = $1",
        lambda w: w.free_case, "WH010", "1", "0"),
    "a case moved to another campaign": (
        "UPDATE cases SET campaign = 'other' WHERE id = $1", lambda w: w.li_case, "42501", "42501", "42501"),
    "one's own case settled": (
        "UPDATE cases SET state = 'closed', holder = NULL, lease_until = NULL WHERE id = $1", lambda w: w.li_case,
        "1", "1", "0"),
    "a contact changed whose case is free": (
        "UPDATE contacts SET name = 'x' WHERE id = (SELECT contact_id FROM cases WHERE id = $1)",
        lambda w: w.free_case, "0", "0", "0"),
    "a contact changed whose case one holds": (
        "UPDATE contacts SET name = 'x' WHERE id = (SELECT contact_id FROM cases WHERE id = $1)",
        lambda w: w.li_case, "1", "0", "0"),
    "an agent's row in another's name": (
        "INSERT INTO agents (id) VALUES ('wang' || left($1, 0))", lambda _: "x", "42501", "42501", "42501"),
    "a number listed in another's name": (
        "INSERT INTO do_not_call (number_index, agent) VALUES (sha256($1::bytea), 'wang')", lambda _: b"x",
        "42501", "42501", "42501"),
    "a number listed": (
        "INSERT INTO do_not_call (number_index, agent) VALUES (sha256($1::bytea), platform.current_agent())",
        lambda _: b"x", "1", "1", "1"),
    "a number listed for a foreign campaign": (
        ("INSERT INTO do_not_call (number_index, campaign, agent) "
        "VALUES (sha256($1::bytea), 'else', platform.current_agent())"), lambda _: b"x", "42501", "42501", "42501"),
}  # fmt: skip


@pytest.mark.parametrize("write", WRITES)
def test_writes(world: World, write: str) -> None:
    sql, parameter, *expected = WRITES[write]
    given = parameter(world)
    # each tries on rows as they were: what one changed is put back
    assert [rolled_back(world, who, sql, given) for who in (LI, BOSS, STRANGER)] == expected


def rolled_back(world: World, session: Session, sql: str, parameter: object) -> str:
    try:
        done = world.business.run_pipeline(
            [Query("BEGIN"), session.begin(), Query(sql, (parameter,)), Query("ROLLBACK")]
        )
    except DatabaseFailure as failure:
        return failure.sqlstate
    return str(done[2].count)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM platform.journal",
        "SELECT * FROM platform.keys",
        "SELECT * FROM platform.replies",
        "SELECT * FROM platform.session_keys",
        "SELECT * FROM platform.read_seal",
        "SELECT * FROM platform.journal_other",
        "INSERT INTO platform.journal (at, xid, agent) VALUES (now(), pg_current_xact_id(), 'wang')",
        "INSERT INTO platform.keys (agent, key, xid) VALUES ('wang', 'k', pg_current_xact_id())",
        "UPDATE platform.keys SET agent = 'wang'",
        "DELETE FROM platform.revoked_sessions",
        "SELECT platform.checked_claims('{}', 'k1', ''::bytea, 'csat')",
        "SELECT platform.read_seal_of('{}')",
        "SELECT platform.put_session_key('k2', sha256(''))",
        "SELECT platform.retire_session_key('k1', now())",
        "SELECT platform.ensure_partitions(1)",
        "SELECT platform.forget_old_keys()",
        "SELECT outbound.erase_contact(gen_random_uuid())",
        "SELECT outbound.replan('csat')",
        "SELECT * FROM erasures",
        "SELECT * FROM imports",
        "INSERT INTO platform.clock (at) VALUES (now())",
        "UPDATE calling SET max_attempts = 1",
        "UPDATE quota_cells SET running = 0",
        "UPDATE cases SET lane = 0",
        "DELETE FROM windows",
        "SELECT outbound.record_answer(a, NULL, NULL, false) FROM answers a",
        "SELECT crypto.hmac('a', 'b', 'sha256')",
        "CREATE TEMP TABLE cases (id uuid)",
        "CREATE TABLE outbound.mine (id uuid)",
        "CREATE TABLE public.mine (id uuid)",
        "CREATE SCHEMA mine",
        "CREATE FUNCTION outbound.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "ALTER TABLE cases DISABLE ROW LEVEL SECURITY",
        "DROP POLICY reading ON cases",
        "SET ROLE waihu_owner",
        "SET ROLE waihu_admin",
        "SET SESSION AUTHORIZATION waihu_owner",
        "SET row_security = off; SELECT 1",
        "TRUNCATE answers",
        "LOCK TABLE answers IN ACCESS EXCLUSIVE MODE",
        "ALTER ROLE waihu_business SUPERUSER",
        "ALTER ROLE waihu_business BYPASSRLS",
        "GRANT waihu_owner TO waihu_business",
        "COPY answers TO PROGRAM 'cat'",
        "COPY answers TO '/tmp/stolen'",
        "SELECT pg_read_file('/etc/passwd')",
        "CREATE EXTENSION dblink",
    ],
)
def test_refused_outright(world: World, sql: str) -> None:
    with pytest.raises(DatabaseFailure) as refused:
        LI.act(world.business, sql)
    # not allowed; or, of several statements in one, not even understood
    assert refused.value.sqlstate in ("42501", "42601")


HOSTILE = {
    "row security switched off": "SET LOCAL row_security = off",
    "another agent in a setting": "SELECT set_config('waihu.reader', repeat('0', 64) || '{\"agent\": \"wang\"}', true)",
    "the action's end and another's begin": "COMMIT",
    "the search path turned": "SET LOCAL search_path = platform, outbound",
    "a role that it has": "SET LOCAL ROLE waihu_scripts",
    "a prepared statement": "PREPARE all_answers AS SELECT * FROM outbound.answers",
}


@pytest.mark.parametrize("trick", HOSTILE)
def test_tricks_show_no_foreign_row(world: World, trick: str) -> None:
    queries = [
        Query("BEGIN"),
        LI.begin(),
        Query(HOSTILE[trick]),
        Query("SELECT agent FROM outbound.answers"),
        Query("ROLLBACK"),
    ]
    try:
        seen = world.business.run_pipeline(queries)[3].rows
    except DatabaseFailure as failure:
        assert failure.sqlstate in ("42501", "22023")  # noqa: PT017 - refused is as good as empty
        seen = []
    assert {agent for (agent,) in seen} <= {"li"}


def test_a_leaky_function_sees_no_foreign_row(postgres: FreshDatabase) -> None:
    """A condition that raises on what it sees must be evaluated after the policy."""
    world = make_world(postgres)
    world.admin.execute("UPDATE answers SET value = '\"secret\"' WHERE interview_id = $1", world.wang_interview)
    done = LI.act(world.business, "SELECT count(*) FROM answers WHERE CAST(value #>> '{}' AS integer) > 0")
    assert done[0].rows == [(1,)]


def test_another_campaign_of_the_same_agent_is_not_seen(world: World) -> None:
    add_case(world.admin, "reminder")
    both = Session("li", campaigns=("csat", "reminder"))
    assert both.act(world.business, "SELECT DISTINCT campaign FROM cases", campaign="reminder")[0].rows == [
        ("reminder",)
    ]
    assert both.act(world.business, "SELECT DISTINCT campaign FROM cases", campaign="csat")[0].rows == [("csat",)]


ASKED = {
    "calling_of": "SELECT (outbound.calling_of('csat')).max_attempts IS NOT NULL",
    "part_at": "SELECT outbound.part_at('csat', 'UTC', now()) IS NOT NULL",
    "next_opening": "SELECT outbound.next_opening('csat', 'UTC', now(), -1) IS NOT NULL",
    "parts_left": "SELECT outbound.parts_left('csat', (SELECT id FROM cases LIMIT 1)) IS NOT NULL",
    "full_cells": "SELECT cardinality(outbound.full_cells('csat', true)) > 0",
    "queue_state": "SELECT count(*) > 0 FROM outbound.queue_state('csat', 'li', 1000)",
    "slots": "SELECT count(*) > 0 FROM outbound.slots('csat', 'UTC', 'li', 2)",
}
"""Does a function that runs as the owner tell anything of campaign `csat`?"""


@pytest.fixture
def with_a_full_cell(world: World) -> None:
    world.admin.execute("INSERT INTO quotas VALUES ('csat', 'q', 'attribute') ON CONFLICT DO NOTHING")
    world.admin.execute(
        "INSERT INTO quota_cells (campaign, quota, name, match, target) VALUES ('csat', 'q', 'c', '{}', 0)"
        " ON CONFLICT DO NOTHING"
    )


@pytest.mark.parametrize("function", ASKED)
@pytest.mark.usefixtures("with_a_full_cell")
def test_functions_of_the_owner_tell_of_ones_own_campaign_only(world: World, function: str) -> None:
    sql = ASKED[function]
    assert LI.act(world.business, sql)[0].rows == [(True,)]
    assert STRANGER.act(world.business, sql)[0].rows in ([(False,)], [(None,)])
    assert world.business.fetch(sql) in ([(False,)], [(None,)])
    assert world.admin.fetch(sql) == [(True,)]


def test_nothing_is_told_of_another_campaigns_numbers(world: World) -> None:
    contact = world.admin.fetch("SELECT contact_id FROM cases WHERE id = $1", world.free_case)[0][0]
    asked = Query("SELECT outbound.numbers_left($1)", (contact,))
    assert [who.act(world.business, asked)[0].rows for who in (LI, STRANGER)] == [[(True,)], [(False,)]]
