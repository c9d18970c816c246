"""What is known of a value before any interview: its sort, where it comes from, and what it can be."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from callscript.expressions.scope import NameType
from callscript.expressions.values import text_to_number
from callscript.model.values import ValueType


class Sort(Enum):
    """Sorts of values; each with its name in English and Chinese."""

    TEXT = ("text", "文字")
    INTEGER = ("whole number", "整数")
    DECIMAL = ("number", "数字")
    BOOLEAN = ("true-or-false value", "真假值")
    DATE = ("date", "日期")
    TIME = ("time of day", "时间")
    DATETIME = ("date with time", "日期时间")
    DAYS = ("number of days since 1970", "自 1970 年起的天数")
    """What arithmetic makes of a date: `today() + 7`; `date()` makes it a date again."""
    CHOICE = ("choice", "单选")
    CHOICES = ("list of choices", "多选")
    OPAQUE = ("value that is only passed on", "仅供传递的值")
    NOTHING = ("empty text", "空文字")
    """The literal `''`, which stands for unanswered."""
    UNKNOWN = ("value", "值")
    """Something is wrong with it already: nothing more is said."""

    @property
    def english(self) -> str:
        return self.value[0]

    @property
    def chinese(self) -> str:
        return self.value[1]


NUMBERS = frozenset({Sort.INTEGER, Sort.DECIMAL})
DAYS = frozenset({Sort.DATE, Sort.DATETIME, Sort.DAYS})
COUNTS = NUMBERS | DAYS | {Sort.TIME}
"""What arithmetic works on."""

_SORTS = {
    ValueType.TEXT: Sort.TEXT,
    ValueType.PHONE: Sort.TEXT,
    ValueType.EMAIL: Sort.TEXT,
    ValueType.UUID: Sort.TEXT,
    ValueType.INTEGER: Sort.INTEGER,
    ValueType.DECIMAL: Sort.DECIMAL,
    ValueType.BOOLEAN: Sort.BOOLEAN,
    ValueType.DATE: Sort.DATE,
    ValueType.TIME: Sort.TIME,
    ValueType.DATETIME: Sort.DATETIME,
    ValueType.CHOICE: Sort.CHOICE,
    ValueType.CHOICES: Sort.CHOICES,
    ValueType.JSON: Sort.OPAQUE,
    ValueType.ANSWERS: Sort.OPAQUE,
}
_TYPES = {
    Sort.INTEGER: ValueType.INTEGER,
    Sort.DECIMAL: ValueType.DECIMAL,
    Sort.DAYS: ValueType.DECIMAL,
    Sort.BOOLEAN: ValueType.BOOLEAN,
    Sort.DATE: ValueType.DATE,
    Sort.TIME: ValueType.TIME,
    Sort.DATETIME: ValueType.DATETIME,
    Sort.CHOICE: ValueType.CHOICE,
    Sort.CHOICES: ValueType.CHOICES,
    Sort.OPAQUE: ValueType.JSON,
}


@dataclass(frozen=True, slots=True)
class Typed:
    """A tree's sort, and what else is known of its value."""

    sort: Sort
    name: str = ""
    """The dotted name, where the tree is one (or is `special()` of one)."""
    known: NameType | None = None
    options: frozenset[str] | None = None
    """All that a choice can be, where that is known."""
    literal: str | float | bool | None = None
    is_special: bool = False

    @property
    def type(self) -> ValueType:
        """The type of a field that could hold it."""
        return _TYPES.get(self.sort, ValueType.TEXT)

    @property
    def text(self) -> str | None:
        """The literal text that it is, if it is one."""
        return self.literal if isinstance(self.literal, str) else None


def typed_name(name: str, known: NameType) -> Typed:
    sort = _SORTS[known.type]
    options = known.options if sort in {Sort.CHOICE, Sort.CHOICES} else None
    return Typed(sort, name, known, options)


def typed_literal(value: str | float | bool) -> Typed:
    if isinstance(value, bool):
        return Typed(Sort.BOOLEAN, literal=value)
    if isinstance(value, float):
        return Typed(Sort.INTEGER if value.is_integer() else Sort.DECIMAL, literal=value)
    return Typed(Sort.TEXT if value else Sort.NOTHING, literal=value)


def is_numeric(typed: Typed) -> bool:
    """Whether every value that a choice can have is a number."""
    return bool(typed.options) and all(reads_as_number(option) for option in typed.options or ())


def reads_as_number(text: str) -> bool:
    number = text_to_number(text, "UTC")
    return number == number and "-" not in text[1:] and ":" not in text  # noqa: PLR0124 - NaN differs from itself


def common(left: Typed, right: Typed) -> Typed:
    """What a value is that may be either: of `if()` and `coalesce()`."""
    one, other = left.sort, right.sort
    if Sort.UNKNOWN in {one, other}:
        return Typed(Sort.UNKNOWN)
    if one is Sort.NOTHING or other is Sort.NOTHING:
        kept = right if one is Sort.NOTHING else left
        return Typed(kept.sort, options=kept.options)
    if one is other or {one, other} == {Sort.CHOICE, Sort.CHOICES}:
        return Typed(one if one is other else Sort.CHOICES, options=_union(left.options, right.options))
    if Sort.OPAQUE in {one, other}:
        return Typed(Sort.OPAQUE)
    return Typed(Sort.DECIMAL if {one, other} <= NUMBERS else Sort.DAYS if {one, other} <= DAYS else Sort.TEXT)


def _union(one: frozenset[str] | None, other: frozenset[str] | None) -> frozenset[str] | None:
    return None if one is None or other is None else one | other
