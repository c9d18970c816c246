"""Expressions of scripts: what one evaluation, reading and typing cost, beside lxml's XPath and simpleeval."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from lxml import etree
from simpleeval import SimpleEval

from callscript.expressions import FlatScope, NameType, compile_condition, infer, parse
from callscript.model.values import ValueType
from callscript.places import NOWHERE
from local.bench.row import Measured, Row

SAMPLES = 15
CALLS = 20_000
GOAL_US = 1.0
SHORT = "${age} >= 18 and ${q1} = 'yes'"
LONG = " and ".join(
    f"(selected(${{s{number}}}, 'yes') or selected(${{s{number}}}, 'dk')) and not(selected(${{t{number}}}, 'yes'))"
    for number in range(6)
)
"""As in a symptom section with nested skips: 18 tests joined."""


def rows() -> Iterator[Row]:
    yield from _evaluated()
    yield from _prepared()


def _evaluated() -> Iterator[Row]:
    holds = compile_condition(parse(SHORT, NOWHERE))
    scope = FlatScope({"age": 20, "q1": "yes"})
    ours = _microseconds(lambda: holds(scope))
    xpath, document = etree.XPath("age >= 18 and q1 = 'yes'"), _document({"age": "20", "q1": "yes"})
    yield ours.row(
        "expressions", f"evaluate {SHORT}", "µs", at_most=GOAL_US, peer="lxml XPath",
        against=_microseconds(lambda: xpath(document)),
    )  # fmt: skip
    evaluator = SimpleEval(names={"age": 20, "q1": "yes"})
    parsed = evaluator.parse("age >= 18 and q1 == 'yes'")
    yield ours.row(
        "expressions", f"evaluate {SHORT}", "µs", at_most=GOAL_US, peer="simpleeval",
        against=_microseconds(lambda: evaluator.eval("", previously_parsed=parsed), calls=CALLS // 10),
    )  # fmt: skip
    answers = {f"{letter}{number}": answer for number in range(6) for letter, answer in (("s", "dk"), ("t", "no"))}
    long_holds, long_scope = compile_condition(parse(LONG, NOWHERE)), FlatScope(answers)
    long_xpath = etree.XPath(" and ".join(f"(s{n} = 'yes' or s{n} = 'dk') and not(t{n} = 'yes')" for n in range(6)))
    long_document = _document(answers)
    yield _microseconds(lambda: long_holds(long_scope), calls=CALLS // 4).row(
        "expressions", "evaluate 18 tests of a symptom section", "µs", peer="lxml XPath",
        against=_microseconds(lambda: long_xpath(long_document), calls=CALLS // 4),
    )  # fmt: skip


def _prepared() -> Iterator[Row]:
    yield _microseconds(lambda: compile_condition(parse(SHORT, NOWHERE)), calls=CALLS // 20).row(
        "expressions", "read and compile it", "µs", peer="lxml XPath",
        against=_microseconds(lambda: etree.XPath("age >= 18 and q1 = 'yes'"), calls=CALLS // 20),
    )  # fmt: skip
    expression = parse(SHORT, NOWHERE)
    names = {"age": NameType(ValueType.INTEGER), "q1": NameType(ValueType.CHOICE, frozenset({"yes", "no"}))}
    typed = _microseconds(lambda: infer(expression, names, wants=ValueType.BOOLEAN), calls=CALLS // 20)
    yield typed.row("expressions", "infer its types", "µs")


def _microseconds(work: Callable[[], object], *, calls: int = CALLS) -> Measured:
    """Microseconds of one call, in each of the samples; the loop's own cost is left out."""
    return Measured([(_loop(work, calls) - _loop(_nothing, calls)) / calls * 1e6 for _ in range(SAMPLES)])


def _loop(work: Callable[[], object], calls: int) -> float:
    begun = time.perf_counter()
    for _ in range(calls):
        work()
    return time.perf_counter() - begun


def _nothing() -> None:
    return None


def _document(answers: dict[str, str]) -> etree._Element:
    root = etree.Element("data")
    for name, answer in answers.items():
        etree.SubElement(root, name).text = answer
    return root
