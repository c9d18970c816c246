"""An expression's result as a field of its type keeps it: what computes, gives and defaults are stored as."""

from __future__ import annotations

import math
from collections.abc import Callable

from callscript.expressions.compiler import compile_expression, text_of, truth_of, value_of
from callscript.expressions.functions import words
from callscript.expressions.moments import DAY_MS, Moment, datetime_at, iso_datetime, local_datetime
from callscript.expressions.scope import UNANSWERED, Scope, Value
from callscript.expressions.values import text_to_number, to_number, to_text
from callscript.model.expression import Expression
from callscript.model.values import ValueType

LARGEST = 10**15 - 1
"""Whole numbers up to this, either sign, are exact in JSON's numbers; an answer beyond it is refused."""

_TEXTS = frozenset({ValueType.TEXT, ValueType.PHONE, ValueType.EMAIL, ValueType.CHOICE, ValueType.UUID})


def compile_field(expression: Expression, kind: ValueType) -> Callable[[Scope], Value]:
    """The expression's worth as a field of type `kind` keeps it: `''` where it has none of that type."""
    if kind in _TEXTS:
        return text_of(expression.tree)
    if kind is ValueType.BOOLEAN:
        return _truth_or_unanswered(expression)
    if kind in {ValueType.JSON, ValueType.ANSWERS}:
        return compile_expression(expression)
    run = value_of(expression.tree)
    return lambda scope: to_field(run(scope), kind, scope.timezone)


def _truth_or_unanswered(expression: Expression) -> Callable[[Scope], Value]:
    run, holds = value_of(expression.tree), truth_of(expression.tree)
    return lambda scope: UNANSWERED if run(scope) == UNANSWERED else holds(scope)


def to_field(value: Value, kind: ValueType, zone: str) -> Value:
    """`value` as a field of type `kind` keeps it; `''` where it has none of that type."""
    if value is None or value == UNANSWERED:
        return UNANSWERED
    if kind in _TEXTS:
        return to_text(value)
    convert = _CONVERSIONS.get(kind)
    return value if convert is None else convert(value, zone)


def _integer(value: Value, _: str) -> Value:
    number = _plain_number(value)
    if not math.isfinite(number) or abs(number) >= LARGEST + 1:
        return UNANSWERED
    return math.trunc(number)


def _decimal(value: Value, _: str) -> Value:
    number = _plain_number(value)
    return float(number) + 0.0 if math.isfinite(number) else UNANSWERED  # no -0.0


def _plain_number(value: Value) -> float:
    """A number, or a text that reads as one; a date is none."""
    if value.__class__ is Moment:
        return text_to_number(value.text, "UTC") if "-" not in value.text[1:] else math.nan
    if value.__class__ is str:
        return text_to_number(value, "UTC") if local_datetime(value, "UTC") is None and ":" not in value else math.nan
    return math.nan if value.__class__ is bool else to_number(value, "UTC")


def _boolean(value: Value, _: str) -> Value:
    if value.__class__ is bool:
        return value
    return {"true": True, "1": True, "false": False, "0": False}.get(to_text(value), UNANSWERED)


def _date(value: Value, zone: str) -> Value:
    if value.__class__ in {int, float}:
        return UNANSWERED
    at = local_datetime(to_text(value), zone)
    return UNANSWERED if at is None else f"{at.year:04d}-{at.month:02d}-{at.day:02d}"


def _time(value: Value, zone: str) -> Value:
    if value.__class__ is Moment:
        at = datetime_at(value * DAY_MS, zone)
    else:
        text = to_text(value)
        at = local_datetime(text if "T" in text else f"1970-01-01T{text}", zone) if ":" in text else None
    return UNANSWERED if at is None else f"{at.hour:02d}:{at.minute:02d}:{at.second:02d}"


def _datetime(value: Value, zone: str) -> Value:
    if value.__class__ is Moment:
        at = datetime_at(math.floor(value * DAY_MS + 0.5), zone) if math.isfinite(value) else None
    else:
        text = to_text(value)
        at = local_datetime(text, zone) if "T" in text else None
    return UNANSWERED if at is None else iso_datetime(at)


def _choices(value: Value, _: str) -> Value:
    return list(value) if value.__class__ in {list, tuple} else words(to_text(value)) or UNANSWERED


_CONVERSIONS: dict[ValueType, Callable[[Value, str], Value]] = {
    ValueType.INTEGER: _integer,
    ValueType.DECIMAL: _decimal,
    ValueType.BOOLEAN: _boolean,
    ValueType.DATE: _date,
    ValueType.TIME: _time,
    ValueType.DATETIME: _datetime,
    ValueType.CHOICES: _choices,
}
