"""Types before the interview: every code of `KINDS` that is about meaning, with its place; and what is no problem."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callscript.expressions import FlatScope, NameType, compile_condition, infer, parse
from callscript.expressions.problems import KINDS
from callscript.model.values import Special, ValueType
from callscript.places import Span
from callscript.problems import Kind, Severity
from tests.callscript.expressions.test_parser import REFUSED

HERE = Span("local.xml", 3, 1)
NAMES = {
    "age": NameType(ValueType.INTEGER),
    "paid": NameType(ValueType.DECIMAL),
    "q1": NameType(ValueType.CHOICE, frozenset({"yes", "no"}), (Special.DK,)),
    "q2": NameType(ValueType.CHOICE, frozenset({"yes", "maybe"})),
    "colour": NameType(ValueType.CHOICE, frozenset({"red", "blue"})),
    "stars": NameType(ValueType.CHOICE, frozenset("12345")),
    "delivered": NameType(ValueType.CHOICE),
    "sure": NameType(ValueType.CHOICE, frozenset({"yes", "no"}), may_be_unanswered=False),
    "brands": NameType(ValueType.CHOICES, frozenset({"acer", "dell"})),
    "born": NameType(ValueType.DATE),
    "at": NameType(ValueType.TIME),
    "called": NameType(ValueType.DATETIME),
    "name": NameType(ValueType.TEXT),
    "ok": NameType(ValueType.BOOLEAN),
    "score": NameType(ValueType.INTEGER, repeats=("roster",)),
    "deep": NameType(ValueType.INTEGER, repeats=("roster", "inner")),
    "answers": NameType(ValueType.ANSWERS),
    "contact.attributes": NameType(ValueType.JSON),
}


def found(source: str, wants: ValueType | None = ValueType.BOOLEAN, repeats: tuple[str, ...] = ()) -> list[str]:
    return [
        f"{p.code}@{p.span.column}" for p in infer(parse(source, HERE), NAMES, wants=wants, repeats=repeats).problems
    ]


CLEAN = [
    "${age} >= 18 and selected(${brands}, 'acer')",
    "number(${name}) > 5",
    "${stars} > 3",
    "${stars} = 3",
    "${stars} = '3'",
    "${delivered} = 'anything'",
    "${born} > '2000-01-01'",
    "${born} > today() - 30",
    "${born} = date('2024-05-01')",
    "${at} >= '09:30'",
    "${at} = '09:30:00'",
    "${called} > ${born}",
    "${called} < now()",
    "${ok}",
    "${ok} = true()",
    "${age} = ''",
    "${q1} = 'yes' or special(${q1}) = 'dk'",
    "answered(${q1}) and ${q1} != 'yes'",
    "${q1} != '' and ${q1} != 'yes'",
    "${q2} = 'maybe' and not(${q1} = 'yes' or ${q1} = '') ",
    "answered(${q1}) and (${age} > 5 or ${q1} != 'yes')",
    "if(answered(${q1}), ${q1} != 'yes', ${age} > 1)",
    "${sure} != 'yes'",
    "not(answered(${q1}))",
    "coalesce(${age}, 0) < 5",
    "(${q1} = 'yes') + (${q2} = 'yes') >= 2",
    "sum(${score}) > 10 and count(${score}) >= 2",
    "${q1} = ${q2} and answered(${q1})",
    "if(${age} > 1, 'a', 'b') = 'a'",
    "${born} - today() > 5",
    "contains(${name}, 'x')",
    "regex(${name}, '^[a-z]+$')",
    "true()",
]


@pytest.mark.parametrize("source", CLEAN)
def test_no_problem(source: str) -> None:
    assert found(source) == []


WRONG: list[tuple[str, ValueType | None, list[str]]] = [
    ("${agee} > 1", ValueType.BOOLEAN, ["unknown-name@1"]),
    ("'abc' >= 18", ValueType.BOOLEAN, ["never-a-number@7"]),
    ("${age} >= '18'", ValueType.BOOLEAN, ["number-in-quotes@8"]),
    ("${age} = '18'", ValueType.BOOLEAN, ["number-in-quotes@8"]),
    ("${age} = 'old'", ValueType.BOOLEAN, ["never-a-number@8"]),
    ("number('abc') > 1", ValueType.BOOLEAN, ["never-a-number@8"]),
    ("${q1} = 'yse'", ValueType.BOOLEAN, ["unknown-option@7"]),
    ("${q1} = 'dk'", ValueType.BOOLEAN, ["special-not-option@7"]),
    ("selected(${q1}, 'nope')", ValueType.BOOLEAN, ["unknown-option@17"]),
    ("selected(${brands}, 'acre')", ValueType.BOOLEAN, ["unknown-option@21"]),
    ("selected-at(${brands}, 0) = 'x'", ValueType.BOOLEAN, ["unknown-option@27"]),
    ("${q1} = 1", ValueType.BOOLEAN, ["unknown-option@7"]),
    ("${stars} = 9", ValueType.BOOLEAN, ["unknown-option@10"]),
    ("if(${age} > 1, ${q1}, ${q2}) = 'none'", ValueType.BOOLEAN, ["unknown-option@30"]),
    ("special(${q1}) = 'refused'", ValueType.BOOLEAN, ["unknown-special@16"]),
    ("${colour} = ${q1}", ValueType.BOOLEAN, ["no-common-option@11"]),
    ("${brands} = 'acer'", ValueType.BOOLEAN, ["choices-compared@11"]),
    ("selected(${age}, '5')", ValueType.BOOLEAN, ["not-a-choice@10"]),
    ("${name} > 5", ValueType.BOOLEAN, ["not-a-number@9"]),
    ("${name} + 1 > 5", ValueType.BOOLEAN, ["not-a-number@1"]),
    ("${q1} > 5", ValueType.BOOLEAN, ["not-a-number@7"]),
    ("1 < ${age} < 5", ValueType.BOOLEAN, ["chained-comparison@12"]),
    ("${born} > '2024-13-01'", ValueType.BOOLEAN, ["not-a-date@9"]),
    ("${born} = '2024-5-1'", ValueType.BOOLEAN, ["not-a-date@9"]),
    ("${at} = '09:30'", ValueType.BOOLEAN, ["not-a-date@7"]),
    ("${at} > 'noon'", ValueType.BOOLEAN, ["not-a-date@7"]),
    ("date('2024-02-30') > today()", ValueType.BOOLEAN, ["not-a-date@6"]),
    ("${born} > 2000", ValueType.BOOLEAN, ["date-with-number@9"]),
    ("${at} > 9", ValueType.BOOLEAN, ["date-with-number@7"]),
    ("${called} = ${born}", ValueType.BOOLEAN, ["incomparable@11"]),
    ("${born} > ${at}", ValueType.BOOLEAN, ["incomparable@9"]),
    ("${age} = ${q1}", ValueType.BOOLEAN, ["incomparable@8"]),
    ("${ok} = 'true'", ValueType.BOOLEAN, ["truth-as-text@7"]),
    ("${ok} = 1", ValueType.BOOLEAN, ["truth-as-text@7"]),
    ("${age}", ValueType.BOOLEAN, ["not-a-condition@1"]),
    ("${age} > 1 and ${name}", ValueType.BOOLEAN, ["not-a-condition@16"]),
    ("not(${name})", ValueType.BOOLEAN, ["not-a-condition@5"]),
    ("if(${age}, 1, 2)", None, ["not-a-condition@4"]),
    ("${score} > 1", ValueType.BOOLEAN, ["needs-aggregate@1"]),
    ("${score} + ${deep} > 1", ValueType.BOOLEAN, ["needs-aggregate@1", "needs-aggregate@12"]),
    ("count(1) > 2", ValueType.BOOLEAN, ["needs-name@7"]),
    ("answered('x')", ValueType.BOOLEAN, ["needs-name@10"]),
    ("position() = 1", ValueType.BOOLEAN, ["position-outside-repeat@1"]),
    ("${answers} = 1", ValueType.BOOLEAN, ["opaque-value@12"]),
    ("concat(${contact.attributes}, 'x')", ValueType.TEXT, ["opaque-value@8"]),
    ("format-date(${born}, '%d %Q')", ValueType.TEXT, ["unknown-date-code@22"]),
    ("format-date(today() + 1, '%d')", ValueType.TEXT, ["not-a-date@21"]),
    ("${age} div 2", ValueType.INTEGER, ["wrong-type@8"]),
    ("today() + 1", ValueType.DATE, ["wrong-type@9"]),
    ("${name}", ValueType.DECIMAL, ["wrong-type@1"]),
    ("${age} > 1", ValueType.INTEGER, ["wrong-type@8"]),
    ("${age}", ValueType.ANSWERS, ["wrong-type@1"]),
    ("${agee} + ${name}", ValueType.INTEGER, ["unknown-name@1", "not-a-number@11"]),
    ("${q1} != 'yes'", ValueType.BOOLEAN, ["true-when-unanswered@7"]),
    ("not(${age} > 5)", ValueType.BOOLEAN, ["true-when-unanswered@12"]),
    ("not(selected(${brands}, 'acer'))", ValueType.BOOLEAN, ["true-when-unanswered@5"]),
    ("not(${ok})", ValueType.BOOLEAN, ["true-when-unanswered@5"]),
    ("${ok} = false()", ValueType.BOOLEAN, ["true-when-unanswered@7"]),
    ("${q1} = ${q2}", ValueType.BOOLEAN, ["true-when-unanswered@7"] * 2),
    ("count-selected(${brands}) < 2", ValueType.BOOLEAN, ["true-when-unanswered@27"]),
    ("${age} > 5 or ${q1} != 'yes'", ValueType.BOOLEAN, ["true-when-unanswered@21"]),
    ("answered(${q2}) and ${q1} != 'yes'", ValueType.BOOLEAN, ["true-when-unanswered@27"]),
    ("if(${q1} != 'yes', 1, 2)", ValueType.INTEGER, ["true-when-unanswered@10"]),
]


@pytest.mark.parametrize(("source", "wants", "expected"), WRONG)
def test_problem(source: str, wants: ValueType | None, expected: list[str]) -> None:
    assert found(source, wants) == expected


def test_every_kind_is_tested() -> None:
    seen = {each.split("@")[0] for _, _, codes in WRONG for each in codes} | {code for _, code, _ in REFUSED}
    elsewhere = {"expression-too-long", "expression-too-deep", "unclosed-pipe", "odd-pipe"}
    assert {kind.code for kind in KINDS} == seen | elsewhere


@pytest.mark.parametrize(
    ("source", "repeats", "expected"),
    [
        ("${score} > position()", ("roster",), []),
        ("${score} > ${deep}", ("roster",), ["needs-aggregate@12"]),
        ("sum(${deep}) > ${score}", ("roster",), []),
        ("${score} > ${deep}", ("roster", "inner"), []),
        ("${score} > 1", ("other",), ["needs-aggregate@1"]),
    ],
)
def test_repeats(source: str, repeats: tuple[str, ...], expected: list[str]) -> None:
    assert found(source, ValueType.BOOLEAN, repeats) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("1 + ${age}", ValueType.INTEGER),
        ("${age} * 1.5", ValueType.DECIMAL),
        ("${age} mod 2", ValueType.INTEGER),
        ("round(${paid})", ValueType.INTEGER),
        ("round(${paid}, 2)", ValueType.DECIMAL),
        ("coalesce(${age}, 0)", ValueType.INTEGER),
        ("coalesce(${age}, 0.5)", ValueType.DECIMAL),
        ("if(${ok}, ${age}, '')", ValueType.INTEGER),
        ("if(${ok}, ${age}, 'none')", ValueType.TEXT),
        ("today() - ${born}", ValueType.DECIMAL),
        ("date(today() + 1)", ValueType.DATE),
        ("now()", ValueType.DATETIME),
        ("${at}", ValueType.TIME),
        ("selected-at(${brands}, 0)", ValueType.CHOICE),
        ("${brands}", ValueType.CHOICES),
        ("${answers}", ValueType.JSON),
        ("${ok}", ValueType.BOOLEAN),
    ],
)
def test_type(source: str, expected: ValueType) -> None:
    assert infer(parse(source, HERE), NAMES).type == expected


def test_nearest_names_and_options_are_offered() -> None:
    problems = infer(parse("${agee} > 1 or ${q1} = 'yse'", HERE), NAMES).problems
    assert "${age}" in problems[0].mend("en")
    assert "'yes'" in problems[1].mend("zh")


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.code)
def test_kind_speaks_both_languages(kind: Kind) -> None:
    for wording in (kind.what, kind.mend):
        assert set(wording) == {"en", "zh"}
        assert all(wording.values())


def test_every_problem_can_be_said() -> None:
    for source, wants, _ in WRONG:
        for problem in infer(parse(source, HERE), NAMES, wants=wants).problems:
            for language in ("en", "zh"):
                said = problem.what(language) + problem.mend(language)
                assert "{" not in said.replace("${", "")


_ATOMS = st.sampled_from(
    [
        "${q1} = 'yes'",
        "${q1} != 'yes'",
        "${age} > 5",
        "${age} != 5",
        "selected(${brands}, 'acer')",
        "${ok}",
        "${ok} = false()",
        "${born} < today()",
        "${name} != 'x'",
        "count-selected(${brands}) < 2",
    ]
)
_CONDITIONS = st.recursive(
    _ATOMS,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(lambda parts: f"({' '.join(parts)})"),
        inner.map(lambda part: f"not({part})"),
        st.tuples(inner, inner, inner).map(lambda parts: f"if({', '.join(parts)})"),
    ),
    max_leaves=8,
)


@settings(max_examples=300, deadline=None)
@given(_CONDITIONS)
def test_what_holds_unanswered_is_warned_of(source: str) -> None:
    expression = parse(source, HERE)
    inferred = infer(expression, NAMES, wants=ValueType.BOOLEAN)
    assert all(problem.kind.severity is Severity.WARNING for problem in inferred.problems)
    if compile_condition(expression)(FlatScope({})):
        assert "true-when-unanswered" in {problem.code for problem in inferred.problems}


def test_hostile_expression_is_typed_quickly() -> None:
    """Anything quadratic in names or nesting would take minutes here."""
    names = {f"field_{number}": NameType(ValueType.INTEGER) for number in range(2_000)}
    source = " and ".join(f"${{feild_{number}}} != 1" for number in range(450))
    problems = infer(parse(source, HERE), names, wants=ValueType.BOOLEAN).problems
    assert len(problems) == 450
    nested = "not(" * 90 + "${field_1} != 1" + ")" * 90
    assert found_in(nested, names) == ["true-when-unanswered"]


def found_in(source: str, names: dict[str, NameType]) -> list[str]:
    return [problem.code for problem in infer(parse(source, HERE), names, wants=ValueType.BOOLEAN).problems]
