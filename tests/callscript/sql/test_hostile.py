"""Hostile SQL, by class of grammar: nothing of it is published, in whatever element it stands."""

from __future__ import annotations

import pytest

from callscript.model.server import Verb
from callscript.sql.admission import admit, decide
from callscript.sql.allowed import FUNCTIONS, may_follow_dot
from callscript.sql.compiler import check_action
from tests.callscript.sql.hostile import HOSTILE, REACHING
from tests.callscript.sql.server_scripts import action, statement
from tests.harness.fresh_database import FreshDatabase

ONE_ARGUMENT = """
SELECT DISTINCT proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
 WHERE n.nspname = 'pg_catalog' AND p.prokind = 'f' AND p.provolatile IN ('v', 's')
   AND p.pronargs >= 1 AND p.pronargs - p.pronargdefaults <= 1
   AND p.prorettype NOT IN ('trigger'::regtype, 'event_trigger'::regtype, 'internal'::regtype, 'cstring'::regtype)
   AND NOT p.proargtypes[0] IN ('internal'::regtype, 'cstring'::regtype)
"""
HARMLESS_BEGINNINGS = ("enum_", "date", "money", "numeric", "time", "xml", "random_normal", "regclass", "aclexplode")
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
