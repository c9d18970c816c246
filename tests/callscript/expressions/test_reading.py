"""What agents type, as values."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callscript.expressions import INPUT_CODES, InputProblem, read_input
from callscript.expressions.formatting import written
from callscript.model.values import ValueType

ZONE = "Asia/Shanghai"


def read(raw: Any, kind: ValueType, language: str = "zh") -> Any:
    found = read_input(raw, kind, language, ZONE)
    return f"!{found.code}" if isinstance(found, InputProblem) else found


NUMBERS = [
    ("１２", 12),
    ("1,234", 1234),
    ("１，２３４", 1234),
    ("12 345", 12345),
    ("-5", -5),
    ("−5", -5),
    ("+7", 7),
    ("3万", 30000),
    ("1.2亿", 120000000),
    ("3.0", 3),
    ("1e3", 1000),
    (5, 5),
    (5.0, 5),
    ("3.5", "!not-whole"),
    (0.5, "!not-whole"),
    ("1,23", "!not-a-number"),
    ("二", "!not-a-number"),
    ("1 2", "!not-a-number"),
    ("-", "!not-a-number"),
    (".", "!not-a-number"),
    (True, "!not-a-number"),
    ([1], "!not-a-number"),
    (float("nan"), "!not-a-number"),
    (float("inf"), "!not-a-number"),
    ("9" * 15, 10**15 - 1),
    ("9" * 16, "!number-too-long"),
    ("1" + "0" * 15, "!number-too-long"),
    ("1" * 400, "!text-too-long"),
]


@pytest.mark.parametrize(("raw", "expected"), NUMBERS)
def test_integer(raw: Any, expected: Any) -> None:
    assert read(raw, ValueType.INTEGER) == expected


@pytest.mark.parametrize(
    ("raw", "language", "expected"),
    [
        ("1,234.5", "zh", 1234.5),
        (".5", "zh", 0.5),
        ("5.", "zh", 5.0),
        ("0.1", "zh", 0.1),
        (0.1, "zh", 0.1),
        ("1,5", "zh", "!not-a-number"),
        ("1,5", "de", 1.5),
        ("1.234,5", "de", 1234.5),
        ("1.234", "de", 1234.0),
        ("1 234,5", "fr", 1234.5),
        ("1.23456789012345", "en", 1.23456789012345),
        ("1.234567890123456", "en", "!number-too-long"),
    ],
)
def test_decimal(raw: Any, language: str, expected: Any) -> None:
    found = read(raw, ValueType.DECIMAL, language)
    assert found == expected
    assert isinstance(found, float | str)


@pytest.mark.parametrize(
    ("raw", "language", "expected"),
    [
        ("2024-05-01", "zh", "2024-05-01"),
        ("2024/5/1", "zh", "2024-05-01"),
        ("2024.5.1", "zh", "2024-05-01"),
        ("2024年5月1日", "zh", "2024-05-01"),
        ("２０２４ 年 ５ 月 １ 号", "zh", "2024-05-01"),
        ("20240501", "zh", "2024-05-01"),
        ("1/5/2024", "en", "2024-05-01"),
        ("1/5/2024", "en-US", "2024-01-05"),
        ("1 May 2024", "en", "2024-05-01"),
        ("May 1st, 2024", "en", "2024-05-01"),
        ("2024-02-30", "zh", "!no-such-day"),
        ("24-5-1", "zh", "!not-a-date"),
        ("5月1日", "zh", "!not-a-date"),
        ("1 Foo 2024", "en", "!not-a-date"),
        (20240501, "zh", "2024-05-01"),
    ],
)
def test_date(raw: Any, language: str, expected: str) -> None:
    assert read(raw, ValueType.DATE, language) == expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("14:30", "14:30:00"),
        ("14：30", "14:30:00"),
        ("1430", "14:30:00"),
        ("9:05:07", "09:05:07"),
        ("下午2点半", "14:30:00"),
        ("上午9点", "09:00:00"),
        ("14时30分", "14:30:00"),
        ("2:30 PM", "14:30:00"),
        ("12am", "00:00:00"),
        ("12pm", "12:00:00"),
        ("下午3", "15:00:00"),
        ("9", "!not-a-time"),
        ("25:00", "!not-a-time"),
        ("14:60", "!not-a-time"),
        ("noon", "!not-a-time"),
    ],
)
def test_time(raw: str, expected: str) -> None:
    assert read(raw, ValueType.TIME) == expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("2024-05-01 14:30", "2024-05-01T14:30:00.000+08:00"),
        ("2024年5月1日下午2点半", "2024-05-01T14:30:00.000+08:00"),
        ("2024/5/1 9:05", "2024-05-01T09:05:00.000+08:00"),
        ("2024-05-01T14:30:00Z", "2024-05-01T22:30:00.000+08:00"),
        ("2024-05-01T22:30:00.000+08:00", "2024-05-01T22:30:00.000+08:00"),
        ("2024-05-01", "!not-a-date-and-time"),
        ("14:30", "!not-a-date-and-time"),
        ("2024-02-30 14:30", "!not-a-date-and-time"),
    ],
)
def test_datetime(raw: str, expected: str) -> None:
    assert read(raw, ValueType.DATETIME) == expected


@pytest.mark.parametrize(
    ("kind", "raw", "expected"),
    [
        (ValueType.BOOLEAN, "是", True),
        (ValueType.BOOLEAN, "NO", False),
        (ValueType.BOOLEAN, True, True),
        (ValueType.BOOLEAN, "嗯", "!not-yes-or-no"),
        (ValueType.CHOICE, " a ", "a"),
        (ValueType.CHOICE, 1, "1"),
        (ValueType.CHOICE, ["a"], "a"),
        (ValueType.CHOICE, ["a", "b"], "!not-an-option"),
        (ValueType.CHOICE, {}, "!not-an-option"),
        (ValueType.CHOICES, ["b", "a", "b"], ["b", "a"]),
        (ValueType.CHOICES, "b a", ["b", "a"]),
        (ValueType.CHOICES, [["x", "y"]], "!not-an-option"),
        (ValueType.CHOICES, 5, "!not-an-option"),
        (ValueType.PHONE, "138-0013-8000", "13800138000"),
        (ValueType.PHONE, "＋86 (138) 0013 8000", "+8613800138000"),
        (ValueType.PHONE, "0044 20 7946 0018", "+442079460018"),
        (ValueType.PHONE, "12", "!not-a-phone"),
        (ValueType.PHONE, "1" * 16, "!not-a-phone"),
        (ValueType.EMAIL, "Wang@Example.COM", "Wang@example.com"),
        (ValueType.EMAIL, "a@b", "!not-an-email"),
        (ValueType.EMAIL, "a b@c.de", "!not-an-email"),
        (ValueType.TEXT, " 王\x00小\r\n明 ", "王 小\n明"),
        (ValueType.TEXT, 5, "5"),
        (ValueType.TEXT, "e\u0301", "é"),
        (ValueType.TEXT, "x" * 10_001, "!text-too-long"),
        (ValueType.UUID, "6BA7B810-9DAD-11D1-80B4-00C04FD430C8", "6ba7b810-9dad-11d1-80b4-00c04fd430c8"),
        (ValueType.UUID, "x", "!not-an-identifier"),
        (ValueType.JSON, {"a": 1}, {"a": 1}),
    ],
)
def test_others(kind: ValueType, raw: Any, expected: Any) -> None:
    assert read(raw, kind) == expected


@pytest.mark.parametrize("kind", sorted(ValueType))
@pytest.mark.parametrize("raw", [None, "", "  ", "\u3000", []])
def test_nothing_given(kind: ValueType, raw: Any) -> None:
    assert read(raw, kind) == ""


@given(st.integers(-(10**15) + 1, 10**15 - 1), st.sampled_from(["zh", "en", "de", "fr", "sw"]))
def test_what_is_shown_can_be_typed_again(number: int, language: str) -> None:
    assert read(written(number if abs(number) < 10**12 else 5, None, language, ZONE), ValueType.INTEGER, language) == (
        number if abs(number) < 10**12 else 5
    )


@given(st.decimals(-(10**9), 10**9, places=4, allow_nan=False))
def test_decimals_are_kept_as_typed(number: Any) -> None:
    found = read(str(number), ValueType.DECIMAL, "en")
    assert found == float(number)
    assert read(repr(found), ValueType.DECIMAL, "en") == found


@given(st.dates(), st.sampled_from(["zh", "en", "en-US", "ja", "sw"]))
def test_dates_shown_can_be_typed_again(day: Any, language: str) -> None:
    if day.year >= 1000:
        iso = day.isoformat()
        assert read(written(iso, ValueType.DATE, language, ZONE), ValueType.DATE, language) == iso


_RAW = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=400),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=5,
)


@given(_RAW, st.sampled_from(sorted(ValueType)), st.sampled_from(["zh", "en", "de", "??"]))
def test_nothing_is_raised(raw: Any, kind: ValueType, language: str) -> None:
    found = read_input(raw, kind, language, ZONE)
    if isinstance(found, InputProblem):
        assert found.code in INPUT_CODES
        assert "{" not in found.message("zh") + found.message("en")
    elif kind not in {ValueType.JSON, ValueType.ANSWERS}:
        assert read_input(found, kind, language, ZONE) == found
