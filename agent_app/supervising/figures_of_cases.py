"""From counts of cases to tables and rates; exact until they are drawn."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from measures.response_rates import Dispositions, dispositions, proportional_e, rates

GROUPS = (
    ("interviews", "I"), ("partials", "P"), ("refusals", "R"), ("non_contacts", "NC"), ("others", "O"),
    ("unknown_household", "UH"), ("unknown_other", "UO"), ("not_eligible", "NE"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Standing:
    """What became of the sample so far. `rates` by AAPOR's names, None where nothing can be said."""

    cases: int
    called: int
    closed: int
    held: int
    groups: Dispositions
    e: Fraction | None
    rates: Mapping[str, Fraction | None]
    attempts_a_complete: Fraction | None


def standing_of(counts: Sequence[Mapping[str, Any]], *, only_called: bool, e: Fraction | None = None) -> Standing:
    """Figures from the rows of `supervision.counts`.

    Args:
        only_called: leave out cases that were never called, which AAPOR counts as of unknown eligibility (3.11).
    """
    of_interest = [row for row in counts if not only_called or row["outcome"]]
    held = dispositions((row["outcome"], row["cases"]) for row in of_interest)
    attempts = sum(row["attempts"] * row["cases"] for row in counts)
    return Standing(
        cases=sum(row["cases"] for row in counts),
        called=sum(row["cases"] for row in counts if row["outcome"]),
        closed=sum(row["cases"] for row in counts if row["state"] == "closed"),
        held=sum(row["cases"] for row in counts if row["state"] == "held"),
        groups=held,
        e=proportional_e(held) if e is None else e,
        rates=rates(held, e),
        attempts_a_complete=Fraction(attempts, held.interviews) if held.interviews else None,
    )


def outcome_rows(counts: Iterable[Mapping[str, Any]], language: str, none_yet: str) -> list[dict[str, Any]]:
    """One row an outcome: its cases by state, the most frequent first."""
    found: dict[str, dict[str, Any]] = {}
    for row in counts:
        title = row["title_zh" if language == "zh" else "title_en"] or none_yet
        entry = found.setdefault(
            row["outcome"],
            {"code": row["outcome"] or "–", "title": title, "cases": 0, "waiting": 0, "held": 0, "closed": 0},
        )
        entry["cases"] += row["cases"]
        entry[row["state"]] += row["cases"]
    return sorted(found.values(), key=lambda entry: (-entry["cases"], entry["code"]))


def attempt_rows(counts: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Cases by number of attempts and by what they are: open, interviewed, closed otherwise."""
    totals: Counter[tuple[int, str]] = Counter()
    for row in counts:
        kind = "interview" if row["category"] == "interview" else "closed" if row["state"] == "closed" else "open"
        totals[row["attempts"], kind] += row["cases"]
    return [{"attempts": attempts, "kind": kind, "cases": cases} for (attempts, kind), cases in sorted(totals.items())]


def productivity(agent: Mapping[str, Any]) -> dict[str, float | None]:
    """Interviews an hour of presence, attempts a complete, and how the hours were spent."""
    hours = agent["present_seconds"] / 3600
    working = agent["ready_seconds"] + agent["talk_seconds"] + agent["wrap_seconds"]
    return {
        "interviews_an_hour": agent["interviews"] / hours if hours >= 0.05 else None,
        "attempts_a_complete": agent["attempts"] / agent["interviews"] if agent["interviews"] else None,
        "talk_share": agent["talk_seconds"] / working if working else None,
    }


def percent(rate: Fraction | None) -> float | None:
    """A rate as percent, for drawing."""
    return None if rate is None else float(rate * 100)
