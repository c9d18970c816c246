"""One invented data set with everything in it that is hard, in a real database."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from typing import Any

import pytest

from callscript.parser import load_campaign
from database.connection import Connection, Query
from datasets.codebook import codebook_of
from datasets.variables import Codebook
from tests.harness.acting import Session, trust_test_key
from tests.harness.fresh_database import FreshDatabase

LOCAL = """<?xml version="1.0" encoding="UTF-8"?>
<local xmlns="urn:waihu:local:1" campaign="csat" language="en" title="Tea &amp; people">
  <options id="brands"><option value="a">Aroma</option><option value="b">Bamboo</option>
    <option value="z">None</option></options>
  <options id="scale"><option value="1">Bad</option><option value="5">Good</option></options>
  <action id="one"><data>
    <say>How old are you, ${contact.name}?</say>
    <field name="age" type="integer" min="0" special="dk refused na" label="Age"/>
    <field name="cold" type="decimal" special="dk" label="Degrees"/>
    <field name="born" type="date" special="refused" label="Born"/>
    <field name="wakes" type="time" label="Wakes at"/>
    <field name="call_me" type="datetime" label="Call back"/>
    <field name="likes" type="boolean" special="dk" label="Likes tea"/>
    <field name="brand" type="choice" options="brands" special="dk" label="Brand"/>
    <field name="rate" type="choice" options="scale" label="Rate"/>
    <field name="all" type="choices" options="brands" special="refused" label="All brands"/>
    <field name="why" type="text" special="dk" label="Why &lt;so&gt;?"/>
    <compute name="old" type="boolean" value="${age} >= 60"/>
  </data></action>
  <end id="done" outcome="1.1"/>
</local>
"""
HOSTILE = (
    "=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=x", "\r=x", "\n=x", "'=x", "''+y", "＝1+1", "#dk",
    "'#refused", "#dkx", "a;b", 'say "hi", he said', "line\nbreak", "<b>&amp;</b>", "_x0041_", "tab\there",
    "nul-like \x01\x1f",    "漢字 🍵 é", "-5", "+8613800000000", "x" * 40_000, " padded ", "]]>",
)  # fmt: skip


def campaign(text: str = LOCAL) -> Any:
    return load_campaign({"local.xml": text.encode()}).usable


@pytest.fixture
def book() -> Codebook:
    return codebook_of("csat", {"r2": campaign()})


@pytest.fixture
def admin_connection(postgres: FreshDatabase) -> Connection:
    connection = postgres.connect("waihu_admin")
    trust_test_key(connection)
    return connection


class Interviews:
    """Writes interviews as the business server does."""

    def __init__(self, database: FreshDatabase, admin: Connection) -> None:
        self._admin, self._business = admin, database.connect("waihu_business")

    def add(
        self, answers: Mapping[str, Any], *, outcome: str | None = "1.1", started: str = "2026-05-01T10:00:00Z"
    ) -> str:
        """`answers`: field (or `field[round]`) -> JSON value, or {"": special}, or ... for off the path."""
        contact, case, held = uuid.uuid4(), uuid.uuid4(), uuid.uuid4()
        run = self._admin.execute
        run("INSERT INTO outbound.contacts (id, campaign, external_id) VALUES ($1, 'csat', $2)", contact, f"=P{held}")
        run("INSERT INTO outbound.cases (id, campaign, contact_id) VALUES ($1, 'csat', $2)", case, contact)
        run(
            "INSERT INTO outbound.interviews (id, campaign, case_id, epoch, agent, release, language, outcome,"
            " started_at) VALUES ($1, 'csat', $2, 0, 'li', 'r2', 'zh', $3, CAST($4 AS timestamptz))",
            held, case, outcome, started,
        )  # fmt: skip
        rows = [_row(name, value) for name, value in answers.items()]
        save = (
            "INSERT INTO outbound.answers (interview_id, field, round, value, special, on_path, step)"
            " SELECT $1, a.field, a.round, a.value, a.special, a.on_path, 1 FROM jsonb_to_recordset(CAST($2 AS jsonb))"
            " AS a(field text, round text, value jsonb, special text, on_path boolean)"
        )
        Session().act(self._business, Query(save, (held, json.dumps(rows))), interview=held)
        return str(held)


def _row(name: str, value: Any) -> dict[str, Any]:
    field, _, rest = name.partition("[")
    special = value[""] if isinstance(value, dict) else None
    off = value is ...
    return {
        "field": field, "round": rest.removesuffix("]"), "value": "gone" if off else None if special else value,
        "special": special, "on_path": not off,
    }  # fmt: skip


@pytest.fixture
def interviews(postgres: FreshDatabase, admin_connection: Connection) -> Interviews:
    return Interviews(postgres, admin_connection)


FULL = {
    "age": 61, "cold": "-12.5", "born": "1965-02-28", "wakes": "06:30", "call_me": "2026-05-02T19:30", "likes": True,
    "brand": "b", "rate": "5", "all": ["a", "z"], "why": "good", "old": True,
}  # fmt: skip
SPECIAL = {
    "age": {"": "refused"}, "cold": {"": "dk"}, "born": {"": "refused"}, "likes": {"": "dk"}, "brand": {"": "dk"},
    "all": {"": "refused"}, "why": {"": "dk"}, "rate": ...,
}  # fmt: skip


@pytest.fixture
def filled(interviews: Interviews) -> Interviews:
    interviews.add(FULL)
    interviews.add(SPECIAL, started="2026-05-01T11:00:00Z")
    interviews.add({"age": {"": "na"}, "old": False}, started="2026-05-01T12:00:00Z")
    return interviews
