"""Numbers as JavaScript's: nothing raises, what has no result is NaN."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterable


def divide(left: float, right: float) -> float:
    if right == 0:
        if left == 0 or left != left:  # noqa: PLR0124 - NaN alone differs from itself
            return math.nan
        return math.copysign(math.inf, left) * math.copysign(1.0, right)
    return left / right


def remainder(left: float, right: float) -> float:
    """With the sign of the left side, as in XPath; NaN for `mod 0`."""
    try:
        return math.fmod(left, right)
    except ValueError:
        return math.nan


ARITHMETIC: dict[str, Callable[[float, float], float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "div": divide,
    "mod": remainder,
}
ORDER: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def whole(number: float) -> float:
    """`int()`: towards zero."""
    return math.copysign(math.trunc(number), number) if math.isfinite(number) else number


def rounded(number: float, places: float) -> float:
    """`round()`: halves away from zero, after `places` decimals (also negative)."""
    if not math.isfinite(number) or math.isnan(places):
        return math.nan if math.isnan(places) else number
    try:
        multiplier = 10.0**places
    except OverflowError:
        return math.nan
    shifted = abs(number) * multiplier
    if not math.isfinite(shifted):
        return math.nan if multiplier == math.inf else math.copysign(shifted, number)
    below = math.floor(shifted)
    nearest = below + 1 if shifted - below >= 0.5 else below
    return math.copysign(divide(float(nearest), multiplier), number)


def _with_sign(number: float) -> tuple[float, float]:
    """Orders -0 before 0, between which `1 div x` tells."""
    return number, math.copysign(1.0, number)


def least(numbers: Iterable[float]) -> float:
    """`min()`: NaN if any is NaN or there is none."""
    found = list(numbers)
    return math.nan if not found or any(map(math.isnan, found)) else float(min(found, key=_with_sign))


def greatest(numbers: Iterable[float]) -> float:
    found = list(numbers)
    return math.nan if not found or any(map(math.isnan, found)) else float(max(found, key=_with_sign))


def total(numbers: Iterable[float]) -> float:
    """`sum()`: NaN if any is NaN or there is none."""
    found = list(numbers)
    if not found:
        return math.nan
    result = float(found[0])
    for number in found[1:]:
        result += number
    return result
