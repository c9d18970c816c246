"""Every statement of a script prepared against the live schema, as the role that will run it.

PostgreSQL plans the statement (`EXPLAIN`), runs nothing, and so finds tables, columns, types and rights that are not
there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from callscript.model.server import Server, SqlText, Statement
from callscript.places import Span
from callscript.problems import Problem, ScriptError
from callscript.sql import CompiledStatement, compile_action
from callscript.sql.kinds import NOT_PREPARED
from database.connection import Connection, Query
from database.failures import DatabaseFailure

EXPLAIN = "EXPLAIN "


def prepare(servers: Mapping[str, Server], connection: Connection) -> list[Problem]:
    """What the database says against the statements of `servers`; `connection` may act as `waihu_scripts`.

    A statement with parts that vary is tried as it is with nothing given.
    """
    problems: list[Problem] = []
    for server in servers.values():
        for action in server.actions.values():
            try:
                compiled = compile_action(action)
            except ScriptError:
                continue  # said by the checker already
            for statement in compiled.statements:
                problems += _try(connection, statement, action.id)
    return problems


def _try(connection: Connection, statement: CompiledStatement, node: str) -> Iterator[Problem]:
    if statement.static is None:
        return
    explain = Query(EXPLAIN + statement.static, [None] * len(statement.slots), statement.name)
    try:
        connection.run_pipeline(
            [Query("BEGIN READ ONLY"), Query("SET LOCAL ROLE waihu_scripts"), explain, Query("ROLLBACK")]
        )
    except DatabaseFailure as failure:
        ahead = (failure.position or 1) - 1 - len(EXPLAIN)
        values = {"statement": statement.name, "reason": failure.message, "state": failure.sqlstate}
        yield Problem(NOT_PREPARED, _place(statement.statement, statement.static, max(ahead, 0)), values, node)


def _place(statement: Statement, sql: str, position: int) -> Span:
    """Where character `position` of the compiled text stands in the script, to the line."""
    text = next((part for part in statement.body if isinstance(part, SqlText)), None)
    if text is None:
        return statement.span
    return Span(text.span.file, text.span.line + sql[:position].count("\n"), 0)
