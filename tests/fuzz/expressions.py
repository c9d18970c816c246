"""Expressions that are mutated or made up: refused with a place, or they run on any answers, in little time."""

from __future__ import annotations

import random
from collections.abc import Iterator
from functools import cache

from callscript.expressions import (
    FlatScope,
    compile_condition,
    compile_expression,
    compile_field,
    infer,
    parse,
    read_input,
)
from callscript.expressions.functions import DATES, NUMBERS, TEXTS, TRUTHS
from callscript.expressions.lexer import MAX_LENGTH
from callscript.model.values import ValueType
from callscript.places import Span
from callscript.problems import ScriptError
from tests.callscript.odk.generated import FIELDS, Writer
from tests.callscript.odk.tricky import TRICKY

HERE = Span("local.xml", 3, 7)
FUNCTIONS = sorted({*DATES, *NUMBERS, *TEXTS, *TRUTHS, "if", "coalesce"})
PIECES = [
    *("(", ")", ",", "+", "-", "*", " div ", " mod ", " and ", " or ", "=", "!=", "<", ">=", " lt ", ".", "..", "/"),
    *("''", "'", '"', "'a'", "'2024-02-30'", "'9999-12-31'", "0", "1e9", "9" * 400, ".5", "1.", "-0", "true()"),
    *("${age}", "${score}", "${born}", "${owned}", "${x}", "${", "}", "$", "{", "\0", "\ud800", "＞", "（", "\t", "\n"),
    *("'(a+)+$'", "'" + "a?" * 60 + "a" * 60 + "'", "'%Y%Y%Y'", "'%'", "'(?P<n'", "'[[:alpha:]]{1000}'", "#", "&&"),
]
VALUES = [  # no lone surrogates: `read_input` lets none of them in
    "", "a", "3", "3.0", "-1", "x" * 5_000, "2024-02-29", "0001-01-01", "9999-12-31", "24:00:00", "14:30:00",
    "2024-05-01T14:30:00.000+08:00", 0, -1, 3, 10**15, 0.0, -0.0, 1e308, 5e-324, True, False, [], ["acer"],
    ["acer", "benq"], "٣", {"a": 1}, [1], float("inf"),
]  # fmt: skip


def attempt(seed: int) -> None:
    """One expression, and one answer as an agent may type it."""
    chance = random.Random(seed)  # noqa: S311 - a test's seed
    text = _text(seed, chance)
    read_input(_typed(chance), chance.choice(list(ValueType)), chance.choice(["zh", "en"]))
    try:
        expression = parse(text, HERE)
    except ScriptError as error:
        _placed(error)
        return
    problems = infer(expression, FIELDS.types, wants=chance.choice([None, *ValueType])).problems
    assert all(problem.mend("en") is not None for problem in problems)
    if any(problem.is_error for problem in problems):
        return
    names = [*FIELDS.types, "x"]
    scope = FlatScope({name: chance.choice(VALUES) for name in names}, now_ms=chance.choice([0, 1_714_500_000_000, -1]),
                      timezone=chance.choice(["UTC", "Asia/Shanghai"]), specials={"brand": "dk"})  # fmt: skip
    for compiled in (compile_expression, compile_condition):
        compiled(expression)(scope)
    compile_field(expression, chance.choice(list(ValueType)))(scope)


def _placed(error: ScriptError) -> None:
    assert error.problems
    assert all(problem.span.line >= HERE.line and problem.what("zh") for problem in error.problems)


def _text(seed: int, chance: random.Random) -> str:
    kind = chance.random()
    if kind < 0.3:
        return "".join(_soup(chance))
    base = chance.choice(TRICKY) if kind < 0.5 else Writer(seed).expression(chance.randrange(1, 6))
    for _ in range(chance.choice([0, 1, 1, 2, 5])):
        at, end = sorted((chance.randrange(len(base) + 1), chance.randrange(len(base) + 1)))
        base = chance.choice([
            base[:at] + chance.choice(PIECES) + base[at:],
            base[:at] + base[end:],
            base[:at] + base[at:end] * chance.choice([2, 30]) + base[end:],
            f"{chance.choice(FUNCTIONS)}({base}, {base})",
            "(" * at + base + ")" * at,
        ])[: MAX_LENGTH * 2]  # fmt: skip
    return base


def _soup(chance: random.Random) -> Iterator[str]:
    for _ in range(chance.choice([1, 3, 10, 40, 400])):
        yield chance.choice(PIECES) if chance.random() < 0.7 else chance.choice(FUNCTIONS) + "("


def _typed(chance: random.Random) -> str:
    return "".join(chance.choice(_characters()) for _ in range(chance.choice([0, 1, 3, 8, 20, 300])))


@cache
def _characters() -> list[str]:
    return [
        *"0123456789",
        *"+-.,:/ eE%年月日點点时分上下午岁",
        "\0",
        "\ud800",
        "\u200f",
        "１",
        "٣",
        "\n",
        "@",
        "a",
        "am",
        "T",
    ]
