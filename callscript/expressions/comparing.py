"""Comparisons that could never hold, or hold by accident: found before the interview."""

from __future__ import annotations

from collections.abc import Callable

from callscript.expressions import problems as kinds
from callscript.expressions.moments import days_of_text, local_datetime
from callscript.expressions.sorts import COUNTS, DAYS, NUMBERS, Sort, Typed, is_numeric, reads_as_number
from callscript.expressions.values import number_text, text_to_number
from callscript.places import Span
from callscript.problems import Kind
from callscript.spelling import closest

Report = Callable[..., None]
"""`report(kind, span, **values)`."""

_EXAMPLES = {
    Sort.DATE: "'2024-05-01'",
    Sort.TIME: "'14:30:00'",
    Sort.DATETIME: "'2024-05-01T14:30:00+08:00'",
    Sort.DAYS: "'2024-05-01'",
}
_MOST_OPTIONS_SHOWN = 12


def check_order(report: Report, span: Span, operator: str, left: Typed, right: Typed) -> None:
    """`< <= > >=`: both sides must count as numbers, and as numbers of one sort."""
    for one, other in ((left, right), (right, left)):
        if one.sort in DAYS | {Sort.TIME} and _with_moment(report, span, one, other, exact=False):
            return
    if left.sort is Sort.UNKNOWN or right.sort is Sort.UNKNOWN:
        return
    for side in (left, right):
        check_count(report, span, operator, side)


def check_count(report: Report, span: Span, operator: str, side: Typed, *, truths: bool = False) -> None:
    """An operand of arithmetic or order must count as a number; `truths`: true and false may, as 1 and 0."""
    if side.sort in COUNTS or side.sort is Sort.UNKNOWN or is_numeric(side) or (truths and side.sort is Sort.BOOLEAN):
        return
    if side.literal is not None and side.text is not None:
        if reads_as_number(side.text):
            report(kinds.NUMBER_IN_QUOTES, span, found=side.text)
        else:
            report(kinds.NEVER_A_NUMBER, span, found=side.text)
        return
    report(kinds.NOT_A_NUMBER, span, operator=operator, **_found(side))


def check_equality(report: Report, span: Span, operator: str, left: Typed, right: Typed) -> None:
    """`=` and `!=`: the sides must be able to be equal."""
    sorts = {left.sort, right.sort}
    if Sort.UNKNOWN in sorts:
        return
    if Sort.OPAQUE in sorts:
        report(kinds.OPAQUE_VALUE, span, name=left.name or right.name)
    elif Sort.BOOLEAN in sorts:
        _with_truth(report, span, left, right)
    elif Sort.NOTHING not in sorts:
        _different(report, span, operator, left, right)


def _different(report: Report, span: Span, operator: str, left: Typed, right: Typed) -> None:
    for one, other in ((left, right), (right, left)):
        if one.sort in DAYS | {Sort.TIME} and _with_moment(report, span, one, other, exact=True):
            return
    for one, other in ((left, right), (right, left)):
        if one.sort in {Sort.CHOICE, Sort.CHOICES}:
            _with_choice(report, span, one, other)
            return
    for one, other in ((left, right), (right, left)):
        if one.sort in NUMBERS and other.sort is Sort.TEXT:
            check_count(report, span, operator, other)
            return


def _with_truth(report: Report, span: Span, left: Typed, right: Typed) -> None:
    other = right if left.sort is Sort.BOOLEAN else left
    if other.sort is not Sort.BOOLEAN:
        text = None if other.text is None else f"'{other.text}'"
        values = {"found": text or f"a {other.sort.english}", "found_zh": f" {text} " if text else other.sort.chinese}
        report(kinds.TRUTH_AS_TEXT, span, **values)


def _with_moment(report: Report, span: Span, moment: Typed, other: Typed, *, exact: bool) -> bool:
    """Whether `other`, compared with a date or time, has been dealt with; `exact`: for `=`, where spelling matters."""
    if other.text is not None:
        if not _is_moment(other.text, moment, exact=exact):
            values = {"wanted": moment.sort.english, "wanted_zh": moment.sort.chinese}
            report(kinds.NOT_A_DATE, span, found=other.text, example=_EXAMPLES[moment.sort], **values)
        return True
    if other.sort in NUMBERS:
        report(kinds.DATE_WITH_NUMBER, span, **_found(moment))
        return True
    if other.sort in {Sort.UNKNOWN, Sort.TEXT} or other.sort is moment.sort:
        return other.sort is not Sort.TEXT
    spans_days = moment.sort in DAYS and other.sort in DAYS
    if not spans_days or (exact and Sort.DAYS not in {moment.sort, other.sort}):
        report_pair(report, kinds.INCOMPARABLE, span, moment, other)
    return True


def _is_moment(text: str, moment: Typed, *, exact: bool) -> bool:
    is_time = moment.sort is Sort.TIME
    at = days_of_text(text, "UTC")
    if at != at or is_time != (local_datetime(text, "UTC") is None):  # noqa: PLR0124 - NaN differs from itself
        return False
    if not exact or not moment.name:
        return True
    return {Sort.DATE: len(text) == 10, Sort.TIME: len(text) == 8}.get(moment.sort, "T" in text)


def _with_choice(report: Report, span: Span, choice: Typed, other: Typed) -> None:
    if other.text is not None:
        words = [other.text] if choice.sort is Sort.CHOICE else other.text.split()
        for word in words:
            check_option(report, span, choice, word)
        if choice.sort is Sort.CHOICES and choice.name:
            report(kinds.CHOICES_COMPARED, span, value=other.text, name=choice.name)
    elif isinstance(other.literal, float):
        number = other.literal
        if choice.options is not None and not any(text_to_number(each, "UTC") == number for each in choice.options):
            check_option(report, span, choice, number_text(number))
    elif other.sort in NUMBERS and not is_numeric(choice):
        report_pair(report, kinds.INCOMPARABLE, span, choice, other)
    elif choice.options is not None and other.options is not None and not choice.options & other.options:
        report(kinds.NO_COMMON_OPTION, span, left=choice.name or "?", right=other.name or "?")


def check_option(report: Report, span: Span, choice: Typed, value: str) -> None:
    """Literal `value` must be an option of the choice it is compared with."""
    if choice.options is None or value in choice.options or not value:
        return
    shown = ", ".join(sorted(choice.options)[:_MOST_OPTIONS_SHOWN])
    shown += ", …" if len(choice.options) > _MOST_OPTIONS_SHOWN else ""
    if choice.is_special:
        report(kinds.UNKNOWN_SPECIAL, span, name=choice.name, value=value, options=shown or "''")
        return
    if choice.known is not None and value in choice.known.specials:
        report(kinds.SPECIAL_NOT_OPTION, span, name=choice.name, value=value)
        return
    near = closest(value, sorted(choice.options))
    hint = f"Did you mean '{near}'? " if near else ""
    hint_zh = f"是否想写 '{near}'？" if near else ""
    report(kinds.UNKNOWN_OPTION, span, name=choice.name or "?", value=value, options=shown, hint=hint, hint_zh=hint_zh)


def report_pair(report: Report, kind: Kind, span: Span, left: Typed, right: Typed) -> None:
    report(
        kind,
        span,
        left=left.sort.english,
        right=right.sort.english,
        left_zh=left.sort.chinese,
        right_zh=right.sort.chinese,
    )


def _found(side: Typed) -> dict[str, str]:
    return {"found": side.sort.english, "found_zh": side.sort.chinese}
