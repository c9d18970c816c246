"""Texts cut into parts, and values written into them as people write them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callscript.expressions import FlatScope, NameType, compile_text
from callscript.expressions.conventions import conventions_of
from callscript.expressions.formatting import number_written
from callscript.model.expression import Expression
from callscript.model.values import Special, ValueType
from callscript.places import NOWHERE, Span
from callscript.problems import ScriptError
from callscript.texts import cut, odd_pipes, parse_text

HERE = Span("local.xml", 4, 9)
NAMES = {
    "brand": NameType(ValueType.CHOICE),
    "brands": NameType(ValueType.CHOICES),
    "born": NameType(ValueType.DATE),
    "at": NameType(ValueType.TIME),
    "called": NameType(ValueType.DATETIME),
    "year": NameType(ValueType.INTEGER),
    "paid": NameType(ValueType.DECIMAL),
    "ok": NameType(ValueType.BOOLEAN),
    "contact.name": NameType(ValueType.TEXT),
}
VALUES = {
    "brand": "acer",
    "brands": ["acer", "dell"],
    "born": "2000-02-09",
    "at": "14:05:00",
    "called": "2024-05-01T06:30:00.000Z",
    "year": 2024,
    "paid": 1234567.5,
    "ok": True,
    "contact.name": "王小明",
}
LABELS = {"acer": "宏碁", "dell": "戴尔"}


def said(source: str, language: str = "zh", **more: Any) -> str:
    scope = FlatScope(
        {**VALUES, **more},
        now_ms=1_714_550_400_000,
        timezone="Asia/Shanghai",
        language=language,
        labels={"brand": LABELS, "brands": LABELS},
    )
    return compile_text(parse_text(source, NOWHERE, "k"), NAMES)(scope)


@pytest.mark.parametrize(
    ("source", "language", "expected"),
    [
        ("没有值", "zh", "没有值"),
        ("", "zh", ""),
        ("您好，${contact.name}！", "zh", "您好，王小明！"),
        ("${ contact.name }${contact.name}", "zh", "王小明王小明"),
        ("$${a} 与 $$${year}", "zh", "${a} 与 $${year}"),
        ("您选了${brand}。", "zh", "您选了宏碁。"),
        ("${brands}", "zh", "宏碁、戴尔"),
        ("${brands}", "en", "宏碁, 戴尔"),
        ("${born}", "zh", "2000年2月9日"),
        ("${born}", "en", "9 February 2000"),
        ("${born}", "en-US", "February 9, 2000"),
        ("${born}", "sw", "2000-02-09"),
        ("${at}", "zh", "14:05"),
        ("${called}", "zh", "2024年5月1日 14:30"),
        ("${now()}", "zh", "2024年5月1日 16:00"),
        ("${today()}", "en", "1 May 2024"),
        ("${date(today() + 1)}", "zh", "2024年5月2日"),
        ("${year}年", "zh", "2024年"),
        ("${paid}元", "zh", "1,234,567.5元"),
        ("${paid}", "de", "1.234.567,5"),
        ("${0.1 + 0.2}", "zh", "0.3"),
        ("${round(${paid} div 3, 1)}", "zh", "411,522.5"),
        ("${-10000}", "en", "-10,000"),
        ("${ok}/${not(${ok})}", "zh", "是/否"),
        ("${ok}", "en", "yes"),
        ("[${missing}]", "zh", "[]"),
        ("${if(${year} = 2024, 'a}', '\"')}", "zh", "a}"),
        ("${concat('${', ${brand})}", "zh", "${acer"),
        ("${number('x')}", "zh", ""),
    ],
)
def test_said(source: str, language: str, expected: str) -> None:
    assert said(source, language) == expected


def test_unanswered_is_silent() -> None:
    nothing = dict.fromkeys(VALUES, "")
    assert said("[${brand}${brands}${born}${at}${called}${year}${paid}${ok}]", "zh", **nothing) == "[]"


@pytest.mark.parametrize(
    ("source", "code", "column"),
    [
        ("a ${b", "unclosed-pipe", 11),
        ("a ${", "unclosed-pipe", 11),
        ("a ${b ${c} d", "unclosed-pipe", 11),
        ("a ${'b}", "strange-character", 0),
        ("a ${}", "empty-expression", 13),
        ("a ${b c}", "bad-name", 11),
        ("a ${b.}", "bad-name", 11),
        ("a ${round(b)}", "bare-word", 19),
        ("ok ${a} ${1 +}", "unexpected-in-expression", 22),
    ],
)
def test_refused(source: str, code: str, column: int) -> None:
    with pytest.raises(ScriptError) as caught:
        parse_text(source, HERE, "k")
    problem = caught.value.problems[0]
    if column:
        assert (problem.code, problem.span.column) == (code, column)


def test_text_keeps_what_translators_see() -> None:
    text = parse_text("a ${b} c\n${d + 1}".replace("${d", "${${d}"), HERE, "node/say/1")
    assert text.source == "a ${b} c\n${${d} + 1}"
    expressions = [part for part in text.parts if isinstance(part, Expression)]
    assert [(e.source, e.span.line, e.span.column) for e in expressions] == [("${b}", 4, 11), ("${d} + 1", 5, 3)]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("您好 $｛name｝", ["$｛name｝"]),
        ("＄{name}", ["＄{name}"]),
        ("{name} and {{x}}", ["{name}", "{{x}}"]),
        ("$(name) and $name, 5$ off", ["$(name)", "$name"]),
        ("%name% of 50% or 60%", ["%name%"]),
        ("${name} {1} {} 100%", []),
    ],
)
def test_odd_pipes(source: str, expected: list[str]) -> None:
    assert [problem.values["found"] for problem in odd_pipes(parse_text(source, HERE, "k"))] == expected


@given(st.text(alphabet="${}'\" ab", max_size=40))
def test_cutting_loses_nothing(source: str) -> None:
    rebuilt = "".join(
        part.replace("${", "$${") if isinstance(part, str) else "${" + part.inner + ("}" if part.closed else "")
        for part in cut(source)
    )
    assert rebuilt == source or "$$$" in source


@given(st.floats(allow_nan=True, allow_infinity=True) | st.integers(-(10**25), 10**25))
def test_any_number_can_be_written(number: float) -> None:
    for language in ("zh", "de", "fr"):
        assert isinstance(number_written(number, conventions_of(language)), str)


_ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)


@given(st.dictionaries(st.sampled_from(sorted(NAMES)), _ANYTHING), st.sampled_from(["zh", "en", "de", ""]))
def test_whatever_a_state_holds_can_be_said(values: dict[str, Any], language: str) -> None:
    everything = " ".join(f"${{{name}}} ${{string(${{{name}}})}}" for name in NAMES)
    text = compile_text(parse_text(everything, NOWHERE, "k"), NAMES)
    assert isinstance(text(FlatScope(values, language=language)), str)


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("zh", "不知道/拒答/不适用"),
        ("en", "don't know/refused/not applicable"),
        ("de", "don't know/refused/not applicable"),
    ],
)
def test_a_special_answer_is_piped_in_words_of_the_language(language: str, expected: str) -> None:
    specials = tuple(Special)
    names = {
        "score": NameType(ValueType.INTEGER, specials=specials),
        "brands": NameType(ValueType.CHOICES, specials=specials),
        "town": NameType(ValueType.TEXT, specials=specials),
    }
    scope = FlatScope({}, language=language, specials={"score": "dk", "brands": "refused", "town": "na"})
    assert compile_text(parse_text("${score}/${brands}/${town}", NOWHERE, "k"), names)(scope) == expected


def test_a_special_answer_is_no_text_in_an_expression() -> None:
    names = {"score": NameType(ValueType.INTEGER, specials=(Special.DK,))}
    scope = FlatScope({}, specials={"score": "dk"})
    assert compile_text(parse_text("[${concat(${score}, '')}]", NOWHERE, "k"), names)(scope) == "[]"
