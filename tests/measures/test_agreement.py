"""Agreement of coders against published cases."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from measures.agreement import cohens_kappa, krippendorffs_alpha


def pairs(yes_yes: int, yes_no: int, no_yes: int, no_no: int) -> list[tuple[str, str]]:
    table = {("y", "y"): yes_yes, ("y", "n"): yes_no, ("n", "y"): no_yes, ("n", "n"): no_no}
    return [pair for pair, times in table.items() for _ in range(times)]


@pytest.mark.parametrize(
    ("table", "published"),
    [
        # The three tables of Wikipedia's article "Cohen's kappa": readers of grant proposals, and two comparisons.
        ((20, 5, 10, 15), "0.4000"),
        ((45, 15, 25, 15), "0.1304"),
        ((25, 35, 5, 35), "0.2593"),
    ],
)
def test_kappa(table: tuple[int, int, int, int], published: str) -> None:
    kappa = cohens_kappa(pairs(*table))
    assert kappa is not None
    assert f"{float(kappa):.4f}" == published


def test_kappa_at_its_ends() -> None:
    assert cohens_kappa([("a", "a"), ("b", "b")]) == 1
    assert cohens_kappa([("a", "b"), ("b", "a")]) == -1
    assert cohens_kappa([]) is None
    assert cohens_kappa([("a", "a")] * 5) is None


# Krippendorff (2011): A, binary data of two observers; B, nominal data of two; C, of four with missing values.
A = zip("0100000010", "1110010000", strict=True)
B = zip("aabbdcccedda", "babbbccceddd", strict=True)
C = [
    "111", "2232", "3333", "3333", "2222", "1234", "4444", "1121", "2222", "555", "11", "3",
]  # fmt: skip


@pytest.mark.parametrize(("units", "published"), [(A, "0.095"), (B, "0.692"), (C, "0.743")], ids="ABC")
def test_alpha(units: list[str], published: str) -> None:
    alpha = krippendorffs_alpha(units)
    assert alpha is not None
    assert f"{float(alpha):.3f}" == published


def test_alpha_at_its_ends() -> None:
    assert krippendorffs_alpha([["a", "a"], ["b", "b"]]) == 1
    assert krippendorffs_alpha([["a"], ["b"]]) is None
    assert krippendorffs_alpha([["a", "a"], ["a", "a"]]) is None


@given(st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("ab")), min_size=1))
def test_who_is_named_first_makes_no_difference(coded: list[tuple[str, str]]) -> None:
    turned = [(other, one) for one, other in coded]
    assert cohens_kappa(coded) == cohens_kappa(turned)
    assert krippendorffs_alpha(coded) == krippendorffs_alpha(turned)
    alpha = krippendorffs_alpha(coded)
    assert alpha is None or alpha <= Fraction(1)
