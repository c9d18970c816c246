"""One figure of a bench, and how it is taken: medians with their spread, never a single run."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import msgspec


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """`goal` in words (`<= 10`); `holds` None: there is no goal. `peer` is what it is compared with in the same run."""

    bench: str
    metric: str
    value: float
    unit: str
    spread: str = ""
    """Smallest to largest, or quartiles, as text."""
    peer: str | None = None
    peer_value: float | None = None
    ratio: float | None = None
    goal: str | None = None
    holds: bool | None = None


@dataclass(frozen=True, slots=True)
class Measured:
    """Values of one thing, measured several times."""

    values: Sequence[float]

    @property
    def median(self) -> float:
        return statistics.median(self.values)

    def percentile(self, share: float) -> float:
        """The value that `share` (0 to 1) of all do not exceed."""
        ordered = sorted(self.values)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]

    @property
    def spread(self) -> str:
        return f"{min(self.values):.3g} – {max(self.values):.3g}"

    def row(
        self, bench: str, metric: str, unit: str, *, at_most: float | None = None,
        peer: str | None = None, against: Measured | None = None,
    ) -> Row:  # fmt: skip
        """The median as a row; `at_most` is the goal, `against` the peer's own measurement."""
        return Row(
            bench=bench,
            metric=metric,
            value=self.median,
            unit=unit,
            spread=f"{self.spread} (n={len(self.values)})",
            peer=peer,
            peer_value=against.median if against else None,
            ratio=self.median / against.median if against and against.median else None,
            goal=None if at_most is None else f"<= {at_most:g}",
            holds=None if at_most is None else self.median <= at_most,
        )


def goal(
    bench: str, metric: str, value: float, unit: str, *, at_most: float | None = None, at_least: float | None = None,
    spread: str = "",
) -> Row:  # fmt: skip
    """A row of one value that is no median, with its goal."""
    if at_most is not None:
        text, holds = f"<= {at_most:g}", value <= at_most
    elif at_least is not None:
        text, holds = f">= {at_least:g}", value >= at_least
    else:
        return Row(bench=bench, metric=metric, value=value, unit=unit, spread=spread)
    return Row(bench=bench, metric=metric, value=value, unit=unit, spread=spread, goal=text, holds=holds)


def timed(work: Callable[[], object], times: int, *, warm: int = 0) -> Measured:
    """How many milliseconds each of `times` calls of `work` took, after `warm` unmeasured ones."""
    for _ in range(warm):
        work()
    values = []
    for _ in range(times):
        begun = time.perf_counter()
        work()
        values.append((time.perf_counter() - begun) * 1000)
    return Measured(values)
