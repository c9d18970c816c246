from __future__ import annotations

import csv
import io
import json
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admin.answers import FIXED, PAGE, cell, export, fields_of, merge_orders
from admin.folders import CHECKOUT_SCRIPTS, collect, find_campaign
from callscript.parser import load_campaign
from database.connection import Connection, Query
from tests.harness.acting import Session
from tests.harness.fresh_database import FreshDatabase


def interview(
    admin: Connection, business: Connection, answers: list[dict[str, object]], outcome: str | None = "1.1"
) -> uuid.UUID:
    contact, case, held = uuid.uuid4(), uuid.uuid4(), uuid.uuid4()
    admin.execute("INSERT INTO outbound.contacts (id, campaign) VALUES ($1, 'csat')", contact)
    admin.execute("INSERT INTO outbound.cases (id, campaign, contact_id) VALUES ($1, 'csat', $2)", case, contact)
    admin.execute(
        "INSERT INTO outbound.interviews (id, campaign, case_id, epoch, agent, release, language, outcome)"
        " VALUES ($1, 'csat', $2, 0, 'li', 'r1', 'zh', $3)",
        held,
        case,
        outcome,
    )
    save = (
        "INSERT INTO outbound.answers (interview_id, field, round, value, special, on_path, step)"
        " SELECT $1, a.field, coalesce(a.round, ''), a.value, a.special, coalesce(a.on_path, true), 1"
        " FROM jsonb_to_recordset(CAST($2 AS jsonb))"
        " AS a(field text, round text, value jsonb, special text, on_path boolean)"
    )
    Session().act(business, Query(save, (held, json.dumps(answers))), interview=held)
    return held


def exported(admin: Connection, *orders: list[str], unfinished: bool = False) -> list[dict[str, str]]:
    text = io.StringIO(newline="")
    export(text, admin, "csat", orders, unfinished=unfinished)
    text.seek(0)
    return list(csv.DictReader(text))


def test_one_row_an_interview_with_only_what_is_on_the_path(
    postgres: FreshDatabase, admin_connection: Connection
) -> None:
    interview(
        admin_connection,
        postgres.connect("waihu_business"),
        [
            {"field": "nps", "value": 9},
            {"field": "why", "value": "=1+1"},
            {"field": "brands", "value": ["a", "b"]},
            {"field": "age", "special": "refused"},
            {"field": "off", "value": "x", "on_path": False},
        ],
    )
    (row,) = exported(admin_connection, ["nps", "why", "brands", "age", "off"])
    assert {name: row[name] for name in row if name not in FIXED} == {
        "nps": "9",
        "why": "'=1+1",
        "brands": "a;b",
        "age": "#refused",
        "off": "",
    }
    assert (row["agent"], row["release"], row["outcome"]) == ("li", "r1", "1.1")


def test_rounds_of_a_repeat_are_columns_in_order(postgres: FreshDatabase, admin_connection: Connection) -> None:
    business = postgres.connect("waihu_business")
    interview(
        admin_connection, business, [{"field": "item", "round": str(number), "value": number} for number in (10, 2, 1)]
    )
    (row,) = exported(admin_connection, ["first", "item", "last"])
    assert [name for name in row if name not in FIXED] == ["first", "item[1]", "item[2]", "item[10]", "last"]
    assert row["item[10]"] == "10"


def test_an_answer_that_no_release_has_a_place_for_is_not_lost(
    postgres: FreshDatabase, admin_connection: Connection
) -> None:
    interview(admin_connection, postgres.connect("waihu_business"), [{"field": "gone", "value": "x"}])
    (row,) = exported(admin_connection, ["nps"])
    assert [name for name in row if name not in FIXED] == ["nps", "gone"]
    assert row["gone"] == "x"


def test_unfinished_interviews_only_where_asked_for(postgres: FreshDatabase, admin_connection: Connection) -> None:
    interview(admin_connection, postgres.connect("waihu_business"), [], outcome=None)
    assert exported(admin_connection, ["x"]) == []
    assert len(exported(admin_connection, ["x"], unfinished=True)) == 1


def test_more_interviews_than_a_page(admin_connection: Connection) -> None:
    admin_connection.execute(
        "INSERT INTO outbound.contacts (id, campaign) SELECT gen_random_uuid(), 'csat' FROM generate_series(1, $1)",
        PAGE + 7,
    )
    admin_connection.execute(
        "INSERT INTO outbound.cases (campaign, contact_id) SELECT 'csat', id FROM outbound.contacts"
    )
    admin_connection.execute(
        "INSERT INTO outbound.interviews (id, campaign, case_id, epoch, agent, release, language, outcome)"
        " SELECT gen_random_uuid(), 'csat', id, 0, 'li', 'r1', 'zh', '1.1' FROM outbound.cases"
    )
    rows = exported(admin_connection, ["x"])
    assert len(rows) == len({row["interview"] for row in rows}) == PAGE + 7


@pytest.mark.parametrize(
    ("value", "special", "expected"),
    [
        (True, None, "true"),
        (7.5, None, "7.5"),
        (-5, None, "-5"),
        (None, "dk", "#dk"),
        (None, None, ""),
        ("+8613800000000", None, "+8613800000000"),
        ("-3.5", None, "-3.5"),
        ("@SUM(A1)", None, "'@SUM(A1)"),
        ("-cmd", None, "'-cmd"),
        ("\t=x", None, "'\t=x"),
        (["=a", "b"], None, "'=a;b"),
    ],
)
def test_cells(value: object, special: str | None, expected: str) -> None:
    assert cell(value, special) == expected


def test_a_field_that_only_an_older_release_had_stands_where_it_stood() -> None:
    assert merge_orders([["a", "c"], ["a", "b", "c", "d"]]) == ["a", "b", "c", "d"]
    assert merge_orders([["a", "b"], ["z", "b", "y", "a"]]) == ["z", "a", "b", "y"]


@given(st.lists(st.lists(st.sampled_from("abcdefgh"), unique=True), max_size=4))
def test_merging_orders_loses_and_doubles_nothing_and_keeps_the_newest_order(orders: list[list[str]]) -> None:
    merged = merge_orders(orders)
    assert sorted(merged) == sorted({name for order in orders for name in order})
    if orders:
        assert [name for name in merged if name in orders[0]] == orders[0]


def test_the_shipped_fields_come_in_document_order() -> None:
    files = collect(find_campaign("reminder", CHECKOUT_SCRIPTS), CHECKOUT_SCRIPTS).files
    fields = fields_of(load_campaign(files).usable)
    assert fields[:4] == ["person", "decision", "preparation_understood", "new_date"]
    assert fields.index("cancel_other") < fields.index("callback_at")
