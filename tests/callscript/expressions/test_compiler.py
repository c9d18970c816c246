"""Running expressions: what the page of differences from ODK does not already test."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callscript.expressions import FlatScope, compile_condition, compile_expression, compile_field, infer, parse
from callscript.model.values import ValueType
from callscript.places import NOWHERE
from tests.callscript.odk.generated import FIELDS, Writer

MAY_FIRST = 1_714_550_400_123
SCOPE = FlatScope(
    {
        "age": 20,
        "paid": 12.5,
        "q": "yes",
        "brands": ["a", "b"],
        "born": "2000-02-29",
        "at": "14:30:00",
        "ok": True,
        "nothing": None,
        "contact.name": "王小明",
    },
    now_ms=MAY_FIRST,
    timezone="Asia/Shanghai",
    language="zh",
    position=2,
    specials={"q2": "dk"},
)


def worth(source: str, scope: FlatScope = SCOPE) -> Any:
    return compile_expression(parse(source, NOWHERE))(scope)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("${age} >= 18 and ${q} = 'yes'", True),
        ("${age}", 20),
        ("${paid}", 12.5),
        ("${brands}", ["a", "b"]),
        ("${nothing}", ""),
        ("${unheard_of}", ""),
        ("${contact.name}", "王小明"),
        ("number('x')", ""),
        ("${age} div 0 - ${age} div 0", ""),
        ("today()", "2024-05-01"),
        ("if(${ok}, 'a', 'b')", "a"),
        ("special(${q2})", "dk"),
        ("special(${q})", ""),
        ("answered(${q})", True),
        ("answered(${q2})", False),
        ("answered(${nothing})", False),
        ("position()", 2.0),
        ("position() + 1", 3.0),
        ("format-date(${born}, '%a %b')", "周二 2月"),
        ("${age} + true()", 21.0),
        ("(${age} > 1) + (${paid} > 100)", 1.0),
        ("18 <= ${age}", True),
        ("'yes' = ${q}", True),
        ("${ok} = true()", True),
        ("coalesce(${nothing}, ${unheard_of}, ${age})", 20),
        ("selected(${brands}, ${q})", False),
        ("int((today() - ${born}) div 365.25)", 24.0),
    ],
)
def test_worth(source: str, expected: Any) -> None:
    found = worth(source)
    assert found == expected
    assert isinstance(found, type(expected))


def test_zone_decides_the_day() -> None:
    late = 1_714_606_200_000  # 23:30 UTC on 1 May, 07:30 of the next day in Shanghai
    assert worth("today()", FlatScope({}, now_ms=late, timezone="UTC")) == "2024-05-01"
    assert worth("today()", FlatScope({}, now_ms=late, timezone="Asia/Shanghai")) == "2024-05-02"
    assert worth("today()", FlatScope({}, now_ms=late, timezone="No/Where")) == "2024-05-01"


def test_no_more_is_evaluated_than_needed() -> None:
    seen: list[str] = []

    class Watching(FlatScope):
        def value(self, name: str) -> Any:
            seen.append(name)
            return super().value(name)

    holds = compile_condition(parse("${age} > 30 and ${q} = 'yes' or ${paid} > 1 or ${brands} = ''", NOWHERE))
    assert holds(Watching(SCOPE.values))
    assert seen == ["age", "paid"]


@pytest.mark.parametrize(
    ("source", "kind", "expected"),
    [
        ("${age} div 3", ValueType.INTEGER, 6),
        ("${age}", ValueType.DECIMAL, 20.0),
        ("0 * -1", ValueType.DECIMAL, 0.0),
        ("${paid}", ValueType.TEXT, "12.5"),
        ("${age} > 1", ValueType.BOOLEAN, True),
        ("${unheard_of}", ValueType.BOOLEAN, ""),
        ("${brands}", ValueType.CHOICES, ["a", "b"]),
        ("''", ValueType.CHOICES, ""),
        ("date(today() + 30)", ValueType.DATE, "2024-05-31"),
        ("now()", ValueType.DATETIME, "2024-05-01T16:00:00.123+08:00"),
        ("now()", ValueType.TIME, "16:00:00"),
        ("1 div 0", ValueType.DECIMAL, ""),
        ("1000000000000000", ValueType.INTEGER, ""),
        ("999999999999999", ValueType.INTEGER, 999_999_999_999_999),
        ("${anything}", ValueType.JSON, {"a": [1]}),
    ],
)
def test_kept(source: str, kind: ValueType, expected: Any) -> None:
    scope = FlatScope({**SCOPE.values, "anything": {"a": [1]}}, now_ms=MAY_FIRST, timezone="Asia/Shanghai")
    found = compile_field(parse(source, NOWHERE), kind)(scope)
    assert found == expected
    assert isinstance(found, type(expected))


_JSON = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.integers(min_value=10**400, max_value=10**401),
        st.floats(),
        st.text(max_size=12),
        st.sampled_from(["2024-02-30", "9999-12-31", "0001-01-01", "24:00", "1e999", "Infinity", "2024-05-01T10:00Z"]),
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)


@settings(max_examples=300, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    values=st.dictionaries(st.sampled_from(sorted(FIELDS.types)), _JSON, max_size=8),
    now_ms=st.integers(-(10**17), 10**17),
    kind=st.sampled_from(sorted(ValueType)),
)
def test_nothing_is_ever_raised(seed: int, values: dict[str, Any], now_ms: int, kind: ValueType) -> None:
    """Whatever the state holds: a wrong value makes a wrong answer, never an interview that stops."""
    writer = Writer(seed)
    expression = parse(writer.expression(writer.random.randint(0, 4)), NOWHERE)
    scope = FlatScope(values, now_ms=now_ms, timezone=writer.one_of(("UTC", "Asia/Shanghai", "Europe/Berlin", "?")))
    compile_field(expression, kind)(scope)
    compile_expression(expression)(scope)
    compile_condition(expression)(scope)
    infer(expression, FIELDS.types, wants=kind)


def test_nested_joins_do_not_fill_the_memory() -> None:
    glue = "'0123456789'"
    for _ in range(14):
        glue = f"join({glue}, {', '.join(['1'] * 199)})"
    assert worth(glue) == ""


@pytest.mark.parametrize("text", ["0x" + "f" * 9_000, "1e999999999", "9" * 9_000, "0b" + "1" * 5_000])
def test_enormous_numbers_in_texts(text: str) -> None:
    assert worth("${n} > 5", FlatScope({"n": text})) is True
    assert compile_field(parse("number(${n})", NOWHERE), ValueType.DECIMAL)(FlatScope({"n": text})) == ""


class Rounds(FlatScope):
    """As seen from outside a repeat: `score` has these rounds."""

    def rounds(self, name: str) -> Any:
        return self.values[name]


@pytest.mark.parametrize(
    ("rounds", "expected"),
    [
        ([], {"sum": "", "min": "", "max": "", "count": 0.0, "concat": ""}),
        ([4], {"sum": 4.0, "min": 4.0, "max": 4.0, "count": 1.0, "concat": "4"}),
        ([4, 5.5, 9], {"sum": 18.5, "min": 4.0, "max": 9.0, "count": 3.0, "concat": "45.59"}),
        ([4, "", 9], {"sum": "", "min": "", "max": "", "count": 3.0, "concat": "49"}),
    ],
)
def test_rounds(rounds: list[Any], expected: dict[str, Any]) -> None:
    scope = Rounds({"score": rounds})
    assert {function: worth(f"{function}(${{score}})", scope) for function in expected} == expected
    assert worth("join(', ', ${score})", scope) == ", ".join(f"{each}" for each in rounds)
