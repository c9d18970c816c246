"""What a value counts as where a number, a text or a truth value is wanted: ODK's rules.

| | as number | as text | as truth value |
|---|---|---|---|
| unanswered `''` | NaN | `''` | false |
| text | its number, date or time of day, else NaN | itself | is not `''` |
| number | itself | as JavaScript writes it, NaN as `''` | is neither 0 nor NaN |
| truth value | 1 or 0 | `true`, `false` | itself |
| date made here | days since 1970 | ISO | is not 0 |
| choices | of the text | option values with a space between | any chosen |
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from decimal import ROUND_HALF_EVEN, Decimal

from callscript.expressions.moments import Moment, days_of_text
from callscript.expressions.scope import Value

_NUMBER = re.compile(r"[+-]?(?:Infinity|(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)")
_OTHER_BASE = re.compile(r"0(?:[xX][0-9a-fA-F]+|[oO][0-7]+|[bB][01]+)")
_HUGE = 1 << 1000
_EXACT = 1 << 53
"""From here on the digits of a whole number are no longer all its own, and only the telling ones are written."""
_TWENTY_PLACES = Decimal(1).scaleb(-20)


def to_number(value: Value, zone: str) -> float:
    """The number that a value counts as, NaN where it is none; `zone` gives dates their beginning."""
    kind = value.__class__
    if kind is float or kind is Moment:
        return value  # type: ignore[no-any-return]
    if kind is int:
        return float(value) if -_HUGE < value < _HUGE else math.inf if value > 0 else -math.inf
    if kind is bool:
        return 1.0 if value else 0.0
    if kind is str:
        return text_to_number(value, zone)
    if kind is list or kind is tuple:
        return text_to_number(" ".join(map(str, value)), zone)
    return math.nan


def text_to_number(text: str, zone: str) -> float:
    stripped = text.strip()
    if not stripped:
        return math.nan
    if _NUMBER.fullmatch(stripped):
        return float(stripped.replace("Infinity", "inf"))
    if _OTHER_BASE.fullmatch(stripped):
        return to_number(int(stripped, 0), zone)
    return days_of_text(text, zone)


def to_text(value: Value) -> str:
    """The text that a value counts as; numbers as a calculation writes them (`3`, not `3.0`)."""
    if value.__class__ is str:
        return value
    write = _WRITERS.get(value.__class__)
    return write(value) if write else "" if value is None else str(value)


def _int_text(number: int) -> str:
    return str(number) if -_EXACT <= number <= _EXACT else number_text(to_number(number, ""))


def answer_text(value: Value) -> str:
    """The text of an answer: as `to_text`, but a decimal answer keeps its point (`3.0`), as ODK stores it."""
    if value.__class__ is float:
        return decimal_text(value)
    return to_text(value)


def to_truth(value: Value) -> bool:
    kind = value.__class__
    if kind is bool:
        return value  # type: ignore[no-any-return]
    if kind is float or kind is int or kind is Moment:
        return bool(value != 0 and value == value)  # noqa: PLR0124 - NaN alone differs from itself
    return bool(value)


def equal(left: Value, right: Value, zone: str) -> bool:
    """`=`: as truth values if either is one, as numbers if either is one, else as texts."""
    one, other = left.__class__, right.__class__
    if one is str and other is str:
        return bool(left == right)
    if one is bool or other is bool:
        return bool(to_truth(left) == to_truth(right))
    if one in _TEXTS and other in _TEXTS:
        return bool(to_text(left) == to_text(right))
    return bool(to_number(left, zone) == to_number(right, zone))


_TEXTS = frozenset({str, list, tuple, type(None)})


def number_text(number: float) -> str:
    """A number as JavaScript writes it: `3`, `0.1`, `1e+21`, `1e-7`; NaN is the empty text."""
    if number != number:  # noqa: PLR0124 - NaN alone differs from itself
        return ""
    if math.isinf(number):
        return "Infinity" if number > 0 else "-Infinity"
    if number == int(number) and abs(number) <= _EXACT:
        return str(int(number))
    if 1e-6 <= abs(number) < 1e21:
        return format(Decimal(repr(number)), "f")
    mantissa, _, exponent = repr(number).partition("e")
    power = int(exponent)
    return f"{mantissa.removesuffix('.0')}e{'+' if power > 0 else '-'}{abs(power)}"


def decimal_text(number: float) -> str:
    """A decimal answer: never an exponent, at least one digit after the point, at most twenty."""
    if not math.isfinite(number):
        return ""
    exact = Decimal(repr(number))
    exponent = exact.as_tuple().exponent
    if isinstance(exponent, int) and exponent < -20:
        exact = exact.quantize(_TWENTY_PLACES, rounding=ROUND_HALF_EVEN)
    whole, _, fraction = format(exact, "f").partition(".")
    return f"{whole}.{fraction.rstrip('0') or '0'}"


_WRITERS: dict[type, Callable[[Value], str]] = {
    bool: lambda value: "true" if value else "false",
    Moment: lambda value: str(value.text),
    float: number_text,
    int: _int_text,
    list: lambda value: " ".join(map(str, value)),
    tuple: lambda value: " ".join(map(str, value)),
}
