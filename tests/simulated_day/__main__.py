"""The whole day, by hand: `python -m tests.simulated_day [--agents 300] [--contacts 20000] [--seed 1]`."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from tests.harness.fresh_database import clone, running_server
from tests.simulated_day.running import play


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.simulated_day")
    parser.add_argument("--agents", type=int, default=300)
    parser.add_argument("--contacts", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--hours", type=float, default=24.0)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="waihu-day-") as folder:
        Path(folder).chmod(0o755)
        with running_server(Path(folder) / "data") as server, clone(server) as database:
            result = play(database, agents=given.agents, contacts=given.contacts, seed=given.seed, hours=given.hours)
            told = result.stories()
    print(result.summary(), file=sys.stderr)
    print(f"stories told by trace: {told} of {len(result.left.cases)}", file=sys.stderr)
    for each in result.broken[:50]:
        print(f"BROKEN {each}", file=sys.stderr)
    return int(bool(result.broken))


if __name__ == "__main__":
    sys.exit(main())
