"""The closed list of functions: what each takes, in ODK's spelling."""

from __future__ import annotations

from dataclasses import dataclass

ANY_NUMBER = 200
"""Most arguments of a function that takes any number of them."""


@dataclass(frozen=True, slots=True)
class Signature:
    name: str
    fewest: int
    most: int
    usage: str


def _list(*signatures: Signature) -> dict[str, Signature]:
    return {signature.name: signature for signature in signatures}


SIGNATURES: dict[str, Signature] = _list(
    Signature("if", 3, 3, "if(condition, then, else)"),
    Signature("coalesce", 2, ANY_NUMBER, "coalesce(${a}, ${b})"),
    Signature("not", 1, 1, "not(condition)"),
    Signature("selected", 2, 2, "selected(${q}, 'option')"),
    Signature("selected-at", 2, 2, "selected-at(${q}, 0)"),
    Signature("count-selected", 1, 1, "count-selected(${q})"),
    Signature("int", 1, 1, "int(number)"),
    Signature("number", 1, 1, "number(text)"),
    Signature("string", 1, 1, "string(value)"),
    Signature("round", 1, 2, "round(number, places)"),
    Signature("abs", 1, 1, "abs(number)"),
    Signature("min", 1, ANY_NUMBER, "min(${a}, ${b})"),
    Signature("max", 1, ANY_NUMBER, "max(${a}, ${b})"),
    Signature("sum", 1, 1, "sum(${score})"),
    Signature("count", 1, 1, "count(${name})"),
    Signature("concat", 1, ANY_NUMBER, "concat('a', ${b})"),
    Signature("join", 2, ANY_NUMBER, "join(', ', ${name})"),
    Signature("substr", 2, 3, "substr(${text}, 0, 3)"),
    Signature("string-length", 1, 1, "string-length(${text})"),
    Signature("contains", 2, 2, "contains(${text}, 'part')"),
    Signature("starts-with", 2, 2, "starts-with(${text}, 'start')"),
    Signature("ends-with", 2, 2, "ends-with(${text}, 'end')"),
    Signature("regex", 2, 2, "regex(${text}, '^[0-9]+$')"),
    Signature("today", 0, 0, "today()"),
    Signature("now", 0, 0, "now()"),
    Signature("date", 1, 1, "date('2024-05-01')"),
    Signature("format-date", 2, 2, "format-date(${date}, '%Y-%m-%d')"),
    Signature("position", 0, 0, "position()"),
    Signature("answered", 1, 1, "answered(${q})"),
    Signature("special", 1, 1, "special(${q})"),
    Signature("true", 0, 0, "true()"),
    Signature("false", 0, 0, "false()"),
)
