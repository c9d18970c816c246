"""What a name can be, as few points that stand for all values that any condition of the script tells apart.

A choice has its options; of a number only the constants that it is compared with matter, and the gaps between them; of
a list of choices only the options that conditions look for. Two values between which no condition distinguishes are
one point: enumeration over points then decides what enumeration over all values would.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise

from callscript.checker.context import Context
from callscript.checker.expressions import links_in_force, uses_of
from callscript.checker.fields import number_of
from callscript.checker.ranges import Ranges
from callscript.checker.trees import parts_of
from callscript.expressions import NameType, Value
from callscript.model.expression import Binary, Call, Expression, Literal, Name, Tree, Unary
from callscript.model.local import Field
from callscript.model.values import NUMBERS, ValueType

MOST_OPTIONS = 24
MOST_LOOKED_FOR = 4
OTHER_TEXT = "\ue000"
"""Stands for every text that no condition names."""

_ISO_DAY = len("2024-01-01")

FINITE = frozenset({ValueType.CHOICE, ValueType.BOOLEAN})


@dataclass(frozen=True, slots=True)
class Point:
    value: Value
    special: str = ""

    def __str__(self) -> str:
        if self.special:
            return f"({self.special})"
        if self.value == "":
            return "(unanswered)"
        if self.value == OTHER_TEXT:
            return "(another text)"
        if isinstance(self.value, bool):
            return str(self.value).lower()
        return f"{self.value:g}" if isinstance(self.value, float) else str(self.value)


UNSET = Point("")


@dataclass
class Constants:
    """What conditions compare each name with."""

    numbers: dict[str, set[float]] = field(default_factory=dict)
    texts: dict[str, set[str]] = field(default_factory=dict)

    def look_into(self, tree: Tree) -> None:
        for part in parts_of(tree):
            if isinstance(part, Binary):
                self._compared(part.left, part.right)
                self._compared(part.right, part.left)
            elif isinstance(part, Call) and part.function == "selected" and len(part.arguments) == 2:
                self._compared(part.arguments[0], part.arguments[1])

    def _compared(self, name: Tree, constant: Tree) -> None:
        if not isinstance(name, Name):
            return
        number = plain_number(constant)
        if number is not None:
            self.numbers.setdefault(name.text, set()).add(number)
        elif isinstance(constant, Literal) and isinstance(constant.value, str):
            self.texts.setdefault(name.text, set()).add(constant.value)


def plain_number(tree: Tree) -> float | None:
    """The number that a tree simply writes, with its sign."""
    if isinstance(tree, Unary):
        inner = plain_number(tree.operand)
        return None if inner is None else -inner
    if isinstance(tree, Literal) and isinstance(tree.value, float | int) and not isinstance(tree.value, bool):
        return float(tree.value)
    return None


def constants_of(context: Context) -> Constants:
    constants = Constants()
    for use in uses_of(context):
        constants.look_into(use.expression.tree)
    for link in links_in_force(context):
        if link.when is not None:
            constants.look_into(link.when.tree)
    return constants


class Domains:
    """The points of every name that conditions read; `None` for one that has too many."""

    def __init__(self, context: Context) -> None:
        self._context, self._constants = context, constants_of(context)
        self.ranges = Ranges(context)
        self._computes = {compute.name: compute.value for _, compute in context.computes}
        self._fields: Mapping[str, Field] = {each.name: each for _, each in context.fields}
        self._points: dict[str, tuple[Point, ...] | None] = {}

    def points(self, name: str) -> tuple[Point, ...] | None:
        """`UNSET` first, then the special answers, then the values."""
        if name not in self._points:
            self._points[name] = self._make(name)
        return self._points[name]

    def full(self, name: str) -> int:
        """The set of all points of a name, as bits."""
        return (1 << len(self.points(name) or ())) - 1

    def _make(self, name: str) -> tuple[Point, ...] | None:
        known = self._context.names.get(name)
        if known is None:
            return None
        values = self._values(name, known)
        if values is None:
            return None
        specials = (Point("", special.value) for special in known.specials)
        return (UNSET, *specials, *(Point(value) for value in values))

    def _values(self, name: str, known: NameType) -> Iterable[Value] | None:
        if known.type is ValueType.BOOLEAN:
            return (False, True)
        if known.type is ValueType.CHOICE and known.options is not None:
            return sorted(known.options) if len(known.options) <= MOST_OPTIONS else None
        if known.type is ValueType.CHOICES:
            return self._subsets(name, known)
        if known.type in NUMBERS:
            return self._numbers(name, known.type)
        return {ValueType.DATE: self._dates, ValueType.TIME: self._times}.get(known.type, self._texts)(name)

    def _texts(self, name: str) -> Iterator[Value]:
        """Of a compute that gives written texts only these; else the texts that conditions name, and another one."""
        made = self._computes.get(name)
        words = texts_made(made.tree) if made is not None else None
        yield from sorted(self._constants.texts.get(name, ()) if words is None else words - {""})
        if words is None:
            yield OTHER_TEXT

    def _subsets(self, name: str, known: NameType) -> Iterable[Value] | None:
        """Which of the options that conditions look for are chosen, and whether any other is."""
        sought = sorted(self._constants.texts.get(name, ()))
        if known.options is None or len(sought) > MOST_LOOKED_FOR:
            return None
        others = sorted(known.options - set(sought))[:1]
        pool = [*(value for value in sought if value in known.options), *others]
        return [[each for bit, each in enumerate(pool) if number >> bit & 1] for number in range(1, 1 << len(pool))]

    def _numbers(self, name: str, kind: ValueType) -> Iterable[Value]:
        asked = self._fields.get(name)
        least, most = (number_of(asked.minimum), number_of(asked.maximum)) if asked else self._bounds(name)
        marks = sorted(self._constants.numbers.get(name, set()) | {x for x in (least, most) if x is not None})
        found = sorted({*marks, *_between(marks)}) if marks else [0.0]
        for value in found:
            inside = (least is None or value >= least) and (most is None or value <= most)
            whole = value == int(value)
            if inside and (whole or kind is ValueType.DECIMAL):
                yield int(value) if kind is ValueType.INTEGER else value

    def _bounds(self, name: str) -> tuple[float | None, float | None]:
        """The bounds of a compute."""
        known = self.ranges.of_name(name)
        least, most = (known.least, known.most) if known else (-math.inf, math.inf)
        return least if math.isfinite(least) else None, most if math.isfinite(most) else None

    def _times(self, name: str) -> Iterator[Value]:
        """The times that conditions name and the field's limits, and a time in every gap between them."""
        asked = self._fields.get(name)
        least, most = (plain_time(asked.minimum), plain_time(asked.maximum)) if asked else (None, None)
        named = {clock_seconds(text) for text in self._constants.texts.get(name, ())}
        marks = sorted({each for each in (*named, least, most) if each is not None}) or [0]
        for second in sorted({*marks, *(int(each) for each in _between([float(mark) for mark in marks]))}):
            inside = (least is None or second >= least) and (most is None or second <= most)
            if inside and 0 <= second < _DAY:
                yield f"{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}"

    def _dates(self, name: str) -> Iterator[Value]:
        """The days that conditions name and the field's limits, and a day in every gap between them."""
        asked = self._fields.get(name)
        least, most = (plain_date(asked.minimum), plain_date(asked.maximum)) if asked else (None, None)
        named = {plain_day(text) for text in self._constants.texts.get(name, ())}
        marks = sorted({*named, least, most} - {None}, key=str) or [_SOME_DAY]
        days = sorted({day.toordinal() for day in marks if day is not None})
        for day in sorted({*days, *(int(each) for each in _between([float(day) for day in days]))}):
            inside = (least is None or day >= least.toordinal()) and (most is None or day <= most.toordinal())
            if inside and 1 <= day <= date.max.toordinal():
                yield date.fromordinal(day).isoformat()


_SOME_DAY = date(2024, 1, 1)
_DAY = 86_400
_CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?")


def clock_seconds(text: str) -> int | None:
    """The second of the day that `14:30` or `14:30:00` names."""
    found = _CLOCK.fullmatch(text)
    return None if found is None else int(found[1]) * 3600 + int(found[2]) * 60 + int(found[3] or 0)


def plain_time(expression: Expression | None) -> int | None:
    """The time of day that a limit simply writes."""
    tree = expression.tree if expression else None
    return clock_seconds(tree.value) if isinstance(tree, Literal) and isinstance(tree.value, str) else None


def texts_made(tree: Tree) -> frozenset[str] | None:
    """Every text that a compute can give, where all of them are written in it."""
    if isinstance(tree, Literal) and isinstance(tree.value, str):
        return frozenset({tree.value})
    if not isinstance(tree, Call) or tree.function not in {"if", "coalesce"}:
        return None
    branches = tree.arguments[1:] if tree.function == "if" else tree.arguments
    found = [texts_made(each) for each in branches]
    known = [each for each in found if each is not None]
    return frozenset().union(*known) if len(known) == len(found) else None


def plain_day(text: str) -> date | None:
    """The day that an ISO text names."""
    try:
        return date.fromisoformat(text) if len(text) == _ISO_DAY else None
    except ValueError:
        return None


def plain_date(expression: Expression | None) -> date | None:
    """The day that a limit simply writes, with or without quotes."""
    tree = expression.tree if expression else None
    return plain_day(tree.value) if isinstance(tree, Literal) and isinstance(tree.value, str) else None


def _between(marks: list[float]) -> Iterator[float]:
    """A value in every gap between neighbours and beyond the ends; a whole one where there is one."""
    yield marks[0] - 1
    yield marks[-1] + 1
    for left, right in pairwise(marks):
        yield float(int(left) + 1) if left < int(left) + 1 < right else (left + right) / 2
