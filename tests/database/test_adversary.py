"""An adversary's SQL run past the gate on purpose, by an agent of `alpha`: nothing of `beta` is read or written.

As psql sends it, under the login of the functions: within an action, within a read, and outside both.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from uuid import UUID

import pytest

from database.connection import Connection, Query
from database.failures import DatabaseFailure, DatabaseTrouble
from functions.business.connections import MOST_REPLY_BYTES
from local.postgres import EmbeddedPostgres
from tests.callscript.sql.adversary import BOMBS, PROBES, REFUSED, Written
from tests.database.conftest import add_case, hold
from tests.database.test_past_the_gate import spelt
from tests.harness.acting import Session, fresh_key, trust_test_key
from tests.harness.fresh_database import FreshDatabase, clone

MALLORY = Session("mallory", campaigns=("alpha",), roles=("agent", "supervisor"))
LI = Session("li", campaigns=("beta",), roles=("agent", "supervisor"))
USER = "waihu_business"
CANARY = "canary"
IDS = {name: f"00000000-0000-4000-8000-0000000000b{number}" for number, name in
       enumerate(("contact", "phone", "case", "interview", "attempt", "appointment"), 1)}  # fmt: skip
WORLD = f"""
INSERT INTO contacts (id, campaign, name, attributes)
VALUES ('{{contact}}', 'beta', '{CANARY} name', '{{{{"a": "{CANARY}"}}}}');
INSERT INTO phones (id, contact_id, campaign, number_cipher, number_index)
VALUES ('{{phone}}', '{{contact}}', 'beta', '{CANARY} number', sha256('{CANARY}'));
INSERT INTO cases (id, campaign, contact_id, note) VALUES ('{{case}}', 'beta', '{{contact}}', '{CANARY}');
UPDATE cases SET state = 'held', holder = 'li', epoch = 1, lease_until = now() + interval '1 hour'
 WHERE id = '{{case}}';
INSERT INTO interviews (id, campaign, case_id, epoch, agent, release, language)
VALUES ('{{interview}}', 'beta', '{{case}}', 1, 'li', '{CANARY}', 'zh');
INSERT INTO attempts (id, campaign, case_id, number, epoch, agent, interview_id, phone_id, note)
VALUES ('{{attempt}}', 'beta', '{{case}}', 1, 1, 'li', '{{interview}}', '{{phone}}', '{CANARY}');
INSERT INTO answers (interview_id, field, value) VALUES ('{{interview}}', 'nps', '"{CANARY} answer"');
INSERT INTO appointments (id, campaign, case_id, interview_id, agent, at, note)
VALUES ('{{appointment}}', 'beta', '{{case}}', '{{interview}}', 'li', now() + interval '1 day', '{CANARY}');
INSERT INTO calling (campaign, sha256) VALUES ('beta', '{CANARY}');
INSERT INTO quotas (campaign, id, source) VALUES ('beta', '{CANARY}', 'attribute');
INSERT INTO quota_cells (campaign, quota, name, match, target) VALUES ('beta', '{CANARY}', '{CANARY}', '{{{{}}}}', 1);
INSERT INTO desk.parked_interviews (interview, campaign, case_id, epoch, agent, release, state)
VALUES ('{{interview}}', 'beta', '{{case}}', 1, 'li', 'r', '{CANARY}');
INSERT INTO desk.question_reports (campaign, release, node, agent, comment) VALUES ('beta', 'r', 'n', 'li', '{CANARY}');
INSERT INTO supervision.messages (campaign, sender, words) VALUES ('beta', 'boss', '{CANARY}');
INSERT INTO supervision.frames (campaign, field, code) VALUES ('beta', 'nps', '{CANARY}');
INSERT INTO supervision.codings (interview_id, field, coder, campaign, code)
VALUES ('{{interview}}', 'nps', 'boss', 'beta', '{CANARY}');
INSERT INTO roster.shifts (campaign, begins, ends, agent, added_by)
VALUES ('beta', now(), now() + interval '1 hour', 'li', '{CANARY}');
INSERT INTO quality.scores (interview_id, scorer, campaign, agent, score, critical, marks)
VALUES ('{{interview}}', '{CANARY}', 'beta', 'li', 1, false, '{{{{}}}}')
"""
OTHERS_TABLES = """
SELECT c.oid::regclass::text, EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'campaign')
  FROM pg_class c WHERE c.relkind = 'r' AND c.relname !~ '^(journal|keys|replies|agents|agent_states)'
   AND c.relnamespace::regnamespace::text IN ('platform', 'outbound', 'desk', 'supervision', 'roster', 'quality')
"""
DEFINED = {
    "roles": "SELECT r::text, s::text FROM pg_roles r LEFT JOIN pg_db_role_setting s ON s.setrole = r.oid ORDER BY 1",
    "policies": "SELECT p::text FROM pg_policies p ORDER BY 1",
    "rights": "SELECT c.oid, c.relacl::text, c.relrowsecurity, c.relforcerowsecurity FROM pg_class c ORDER BY 1",
    "rights in functions": "SELECT p.oid, p.proacl::text, md5(p.prosrc) FROM pg_proc p ORDER BY 1",
    "rights in the rest": "SELECT nspacl::text FROM pg_namespace UNION ALL SELECT datacl::text FROM pg_database"
    " WHERE datname = current_database() UNION ALL SELECT defaclacl::text FROM pg_default_acl ORDER BY 1",
}
LOOKS = "SELECT k FROM outbound.contacts k; SELECT a FROM outbound.answers a; SELECT p FROM outbound.phones p;"
LEAKS = re.compile(f"{CANARY}|{CANARY.encode().hex()}|{bytes.fromhex('ca').hex()}secret", re.IGNORECASE)


@pytest.fixture(scope="module")
def database(postgres_server: EmbeddedPostgres) -> Iterator[FreshDatabase]:
    with clone(postgres_server) as database:
        admin = database.connect("waihu_admin")
        trust_test_key(admin)
        hold(admin, add_case(admin, "alpha"), "mallory")
        for text in WORLD.format(**IDS).split(";\n"):
            admin.execute(text)
        yield database


def state(owner: Connection) -> dict[str, str]:
    found = {}
    for name, has_campaign in owner.fetch(OTHERS_TABLES):
        where = "WHERE campaign IN ('beta', '')" if has_campaign else ""
        found[str(name)] = str(owner.fetch(f"SELECT t::text FROM {name} t {where} ORDER BY 1"))
    found["large objects"] = str(owner.fetch("SELECT oid FROM pg_largeobject_metadata"))
    for name, sql in DEFINED.items():
        found[name] = str(owner.fetch(sql))
    return found


def filled(sql: str) -> str:
    for name, value in IDS.items():
        sql = sql.replace(f"{{{name}}}", value)
    for name, value in {":p": "'x'", ":session.agent": "'mallory'", ":session.campaign": "'alpha'"}.items():
        sql = sql.replace(name, value)
    return sql


def attempts(written: list[Written], session: Session) -> Iterator[str]:
    """Each statement in each place (plain ones also in a read); what only waits in one, and not for long."""
    clean = "\nROLLBACK; DISCARD ALL;\n"
    read = spelt(Query("SELECT platform.begin_read($1, $2, $3, $4)", (*session.credentials, session.campaigns[0])))
    for _, text in written:
        waits = "SET LOCAL statement_timeout = '20ms';" if "sleep" in text else ""
        sql = f"{waits}\n{filled(text)}\n;{LOOKS}"
        yield f"BEGIN; {spelt(session.begin(key=fresh_key()))};{sql}{clean}"
        if waits:
            continue
        if written is PROBES:
            yield f"BEGIN READ ONLY; {read};{sql}{clean}"
        # A login may always change itself (docs/security.md): not to be met by the next test.
        if not text.startswith(("ALTER ROLE", "ALTER USER")):
            yield f"{sql}{clean}"


def said(database: FreshDatabase, script: str) -> str:
    """All that psql says, errors too, but for the text of a statement that it shows again."""
    place = database.endpoint(USER)
    command = [str(database.server.tool("psql")), "-XAtq", "-h", place.host, "-p", str(place.port), "-U", USER]
    done = subprocess.run(
        [*command, place.database], input=script, env={"PGPASSWORD": str(place.password)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    told = (done.stdout + done.stderr).splitlines()
    return "\n".join(line for line in told if not line.startswith("LINE "))


ALL = {**REFUSED, "plain statements": PROBES}


@pytest.mark.parametrize("kind", [kind for kind in ALL if kind != "broken text"])
def test_nothing_of_another_campaign_is_read_or_written(database: FreshDatabase, kind: str) -> None:
    owner = database.connect()
    before = state(owner)
    told = said(database, "".join(attempts(ALL[kind], MALLORY)))
    assert "ERROR" in told
    assert LEAKS.findall(told) == []
    after = state(owner)
    assert [name for name in before if before[name] != after[name]] == []


def test_broken_text_breaks_nothing_else(database: FreshDatabase) -> None:
    """An open quote would swallow what psql sends next: so each by itself, as our own connection sends it."""
    owner, business = database.connect(), database.connect(USER)
    before = state(owner)
    for _, text in REFUSED["broken text"]:
        query = Query(filled(text).replace("(60)", "(0)").replace("( 60 )", "(0)"))
        try:
            results = business.run_pipeline([Query("BEGIN"), MALLORY.begin(key=fresh_key()), query, Query("ROLLBACK")])
        except DatabaseFailure:
            continue
        assert LEAKS.findall(str(results)) == []
    assert before == state(owner)


def test_the_canaries_would_be_seen(database: FreshDatabase) -> None:
    """By whoever may: the test above looks in the right place."""
    begin = spelt(LI.begin(key=fresh_key()))
    told = said(database, f"BEGIN; {begin};{LOOKS}\nROLLBACK;")
    assert {CANARY, CANARY.encode().hex()} <= set(LEAKS.findall(told))


@pytest.mark.parametrize("sql", BOMBS)
def test_what_has_no_end_is_ended(database: FreshDatabase, sql: str) -> None:
    """By the caller's time budget, within the action: the session is as good as new."""
    business = database.connect(USER)
    business.most_bytes = MOST_REPLY_BYTES
    limit = Query("SELECT platform.limit_time(200)")
    with pytest.raises(DatabaseTrouble):
        business.run_pipeline([Query("BEGIN"), MALLORY.begin(key=fresh_key()), limit, Query(sql), Query("ROLLBACK")])
    if not business.closed:
        assert business.fetch("SELECT current_setting('statement_timeout')") == [("5s",)]


def test_a_login_cannot_take_the_disk(database: FreshDatabase) -> None:
    business = database.connect(USER)
    assert business.fetch("SELECT current_setting('temp_file_limit')") == [("256MB",)]
    with pytest.raises(DatabaseFailure) as refused:
        business.execute("SET temp_file_limit = -1")
    assert refused.value.sqlstate == "42501"


def test_ids_are_those_of_the_statements() -> None:
    assert all(UUID(value) for value in IDS.values())
    assert any("{interview}" in sql for _, sql in PROBES)
