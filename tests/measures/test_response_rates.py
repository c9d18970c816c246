"""Rates against hand-computed and published cases; where each comes from stands beside it."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from measures.response_rates import RATES, Dispositions, dispositions, group_of, proportional_e, rates

# Twelve people. Published in the README of the R package outcomerate (rOpenSci, peer-reviewed, version 1.0.1), with
# e = eligibility_rate: all sixteen rates to three digits.
TWELVE = Dispositions(4, 2, 1, 1, 1, 1, 1, 1)
TWELVE_PUBLISHED = {
    "RR1": 0.364, "RR2": 0.545, "RR3": 0.370, "RR4": 0.556, "RR5": 0.444, "RR6": 0.667, "COOP1": 0.500, "COOP2": 0.750,
    "COOP3": 0.571, "COOP4": 0.857, "REF1": 0.091, "REF2": 0.093, "REF3": 0.111, "CON1": 0.727, "CON2": 0.741,
    "CON3": 0.889,
}  # fmt: skip
# The same, by hand: e = 9 / (9 + 1), so 9 known eligible + 9/10 of 2 unknown = 54/5.
TWELVE_BY_HAND = {
    "RR1": "4/11", "RR2": "6/11", "RR3": "10/27", "RR4": "5/9", "RR5": "4/9", "RR6": "2/3",
    "COOP1": "1/2", "COOP2": "3/4", "COOP3": "4/7", "COOP4": "6/7",
    "REF1": "1/11", "REF2": "5/54", "REF3": "1/9", "CON1": "8/11", "CON2": "20/27", "CON3": "8/9",
}  # fmt: skip


def test_the_published_case_to_its_last_digit() -> None:
    assert {name: round(float(rate or 0), 3) for name, rate in rates(TWELVE).items()} == TWELVE_PUBLISHED


def test_the_published_case_by_hand() -> None:
    assert proportional_e(TWELVE) == Fraction(9, 10)
    assert rates(TWELVE) == {name: Fraction(text) for name, text in TWELVE_BY_HAND.items()}


def test_only_interviews_and_non_contacts() -> None:
    """Published in the README of the R package responserates (T. Leeper): 100 I, 20 NC."""
    found = rates(Dispositions(interviews=100, non_contacts=20))
    assert {round(float(rate or 0) * 100, 1) for name, rate in found.items() if name.startswith("RR")} == {83.3}
    assert {rate for name, rate in found.items() if name.startswith("COOP")} == {Fraction(1)}
    assert {rate for name, rate in found.items() if name.startswith("REF")} == {Fraction(0)}
    assert {round(float(rate or 0) * 100, 1) for name, rate in found.items() if name.startswith("CON")} == {83.3}


def test_a_telephone_sample_by_hand() -> None:
    """2,000 numbers: 500 I, 50 P, 250 R, 150 NC, 50 O, 400 UH, 100 UO, 500 NE; e = 1000/1500 = 2/3.

    Denominators: 1000 + 500 = 1500; 1000 + 1000/3 = 4000/3; 1000. Contacted: 850; without others: 800.
    """
    held = Dispositions(500, 50, 250, 150, 50, 400, 100, 500)
    assert held.total == 2000
    assert rates(held) == {
        "RR1": Fraction(1, 3), "RR2": Fraction(11, 30), "RR3": Fraction(3, 8), "RR4": Fraction(33, 80),
        "RR5": Fraction(1, 2), "RR6": Fraction(11, 20),
        "COOP1": Fraction(10, 17), "COOP2": Fraction(11, 17), "COOP3": Fraction(5, 8), "COOP4": Fraction(11, 16),
        "REF1": Fraction(1, 6), "REF2": Fraction(3, 16), "REF3": Fraction(1, 4),
        "CON1": Fraction(17, 30), "CON2": Fraction(51, 80), "CON3": Fraction(17, 20),
    }  # fmt: skip


def test_e_at_its_ends() -> None:
    """With e = 1 the rates with e are those that count all unknown cases, with e = 0 those that count none."""
    full, none = rates(TWELVE, Fraction(1)), rates(TWELVE, Fraction(0))
    for with_e, all_unknown, no_unknown in (
        ("RR3", "RR1", "RR5"), ("RR4", "RR2", "RR6"), ("REF2", "REF1", "REF3"), ("CON2", "CON1", "CON3"),
    ):  # fmt: skip
        assert full[with_e] == full[all_unknown]
        assert none[with_e] == none[no_unknown]


def test_nothing_and_nonsense() -> None:
    assert rates(Dispositions()) == dict.fromkeys(RATES)
    assert proportional_e(Dispositions(unknown_other=3)) is None
    assert rates(Dispositions(unknown_other=3))["RR3"] == 0
    with pytest.raises(ValueError, match="share"):
        rates(TWELVE, Fraction(3, 2))
    with pytest.raises(ValueError, match="negative"):
        Dispositions(interviews=-1)


def test_codes_and_their_groups() -> None:
    """Standard Definitions 2016, Table 1: final disposition codes for RDD telephone surveys."""
    counts = [
        ("1.1", 1), ("1.2", 2), ("2.10", 3), ("2.112", 4), ("2.12", 5), ("2.21", 6), ("2.221", 7), ("2.333", 8),
        ("3.11", 9), ("3.161", 10), ("3.21", 11), ("3.90", 12), ("4.10", 13), ("4.80", 14), ("5.1", 15), ("", 16),
    ]  # fmt: skip
    assert dispositions(counts) == Dispositions(1, 2, 12, 28, 8, 35, 23, 27)
    with pytest.raises(ValueError, match=r"6\.1"):
        group_of("6.1")


@given(st.builds(Dispositions, **{name: st.integers(0, 500) for name in Dispositions.__slots__}))
def test_shares_stay_shares_and_keep_their_order(held: Dispositions) -> None:
    found = rates(held)
    assert all(rate is None or 0 <= rate <= 1 for rate in found.values())
    for lower, upper in (("RR1", "RR3"), ("RR3", "RR5"), ("RR1", "RR2"), ("COOP1", "COOP3"), ("CON1", "CON2")):
        if found[lower] is not None and found[upper] is not None:
            assert found[lower] <= found[upper]  # type: ignore[operator]
