"""`python -m local.bench [NAME …] [--quick] [--json FILE] [--markdown FILE] [--list]`, which is `./run bench`."""

from __future__ import annotations

import argparse
import importlib
import inspect
import pkgutil
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import msgspec
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

import local.bench
from local.bench import progress
from local.bench.row import Row

WIDTH = 160
"""Columns where no terminal says how many it has."""

GROUPS = {
    "language": ("expressions", "engine", "checking"),
    "business": (
        "functions", "round_trips", "transactions", "handler", "latency", "open_loop", "crowd", "two_tier",
    ),
    "desk": ("painting", "next_case", "page_sessions"),
}  # fmt: skip
"""Names for several benches at once."""

Bench = Callable[..., Iterator[Row]]
"""Called with `quick=True` it takes a shorter way, if it has such a parameter."""


def benches() -> dict[str, Bench]:
    """Every bench by its name."""
    found: dict[str, Bench] = {}
    for module in pkgutil.iter_modules(local.bench.__path__):
        if module.name.startswith("_"):
            continue
        rows = getattr(importlib.import_module(f"local.bench.{module.name}"), "rows", None)
        if rows is not None:
            found[module.name] = rows
    return found


def main(arguments: Sequence[str]) -> int:
    known = benches()
    options = _options(arguments, sorted({*known, *GROUPS}))
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = WIDTH
    if options.list:
        for name, bench in known.items():
            console.print(f"[bold]{name}[/]  {_about(bench)}")
        for name, members in GROUPS.items():
            console.print(f"[bold]{name}[/]  {', '.join(members)}")
        return 0
    names = [name for given in options.names for name in GROUPS.get(given, (given,))]
    strange = sorted(set(names) - set(known))
    if strange:
        there = ", ".join(sorted({*known, *GROUPS}))
        console.print(f"[red]There is no bench {', '.join(strange)}.[/] There is: {there}.")
        return 2
    rows: list[Row] = []
    for name in names or sorted(known):
        rows += _run(name, known[name], console, quick=options.quick)
    console.print(_table(rows))
    if options.json:
        Path(options.json).write_bytes(msgspec.json.format(msgspec.json.encode(rows), indent=1) + b"\n")
        console.print(f"{len(rows)} rows in {options.json}")
    if options.markdown:
        Path(options.markdown).write_text(_markdown(rows), encoding="utf-8")
        console.print(f"{len(rows)} rows in {options.markdown}")
    return 1 if any(row.holds is False for row in rows) else 0


def _run(name: str, bench: Bench, console: Console, *, quick: bool) -> list[Row]:
    begun = time.monotonic()
    rows: list[Row] = []
    way = {"quick": True} if quick and "quick" in inspect.signature(bench).parameters else {}
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as display:
        task = display.add_task(name, total=None)
        shown = progress.shown.set(display)
        try:
            for row in bench(**way):
                rows.append(row)
                display.update(task, description=f"{name}: {row.metric}")
                console.print(f"  [dim]{name}[/] {row.metric}: {row.value:.4g} {row.unit}")
        finally:
            progress.shown.reset(shown)
    console.print(f"[green]✓[/] {name} ({time.monotonic() - begun:.0f} s)")
    return rows


def _table(rows: Sequence[Row]) -> Table:
    table = Table(box=None, pad_edge=False)
    for title in ("bench", "metric", "value", "unit", "spread", "peer", "ratio", "goal", ""):
        table.add_column(title, justify="right" if title in {"value", "ratio"} else "left")
    for row in rows:
        peer = "" if row.peer is None else f"{row.peer} {row.peer_value:.4g}" if row.peer_value else row.peer
        mark = {True: "[green]✓[/]", False: "[bold red]✗[/]", None: ""}[row.holds]
        ratio = "" if row.ratio is None else f"{row.ratio:.2f}"
        table.add_row(
            row.bench, row.metric, f"{row.value:.4g}", row.unit, row.spread, peer, ratio, row.goal or "", mark
        )
    return table


def _markdown(rows: Sequence[Row]) -> str:
    """The table as `docs/benchmarks.md` has it."""
    lines = ["| bench | metric | median | spread | peer | ratio | goal | holds |", "|---" * 8 + "|"]
    for row in rows:
        peer = "" if row.peer is None else f"{row.peer}: {row.peer_value:.4g}" if row.peer_value else row.peer
        ratio = "" if row.ratio is None else f"{row.ratio:.2f}"
        holds = {True: "yes", False: "**no**", None: ""}[row.holds]
        value = f"{row.value:.4g} {row.unit}".strip()
        cells = (row.bench, row.metric, value, row.spread, peer, ratio, row.goal or "", holds)
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def _about(bench: Bench) -> str:
    return (sys.modules[bench.__module__].__doc__ or "").partition("\n")[0]


def _options(arguments: Sequence[str], names: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./run bench", description="Measures, and prints a table.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one of: {', '.join(names)}")
    parser.add_argument("--json", metavar="FILE", help="keep the rows")
    parser.add_argument("--markdown", metavar="FILE", help="keep them as a table of the documentation")
    parser.add_argument("--quick", action="store_true", help="shorter ways: to see that it works, not to quote")
    parser.add_argument("--list", action="store_true", help="name the benches")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
