"""Analysts' views: typed, made for each release, closed to everything else."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal

import pytest

from callscript.model.local import Local
from database.connection import Connection
from database.failures import DatabaseFailure
from datasets.views import make_views
from tests.datasets.conftest import FULL, LOCAL, SPECIAL, Interviews, campaign
from tests.harness.fresh_database import FreshDatabase

RELEASE = "r2"


@pytest.fixture
def analyst(postgres: FreshDatabase) -> Connection:
    """A login of an analyst's own, as docs/data.md says to make one."""
    connection = postgres.connect()
    connection.execute("SET ROLE waihu_analyst")
    return connection


def test_typed_columns(interviews: Interviews, admin_connection: Connection, analyst: Connection) -> None:
    interviews.add(FULL)
    interviews.add(SPECIAL)
    interviews.add({"age": "not a number", "born": "2026-02-30", "all": "a"})
    assert make_views(admin_connection, "csat", RELEASE, campaign()) == ("csat", "csat_r2")
    (row,) = analyst.fetch(
        'SELECT age, cold, born, call_me, likes, brand, "all", why FROM analysis.csat_r2 WHERE age = 61'
    )
    assert row == (61, Decimal("-12.5"), date(1965, 2, 28), datetime(2026, 5, 2, 19, 30), True, "b", ["a", "z"], "good")  # noqa: DTZ001
    assert analyst.fetch("SELECT age, age_special, why_special FROM analysis.csat WHERE why_special = 'dk'") == [
        (None, "refused", "dk")
    ]
    assert analyst.fetch('SELECT age, born, "all" FROM analysis.csat WHERE age IS NULL AND age_special IS NULL') == [
        (None, None, None)
    ]


def test_the_next_release_changes_the_campaigns_view_and_keeps_the_older_ones(
    interviews: Interviews, admin_connection: Connection, analyst: Connection
) -> None:
    interviews.add(FULL)
    make_views(admin_connection, "csat", RELEASE, campaign())
    newer = campaign(LOCAL.replace('<field name="age" type="integer" min="0"', '<field name="age" type="text"'))
    make_views(admin_connection, "csat", "r3" * 20, newer)
    assert analyst.fetch("SELECT age FROM analysis.csat") == [("61",)]
    assert analyst.fetch("SELECT age FROM analysis.csat_r2") == [(61,)]
    assert analyst.fetch("SELECT count(*) FROM analysis.csat_r3r3r3r3r3r3") == [(0,)]


def test_repeats_are_one_object(interviews: Interviews, admin_connection: Connection, analyst: Connection) -> None:
    text = re.sub(
        r'(<action id="one">.*?</action>)', r'<repeat id="each" over="all">\1</repeat>', LOCAL, flags=re.DOTALL
    )
    interviews.add({"age[a]": 3, "age[z]": {"": "dk"}})
    scripts = campaign(text)
    assert isinstance(scripts.local, Local)
    make_views(admin_connection, "csat", RELEASE, scripts)
    assert analyst.fetch("SELECT age FROM analysis.csat") == [({"a": 3, "z": "#dk"},)]


@pytest.mark.parametrize("table", ["outbound.phones", "outbound.contacts", "outbound.answers", "platform.journal"])
def test_an_analyst_sees_nothing_else(table: str, analyst: Connection) -> None:
    with pytest.raises(DatabaseFailure) as refused:
        analyst.fetch(f"SELECT * FROM {table}")
    assert refused.value.sqlstate == "42501"


def test_names_from_scripts_are_only_names(admin_connection: Connection) -> None:
    hostile = 'a"; DROP SCHEMA outbound; --'
    columns = [{"name": hostile, "field": hostile + "'", "kind": "integer"}]
    admin_connection.execute("SELECT analysis.make_view('v', $1, '', CAST($2 AS jsonb))", hostile, columns)
    assert admin_connection.fetch("SELECT count(*) FROM analysis.v") == [(0,)]
    with pytest.raises(DatabaseFailure):
        admin_connection.execute("SELECT analysis.make_view($1, 'csat', '', '[]')", hostile)
