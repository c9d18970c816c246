"""`python -m infra.costs`: the bill and the limits of the three profiles, and the model; `--write` into docs/."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from infra.costs.bill import SECTIONS, bill, completes, read_prices
from infra.costs.capacity import PEAK, limits
from infra.costs.measured import measured
from infra.costs.plot import chart
from infra.costs.simulation import Cell, Seen, simulate
from infra.costs.work import Work
from infra.profile import LARGE, PROFILES

DOCS = Path(__file__).resolve().parents[2] / "docs"
SIZES = (250, 500, 1_000, 1_500, 2_000, 2_500)
"""Agents in one cell."""
TOGETHER = (10_000, 100_000)
AWAY = (20.0, 80.0)
BEGIN, END = "<!-- computed: begin -->", "<!-- computed: end -->"


def cell(agents: int, away: tuple[float, float] = (0.0, 0.0)) -> Cell:
    """A cell of the large profile in its busiest minutes."""
    return Cell(agents=agents, concurrency=LARGE.business_concurrency, burst=PEAK, away=away)


def tables(seen: dict[int, Seen]) -> Iterator[str]:
    yield from _bills()
    yield from _limits()
    yield (
        f"\nThe model: one cell of the large profile (concurrency {LARGE.business_concurrency}, 2 processors), "
        f"everybody at {PEAK:g} times the mean, times as measured on {measured()['as_of']}.\n"
    )
    wanted = " | ".join(f"cells for {agents:,}" for agents in TOGETHER)
    columns = ("calls a second", "p50 ms", "p95 ms", "p99 ms", "turned away", "functions busy", "database busy")
    yield f"| agents in a cell | {wanted} | {' | '.join(columns)} |"
    yield "|---:|" + "---:|" * (len(TOGETHER) + 7)
    for agents, one in seen.items():
        cells = " | ".join(f"{-(-whole // agents):,}" for whole in TOGETHER)
        yield (
            f"| {agents:,} | {cells} | {one.calls_a_second:,.0f} | {one.median:.1f} | {one.p95:.1f} | {one.p99:.1f} | "
            f"{one.turned_away:.2%} | {one.functions_busy:.1%} | {one.database_busy:.0%} |"
        )


def _bills() -> Iterator[str]:
    work, prices = Work(), read_prices()
    yield f"Prices written down on {prices['as_of']}, {prices['region']}; † from memory: no page can be named for it.\n"
    bills = {name: bill(profile, prices, work) for name, profile in PROFILES.items()}
    yield "| dollars a month | " + " | ".join(f"{name} ({p.agents:,} agents)" for name, p in PROFILES.items()) + " |"
    yield "|---|" + "---:|" * len(bills)
    for item in next(iter(bills.values())):
        mark = "" if all(prices[section]["seen"] for section in SECTIONS[item]) else " †"
        yield f"| {item}{mark} | " + " | ".join(f"{found[item]:,.0f}" for found in bills.values()) + " |"
    totals = {name: sum(found.values()) for name, found in bills.items()}
    yield "| **together** | " + " | ".join(f"**{total:,.0f}**" for total in totals.values()) + " |"
    thousand = {name: totals[name] / completes(profile, work) * 1000 for name, profile in PROFILES.items()}
    yield "| **1,000 completed interviews** | " + " | ".join(f"**{cost:.2f}**" for cost in thousand.values()) + " |"
    yield "\n| prices of | held against (and its day) |"
    yield "|---|---|"
    for section in sorted({section for sections in SECTIONS.values() for section in sections}):
        yield f"| {section} | {prices[section]['seen'] or '† nothing yet'} |"


def _limits() -> Iterator[str]:
    work = Work()
    yield f"\nAt the peak ({PEAK:g} times the mean), as a share of what there is:\n"
    yield "| limit | where it comes from | " + " | ".join(PROFILES) + " |"
    yield "|---|---|" + "---:|" * len(PROFILES)
    for row in zip(*(limits(profile, work) for profile in PROFILES.values()), strict=True):
        cells = " | ".join(f"{one.needed:,.1f} of {one.available:,.0f} ({one.share:.0%})" for one in row)
        yield f"| {row[0].what} | {row[0].source} | {cells} |"
    yield (
        "\n¹ docs.aws.amazon.com/apigateway/latest/developerguide/limits.html, read on 2026-11-23; 2,500 in some "
        "regions. ² From memory; see Service Quotas of the account.\n"
    )


def run() -> dict[int, Seen]:
    """The cells of the table."""
    return {agents: simulate(cell(agents), Work()) for agents in SIZES}


def main() -> None:
    seen = run()
    text = "\n".join(tables(seen)) + "\n"
    if "--write" not in sys.argv:
        print(text)
        return
    page = DOCS / "costs.md"
    before, _, rest = page.read_text(encoding="utf-8").partition(BEGIN)
    page.write_text(f"{before}{BEGIN}\n{text}{END}{rest.partition(END)[2]}", encoding="utf-8")
    pictures = DOCS / "pictures"
    lines = {
        "p99": [(agents, one.p99) for agents, one in seen.items()],
        "p50": [(agents, one.median) for agents, one in seen.items()],
        "database busy, %": [(agents, one.database_busy * 100) for agents, one in seen.items()],
    }
    crowded = chart("A model: one cell in its busiest minutes", "agents in the cell", "ms from call to answer", lines)
    (pictures / "model-one-cell.svg").write_text(crowded, encoding="utf-8")
    away = {agents: simulate(cell(agents, AWAY), Work(), seconds=140.0) for agents in (500, 1_000, 1_500)}
    waiting = {f"{agents:,} agents": one.waiting for agents, one in away.items()}
    title = f"A model: the database away for {AWAY[1] - AWAY[0]:.0f} seconds"
    back = chart(title, "seconds", "calls that wait", waiting, logarithmic=False)
    (pictures / "model-away.svg").write_text(back, encoding="utf-8")


if __name__ == "__main__":
    main()
