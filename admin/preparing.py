"""Every statement of a script prepared against the live schema, as the role that will run it.

PostgreSQL plans the statement (`EXPLAIN`), runs nothing, and so finds tables, columns, types and rights that are not
there. It gets none but what its parser has admitted as one plain statement: behind the word EXPLAIN another text
(`ANALYZE SELECT …`) would be run, with the rights of whoever checks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from callscript.expressions import FlatScope
from callscript.model.server import Server, SqlText, Statement
from callscript.places import Span
from callscript.problems import Problem, ScriptError
from callscript.sql import Bindings, CompiledStatement, Rendered, compile_action
from callscript.sql.kinds import NOT_PREPARED
from database.connection import Connection, Query
from database.failures import DatabaseFailure

EXPLAIN = "EXPLAIN "
SYNTAX = "42601"
_BEGIN = "BEGIN READ ONLY"
_AS_SCRIPTS = "SET LOCAL ROLE waihu_scripts"
_NOT_FOR_LONG = "SET LOCAL statement_timeout = '5s'"


def prepare(servers: Mapping[str, Server], connection: Connection) -> list[Problem]:
    """What the database says against the statements of `servers`; `connection` may act as `waihu_scripts`.

    A statement with parts that vary is tried as it is with nothing given, and with everything.
    """
    try:
        from callscript.sql.admission import decide
    except ImportError:
        return []  # the check says so, and refuses to publish
    problems: list[Problem] = []
    for server in servers.values():
        for action in server.actions.values():
            try:
                compiled = compile_action(action)
            except ScriptError:
                continue  # said by the checker already
            for statement in compiled.statements:
                for one in _renderings(statement):
                    if decide(one.sql, statement.statement.verb).admitted:
                        told = _try(connection, statement, one, action.id)
                        problems += [problem for problem in told if problem not in problems]
    return problems


def _renderings(statement: CompiledStatement) -> Iterator[Rendered]:
    if statement.static is not None:
        yield Rendered(statement.static, (None,) * len(statement.slots))
        return
    nothing = Bindings(_Each(None), _Each(None), lists=_Each(({},)))
    scopes: tuple[dict[str, Any], ...] = ({}, _Each("1"))
    for given in scopes:
        try:
            yield statement.render(nothing, FlatScope(given))
        except (ValueError, TypeError, ArithmeticError):
            continue  # a test that such a value does not fit


class _Each(dict[str, Any]):
    """The same for every name."""

    def __init__(self, value: object) -> None:
        super().__init__()
        self._value = value

    def __missing__(self, _: str) -> object:
        return self._value

    def get(self, _: str, __: object = None) -> object:
        return self._value


def _try(connection: Connection, statement: CompiledStatement, one: Rendered, node: str) -> Iterator[Problem]:
    explain = Query(EXPLAIN + one.sql, one.values, statement.name)
    try:
        connection.run_pipeline([Query(_BEGIN), Query(_NOT_FOR_LONG), Query(_AS_SCRIPTS), explain, Query("ROLLBACK")])
    except DatabaseFailure as failure:
        if statement.static is None and failure.sqlstate == SYNTAX:
            return  # a <set> with nothing to set: such a form is the author's to avoid
        ahead = (failure.position or 1) - 1 - len(EXPLAIN)
        values = {"statement": statement.name, "reason": failure.message, "state": failure.sqlstate}
        span = statement.statement.span
        if statement.static is not None:
            span = _place(statement.statement, statement.static, max(ahead, 0))
        yield Problem(NOT_PREPARED, span, values, node)


def _place(statement: Statement, sql: str, position: int) -> Span:
    """Where character `position` of the compiled text stands in the script, to the line."""
    text = next((part for part in statement.body if isinstance(part, SqlText)), None)
    if text is None:
        return statement.span
    return Span(text.span.file, text.span.line + sql[:position].count("\n"), 0)
