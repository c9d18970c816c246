"""Server actions built by hand, without the XML parser: what the tests of this room are about is SQL."""

from __future__ import annotations

from collections.abc import Sequence

from callscript.expressions import parse
from callscript.model.expression import Expression
from callscript.model.server import (
    Cardinality,
    Fail,
    Parameter,
    ServerAction,
    Shape,
    SqlPart,
    SqlText,
    Statement,
    Value,
    Verb,
)
from callscript.model.values import ValueType
from callscript.places import Span

HERE = Span("server.xml", 10, 5)
ANY = Cardinality(0, None)
ONE = Cardinality(1, 1)


def expression(source: str) -> Expression:
    return parse(source, HERE)


def parameter(name: str, kind: ValueType = ValueType.TEXT, *, many: bool = False) -> Parameter:
    return Parameter(HERE, name, kind, many=many)


def statement(
    name: str,
    *body: str | SqlPart,
    verb: Verb = Verb.UPDATE,
    rows: Cardinality = ANY,
    when: str | None = None,
) -> Statement:
    parts = tuple(SqlText(HERE, part) if isinstance(part, str) else part for part in body)
    return Statement(HERE, name, verb, rows, parts, expression(when) if when else None)


def fail(when: str, code: str = "refused_by_script") -> Fail:
    return Fail(HERE, expression(when), code)


def value(name: str, column: str, kind: ValueType = ValueType.TEXT) -> Value:
    return Value(HERE, name, kind, column)


def action(
    *steps: Statement | Fail,
    parameters: Sequence[Parameter] = (),
    data: Sequence[Shape] = (),
    reveals: bool = False,
    finishes: str | None = None,
) -> ServerAction:
    return ServerAction(
        HERE, "act", ("agent",), tuple(parameters), steps, tuple(data), reveals=reveals, finishes=finishes
    )
