"""One line an action, with everything that finds a failure and the metrics that managers see; no more."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from local.emf import samples_of
from monitoring.queries import QUERIES, story_of
from tests.functions.business.desks import Desk, interview, log_lines
from tests.harness.acting import fresh_key


def metrics(text: str) -> dict[str, tuple[dict[str, str], float]]:
    """Of the last line: name -> dimensions and value."""
    line = text.splitlines()[-1].encode()
    return {sample.name: (dict(sample.dimensions), sample.value) for sample in samples_of(line)}


def last_line(capsys: pytest.CaptureFixture[str]) -> tuple[dict[str, Any], dict[str, tuple[dict[str, str], float]]]:
    text = capsys.readouterr().out
    return json.loads(text.splitlines()[-1]), metrics(text)


def test_a_success(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    desk.call("add", {"id": 1, "name": "a name that nobody should read"}, headers={"waihu-correlation-id": "corr-1234"})
    line, measured = last_line(capsys)
    expected = {
        "campaign": "csat", "release": desk.release, "node": "nps", "action": "csat.add", "outcome": "done",
        "status": 200, "correlation_id": "corr-1234", "session": "s-li",
    }  # fmt: skip
    assert {name: line.get(name) for name in expected} == expected
    assert (line["rows"], "nobody should read" in str(line)) == ({"added": 1}, False)
    assert set(measured) == {"Actions", "ActionTime", "RoundTrips"}
    assert measured["Actions"] == ({"campaign": "csat", "action": "csat.add", "outcome": "done"}, 1.0)
    assert measured["RoundTrips"] == ({"campaign": "csat", "action": "csat.add"}, 1.0)


def test_a_failure_is_counted_by_node(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    desk.call("broken_sql", node="score")
    line, measured = last_line(capsys)
    assert (line["outcome"], line["statement"], line["sqlstate"]) == ("failed", "bad", "42P01")
    assert measured["Failures"] == ({"campaign": "csat", "node": "score", "code": "statement_failed"}, 1.0)


def test_an_interviews_end_is_counted_once_by_disposition(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    key = fresh_key()
    desk.call("end", {"outcome": "1.1"}, key=key)
    first = last_line(capsys)[1].get("Finished")
    desk.call("end", {"outcome": "1.1"}, key=key)
    again = last_line(capsys)[1].get("Finished")
    assert (first, again) == (({"campaign": "csat", "disposition": "1.1"}, 1.0), None)


def test_a_disposition_that_was_refused_is_not_counted(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    desk.call("add", {"id": 1, "name": "x"})
    desk.call("end", {"outcome": "1.1"})
    assert "Finished" not in last_line(capsys)[1]


def test_strangers_cannot_make_metrics(door: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    """Names in metrics cost money: unknown campaigns, actions and endless nodes are one each."""
    door.call("list", campaign="made-up")
    assert last_line(capsys)[1]["Actions"][0] == {"campaign": "unknown", "action": "unknown", "outcome": "refused"}
    door.call("made_up")
    assert last_line(capsys)[1]["Actions"][0] == {"campaign": "csat", "action": "unknown", "outcome": "refused"}
    nodes = set()
    for number in range(400):
        door.call("no_such", node=f"node{number}")
        nodes.add(last_line(capsys)[1]["Failures"][0]["node"])
    assert len(nodes) <= 301


def test_a_script_that_cannot_be_run_says_why(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    broken = b"""<server xmlns="urn:waihu:server:1" pack="csat"><action id="add" roles="agent">
<insert name="a">INSERT INTO things VALUES (:nothing)</insert><data/></action></server>"""
    desk.release = desk.bucket.publish("csat", {"server.xml": broken})
    replied = desk.call("add", {"name": "a name that nobody should read"})
    line = last_line(capsys)[0]
    assert (replied.verdict, line["code"]) == ((500, "script_unreadable"), "script_unreadable")
    assert line["reason"].startswith("server.xml:2:")
    assert line["reason"].endswith("sql-unknown-name")
    assert "nobody should read" not in str(line)


def test_saved_queries_ask_for_what_the_lines_hold(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    desk.call("broken_sql", interview=interview())
    desk.call("end", {"outcome": "1.1"}, interview=interview())
    lines = log_lines(capsys)
    held = {name for line in lines for name in line} | {"reason", "@timestamp", "@log", "@message"}
    for title in ("Story of a correlation id", "Story of an interview", "Which node failed, last hour"):
        asked = re.findall(r"[@\w]+", QUERIES[title].partition("fields")[2].partition("|")[0])
        assert [name for name in asked if name not in held] == [], title
    assert 'interview = "8a1f6b52" or correlation_id = "8a1f6b52"' in story_of("8a1f6b52")
    with pytest.raises(ValueError, match="x"):
        story_of('x" or 1 = 1')
