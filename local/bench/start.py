"""Start-up and stop of everything on one machine, from an empty data folder and again, until the page answers."""

from __future__ import annotations

import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from local.bench.row import Measured, Row
from local.endpoints import read_endpoints
from local.layout import CHECKOUT, Layout

FIRST_GOAL, NEXT_GOAL = 60.0, 10.0
STOP_GOAL = 10.0
LONGEST_SECONDS = 120.0
NEXT_STARTS = 3


def rows() -> Iterator[Row]:
    with tempfile.TemporaryDirectory(prefix="waihu-bench-") as folder:
        data = Path(folder) / "data"
        first, first_stop = _start_and_stop(data)
        yield Measured([first]).row("start", "first start to a usable page", "s", at_most=FIRST_GOAL)
        again = [_start_and_stop(data) for _ in range(NEXT_STARTS)]
        yield Measured([up for up, _ in again]).row("start", "next start to a usable page", "s", at_most=NEXT_GOAL)
        stops = [first_stop, *(down for _, down in again)]
        yield Measured(stops).row("start", "stop", "s", at_most=STOP_GOAL)


def _start_and_stop(data: Path) -> tuple[float, float]:
    """Seconds until the sign-in page is served, and until everything has ended."""
    begun = time.perf_counter()
    process = subprocess.Popen(  # noqa: S603 - ourselves
        [sys.executable, "-m", "local", "--data", str(data)],
        cwd=CHECKOUT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    try:
        while not _serves(data):
            if process.poll() is not None:
                raise RuntimeError(f"it did not start:\n{process.stdout.read() if process.stdout else ''}")
            if time.perf_counter() - begun > LONGEST_SECONDS:
                raise TimeoutError(f"no page within {LONGEST_SECONDS:g} s")
            time.sleep(0.05)
        up = time.perf_counter() - begun
    finally:
        begun = time.perf_counter()
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
    return up, time.perf_counter() - begun


def _serves(data: Path) -> bool:
    told = read_endpoints(Layout(data).cloud)
    if not told or not told.get("ready"):
        return False
    try:
        with urllib.request.urlopen(f"{told['app_url']}/signin", timeout=5) as page:  # noqa: S310 - our own address
            return bool(page.status == 200)
    except (urllib.error.URLError, OSError):
        return False
