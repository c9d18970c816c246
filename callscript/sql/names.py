"""What the names in a statement mean, and the PostgreSQL type with which each value arrives."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

from callscript.model.server import Parameter, SqlForeach
from callscript.model.values import ValueType
from callscript.sql import kinds
from callscript.sql.compiled import Slot
from callscript.sql.lexer import Reference

SESSION_TYPES = {
    "agent": "text",
    "session": "text",
    "roles": "text[]",
    "groups": "text[]",
    "campaign": "text",
    "release": "text",
    "cell": "text",
    "node": "text",
    "correlation": "text",
}
"""`:session.…`: what the server itself knows of who asks, and the PostgreSQL type it arrives with."""

SQL_TYPES = {
    ValueType.TEXT: "text",
    ValueType.INTEGER: "bigint",
    ValueType.DECIMAL: "numeric",
    ValueType.BOOLEAN: "boolean",
    ValueType.DATE: "date",
    ValueType.TIME: "time",
    ValueType.DATETIME: "timestamptz",
    ValueType.CHOICE: "text",
    ValueType.CHOICES: "text[]",
    ValueType.PHONE: "bytea",
    ValueType.EMAIL: "text",
    ValueType.UUID: "uuid",
    ValueType.JSON: "jsonb",
    ValueType.ANSWERS: "jsonb",
}
"""The PostgreSQL type that a parameter of each type arrives with; a script casts further (`:n::int`)."""

LIST_TYPES = (ValueType.CHOICES, ValueType.ANSWERS)
"""Types whose values are lists by themselves."""

PHONE_PARTS = ("cipher", "index")

Typed = tuple[Slot, str]
"""What to bind, and the cast that says its type."""

Complain = Callable[..., None]
"""Called with a kind, a place and the kind's values."""


def sql_type(parameter: Parameter) -> str:
    """The PostgreSQL type with which `parameter` arrives in a statement."""
    base = SQL_TYPES[parameter.type]
    return f"{base}[]" if parameter.many and base not in ("jsonb", "text[]") else base


def is_list(parameter: Parameter | None) -> bool:
    """Whether `<foreach>` can go over the parameter."""
    return parameter is not None and (parameter.many or parameter.type in LIST_TYPES)


def resolve(
    reference: Reference,
    loops: Sequence[SqlForeach],
    parameters: Mapping[str, Parameter],
    earlier: Collection[str],
    complain: Complain,
) -> Typed | None:
    """What `reference` binds where it stands; None, after a complaint, if it means nothing there.

    In this order: the element of a `<foreach>` around it, the session, a parameter, an earlier statement's first row.
    """
    name = reference.name
    for loop in reversed(loops):
        if loop.item == name:
            return _item(reference, parameters.get(loop.over))
    if name == "session":
        return _session(reference, complain)
    parameter = parameters.get(name)
    if parameter is not None:
        return _parameter(parameter, reference, complain)
    if name not in earlier:
        known = ", ".join(sorted({*parameters, *earlier, "session"}))
        complain(kinds.UNKNOWN_NAME, reference.span, name=str(reference), known=known)
        return None
    if not reference.member:
        complain(kinds.NEEDS_COLUMN, reference.span, name=name)
        return None
    return Slot("row", name, reference.member), ""


def _item(reference: Reference, over: Parameter | None) -> Typed:
    slot = Slot("item", reference.name, reference.member)
    if reference.member or over is None or over.type is ValueType.CHOICES:
        return slot, "::text"
    return slot, f"::{SQL_TYPES[over.type]}"


def _session(reference: Reference, complain: Complain) -> Typed | None:
    kind = SESSION_TYPES.get(reference.member)
    if kind is None:
        known = ", ".join(sorted(SESSION_TYPES))
        complain(kinds.NO_MEMBER, reference.span, name="session", member=reference.member, known=known)
        return None
    return Slot("session", reference.member), f"::{kind}"


def _parameter(parameter: Parameter, reference: Reference, complain: Complain) -> Typed | None:
    member, is_phone = reference.member, parameter.type is ValueType.PHONE
    if is_phone and not member:
        complain(kinds.PHONE_IN_CLEAR, reference.span, name=parameter.name)
        return None
    if member and not (is_phone and member in PHONE_PARTS):
        known = ", ".join(PHONE_PARTS) if is_phone else "-"
        complain(kinds.NO_MEMBER, reference.span, name=parameter.name, member=member, known=known)
        return None
    return Slot("parameter", parameter.name, member), f"::{sql_type(parameter)}"
