"""Hostile SQL run past the gate on purpose, as a stranger's tool would send it: it reaches no row of another agent.

wang's session runs it under the login of the functions, inside an action of wang's and outside any, statement by
statement, so that it may end the transaction, and try on after an error. What is li's must stay as it was, and unseen.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator

import pytest

from database.connection import Connection, Query
from tests.callscript.sql.hostile import HOSTILE, REACHING
from tests.database.conftest import LI, WANG, World
from tests.harness.acting import fresh_key

CANARY = "canary"
USER = "waihu_business"
OWN_TABLES = (
    "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname IN ('platform', 'outbound')"
    " AND tablename !~ '^(journal|keys|replies)' ORDER BY 1"
)
LOOKS = """
SELECT name FROM outbound.contacts; SELECT value FROM outbound.answers; SELECT number_cipher FROM outbound.phones;
TABLE outbound.answer_history; SELECT * FROM platform.session_keys; SELECT * FROM platform.journal;
"""


@pytest.fixture
def watched(world: World) -> Iterator[World]:
    """li's contact and answers hold the canary."""
    owner = world.database.connect()
    owner.execute(
        "UPDATE outbound.contacts k SET name = $2::text, attributes = jsonb_build_object('note', $2::text)"
        " FROM outbound.cases c WHERE c.id = $1 AND k.id = c.contact_id",
        world.li_case,
        f"{CANARY} name",
    )
    owner.execute("UPDATE outbound.answers SET value = to_jsonb($2::text) WHERE interview_id = $1",
                  world.li_interview, f"{CANARY} answer")  # fmt: skip
    yield world
    # What a login may always change of itself would meet the next test: roles belong to the server.
    owner.execute("ALTER ROLE waihu_business RESET row_security")


def literal(value: object) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, bytes):
        return f"'\\x{value.hex()}'::bytea"
    if isinstance(value, list):
        return f"ARRAY[{', '.join(map(literal, value))}]"
    return "'" + str(value).replace("'", "''") + "'"


def spelt(query: Query) -> str:
    """A call of the platform as psql takes it."""
    return re.sub(r"\$(\d+)", lambda match: literal(query.parameters[int(match[1]) - 1]), query.sql)


def said(world: World, script: str) -> str:
    """All that psql says of the script, errors too; it goes on after each."""
    place = world.database.endpoint(USER)
    command = [str(world.database.server.tool("psql")), "-XAtq", "-h", place.host, "-p", str(place.port), "-U", USER]
    done = subprocess.run(
        [*command, place.database], input=script, env={"PGPASSWORD": str(place.password)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.stdout + done.stderr


def state(admin: Connection) -> dict[str, str]:
    return {name: str(admin.fetch(f"SELECT t::text FROM {name} t ORDER BY 1")) for (name,) in admin.fetch(OWN_TABLES)}


def attempts(world: World, sql: str) -> str:
    """One script for each place in which the statement could stand."""
    known = {"{canary}": CANARY, "{interview}": str(world.li_interview), "{case}": str(world.li_case)}
    for name, value in known.items():
        sql = sql.replace(name, value)
    mine = f"BEGIN; {spelt(WANG.begin(key=fresh_key()))};"
    read = spelt(Query("SELECT platform.begin_read($1, $2, $3, $4)", (*WANG.credentials, "csat")))
    clean = "\nROLLBACK; DISCARD ALL;\n"
    places = (f"{mine}\n{sql}\n;{LOOKS}", f"BEGIN READ ONLY; {read};\n{sql}\n;{LOOKS}", f"{sql}\n;{LOOKS}")
    return "".join(f"{place}{clean}" for place in places)


@pytest.mark.parametrize("kind", [*HOSTILE, "plain statements"])
def test_it_reaches_nothing_that_is_not_the_agents(watched: World, kind: str) -> None:
    owner = watched.database.connect()
    before = state(owner)
    statements = [sql for sql in HOSTILE.get(kind, REACHING) if not sql.startswith("\\")]
    # An open quote or comment would swallow what follows: such statements have a session each.
    groups = [[sql] for sql in statements] if kind == "broken text" else [statements]
    told = "".join(said(watched, "".join(attempts(watched, sql) for sql in group)) for group in groups)
    assert "ERROR" in told
    assert [line for line in told.splitlines() if CANARY in line and not line.startswith("LINE 1:")] == []
    after = state(owner)
    assert [name for name in before if before[name] != after[name]] == []


def test_the_canary_would_be_seen(watched: World) -> None:
    """li's own session sees it: the test above looks in the right place."""
    begin = spelt(LI.begin(key=fresh_key()))
    told = said(watched, f"BEGIN; {begin};{LOOKS}\nROLLBACK;")
    assert f"{CANARY} name" in told
    assert f"{CANARY} answer" in told
