"""What each function takes and gives, before the interview."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from callscript.expressions import problems as kinds
from callscript.expressions.comparing import check_count, check_option
from callscript.expressions.date_formats import unknown_codes
from callscript.expressions.moments import date_of_text
from callscript.expressions.sorts import DAYS, NUMBERS, Sort, Typed, common, is_numeric, reads_as_number
from callscript.expressions.values import number_text
from callscript.model.expression import Call, Name, Tree
from callscript.places import Span
from callscript.problems import Kind


class Checker(Protocol):
    """What the functions' rules need of the one who checks the whole expression."""

    @property
    def repeats(self) -> tuple[str, ...]: ...

    def typed(self, tree: Tree, *, over_rounds: bool = False) -> Typed: ...

    def condition(self, tree: Tree) -> None: ...

    def report(self, kind: Kind, span: Span, **values: str) -> None: ...


Rule = Callable[[Checker, Call], Typed]
_CHOSEN = frozenset({Sort.CHOICE, Sort.CHOICES, Sort.TEXT, Sort.NOTHING, Sort.UNKNOWN})


# --- any sort --------------------------------------------------------------------------------------------------------
def _if(checker: Checker, call: Call) -> Typed:
    checker.condition(call.arguments[0])
    return common(checker.typed(call.arguments[1]), checker.typed(call.arguments[2]))


def _coalesce(checker: Checker, call: Call) -> Typed:
    result = checker.typed(call.arguments[0])
    for argument in call.arguments[1:]:
        result = common(result, checker.typed(argument))
    return result


def _not(checker: Checker, call: Call) -> Typed:
    checker.condition(call.arguments[0])
    return Typed(Sort.BOOLEAN)


def _answered(checker: Checker, call: Call) -> Typed:
    if _needs_name(checker, call):
        checker.typed(call.arguments[0])
    return Typed(Sort.BOOLEAN)


def _special(checker: Checker, call: Call) -> Typed:
    if not _needs_name(checker, call):
        return Typed(Sort.UNKNOWN)
    of = checker.typed(call.arguments[0])
    if of.known is None:
        return Typed(Sort.UNKNOWN)
    return Typed(Sort.CHOICE, of.name, options=frozenset(of.known.specials), is_special=True)


def _needs_name(checker: Checker, call: Call) -> bool:
    if isinstance(call.arguments[0], Name):
        return True
    checker.report(kinds.NEEDS_NAME, call.arguments[0].span, function=call.function, name="x")
    return False


# --- choices ---------------------------------------------------------------------------------------------------------
def _selected(checker: Checker, call: Call) -> Typed:
    chosen, wanted = _chosen(checker, call), checker.typed(call.arguments[1])
    if wanted.text is not None:
        check_option(checker.report, call.arguments[1].span, chosen, wanted.text.strip())
    elif isinstance(wanted.literal, float):
        check_option(checker.report, call.arguments[1].span, chosen, number_text(wanted.literal))
    return Typed(Sort.BOOLEAN)


def _selected_at(checker: Checker, call: Call) -> Typed:
    chosen = _chosen(checker, call)
    _count(checker, call, 1)
    return Typed(Sort.CHOICE, options=chosen.options)


def _count_selected(checker: Checker, call: Call) -> Typed:
    _chosen(checker, call)
    return Typed(Sort.INTEGER)


def _chosen(checker: Checker, call: Call) -> Typed:
    chosen = checker.typed(call.arguments[0])
    swapped = chosen.text is not None and any(isinstance(each, Name) for each in call.arguments[1:])
    if chosen.sort not in _CHOSEN or swapped:
        values = {"found": chosen.sort.english, "found_zh": chosen.sort.chinese}
        checker.report(kinds.NOT_A_CHOICE, call.arguments[0].span, function=call.function, **values)
    return chosen


# --- numbers ---------------------------------------------------------------------------------------------------------
def _count(checker: Checker, call: Call, index: int, *, over_rounds: bool = False) -> Typed:
    argument = call.arguments[index]
    typed = checker.typed(argument, over_rounds=over_rounds)
    check_count(checker.report, argument.span, f"{call.function}()", typed, truths=True)
    return typed


def _int(checker: Checker, call: Call) -> Typed:
    _count(checker, call, 0)
    return Typed(Sort.INTEGER)


def _round(checker: Checker, call: Call) -> Typed:
    _count(checker, call, 0)
    if len(call.arguments) == 1:
        return Typed(Sort.INTEGER)
    places = _count(checker, call, 1)
    return Typed(Sort.INTEGER if isinstance(places.literal, float) and places.literal <= 0 else Sort.DECIMAL)


def _abs(checker: Checker, call: Call) -> Typed:
    return _as_number(_count(checker, call, 0))


def _extreme(checker: Checker, call: Call) -> Typed:
    result = _as_number(_count(checker, call, 0, over_rounds=True))
    for index in range(1, len(call.arguments)):
        result = common(result, _as_number(_count(checker, call, index, over_rounds=True)))
    return result


def _sum(checker: Checker, call: Call) -> Typed:
    return _as_number(_count(checker, call, 0, over_rounds=True))


def _as_number(typed: Typed) -> Typed:
    if typed.sort in DAYS:
        return Typed(Sort.DAYS)
    whole = typed.sort in {Sort.INTEGER, Sort.BOOLEAN}
    return Typed(Sort.INTEGER if whole else Sort.UNKNOWN if typed.sort is Sort.UNKNOWN else Sort.DECIMAL)


def _number(checker: Checker, call: Call) -> Typed:
    argument = call.arguments[0]
    typed = checker.typed(argument)
    if typed.sort is Sort.OPAQUE:
        checker.report(kinds.OPAQUE_VALUE, argument.span, name=typed.name)
    if typed.text and not reads_as_number(typed.text) and not date_of_text(typed.text, "UTC").text:
        checker.report(kinds.NEVER_A_NUMBER, argument.span, found=typed.text)
    if typed.sort is Sort.CHOICE and typed.options is not None and not any(map(reads_as_number, typed.options)):
        checker.report(kinds.NOT_A_NUMBER, argument.span, operator="number()", found="choice", found_zh="单选")
    return Typed(Sort.INTEGER if typed.sort in {Sort.INTEGER, Sort.BOOLEAN} else Sort.DECIMAL)


def _rounds(checker: Checker, call: Call) -> Typed:
    if _needs_name(checker, call):
        checker.typed(call.arguments[0], over_rounds=True)
    return Typed(Sort.INTEGER)


def _position(checker: Checker, call: Call) -> Typed:
    if not checker.repeats:
        checker.report(kinds.POSITION_OUTSIDE, call.span)
    return Typed(Sort.INTEGER)


# --- texts -----------------------------------------------------------------------------------------------------------
def _text(checker: Checker, call: Call, index: int, *, over_rounds: bool = False) -> Typed:
    argument = call.arguments[index]
    typed = checker.typed(argument, over_rounds=over_rounds)
    if typed.sort is Sort.OPAQUE:
        checker.report(kinds.OPAQUE_VALUE, argument.span, name=typed.name)
    return typed


def _string(checker: Checker, call: Call) -> Typed:
    _text(checker, call, 0)
    return Typed(Sort.TEXT)


def _joined(checker: Checker, call: Call) -> Typed:
    for index in range(len(call.arguments)):
        _text(checker, call, index, over_rounds=index > 0 or call.function == "concat")
    return Typed(Sort.TEXT)


def _substr(checker: Checker, call: Call) -> Typed:
    _text(checker, call, 0)
    for index in range(1, len(call.arguments)):
        _count(checker, call, index)
    return Typed(Sort.TEXT)


def _string_length(checker: Checker, call: Call) -> Typed:
    _text(checker, call, 0)
    return Typed(Sort.INTEGER)


def _searched(checker: Checker, call: Call) -> Typed:
    _text(checker, call, 0)
    _text(checker, call, 1)
    return Typed(Sort.BOOLEAN)


# --- dates -----------------------------------------------------------------------------------------------------------
def _today(_: Checker, __: Call) -> Typed:
    return Typed(Sort.DATE)


def _now(_: Checker, __: Call) -> Typed:
    return Typed(Sort.DATETIME)


def _date(checker: Checker, call: Call) -> Typed:
    argument = call.arguments[0]
    typed = checker.typed(argument)
    if typed.text:
        if not date_of_text(typed.text, "UTC").text:
            _no_date(checker, argument, typed.text, Sort.DATE)
    elif typed.sort not in DAYS | NUMBERS | {Sort.TEXT, Sort.NOTHING, Sort.UNKNOWN} and not is_numeric(typed):
        _no_date(checker, argument, typed.sort.english, Sort.DATE)
    return Typed(Sort.DATETIME if typed.sort is Sort.DATETIME else Sort.DATE)


def _format_date(checker: Checker, call: Call) -> Typed:
    date, layout = checker.typed(call.arguments[0]), checker.typed(call.arguments[1])
    if date.text and not date_of_text(date.text, "UTC").text:
        _no_date(checker, call.arguments[0], date.text, Sort.DATE)
    elif date.sort not in {Sort.DATE, Sort.DATETIME, Sort.TIME, Sort.TEXT, Sort.NOTHING, Sort.UNKNOWN}:
        _no_date(checker, call.arguments[0], date.sort.english, Sort.DATE)
    for code in unknown_codes(layout.text or "") or ([layout.text] if layout.text and "%" not in layout.text else ()):
        checker.report(kinds.UNKNOWN_DATE_CODE, call.arguments[1].span, found=code)
    return Typed(Sort.TEXT)


def _no_date(checker: Checker, argument: Tree, found: str, wanted: Sort) -> None:
    values = {"wanted": wanted.english, "wanted_zh": wanted.chinese, "example": "date('2024-05-01')"}
    checker.report(kinds.NOT_A_DATE, argument.span, found=found, **values)


CALLS: dict[str, Rule] = {
    "abs": _abs,
    "answered": _answered,
    "coalesce": _coalesce,
    "concat": _joined,
    "contains": _searched,
    "count": _rounds,
    "count-selected": _count_selected,
    "date": _date,
    "ends-with": _searched,
    "format-date": _format_date,
    "if": _if,
    "int": _int,
    "join": _joined,
    "max": _extreme,
    "min": _extreme,
    "not": _not,
    "now": _now,
    "number": _number,
    "position": _position,
    "regex": _searched,
    "round": _round,
    "selected": _selected,
    "selected-at": _selected_at,
    "special": _special,
    "starts-with": _searched,
    "string": _string,
    "string-length": _string_length,
    "substr": _substr,
    "sum": _sum,
    "today": _today,
}
