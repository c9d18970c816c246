"""The functions of the closed list: each builds its closure from its arguments, compiled as what it works on."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from callscript.expressions import arithmetic
from callscript.expressions.date_formats import format_date
from callscript.expressions.moments import Moment, date_of_text, from_days, local_datetime, moment, now, today
from callscript.expressions.patterns import compile_pattern
from callscript.expressions.scope import UNANSWERED, Scope, Value
from callscript.expressions.values import answer_text, number_text, to_number
from callscript.model.expression import Literal, Name, Tree

Run = Callable[[Scope], Value]
MAX_GLUE = 100_000
"""Characters that `join()` puts in between, all in all: nested joins could fill any memory otherwise."""
_WORDS = re.compile(r"[^ \t\r\n]+")
_LEADING_INTEGER = re.compile(r"\s*([+-]?[0-9]+)")


class Compile(NamedTuple):
    """How the compiler compiles an argument, by what it shall count as."""

    value: Callable[[Tree], Run]
    number: Callable[[Tree], Callable[[Scope], float]]
    text: Callable[[Tree], Callable[[Scope], str]]
    truth: Callable[[Tree], Callable[[Scope], bool]]


Arguments = tuple[Tree, ...]
Builder = Callable[[Compile, Arguments], Run]


# --- texts -----------------------------------------------------------------------------------------------------------
def _concat(compiler: Compile, arguments: Arguments) -> Run:
    gather = _gather_texts(compiler, arguments)
    return lambda scope: "".join(gather(scope))


def _join(compiler: Compile, arguments: Arguments) -> Run:
    glue = compiler.text(arguments[0])
    gather = _gather_texts(compiler, arguments[1:])

    def run(scope: Scope) -> str:
        between, parts = glue(scope), gather(scope)
        return between.join(parts) if len(between) * len(parts) <= MAX_GLUE else UNANSWERED

    return run


def _gather_texts(compiler: Compile, arguments: Arguments) -> Callable[[Scope], list[str]]:
    """Texts of all arguments; a bare name gives one for each round."""
    parts: list[Callable[[Scope], Sequence[str]]] = []
    for argument in arguments:
        if isinstance(argument, Name):
            parts.append(_texts_of_rounds(argument.text))
        else:
            parts.append(_alone(compiler.text(argument)))
    return lambda scope: [text for part in parts for text in part(scope)]


def _texts_of_rounds(name: str) -> Callable[[Scope], Sequence[str]]:
    return lambda scope: [answer_text(value) for value in scope.rounds(name)]


def _alone(run: Callable[[Scope], Value]) -> Callable[[Scope], Sequence[Value]]:
    return lambda scope: (run(scope),)


def _string(compiler: Compile, arguments: Arguments) -> Run:
    return compiler.text(arguments[0])


def _substr(compiler: Compile, arguments: Arguments) -> Run:
    text, start = compiler.text(arguments[0]), compiler.text(arguments[1])
    end = compiler.text(arguments[2]) if len(arguments) == 3 else None

    def run(scope: Scope) -> str:
        whole = text(scope)
        first = _leading_integer(start(scope))
        last = len(whole) if end is None else _leading_integer(end(scope))
        if first is None or last is None:
            return ""
        return whole[_offset(first, len(whole)) : _offset(last, len(whole))]

    return run


def _offset(index: int, length: int) -> int:
    return min(max(0, length + index if index < 0 else index), length)


def _leading_integer(text: str) -> int | None:
    match = _LEADING_INTEGER.match(text)
    return int(match[1][:20]) if match else None


def _selected_at(compiler: Compile, arguments: Arguments) -> Run:
    chosen, index = _chosen(compiler, arguments[0]), compiler.text(arguments[1])

    def run(scope: Scope) -> str:
        options, at = chosen(scope), _leading_integer(index(scope))
        return options[at] if at is not None and 0 <= at < len(options) else ""

    return run


def _format_date(compiler: Compile, arguments: Arguments) -> Run:
    date, layout = compiler.text(arguments[0]), compiler.text(arguments[1])
    return lambda scope: format_date(date(scope), layout(scope), scope.timezone, scope.language)


def _special(_: Compile, arguments: Arguments) -> Run:
    name = _name(arguments[0])
    return lambda scope: scope.special(name) if name else ""


def _name(argument: Tree) -> str:
    return argument.text if isinstance(argument, Name) else ""


# --- truth values ----------------------------------------------------------------------------------------------------
def _not(compiler: Compile, arguments: Arguments) -> Run:
    inner = compiler.truth(arguments[0])
    return lambda scope: not inner(scope)


def _answered(compiler: Compile, arguments: Arguments) -> Run:
    run = compiler.value(arguments[0])
    return lambda scope: is_answer(run(scope))


def is_answer(value: Value) -> bool:
    """Whether a value is one at all: not empty, and not a number that is none."""
    kind = value.__class__
    if kind is float or kind is Moment:
        return value == value  # type: ignore[no-any-return]  # noqa: PLR0124 - NaN alone differs from itself
    return kind is int or kind is bool or bool(value)


def _selected(compiler: Compile, arguments: Arguments) -> Run:
    subject, wanted = arguments
    if isinstance(subject, Name) and isinstance(wanted, Literal) and isinstance(wanted.value, str):
        option = wanted.value.strip(" \t\r\n")
        if option and not _WORDS.sub("", option):
            return _selected_option(subject.text, option)
    chosen, option_of = _chosen(compiler, subject), compiler.text(wanted)
    return lambda scope: option_of(scope).strip(" \t\r\n") in (chosen(scope) or [""])


def _selected_option(name: str, option: str) -> Run:
    def run(scope: Scope) -> bool:
        value = scope.value(name)
        if value.__class__ is list:
            return option in value
        if value.__class__ is str:
            return value == option or (option in value and option in words(value))
        return option in words(answer_text(value))

    return run


def _chosen(compiler: Compile, argument: Tree) -> Callable[[Scope], list[str]]:
    text = compiler.text(argument)
    return lambda scope: words(text(scope))


def words(text: str) -> list[str]:
    """The option values in the text of a `choices` answer."""
    return _WORDS.findall(text)


def _contains(compiler: Compile, arguments: Arguments) -> Run:
    text, part = compiler.text(arguments[0]), compiler.text(arguments[1])
    return lambda scope: part(scope) in text(scope)


def _starts_with(compiler: Compile, arguments: Arguments) -> Run:
    text, part = compiler.text(arguments[0]), compiler.text(arguments[1])
    return lambda scope: text(scope).startswith(part(scope))


def _ends_with(compiler: Compile, arguments: Arguments) -> Run:
    text, part = compiler.text(arguments[0]), compiler.text(arguments[1])
    return lambda scope: text(scope).endswith(part(scope))


def _regex(compiler: Compile, arguments: Arguments) -> Run:
    text, source = compiler.text(arguments[0]), arguments[1]
    search = compile_pattern(str(source.value) if isinstance(source, Literal) else "", source.span).search
    return lambda scope: search(text(scope)) is not None


# --- numbers and dates -----------------------------------------------------------------------------------------------
def _int(compiler: Compile, arguments: Arguments) -> Run:
    number = compiler.number(arguments[0])
    return lambda scope: arithmetic.whole(number(scope))


def _round(compiler: Compile, arguments: Arguments) -> Run:
    number = compiler.number(arguments[0])
    if len(arguments) == 1:
        return lambda scope: arithmetic.rounded(number(scope), 0)
    places = compiler.number(arguments[1])
    return lambda scope: arithmetic.rounded(number(scope), places(scope))


def _abs(compiler: Compile, arguments: Arguments) -> Run:
    number = compiler.number(arguments[0])
    return lambda scope: abs(number(scope))


def _number(compiler: Compile, arguments: Arguments) -> Run:
    run = compiler.value(arguments[0])

    def number(scope: Scope) -> float:
        value = run(scope)
        if value.__class__ is Moment:
            return value
        result = to_number(value, scope.timezone)
        if value.__class__ is str and local_datetime(value, scope.timezone) is not None:
            return moment(result, scope.timezone, number_text(float(result // 1)))
        return result

    return number


def _over_rounds(reduce: Callable[[list[float]], float]) -> Builder:
    def build(compiler: Compile, arguments: Arguments) -> Run:
        parts: list[Callable[[Scope], Sequence[float]]] = []
        for argument in arguments:
            if isinstance(argument, Name):
                parts.append(_numbers_of_rounds(argument.text))
            else:
                parts.append(_alone(compiler.number(argument)))
        return lambda scope: reduce([number for part in parts for number in part(scope)])

    return build


def _numbers_of_rounds(name: str) -> Callable[[Scope], Sequence[float]]:
    return lambda scope: [float(to_number(value, scope.timezone)) for value in scope.rounds(name)]


def _count(_: Compile, arguments: Arguments) -> Run:
    name = _name(arguments[0])
    return lambda scope: float(len(scope.rounds(name))) if name else 1.0


def _count_selected(compiler: Compile, arguments: Arguments) -> Run:
    chosen = _chosen(compiler, arguments[0])
    return lambda scope: float(len(chosen(scope)))


def _string_length(compiler: Compile, arguments: Arguments) -> Run:
    text = compiler.text(arguments[0])
    return lambda scope: float(len(text(scope)))


def _position(_: Compile, __: Arguments) -> Run:
    return lambda scope: float(scope.position)


def _today(_: Compile, __: Arguments) -> Run:
    return lambda scope: today(scope.now_ms, scope.timezone)


def _now(_: Compile, __: Arguments) -> Run:
    return lambda scope: now(scope.now_ms, scope.timezone)


def _date(compiler: Compile, arguments: Arguments) -> Run:
    run = compiler.value(arguments[0])

    def date(scope: Scope) -> Value:
        value = run(scope)
        kind = value.__class__
        if kind is bool or value == "":
            return UNANSWERED
        if kind is float or kind is int or kind is Moment:
            return from_days(value, scope.timezone)
        return date_of_text(answer_text(value), scope.timezone)

    return date


TEXTS: dict[str, Builder] = {
    "concat": _concat,
    "format-date": _format_date,
    "join": _join,
    "selected-at": _selected_at,
    "special": _special,
    "string": _string,
    "substr": _substr,
}
TRUTHS: dict[str, Builder] = {
    "answered": _answered,
    "contains": _contains,
    "ends-with": _ends_with,
    "not": _not,
    "regex": _regex,
    "selected": _selected,
    "starts-with": _starts_with,
}
NUMBERS: dict[str, Builder] = {
    "abs": _abs,
    "count": _count,
    "count-selected": _count_selected,
    "int": _int,
    "max": _over_rounds(arithmetic.greatest),
    "min": _over_rounds(arithmetic.least),
    "number": _number,
    "now": _now,
    "position": _position,
    "round": _round,
    "string-length": _string_length,
    "sum": _over_rounds(arithmetic.total),
    "today": _today,
}
DATES: dict[str, Builder] = {"date": _date}
"""`if` and `coalesce` are of their arguments' kind: the compiler builds them itself."""
