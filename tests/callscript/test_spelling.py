"""The nearest word."""

from __future__ import annotations

import pytest

from callscript.spelling import closest

WORDS = ("age", "brand", "brands", "last_nps", "consent", "why_low", "满意度")


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("agee", "age"),
        ("aeg", "age"),
        ("Brand", "brand"),
        ("lastNps", "last_nps"),
        ("last-nps", "last_nps"),
        ("cosnent", "consent"),
        ("满意渡", "满意度"),
        ("zebra", None),
        ("", None),
        ("x" * 100, None),
    ],
)
def test_closest(word: str, expected: str | None) -> None:
    assert closest(word, WORDS) == expected
