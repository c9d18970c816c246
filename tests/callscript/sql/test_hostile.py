"""Hostile SQL, by class of grammar: nothing of it is published, in whatever element it stands."""

from __future__ import annotations

import pytest

from callscript.model.server import Verb
from callscript.model.values import ValueType
from callscript.sql.admission import admit, decide
from callscript.sql.allowed import FUNCTIONS, OWNERS_FUNCTIONS, may_follow_dot
from callscript.sql.compiler import check_action
from tests.callscript.sql.adversary import HONEST, LIVE, REFUSED
from tests.callscript.sql.hostile import HOSTILE, REACHING
from tests.callscript.sql.server_scripts import action, parameter, statement
from tests.harness.fresh_database import FreshDatabase

ONE_ARGUMENT = """
SELECT DISTINCT proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
 WHERE n.nspname = 'pg_catalog' AND p.prokind = 'f' AND p.provolatile IN ('v', 's')
   AND p.pronargs >= 1 AND p.pronargs - p.pronargdefaults <= 1
   AND p.prorettype NOT IN ('trigger'::regtype, 'event_trigger'::regtype, 'internal'::regtype, 'cstring'::regtype)
   AND NOT p.proargtypes[0] IN ('internal'::regtype, 'cstring'::regtype)
"""
HARMLESS_BEGINNINGS = (
    "enum_", "date", "money", "numeric", "time", "xmlconcat", "xmlcomment", "xmltext", "random_normal", "aclexplode",
)  # fmt: skip
HARMLESS_ENDINGS = ("send", "_tsquery", "to_tsvector", "array_shuffle", "oidvectortypes")


@pytest.mark.parametrize("kind", HOSTILE)
def test_nothing_of_it_is_published(kind: str) -> None:
    verbs = (Verb.SELECT, Verb.CALL) if kind == "writes in reads" else Verb
    published = [
        f"<{verb}> {sql}"
        for sql in HOSTILE[kind]
        for verb in verbs
        if not [*check_action(action(statement("s", sql, verb=verb))), *admit(action(statement("s", sql, verb=verb)))]
    ]
    assert published == []


def test_what_row_security_has_to_stop_is_published() -> None:
    """Else the test past the gate would show nothing about it."""
    published = [sql for sql in REACHING if any(decide(sql, verb).admitted for verb in Verb)]
    assert len(published) > len(REACHING) - 3


def test_no_function_that_does_more_than_work_on_a_value_is_called_by_dot(postgres: FreshDatabase) -> None:
    """`x.f` is `f(x)`: of all functions of this PostgreSQL that take one argument and are not immutable."""
    names = [name for (name,) in postgres.connect().fetch(ONE_ARGUMENT)]
    assert len(names) > 200
    let_through = [
        name
        for name in names
        if may_follow_dot(name) and not name.startswith(HARMLESS_BEGINNINGS) and not name.endswith(HARMLESS_ENDINGS)
    ]
    assert set(let_through) <= FUNCTIONS


@pytest.mark.parametrize("kind", [kind for kind in REFUSED if kind != LIVE])
def test_nothing_of_an_adversary_is_published(kind: str) -> None:
    published = []
    for verb, sql in REFUSED[kind]:
        script = action(statement("s", sql, verb=verb), parameters=[parameter("p")])
        if not [*check_action(script), *admit(script)]:
            published.append(f"<{verb}> {sql}")
    assert published == []


@pytest.mark.parametrize("sql", [sql for _, sql in HONEST])
def test_honest_work_is_admitted(sql: str) -> None:
    (verb,) = [verb for verb, text in HONEST if text == sql]
    kinds = {"p": ValueType.TEXT, "n": ValueType.INTEGER, "day": ValueType.DATE}
    parameters = [parameter("ids", many=True), *(parameter(name, kind) for name, kind in kinds.items())]
    script = action(statement("s", sql, verb=verb), parameters=parameters)
    assert [str(problem) for problem in [*check_action(script), *admit(script)]] == []


def test_the_owners_functions_are_those_that_the_database_keeps_from_scripts(postgres: FreshDatabase) -> None:
    kept = {
        name
        for (name,) in postgres.connect().fetch(
            "SELECT n.nspname || '.' || p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace"
            " WHERE n.nspname IN ('outbound', 'desk', 'supervision', 'roster', 'quality')"
            " AND NOT has_function_privilege('waihu_scripts', p.oid, 'execute')"
        )
    }
    assert kept == OWNERS_FUNCTIONS
