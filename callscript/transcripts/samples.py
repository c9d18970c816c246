"""A text that matches a pattern: the shortest that its parts allow."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from re import _constants, _parser  # type: ignore[attr-defined]
from typing import Any

_CATEGORIES = {"CATEGORY_DIGIT": "0", "CATEGORY_WORD": "a", "CATEGORY_SPACE": " "}
_OTHERWISE = "a0A -."
MOST_TIMES = 200


def sample(pattern: str) -> str:
    """A text that `pattern` matches as a whole; empty where none was found."""
    try:
        return _of(_parser.parse(pattern))
    except (re.error, RecursionError, OverflowError, ValueError):
        return ""


def _of(parts: Iterable[tuple[Any, Any]]) -> str:
    return "".join(_one(str(kind), value) for kind, value in parts)


def _one(kind: str, value: Any) -> str:
    maker = _MAKERS.get(kind)
    return maker(value) if maker else ""


def _member(members: list[tuple[Any, Any]]) -> str:
    first = str(members[0][0])
    if first == "NEGATE":
        return next((each for each in _OTHERWISE if not any(_holds(m, each) for m in members[1:])), "a")
    kind, value = members[0]
    if kind is _constants.LITERAL:
        return chr(value)
    if kind is _constants.RANGE:
        return chr(value[0])
    return _CATEGORIES.get(str(value), "a")


def _holds(member: tuple[Any, Any], letter: str) -> bool:
    kind, value = member
    if kind is _constants.LITERAL:
        return bool(ord(letter) == value)
    if kind is _constants.RANGE:
        low, high = value
        return bool(low <= ord(letter) <= high)
    tests = {"CATEGORY_DIGIT": letter.isdigit(), "CATEGORY_WORD": letter.isalnum(), "CATEGORY_SPACE": letter == " "}
    return tests.get(str(value), True)


_MAKERS: dict[str, Callable[[Any], str]] = {
    "LITERAL": chr,
    "ANY": lambda _: "a",
    "NOT_LITERAL": lambda value: next(each for each in _OTHERWISE if ord(each) != value),
    "IN": _member,
    "MAX_REPEAT": lambda value: _of(value[2]) * min(value[0], MOST_TIMES),
    "MIN_REPEAT": lambda value: _of(value[2]) * min(value[0], MOST_TIMES),
    "POSSESSIVE_REPEAT": lambda value: _of(value[2]) * min(value[0], MOST_TIMES),
    "SUBPATTERN": lambda value: _of(value[-1]),
    "ATOMIC_GROUP": _of,
    "BRANCH": lambda value: _of(value[1][0]),
}
