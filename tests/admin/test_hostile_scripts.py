"""Hostile SQL by the way that people take, `waihu check --database` and `waihu publish`: refused with its place."""

from __future__ import annotations

import json
import re
from xml.sax.saxutils import escape

import pytest

from admin.application import run
from database.connection import Connection
from tests.admin.conftest import Deployment
from tests.callscript.sql.adversary import HONEST, LIVE, REFUSED, Written

CANARY = "canary of a contact"
P = '<param name="p" type="text"/>'
MORE = f'{P}<param name="n" type="integer"/><param name="day" type="date"/><param name="ids" type="text" many="yes"/>'


def server_with(
    written: list[Written], deployment: Deployment, pack: str = "outbound", beginning: int = 0
) -> list[tuple[str, int, int]]:
    """Adds an action `h0`, `h1` … for each to the shipped pack; gives file and lines of each."""
    path = deployment.scripts / pack / "server.xml"
    text, places = path.read_text(encoding="utf-8"), []
    head, tail = text.split("</server>")
    for number, (verb, sql) in enumerate(written, beginning):
        first = head.count("\n") + 1
        body = escape(sql).replace("\r", "&#13;")
        head += (
            f'<action id="h{number}" roles="agent">{MORE if written is HONEST else P}\n'
            f'<{verb.value} name="s" rows="0..n">{body}</{verb.value}><data/></action>\n'
        )
        places.append((f"scripts_bucket/{pack}/server.xml", first, head.count("\n")))
    path.write_text(f"{head}</server>{tail}", encoding="utf-8")
    return places


def test_nothing_of_an_adversary_gets_through(deployment: Deployment, capsys: pytest.CaptureFixture[str]) -> None:
    written = [each for group in REFUSED.values() for each in group]
    assert len(written) > 450
    places = server_with(written[:300], deployment) + server_with(written[300:], deployment, "desk", 300)
    assert run(["check", "csat", "--database", "--format", "json"]) == 1
    problems = json.loads(capsys.readouterr().out)["problems"]
    told = {
        problem["node"]
        for problem in problems
        if problem["severity"] == "error" and problem["what"] and problem["mend"]
    }
    assert [sql for number, (_, sql) in enumerate(written) if f"h{number}" not in told] == []
    for problem in problems:
        if re.fullmatch("h[0-9]+", problem["node"] or ""):
            file, first, last = places[int(problem["node"][1:])]
            assert (problem["file"], first <= problem["line"] <= last) == (file, True)
    assert run(["publish", "csat"]) == 1
    assert deployment.bucket.pointer("csat") is None


def test_what_only_the_live_schema_tells_is_not_published_with_it(deployment: Deployment) -> None:
    server_with(REFUSED[LIVE][:1], deployment)
    assert run(["publish", "csat", "--database"]) == 1
    assert deployment.bucket.pointer("csat") is None
    assert run(["publish", "reminder", "--database"]) == 1  # it uses the same pack


def test_honest_work_stands_up_to_the_live_schema(deployment: Deployment, capsys: pytest.CaptureFixture[str]) -> None:
    server_with(HONEST, deployment)
    assert run(["check", "csat", "--database", "--format", "json"]) in (0, 1)
    problems = json.loads(capsys.readouterr().out)["problems"]
    told = [(problem["node"], problem["what"]) for problem in problems if problem["severity"] == "error"]
    assert told == []


CHANGES_ROLE = (
    "SELECT CAST(set_config('role', 'none', true)"
    " || query_to_xml('SELECT name FROM outbound.contacts', true, false, '')::text AS integer)"
)


@pytest.mark.parametrize("sql", [f"ANALYZE {CHANGES_ROLE}", f"(ANALYZE) {CHANGES_ROLE}", CHANGES_ROLE])
def test_what_is_not_admitted_is_not_shown_to_the_database(
    deployment: Deployment, admin_connection: Connection, capsys: pytest.CaptureFixture[str], sql: str
) -> None:
    """`EXPLAIN` with such a text behind it would have run it, with the rights of whoever migrates."""
    admin_connection.execute("INSERT INTO outbound.contacts (campaign, name) VALUES ('beta', $1)", CANARY)
    server_with([(HONEST[0][0], sql)], deployment)
    assert run(["check", "csat", "--database"]) == 1
    assert CANARY not in capsys.readouterr().out
