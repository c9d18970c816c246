"""Actions on a real database: what is written, what is answered, in how many round trips."""

from __future__ import annotations

import pytest

from tests.functions.business.desks import Desk, log_lines


def test_a_write_with_a_constant_reply_takes_one_round_trip(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    replied = desk.call("add", {"id": 1, "name": "one"})
    assert (replied.status, replied.json) == (200, {})
    assert desk.things() == [(1, "one")]
    assert [each["statements"] for each in log_lines(capsys)[0]["rounds"]] == [
        ["begin", "begin_action", "added", "commit"]
    ]


@pytest.mark.parametrize(
    ("action", "parameters", "round_trips"),
    [
        ("add", {"id": 2, "name": "x"}, 1),
        ("add_and_tell", {"id": 2, "name": "x"}, 2),
        ("rename", {"id": 1, "name": "x"}, 2),
        ("chain", {"id": 2}, 3),
        ("list", {}, 1),
        ("tree", {}, 1),
    ],
)
def test_round_trips_on_the_wire_are_those_computed(
    desk: Desk, action: str, parameters: dict[str, object], round_trips: int
) -> None:
    desk.call("add", {"id": 1, "name": "one"})
    connection, _ = desk.connections.get()
    before = connection.round_trips
    assert desk.call(action, parameters).status == 200
    ready = desk.business._scripts.action("csat", desk.release, "csat", action)
    assert [round_trips, round_trips] == [connection.round_trips - before, ready.plan.round_trips]


def test_a_reply_holds_what_data_names_and_nothing_else(desk: Desk) -> None:
    desk.call("add", {"id": 1, "name": "one"})
    reply = desk.call("add_and_tell", {"id": 2, "name": "two"}).json
    assert {"at", "who", "things"} == set(reply)
    assert reply["who"] == "li"
    assert reply["things"] == [{"id": 1, "called": "one"}, {"id": 2, "called": "two"}]


def test_nested_lists_belong_to_their_rows(desk: Desk) -> None:
    desk.admin.execute("INSERT INTO outbound.things VALUES (1, 'one'), (2, 'two')")
    desk.admin.execute("INSERT INTO outbound.things (id, name, parent) VALUES (3, 'a', 1), (4, 'b', 2), (5, 'c', 1)")
    assert desk.call("tree").json["parents"] == [
        {"id": 1, "name": "o**", "children": [{"id": 3}, {"id": 5}]},
        {"id": 2, "name": "t**", "children": [{"id": 4}]},
    ]


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [({}, [1, 2, 3]), ({"name": "b"}, [2]), ({"ids": [1, 3]}, [1, 3]), ({"name": "b", "ids": [1]}, [])],
)
def test_dynamic_parts(desk: Desk, parameters: dict[str, object], expected: list[int]) -> None:
    desk.admin.execute("INSERT INTO outbound.things VALUES (1, 'a'), (2, 'b'), (3, 'c')")
    replied = desk.call("list", parameters)
    assert expected == [thing["id"] for thing in replied.json["things"]]


def test_foreach_inserts_each_element(desk: Desk) -> None:
    assert (
        desk.call("bulk", {"rows": [{"id": 1, "name": "a"}, {"id": 2, "name": "b'); DROP TABLE things; --"}]}).status
        == 200
    )
    assert desk.things() == [(1, "a"), (2, "b'); DROP TABLE things; --")]


def test_a_broken_contract_writes_nothing(desk: Desk) -> None:
    replied = desk.call("rename", {"id": 9, "name": "x"})
    assert (replied.verdict, replied.json["statement"]) == ((409, "rows_contract"), "renamed")
    assert desk.journal() == [("csat.rename", "failed", "rows_contract", "renamed")]


def test_a_fail_after_its_statements_writes_nothing(desk: Desk) -> None:
    replied = desk.call("chain", {"id": 99})
    assert replied.verdict == (409, "a_hundred")
    assert replied.json["detail"] == "一百不行。"
    assert desk.things() == []
    assert desk.journal() == [("csat.chain", "failed", "a_hundred", None)]


def test_a_fail_that_needs_no_row_costs_no_round_trip(desk: Desk) -> None:
    desk.call("list")
    connection, _ = desk.connections.get()
    before = connection.round_trips
    assert desk.call("early", {"id": -1}).verdict == (409, "negative")
    assert before == connection.round_trips


def test_the_first_complaint_in_document_order_is_told(desk: Desk) -> None:
    """`copy` breaks a constraint just because `found` found nothing, and both went out together."""
    assert desk.call("guarded", {"id": 7}).verdict == (409, "not_there")


def test_a_database_error_becomes_the_scripts_own_code(desk: Desk) -> None:
    desk.call("add", {"id": 1, "name": "one"})
    replied = desk.call("add", {"id": 1, "name": "again"})
    assert (replied.verdict, replied.json["detail"]) == ((409, "already_there"), "已经有了。")
    assert desk.call("add", {"id": 2, "name": "goes on"}).status == 200


@pytest.mark.parametrize(
    ("action", "verdict"),
    [
        ("broken_sql", (500, "statement_failed")),
        ("forbidden", (403, "refused_by_database")),
        ("wrong_shape", (500, "reply_mismatch")),
    ],
)
def test_what_a_script_does_wrong_is_told_by_statement(desk: Desk, action: str, verdict: tuple[int, str]) -> None:
    replied = desk.call(action, {"id": 1} if action == "wrong_shape" else {})
    assert verdict == replied.verdict
    assert {"broken_sql": "bad", "forbidden": "bad", "wrong_shape": "added"}[action] == replied.json["statement"]
    assert desk.things() == []
    assert "no_such_table" not in replied.body


def test_every_member_that_finds_the_failing_node(desk: Desk) -> None:
    problem = desk.call("rename", {"id": 9, "name": "x"}, headers={"waihu-correlation-id": "corr-12345"}).json
    expected = {
        "campaign": "csat", "release": desk.release, "node": "nps", "action": "csat.rename", "statement": "renamed",
        "correlation_id": "corr-12345", "code": "rows_contract", "status": 409,
    }  # fmt: skip
    assert expected == {name: problem.get(name) for name in expected}


def test_a_version_of_the_function_answers_under_its_own_path(desk: Desk) -> None:
    assert desk.call("list", path="/c1/next/actions/csat.list").status == 200
    assert desk.call("list", path="/c2/next/actions/csat.list").verdict == (403, "foreign_cell")


def test_a_record_in_a_list_is_of_the_lists_row_or_of_the_row_that_it_names(desk: Desk) -> None:
    desk.admin.execute(
        "INSERT INTO outbound.things (id, name, parent)"
        " VALUES (1, 'a', NULL), (2, 'b', NULL), (3, 'c', 2), (4, 'd', 1), (5, 'e', 9)"
    )
    assert desk.call("leaves").json["leaves"] == [
        {"id": 3, "about": {"name": "c"}, "under": {"name": "b"}},
        {"id": 4, "about": {"name": "d"}, "under": {"name": "a"}},
        {"id": 5, "about": {"name": "e"}, "under": None},
    ]
