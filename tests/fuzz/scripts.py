"""Throw broken and hostile scripts at the checker, in a process with little memory; by hand.

python -m tests.fuzz.scripts --runs 20000              # mutations of the shipped campaigns, each from its seed
python -m tests.fuzz.scripts --runs 20000 --guided     # bytes chosen by coverage, with atheris (PyPI)

Stops at the first script that makes the check raise, takes more than `--most-seconds` of processor time, or more memory
than the process may have. At the end it says which seed was the slowest.
"""

from __future__ import annotations

import argparse
import importlib
import resource
import sys
import tempfile
import time
from pathlib import Path

MEMORY = 1024 * 1024 * 1024
"""Bytes of address space; libraries take a third of it."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=1_000)
    parser.add_argument("--first", type=int, default=0, help="first seed")
    parser.add_argument("--most-seconds", type=float, default=2.0, help="of processor time, for one script")
    parser.add_argument("--guided", action="store_true", help="let atheris choose")
    given = parser.parse_args()
    if given.guided:
        guided(given.runs)
    else:
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        mutated(range(given.first, given.first + given.runs), given.most_seconds)


def mutated(seeds: range, most_seconds: float) -> None:
    from tests.callscript.checker.test_hostile import attempt

    slowest = (0.0, -1)
    for seed in seeds:
        begun = time.process_time()
        try:
            attempt(seed)
        except BaseException:
            print(f"seed {seed}", file=sys.stderr)
            raise
        took = time.process_time() - begun
        slowest = max(slowest, (took, seed))
        if took > most_seconds:
            sys.exit(f"seed {seed} took {took:.2f} s")
    print(f"{len(seeds)} scripts; the slowest, seed {slowest[1]}, took {slowest[0] * 1000:.0f} ms")


def guided(runs: int) -> None:
    """Each input is the whole of a local.xml beside the pack that ships.

    Nothing of ours may be imported before atheris instruments it.
    """
    atheris = importlib.import_module("atheris")

    with atheris.instrument_imports(include=["callscript"]):
        from callscript.checker import check_files
        from tests.callscript.scripts import shipped
    files = shipped("reminder")

    def one(data: bytes) -> None:
        for problem in check_files({**files, "local.xml": data}).problems:
            assert problem.what("zh")
            assert problem.code != "schema-disagrees"

    with tempfile.TemporaryDirectory() as corpus:
        (Path(corpus) / "reminder").write_bytes(files["local.xml"])
        options = (f"-atheris_runs={runs}", "-max_len=20000", "-rss_limit_mb=1024")
        atheris.Setup([sys.argv[0], *options, corpus], one)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
