"""Statements become `$n` text; what is wrong with them is said with its code."""

from __future__ import annotations

import pytest

from callscript.expressions import FlatScope
from callscript.model.server import (
    ServerAction,
    SqlChoose,
    SqlForeach,
    SqlIf,
    SqlSet,
    SqlText,
    SqlWhere,
)
from callscript.model.values import ValueType
from callscript.problems import ScriptError
from callscript.sql import Bindings, Rendered, StatementTooLong, compile_action
from callscript.sql.compiler import check_action
from tests.callscript.sql.server_scripts import HERE, action, expression, parameter, statement


def text(sql: str) -> SqlText:
    return SqlText(HERE, sql)


def when(test: str, sql: str) -> SqlIf:
    return SqlIf(HERE, expression(test), (text(sql),))


def rendered(script: ServerAction, bindings: Bindings, **scope: object) -> Rendered:
    """The last statement with each run of blanks as one."""
    made = compile_action(script).statements[-1].render(bindings, FlatScope(scope))
    return Rendered(" ".join(made.sql.split()), made.values)


def test_a_static_statement_binds_each_name_once_and_types_it() -> None:
    script = action(
        statement("a", "SELECT :n, :n::int, :session.agent, :at"),
        parameters=[parameter("n", ValueType.INTEGER), parameter("at", ValueType.DATETIME)],
    )
    bound = Bindings({"n": "7", "at": "2026-01-02T03:04:05Z"}, {"agent": "li"})
    expected = Rendered(
        "SELECT $1::bigint, $1::bigint::int, $2::text, $3::timestamptz", ("7", "li", "2026-01-02T03:04:05Z")
    )
    assert expected == compile_action(script).statements[0].render(bound)


def test_an_earlier_row_is_bound_without_a_type() -> None:
    script = action(statement("taken", "SELECT 1"), statement("b", "SELECT :taken.id, :taken.gone"))
    bound = Bindings({}, {}, rows={"taken": {"id": "9"}})
    assert Rendered("SELECT $1, $2", ("9", None)) == rendered(script, bound)
    assert Rendered("SELECT $1, $2", (None, None)) == rendered(script, Bindings({}, {}))


def test_a_phone_is_bound_in_parts_alone() -> None:
    script = action(statement("a", "SELECT :p.cipher, :p.index"), parameters=[parameter("p", ValueType.PHONE)])
    bound = Bindings({"p.cipher": "\\x01", "p.index": "\\x02"}, {})
    assert Rendered("SELECT $1::bytea, $2::bytea", ("\\x01", "\\x02")) == rendered(script, bound)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, Rendered("SELECT * FROM t ORDER BY 1", ())),
        ({"a": "1"}, Rendered("SELECT * FROM t WHERE a = $1::text ORDER BY 1", ("1",))),
        ({"b": "2"}, Rendered("SELECT * FROM t WHERE b = $1::text ORDER BY 1", ("2",))),
        (
            {"b": "2", "a": "1"},
            Rendered("SELECT * FROM t WHERE a = $1::text AND b = $2::text ORDER BY 1", ("1", "2")),
        ),
    ],
)
def test_where_drops_what_no_condition_needs(values: dict[str, str], expected: Rendered) -> None:
    conditions = (when("answered(${a})", "a = :a "), when("answered(${b})", "AND b = :b"))
    script = action(
        statement("s", "SELECT * FROM t ", SqlWhere(HERE, conditions), " ORDER BY 1"),
        parameters=[parameter("a"), parameter("b")],
    )
    assert expected == rendered(script, Bindings({"a": None, "b": None, **values}, {}), **values)


def test_set_drops_the_last_comma() -> None:
    script = action(
        statement("s", "UPDATE t", SqlSet(HERE, (when("1 = 1", "a = :a,"), when("1 = 2", "b = 1,"))), "WHERE x"),
        parameters=[parameter("a")],
    )
    assert Rendered("UPDATE t SET a = $1::text WHERE x", ("v",)) == rendered(script, Bindings({"a": "v"}, {}))


@pytest.mark.parametrize(("kind", "expected"), [("x", "SELECT 1"), ("y", "SELECT 2"), ("z", "SELECT 3")])
def test_choose_takes_the_first_that_holds(kind: str, expected: str) -> None:
    choose = SqlChoose(HERE, (when("${kind} = 'x'", "1"), when("${kind} = 'y' or ${kind} = 'x'", "2")), (text("3"),))
    script = action(statement("s", "SELECT ", choose), parameters=[parameter("kind")])
    assert expected == rendered(script, Bindings({"kind": kind}, {}), kind=kind).sql


def test_foreach_binds_each_element() -> None:
    each = SqlForeach(HERE, "ids", "id", (text("(:id, :n)"),), opening="VALUES ", separator=", ")
    script = action(
        statement("s", "INSERT INTO t ", each),
        parameters=[parameter("ids", ValueType.INTEGER, many=True), parameter("n")],
    )
    bound = Bindings({"n": "x"}, {}, lists={"ids": [{"": "1"}, {"": "2"}]})
    expected = Rendered("INSERT INTO t VALUES ($1::bigint, $2::text), ($3::bigint, $2::text)", ("1", "x", "2"))
    assert expected == rendered(script, bound)


def test_a_rendered_statement_may_not_pin_the_proxy() -> None:
    each = SqlForeach(HERE, "ids", "id", (text(":id"),))
    script = action(statement("s", "SELECT ", each), parameters=[parameter("ids", many=True)])
    with pytest.raises(StatementTooLong):
        rendered(script, Bindings({}, {}, lists={"ids": [{"": "1"}] * 3000}))


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        (action(statement("s", "SELECT :gone")), ["sql-unknown-name"]),
        (action(statement("s", "SELECT :s.id")), ["sql-unknown-name"]),
        (action(statement("a", "SELECT 1"), statement("b", "SELECT :a")), ["sql-needs-column"]),
        (action(statement("s", "SELECT :session.password")), ["sql-no-member"]),
        (action(statement("s", "SELECT :x.y"), parameters=[parameter("x")]), ["sql-no-member"]),
        (action(statement("s", "SELECT :p"), parameters=[parameter("p", ValueType.PHONE)]), ["sql-phone-in-clear"]),
        (action(statement("s", "  ")), ["sql-empty"]),
        (action(statement("s")), ["sql-empty"]),
        (action(statement("s", "SELECT '" + "x" * 17000 + "'")), ["sql-too-long"]),
        (action(statement("s", "SELECT 1; DELETE FROM t")), ["sql-several"]),
        (action(statement("x", "SELECT 1"), parameters=[parameter("x")]), ["sql-shadowed"]),
        (action(statement("session", "SELECT 1")), ["sql-shadowed"]),
        (action(statement("s", "SELECT 1"), finishes="outcome"), ["sql-unknown-name"]),
        (
            action(statement("s", SqlForeach(HERE, "x", "i", (text(":i"),))), parameters=[parameter("x")]),
            ["sql-not-a-list"],
        ),
    ],
)
def test_problems(script: ServerAction, expected: list[str]) -> None:
    assert expected == [problem.code for problem in check_action(script)]
    with pytest.raises(ScriptError):
        compile_action(script)
