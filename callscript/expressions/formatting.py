"""Values piped into texts: written for the ear and eye of the person at the telephone, in the interview's language."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import datetime

from callscript.expressions.compiler import value_of
from callscript.expressions.conventions import Conventions, conventions_of
from callscript.expressions.moments import DAY_MS, Moment, datetime_at, local_datetime
from callscript.expressions.scope import NameType, Scope, Value
from callscript.expressions.values import number_text, to_text
from callscript.model.expression import Expression, Name, Text
from callscript.model.values import ValueType

_GROUPED_FROM = 10_000
"""Smaller numbers are written without group signs: 2024 is more often a year than a quantity."""
_DIGITS = 12
"""Significant digits shown: enough for money, few enough to hide that 0.1 + 0.2 is not quite 0.3."""


def compile_text(text: Text, names: Mapping[str, NameType] | None = None) -> Callable[[Scope], str]:
    """The text with its values piped in; `names` tells which are dates and options, to be written as people do."""
    writers = [part if isinstance(part, str) else _writer(part, names or {}) for part in text.parts]
    if not writers:
        return lambda _: ""
    if len(writers) == 1 and isinstance(writers[0], str):
        whole = writers[0]
        return lambda _: whole
    return lambda scope: "".join([part if isinstance(part, str) else part(scope) for part in writers])


def _writer(expression: Expression, names: Mapping[str, NameType]) -> Callable[[Scope], str]:
    if not isinstance(expression.tree, Name):
        run = value_of(expression.tree)
        return lambda scope: written(run(scope), None, scope.language, scope.timezone)
    name = expression.tree.text
    known = names.get(name)
    of_value = _writer_of(name, known.type if known else None)
    if known is None or not known.specials:
        return of_value
    return lambda scope: of_value(scope) or conventions_of(scope.language).special(scope.special(name))


def _writer_of(name: str, kind: ValueType | None) -> Callable[[Scope], str]:
    """Of the name's value; a special answer has none."""
    if kind in {ValueType.CHOICE, ValueType.CHOICES}:
        return lambda scope: _labels(scope.value(name), name, scope)
    if kind in {ValueType.TEXT, ValueType.PHONE, ValueType.EMAIL, ValueType.UUID}:
        return lambda scope: to_text(scope.value(name))
    return lambda scope: written(scope.value(name), kind, scope.language, scope.timezone)


def _labels(value: Value, name: str, scope: Scope) -> str:
    chosen = value if isinstance(value, list | tuple) else [value]
    texts = [text for each in chosen if (text := to_text(each))]
    return conventions_of(scope.language).between.join([scope.option_label(name, text) for text in texts])


def written(value: Value, kind: ValueType | None, language: str, zone: str) -> str:
    """One value as people write it; `kind` is needed only to tell a date from a text."""
    habits = conventions_of(language)
    if isinstance(value, bool):
        return habits.yes if value else habits.no
    if isinstance(value, Moment):
        return _moment(datetime_at(value * DAY_MS, zone) if math.isfinite(value) else None, value.text, habits)
    if isinstance(value, int | float):
        return number_written(value, habits)
    if isinstance(value, list | tuple):
        return habits.between.join(map(str, value))
    return _text_written(to_text(value), kind, habits, zone)


def _text_written(text: str, kind: ValueType | None, habits: Conventions, zone: str) -> str:
    if kind in {ValueType.DATE, ValueType.DATETIME}:
        return _moment(local_datetime(text, zone), text, habits)
    if kind is ValueType.TIME:
        return _clock(local_datetime(f"1970-01-01T{text}", "UTC"), text)
    return text


def number_written(number: float, habits: Conventions) -> str:
    """`12,345.5`; whole numbers without a point, small ones without group signs."""
    if not math.isfinite(number) or abs(number) >= 1e21:
        return number_text(float(number)) if number == number else ""  # noqa: PLR0124 - NaN alone differs from itself
    short = number if isinstance(number, int) else float(f"{number:.{_DIGITS}g}")
    whole, _, fraction = number_text(float(short)).partition(".")
    if "e" in whole or "e" in fraction:
        return number_text(float(short)).replace(".", habits.decimal_sign)
    if abs(short) >= _GROUPED_FROM:
        whole = f"{int(whole):,}".replace(",", habits.group_sign)
    return f"{whole}{habits.decimal_sign}{fraction}" if fraction else whole


def _moment(at: datetime | None, text: str, habits: Conventions) -> str:
    if at is None:
        return text
    day = habits.day(at.date())
    return day if len(text) == len("2024-05-01") else f"{day} {_clock(at, text)}"


def _clock(at: datetime | None, text: str) -> str:
    if at is None:
        return text
    return f"{at:%H:%M:%S}" if at.second else f"{at:%H:%M}"
