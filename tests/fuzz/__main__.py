"""Throw broken and hostile things at the language, in a process with little memory; by hand.

python -m tests.fuzz --runs 20000                      # scripts, mutated and made up, each from its seed
python -m tests.fuzz --what expressions --runs 100000  # likewise expressions, events, states
python -m tests.fuzz --what hostile                    # scripts made to be slow, the cost of each
python -m tests.fuzz --seconds 1200 --guided           # scripts chosen by coverage, with atheris (PyPI)

Says at the end how many were tried, which seed was the slowest, which took more than `--most-ms` of processor time, and
which raised. The exit code is 1 if any did either.
"""

from __future__ import annotations

import argparse
import gc
import importlib
import resource
import signal
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field

WHAT = ("scripts", "expressions", "events", "states", "hostile")
MEMORY = 1024 * 1024 * 1024
"""Bytes of address space; libraries take a third of it."""
HANGS = 20
"""Seconds of processor time after which a run is given up."""


@dataclass
class Tally:
    """What came of the runs so far."""

    most_ms: float
    runs: int = 0
    slowest: tuple[float, int] = (0.0, -1)
    slow: list[tuple[float, int]] = field(default_factory=list)
    raised: list[int] = field(default_factory=list)

    def run(self, attempt: Callable[[int], None], seed: int) -> None:
        signal.setitimer(signal.ITIMER_PROF, HANGS)
        begun = time.process_time()
        try:
            attempt(seed)
        except (Exception, RecursionError):
            self.raised.append(seed)
            print(f"seed {seed} raised:\n{traceback.format_exc()}", file=sys.stderr, flush=True)
        took = (time.process_time() - begun) * 1000
        signal.setitimer(signal.ITIMER_PROF, 0)
        self.runs += 1
        self.slowest = max(self.slowest, (took, seed))
        if took > self.most_ms:
            self.slow.append((took, seed))

    def __str__(self) -> str:
        told = f"{self.runs} runs; the slowest, seed {self.slowest[1]}, took {self.slowest[0]:.0f} ms"
        slow = ", ".join(f"seed {seed} {took:.0f} ms" for took, seed in sorted(self.slow, reverse=True)[:20])
        return f"{told}; {len(self.slow)} over {self.most_ms:.0f} ms ({slow or '-'}); {len(self.raised)} raised " + str(
            self.raised[:20]
        )


class Hung(Exception):
    """A run took `HANGS` seconds."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--what", choices=WHAT, default="scripts")
    parser.add_argument("--runs", type=int, default=1_000)
    parser.add_argument("--first", type=int, default=0, help="first seed")
    parser.add_argument("--most-ms", type=float, default=250, help="of processor time, for one run")
    parser.add_argument("--guided", action="store_true", help="let atheris choose scripts")
    parser.add_argument("--seconds", type=int, default=0, help="how long atheris goes on, instead of --runs")
    given = parser.parse_args()
    if given.guided:
        from tests.fuzz.guided import guided

        guided(given.runs, given.seconds, given.most_ms)
    elif given.what == "hostile":
        sys.exit(1 if hostile(given.most_ms) else 0)
    else:
        sys.exit(run(given.what, range(given.first, given.first + given.runs), given.most_ms))


def hostile(most_ms: float) -> int:
    """Check each; how many took more than `most_ms`."""
    from callscript.checker import check_files
    from tests.callscript.scripts import shipped
    from tests.fuzz.hostile import HOSTILE

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    check_files(shipped("csat"))
    slow = 0
    for name, make in HOSTILE.items():
        files, took = make(), []
        for _ in range(3):
            begun = time.process_time()
            codes = sorted({problem.code for problem in check_files(files).problems})
            took.append((time.process_time() - begun) * 1000)
        size = sum(len(data) for data in files.values()) / 1024
        print(f"{min(took):6.0f} ms  {size:6.0f} KB  {name}: {', '.join(codes) or 'clean'}", flush=True)
        slow += min(took) > most_ms
    print(f"{len(HOSTILE)} scripts; {slow} over {most_ms:.0f} ms (each the best of three, of processor time)")
    return slow


def run(what: str, seeds: range, most_ms: float) -> int:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    signal.signal(signal.SIGPROF, _hung)
    attempt: Callable[[int], None] = importlib.import_module(f"tests.fuzz.{what}").attempt
    for seed in range(20):  # imports are no part of what is timed
        attempt(-seed - 1)
    gc.collect()
    gc.freeze()
    tally = Tally(most_ms)
    for seed in seeds:
        tally.run(attempt, seed)
        if tally.runs % 5_000 == 0:
            print(f"{what}: {tally}", flush=True)
    print(f"{what}, seeds {seeds.start} to {seeds.stop - 1}: {tally}")
    return 1 if tally.slow or tally.raised else 0


def _hung(*_: object) -> None:
    raise Hung


if __name__ == "__main__":
    main()
