"""Attacks the whole local cloud with every fault, seed by seed, and judges what was stored.

python -m tests.faults                                  # one seed, every fault
python -m tests.faults --seeds 25 --answers 100000      # the long run; --together 5 puts five seeds on one cloud
python -m tests.faults --seed 17                        # that seed again: the same faults, drawn the same way
python -m tests.faults --faults "disk full,S3 down"     # these alone
Ends with 0 if nothing was lost, doubled, doubly owned, in disagreement or unnamed, and every fault fired.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from local.layout import CHECKOUT
from tests.faults.seed import FAULTS, Outcome, Wishes

SEED_SECONDS = 900.0
COUNTED = (
    "lost",
    "doubled",
    "doubly owned",
    "disagreement",
    "unnamed failure",
    "no progress",
    "never fired",
    "trouble",
)


def run_seeds(wishes: Wishes, tell: Callable[[str], None] = lambda _: None) -> Outcome:
    """Seeds of one cloud, in a process of its own; never raises for what goes wrong in it."""
    with tempfile.TemporaryDirectory(prefix="waihu-seed-") as folder:
        asked, answer = Path(folder) / "wishes.json", Path(folder) / "outcome.json"
        asked.write_bytes(msgspec.json.encode(wishes))
        command = [sys.executable, "-m", "tests.faults.seed", str(asked), str(answer)]
        errors = Path(folder) / "stderr"
        with (
            errors.open("wb") as sink,
            subprocess.Popen(command, cwd=CHECKOUT, stdout=subprocess.PIPE, stderr=sink, text=True) as process,
        ):
            timer = threading.Timer(SEED_SECONDS * len(wishes.seeds), process.terminate)
            timer.start()
            for line in process.stdout or ():
                tell(line.strip())
            process.wait()
            timer.cancel()
        if not answer.exists():
            said = errors.read_text(errors="replace")[-3000:]
            return Outcome(wishes.seeds, wrong={"machine": [f"it ended with {process.returncode}: {said}"]})
        return msgspec.json.decode(answer.read_bytes(), type=Outcome)


def run_all(all_wishes: Sequence[Wishes], jobs: int, console: Console, kept: Path | None) -> list[Outcome]:
    """Every cloud with its seeds, `jobs` at a time, with a bar of faults done; written to `kept` as they come."""
    done: list[Outcome] = []
    steps = sum(len(wishes.faults) * len(wishes.seeds) + 2 for wishes in all_wishes)
    columns = (
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
    )  # fmt: skip
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task("faults", total=steps)

        def one(wishes: Wishes) -> Outcome:
            def tell(what: str) -> None:
                progress.update(task, advance=1, description=f"seed {what}")

            outcome = run_seeds(wishes, tell)
            verdict = "; ".join(f"{name}: {len(what)}" for name, what in outcome.wrong.items()) or "good"
            console.print(
                f"seeds {_named(outcome):<8} {outcome.seconds:5.0f} s  {outcome.acknowledged:>6} answers"
                f"  {outcome.refused_calls:>4} refusals  {outcome.pooler:<9}  {verdict}",
                highlight=False,
            )
            for name, found in outcome.wrong.items():
                console.print(f"    {name}: {found[0][:300]}", highlight=False, markup=False, soft_wrap=True)
            done.append(outcome)
            if kept:
                kept.write_bytes(msgspec.json.format(msgspec.json.encode(done)))
            return outcome

        with ThreadPoolExecutor(jobs) as pool:
            return list(pool.map(one, all_wishes))


def _named(outcome: Outcome) -> str:
    first, last = outcome.seeds[0], outcome.seeds[-1]
    return str(first) if first == last else f"{first}-{last}"


def summary(outcomes: Sequence[Outcome], console: Console) -> None:
    """A table of faults, then totals, then whatever was wrong."""
    table = Table("fault", "seeds", "times", "median s", "recovered: median s", "worst s")
    for name in FAULTS:
        fired = [each for outcome in outcomes for each in outcome.fired if each.name == name]
        if fired:
            lasted, recovered = sorted(each.lasted for each in fired), sorted(each.recovered for each in fired)
            table.add_row(
                name, str(len({each.seed for each in fired if each.times})), str(sum(each.times for each in fired)),
                f"{lasted[len(lasted) // 2]:.2f}", f"{recovered[len(recovered) // 2]:.2f}", f"{recovered[-1]:.2f}",
            )  # fmt: skip
    console.print(table)
    for note in sorted({note for outcome in outcomes for note in outcome.notes}):
        console.print(note, highlight=False)
    console.print(
        f"{sum(len(each.seeds) for each in outcomes)} seeds, {sum(len(each.fired) for each in outcomes)} faults,"
        f" {sum(each.acknowledged for each in outcomes):,} acknowledged answers in"
        f" {sum(each.accepted_calls for each in outcomes):,} accepted calls,"
        f" {sum(each.refused_calls for each in outcomes):,} refusals on the way",
        highlight=False,
    )
    totals = {name: sum(len(each.wrong.get(name, ())) for each in outcomes) for name in COUNTED}
    console.print(", ".join(f"{name}: {count}" for name, count in totals.items()), highlight=False)
    for outcome in outcomes:
        for name, found in outcome.wrong.items():
            for what in found[:5]:
                console.print(f"seeds {_named(outcome)}, {name}: {what}", highlight=False, markup=False, soft_wrap=True)


def main(arguments: Sequence[str]) -> int:
    options = _options(arguments)
    names = [name.strip() for name in options.faults.split(",")] if options.faults else list(FAULTS)
    unknown = [name for name in names if name not in FAULTS]
    if unknown:
        print(f"There is no fault {unknown[0]!r}. There is: {', '.join(FAULTS)}.", file=sys.stderr)
        return 2
    seeds = [options.seed] if options.seed is not None else list(range(options.first, options.first + options.seeds))
    clouds = [seeds[at : at + options.together] for at in range(0, len(seeds), options.together)]
    all_wishes = [
        Wishes(
            seeds=some, faults=names, agents=options.agents, answers=-(-options.answers * len(some) // len(seeds)),
            patience=options.patience, brisk=options.brisk, contacts=options.contacts,
        )
        for some in clouds
    ]  # fmt: skip
    console = Console(width=None if sys.stdout.isatty() else 120)
    began = time.monotonic()
    outcomes = run_all(all_wishes, options.jobs, console, options.json)
    summary(outcomes, console)
    console.print(f"{time.monotonic() - began:.0f} s", highlight=False)
    return 1 if any(outcome.wrong for outcome in outcomes) else 0


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("--seeds", type=int, default=1, help="how many")
    parser.add_argument("--first", type=int, default=1, help="the first of them")
    parser.add_argument("--seed", type=int, help="this one alone")
    parser.add_argument("--answers", type=int, default=0, help="acknowledged answers to reach in all, at least")
    parser.add_argument("--faults", default="", help="names, with commas between; all unless given")
    parser.add_argument("--agents", type=int, default=10)
    parser.add_argument("--contacts", type=int, default=4000, help="cases in each seed's queue, in hundreds")
    parser.add_argument("--patience", type=float, default=5.0, help="seconds to every agent's progress after a fault")
    parser.add_argument("--brisk", action="store_true", help="hold faults as short as they go")
    parser.add_argument("--together", type=int, default=1, help="seeds on one cloud, one after the other")
    parser.add_argument("--jobs", type=int, default=1, help="clouds side by side")
    parser.add_argument("--json", type=Path, help="write outcomes here")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
