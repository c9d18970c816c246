"""`python -m infra.costs`: the bill and the limits of the three profiles, and the model; `--write` into docs/."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from infra.costs.bill import bill, completes, read_prices
from infra.costs.capacity import PEAK, limits
from infra.costs.plot import chart
from infra.costs.simulation import Seen, simulate
from infra.costs.work import Work
from infra.profile import LARGE, PROFILES

DOCS = Path(__file__).resolve().parents[2] / "docs"
AGENTS = (1_000, 3_000, 10_000, 30_000, 100_000)
AGENTS_A_CELL = 500
BEGIN, END = "<!-- computed: begin -->", "<!-- computed: end -->"


def tables(seen: list[Seen]) -> Iterator[str]:
    work, prices = Work(), read_prices()
    checked = "checked" if prices["checked_against_the_pages"] else "**not checked against the price pages**"
    yield f"Prices as of {prices['as_of']}, {prices['region']}, {checked}.\n"
    bills = {name: bill(profile, prices, work) for name, profile in PROFILES.items()}
    yield "| dollars a month | " + " | ".join(f"{name} ({p.agents:,} agents)" for name, p in PROFILES.items()) + " |"
    yield "|---|" + "---:|" * len(bills)
    for item in next(iter(bills.values())):
        yield f"| {item} | " + " | ".join(f"{found[item]:,.0f}" for found in bills.values()) + " |"
    totals = {name: sum(found.values()) for name, found in bills.items()}
    yield "| **together** | " + " | ".join(f"**{total:,.0f}**" for total in totals.values()) + " |"
    thousand = {name: totals[name] / completes(profile, work) * 1000 for name, profile in PROFILES.items()}
    yield "| **1,000 completed interviews** | " + " | ".join(f"**{cost:.2f}**" for cost in thousand.values()) + " |"
    yield f"\nAt the peak ({PEAK:g} times the mean), as a share of what there is:\n"
    yield "| limit | where it comes from | " + " | ".join(PROFILES) + " |"
    yield "|---|---|" + "---:|" * len(PROFILES)
    for row in zip(*(limits(profile, work) for profile in PROFILES.values()), strict=True):
        cells = " | ".join(f"{one.needed:,.1f} of {one.available:,.0f} ({one.share:.0%})" for one in row)
        yield f"| {row[0].what} | {row[0].source} | {cells} |"
    yield f"\nThe model: cells of {AGENTS_A_CELL} agents, concurrency {LARGE.business_concurrency} each.\n"
    yield "| agents | cells | requests a second | p50 ms | p95 ms | p99 ms | refused | workers busy |"
    yield "|---:|---:|---:|---:|---:|---:|---:|---:|"
    for one in seen:
        yield (
            f"| {one.agents:,} | {one.cells:,} | {one.requests_a_second:,.0f} | {one.median:.1f} | {one.p95:.1f} | "
            f"{one.p99:.1f} | {one.refused:.2%} | {one.busy:.1%} |"
        )


def main() -> None:
    work = Work()
    seen = [simulate(agents, -(-agents // AGENTS_A_CELL), LARGE.business_concurrency, work) for agents in AGENTS]
    text = "\n".join(tables(seen)) + "\n"
    if "--write" not in sys.argv:
        print(text)
        return
    page = DOCS / "costs.md"
    before, _, rest = page.read_text(encoding="utf-8").partition(BEGIN)
    page.write_text(f"{before}{BEGIN}\n{text}{END}{rest.partition(END)[2]}", encoding="utf-8")
    (DOCS / "pictures" / "model-cells.svg").write_text(chart(
        "A model: cells needed, requests", "agents at work", "number",
        {"requests a second": [(one.agents, one.requests_a_second) for one in seen],
         "cells of 500 agents": [(one.agents, one.cells) for one in seen],
         "API's default limit": [(one.agents, 10_000) for one in seen]}), encoding="utf-8")  # fmt: skip
    crowded = [simulate(agents, 1, LARGE.business_concurrency, work, seconds=6) for agents in (*AGENTS, 200_000)]
    (DOCS / "pictures" / "model-one-cell.svg").write_text(chart(
        "A model: one cell with more and more agents", "agents in one cell", "ms from call to answer",
        {"p99": [(one.agents, one.p99) for one in crowded],
         "p50": [(one.agents, one.median) for one in crowded]}), encoding="utf-8")  # fmt: skip


if __name__ == "__main__":
    main()
