"""A telephone number is never in a log, a journal, a stored reply, an error, or a reply that does not reveal it."""

from __future__ import annotations

import json
from itertools import chain
from typing import Any

import pytest

from database.failures import DatabaseFailure
from tests.functions.business.desks import NUMBERS, Desk, log_lines
from tests.harness.acting import fresh_key
from tests.harness.fresh_database import FreshDatabase

CANARY = "+8613912345678"
DIGITS = "13912345678"


def everything_in(postgres: FreshDatabase) -> str:
    """Every row of every table, as text."""
    owner = postgres.connect()
    tables = owner.fetch(
        "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname IN ('platform', 'outbound')"
    )
    return "\n".join(str(owner.fetch(f"SELECT t::text FROM {name} t")) for (name,) in tables)


def test_a_number_given_is_kept_sealed_and_told_masked(
    desk: Desk, postgres: FreshDatabase, capsys: pytest.CaptureFixture[str]
) -> None:
    replied = desk.call("keep_number", {"id": 1, "phone": CANARY})
    assert replied.json == {"phone": "139****5678"}
    assert DIGITS not in everything_in(postgres) + capsys.readouterr().out
    (cipher,) = desk.admin.fetch("SELECT cipher FROM outbound.things")[0]
    assert NUMBERS.reveal(cipher) == CANARY


def test_a_reveal_is_journaled_and_its_stored_reply_sealed(
    desk: Desk, postgres: FreshDatabase, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.call("keep_number", {"id": 1, "phone": CANARY})
    key = fresh_key()
    first, again = (desk.call("reveal", {"id": 1}, key=key) for _ in range(2))
    assert first.json == {"number": CANARY, "masked": "139****5678"}
    assert (again.body, again.headers["idempotent-replay"]) == (first.body, "true")
    assert [row[:2] for row in desk.journal()] == [("csat.keep_number", "done"), ("csat.reveal", "done")]
    assert DIGITS not in everything_in(postgres) + capsys.readouterr().out


@pytest.mark.parametrize(
    ("action", "parameters"),
    [
        ("keep_number", {"id": "x", "phone": CANARY}),
        ("keep_number", {"id": 1, "phone": DIGITS}),
        ("add", {"id": 1, "name": CANARY, DIGITS: 1}),
        ("add", {"id": 1, "name": CANARY}),
        ("rename", {"id": 77, "name": CANARY}),
        ("broken_sql", {}),
    ],
)
def test_errors_never_quote_what_was_given(
    desk: Desk, capsys: pytest.CaptureFixture[str], action: str, parameters: dict[str, object]
) -> None:
    desk.admin.execute("INSERT INTO outbound.things VALUES (1, 'there')")
    replied = desk.call(action, parameters)
    assert replied.status >= 400
    journaled = str(desk.admin.fetch("SELECT j::text FROM platform.journal j"))
    assert DIGITS not in replied.body + capsys.readouterr().out + journaled


def test_a_key_that_is_none_is_not_journaled(desk: Desk) -> None:
    """A read takes any key; a stranger must not write what he likes into a journal that is kept for years."""
    assert desk.call("missing_rows", key=DIGITS).verdict == (409, "rows_contract")
    assert desk.admin.fetch("SELECT action, key FROM platform.journal") == [("csat.missing_rows", None)]


def metrics_of(line: dict[str, Any]) -> str:
    """Names, values and dimensions of all metrics in a log line, as CloudWatch would take them out of it."""
    directives = line["_aws"]["CloudWatchMetrics"]
    names = {name for each in directives for name in chain(*each["Dimensions"], (m["Name"] for m in each["Metrics"]))}
    return json.dumps({name: line[name] for name in names})


def test_metrics_hold_no_number(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    desk.call("keep_number", {"id": 1, "phone": CANARY})
    desk.call("reveal", {"id": 1})
    desk.call("keep_number", {"id": 1, "phone": DIGITS})
    desk.call("end", {"outcome": CANARY})
    lines = log_lines(capsys)
    assert [line["outcome"] for line in lines] == ["done", "done", "refused", "done"]
    assert DIGITS not in "".join(metrics_of(line) for line in lines)


def test_what_the_caller_names_itself_by_is_no_number(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    """A node and a correlation id come from outside and stand in log, journal and metrics."""
    as_node = desk.call("add", {"id": 1, "name": "x"}, node=f"q{DIGITS}")
    as_correlation = desk.call("add", {"id": 2, "name": "x"}, headers={"waihu-correlation-id": DIGITS})
    assert (as_node.verdict, as_node.json["parameter"], as_correlation.status) == ((400, "bad_request"), "node", 200)
    journaled = str(desk.admin.fetch("SELECT j::text FROM platform.journal j"))
    assert DIGITS not in as_node.body + capsys.readouterr().out + journaled


def test_the_database_servers_own_log_quotes_nobody(desk: Desk, postgres: FreshDatabase) -> None:
    """PostgreSQL quotes in its errors what it could not read, and whole rows that break a rule."""
    business, written = postgres.connect("waihu_business"), "13987650001"
    refused = (
        ("SELECT CAST($1::text AS timestamp)", f"call me at +86{written}"),
        ("SELECT CAST($1::text AS integer)", written + "x"),
        ("INSERT INTO outbound.agents (id, name) VALUES ('nobody', $1)", written),
        ("SELECT 1 / (length($1::text) - 11)", written),
    )
    for sql, given in refused:
        with pytest.raises(DatabaseFailure):
            business.fetch(sql, given)
    desk.admin.execute("INSERT INTO outbound.contacts (campaign, name) VALUES ('csat', $1)", written)
    with pytest.raises(DatabaseFailure):
        desk.admin.execute("UPDATE outbound.contacts SET attributes = '[]'")
    log = postgres.server.log_file.read_text(encoding="utf-8", errors="replace")
    assert written not in log
