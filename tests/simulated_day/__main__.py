"""The whole day, by hand: `python -m tests.simulated_day [--agents 300] [--contacts 20000] [--seed 1]`."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
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
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="waihu-day-") as folder:
        Path(folder).chmod(0o755)
        with running_server(Path(folder) / "data") as server, clone(server) as database:
            result = play(database, agents=given.agents, contacts=given.contacts, seed=given.seed, hours=given.hours)
            played = time.monotonic()
            print(result.summary(), file=sys.stderr)
            unexplained = result.unexplained()
    print(f"stories told by trace: {len(result.left.cases)}, faults in them: {len(unexplained)}", file=sys.stderr)
    minutes = (played - begun) / 60, (time.monotonic() - played) / 60
    print("{:.1f} minutes to play the day, {:.1f} to read the stories".format(*minutes), file=sys.stderr)
    for each in (*result.broken[:50], *unexplained[:50]):
        print(f"BROKEN {each}", file=sys.stderr)
    return int(bool(result.broken or unexplained))


if __name__ == "__main__":
    sys.exit(main())
