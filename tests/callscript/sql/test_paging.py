"""Paged statements: what PostgreSQL gets, what is said against them, and that an index serves them."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from callscript.model.server import PageKey, Paging, ServerAction, Verb
from callscript.model.values import ValueType
from callscript.sql import compile_action
from callscript.sql.admission import admit
from callscript.sql.compiler import check_action
from tests.callscript.sql.server_scripts import HERE, action, parameter, statement, value
from tests.harness.fresh_database import FreshDatabase

AT, ID = PageKey("at", ValueType.DATETIME, descending=True), PageKey("id", ValueType.UUID)
NEXT = value("next", "cases.next_page")
AFTER = parameter("after")


def paged(sql: str = "SELECT at, id FROM cases", *keys: PageKey, size: int = 50, after: str = "after") -> ServerAction:
    select = replace(statement("cases", sql, verb=Verb.SELECT), paging=Paging(HERE, keys or (AT, ID), size, after))
    return action(select, parameters=[AFTER], data=[NEXT])


@pytest.mark.parametrize(
    ("keys", "condition", "order"),
    [
        ((ID,), '("id") > ($1::uuid)', '"id"'),
        ((AT, replace(ID, descending=True)), '("at", "id") < ($1::timestamptz, $2::uuid)', '"at" DESC, "id" DESC'),
        (
            (AT, ID),
            '("at" < $1::timestamptz) OR ("at" = $1::timestamptz AND "id" > $2::uuid)',
            '"at" DESC, "id"',
        ),
    ],
)
def test_the_text(keys: tuple[PageKey, ...], condition: str, order: str) -> None:
    [step] = compile_action(paged("SELECT at, id FROM cases", *keys)).statements
    first = "$1::uuid" if keys[0] is ID else "$1::timestamptz"
    assert step.static == (
        f"SELECT * FROM (SELECT at, id FROM cases) AS page WHERE ({first} IS NULL OR {condition}) "
        f"ORDER BY {order} LIMIT 51"
    )
    assert [slot.member for slot in step.slots] == [str(place) for place in range(len(keys))]


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (paged(size=0), "paging-incomplete"),
        (paged(after=""), "paging-incomplete"),
        (paged("SELECT 1", ID, ID), "paging-incomplete"),
        (paged(size=1001), "paging-size"),
        (paged(after="misspelt"), "paging-parameter"),
        (replace(paged(), parameters=(replace(AFTER, required=True),)), "paging-parameter"),
        (replace(paged(), parameters=(parameter("after", ValueType.INTEGER),)), "paging-parameter"),
        (replace(paged(), data=()), "paging-without-next"),
        (replace(paged(), data=(replace(NEXT, type=ValueType.INTEGER),)), "paging-without-next"),
    ],
)
def test_what_is_said_against_them(wrong: ServerAction, code: str) -> None:
    assert [problem.code for problem in check_action(wrong)] == [code]


def test_a_whole_one_is_admitted() -> None:
    assert list(check_action(paged())) == list(admit(paged())) == []


@pytest.mark.parametrize(
    ("sql", "code"),
    [
        ("SELECT at, id FROM cases) AS page; DELETE FROM cases; SELECT * FROM (SELECT 1", "sql-several"),
        ("SELECT at, id FROM cases) AS a, (SELECT pg_sleep(9)", "sql-forbidden-function"),
        ("SELECT at, id FROM platform.keys", "sql-forbidden-relation"),
    ],
)
def test_what_breaks_out_is_seen(sql: str, code: str) -> None:
    """PostgreSQL's parser is shown the statement as the database gets it."""
    assert code in {problem.code for problem in (*check_action(paged(sql)), *admit(paged(sql)))}


def test_a_page_deep_inside_is_found_by_the_index(postgres: FreshDatabase) -> None:
    owner = postgres.connect()
    owner.execute("CREATE TABLE outbound.many (id integer PRIMARY KEY, name text)")
    owner.execute("INSERT INTO outbound.many SELECT g, 'x' FROM generate_series(1, 20000) g")
    owner.execute("ANALYZE outbound.many")
    key = PageKey("id", ValueType.INTEGER)
    [step] = compile_action(paged("SELECT id, name FROM outbound.many", key)).statements
    plan = "\n".join(row[0] for row in owner.fetch(f"EXPLAIN {step.static}", 15_000))
    assert "Index Cond: (id > " in plan, plan
    assert "IS NULL" not in plan
