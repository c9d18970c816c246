"""Response, cooperation, refusal and contact rates as AAPOR defines them, exactly.

Source: The American Association for Public Opinion Research, *Standard Definitions: Final Dispositions of Case Codes
and Outcome Rates for Surveys*, 9th edition, 2016, "Calculating rates from response distributions". Letters are AAPOR's
own: I complete and P partial interviews, R refusals and break-offs, NC non-contacts, O others, UH unknown if household,
UO unknown other, NE not eligible.

    RR1  I / ((I+P) + (R+NC+O) + (UH+UO))          RR2  (I+P) / the same
    RR3  I / ((I+P) + (R+NC+O) + e(UH+UO))         RR4  (I+P) / the same
    RR5  I / ((I+P) + (R+NC+O))                    RR6  (I+P) / the same
    COOP1  I / ((I+P) + R + O)                     COOP2  (I+P) / the same
    COOP3  I / ((I+P) + R)                         COOP4  (I+P) / the same
    REF1, REF2, REF3  R / the denominators of RR1, RR3, RR5
    CON1, CON2, CON3  ((I+P) + R + O) / the denominators of RR1, RR3, RR5

`e` is the share of the cases of unknown eligibility that are thought to be eligible. AAPOR leaves it to the survey;
`proportional_e` is the common choice: the share among cases whose eligibility is known (CASRO).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from fractions import Fraction

RATES = (
    "RR1", "RR2", "RR3", "RR4", "RR5", "RR6", "COOP1", "COOP2", "COOP3", "COOP4", "REF1", "REF2", "REF3",
    "CON1", "CON2", "CON3",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Dispositions:
    """How many cases ended, or stand for now, in each of AAPOR's groups."""

    interviews: int = 0
    partials: int = 0
    refusals: int = 0
    non_contacts: int = 0
    others: int = 0
    unknown_household: int = 0
    unknown_other: int = 0
    not_eligible: int = 0

    def __post_init__(self) -> None:
        if any(getattr(self, each.name) < 0 for each in fields(self)):
            raise ValueError(f"a count is negative: {self}")

    @property
    def known_eligible(self) -> int:
        return self.interviews + self.partials + self.refusals + self.non_contacts + self.others

    @property
    def unknown(self) -> int:
        return self.unknown_household + self.unknown_other

    @property
    def total(self) -> int:
        return self.known_eligible + self.unknown + self.not_eligible


def group_of(code: str) -> str:
    """The member of `Dispositions` to which an AAPOR code belongs; "" means no call yet, AAPOR's 3.11.

    Our own temporary codes (5.*: to be called again as agreed) are non-contacts, like AAPOR's 2.21.

    Raises:
        ValueError: it is no code of AAPOR's.
    """
    code = code or "3.11"
    for prefix, group in _GROUPS:
        if code.startswith(prefix):
            return group
    raise ValueError(f"{code} is no AAPOR code")


_GROUPS = (
    ("1.1", "interviews"), ("1.2", "partials"), ("2.1", "refusals"), ("2.2", "non_contacts"), ("2.3", "others"),
    ("3.1", "unknown_household"), ("3.", "unknown_other"), ("4.", "not_eligible"), ("5.", "non_contacts"),
)  # fmt: skip


def dispositions(counts: Iterable[tuple[str, int]]) -> Dispositions:
    """Groups how many cases have each code."""
    found = {each.name: 0 for each in fields(Dispositions)}
    for code, count in counts:
        found[group_of(code)] += count
    return Dispositions(**found)


def proportional_e(held: Dispositions) -> Fraction | None:
    """The share of eligible cases among those whose eligibility is known; None if none is."""
    known = held.known_eligible + held.not_eligible
    return Fraction(held.known_eligible, known) if known else None


def rates(held: Dispositions, e: Fraction | None = None) -> dict[str, Fraction | None]:
    """Every rate of `RATES`, None where its denominator is nothing.

    Args:
        e: between 0 and 1; `proportional_e` where it is left out.
    """
    share = e if e is not None else proportional_e(held) or Fraction(1)
    if not 0 <= share <= 1:
        raise ValueError(f"e is a share, not {share}")
    complete, all_interviews = held.interviews, held.interviews + held.partials
    contacted = all_interviews + held.refusals + held.others
    wide: tuple[Fraction, ...] = (
        Fraction(held.known_eligible + held.unknown),
        held.known_eligible + share * held.unknown,
        Fraction(held.known_eligible),
    )
    found: dict[str, Fraction | None] = {}
    for place, below in enumerate(wide):
        found[f"RR{2 * place + 1}"] = _over(complete, below)
        found[f"RR{2 * place + 2}"] = _over(all_interviews, below)
        found[f"REF{place + 1}"] = _over(held.refusals, below)
        found[f"CON{place + 1}"] = _over(contacted, below)
    for place, below in enumerate((Fraction(contacted), Fraction(all_interviews + held.refusals))):
        found[f"COOP{2 * place + 1}"] = _over(complete, below)
        found[f"COOP{2 * place + 2}"] = _over(all_interviews, below)
    return {name: found[name] for name in RATES}


def _over(above: int, below: Fraction) -> Fraction | None:
    return above / below if below else None
