"""How many round trips an action costs, from its script alone."""

from __future__ import annotations

import pytest

from callscript.model.server import Cardinality, ServerAction, Verb
from callscript.sql import compile_action, plan
from tests.callscript.sql.server_scripts import ONE, action, fail, parameter, statement, value

SAVE = action(statement("saved", "INSERT INTO a VALUES (:x)"), parameters=[parameter("x")])
TAKE = action(
    statement("taken", "UPDATE c SET a = :session.agent RETURNING id", rows=Cardinality(0, 1)),
    statement("calls", "SELECT 1 WHERE c = :taken.id", verb=Verb.SELECT),
    fail("not(answered(${taken.id}))"),
    data=[value("id", "taken.id")],
)
INDEPENDENT = action(statement("a", "UPDATE a SET x = 1"), statement("b", "UPDATE b SET x = 1"))
CHECKED = action(statement("a", "UPDATE a SET x = 1", rows=ONE))
CHECKED_FIRST = action(
    statement("a", "UPDATE a SET x = 1 RETURNING id", rows=ONE),
    statement("b", "UPDATE b SET x = 1 WHERE id = :a.id"),
)
ORDERED = action(
    statement("a", "UPDATE a SET x = 1 RETURNING id"),
    statement("b", "INSERT INTO b VALUES (:a.id)"),
    statement("c", "UPDATE c SET n = (SELECT count(*) FROM b)"),
)
READ = action(
    statement("a", "SELECT 1", verb=Verb.SELECT, rows=ONE),
    data=[value("x", "a.x")],
)
REVEAL = action(statement("a", "SELECT 1", verb=Verb.SELECT), data=[value("x", "a.x")], reveals=True)
WHEN = action(
    statement("a", "UPDATE a SET x = 1 RETURNING id"),
    statement("b", "UPDATE b SET x = 1", when="answered(${a.id})"),
)
FAIL_ON_PARAMETER = action(fail("${x} = ''"), statement("a", "UPDATE a SET x = :x"), parameters=[parameter("x")])
ECHO = action(statement("a", "UPDATE a SET x = :x"), parameters=[parameter("x")], data=[value("x", "x")])


@pytest.mark.parametrize(
    ("script", "rounds", "round_trips"),
    [
        (SAVE, (("saved",),), 1),
        (TAKE, (("taken",), ("calls",)), 2),
        (INDEPENDENT, (("a", "b"),), 1),
        (CHECKED, (("a",),), 2),
        (CHECKED_FIRST, (("a",), ("b",)), 2),
        (ORDERED, (("a",), ("b", "c")), 2),
        (READ, (("a",),), 1),
        (REVEAL, (("a",),), 2),
        (WHEN, (("a",), ("b",)), 2),
        (FAIL_ON_PARAMETER, (("a",),), 1),
        (ECHO, (("a",),), 1),
        (action(), (), 1),
    ],
)
def test_plan(script: ServerAction, rounds: tuple[tuple[str, ...], ...], round_trips: int) -> None:
    computed = plan(compile_action(script))
    assert (rounds, round_trips) == (computed.rounds, computed.round_trips)


def test_a_reply_without_rows_is_constant() -> None:
    assert [plan(compile_action(each)).constant_reply for each in (SAVE, TAKE, ECHO)] == [True, False, True]


def test_a_reveal_is_never_a_mere_read() -> None:
    assert [plan(compile_action(each)).reads_only for each in (READ, REVEAL)] == [True, False]
