"""The clock of one machine: `waihu upkeep` when the cloud starts and once a day, as EventBridge has it done on AWS."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path

from local.layout import CHECKOUT

DAY_SECONDS = 24 * 3600.0
MOST_SECONDS = 600.0


class Upkeep:
    """Runs the command in a process of its own, from a thread; `stop()` returns when neither is left."""

    def __init__(self, environment: Mapping[str, str], log: Path, every_seconds: float = DAY_SECONDS) -> None:
        self._environment = {**os.environ, **environment, "PYTHONPATH": str(CHECKOUT)}
        self._log = log
        self._every = every_seconds
        self._stopping = threading.Event()
        self._running: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._run, daemon=True, name="upkeep")
        self.done = threading.Event()
        """It has run to its end at least once."""

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        with self._lock:
            if self._running is not None:
                self._running.kill()
        if self._thread.is_alive():
            self._thread.join(timeout=10)

    def _run(self) -> None:
        while True:
            self._once()
            self.done.set()
            if self._stopping.wait(self._every):
                return

    def _once(self) -> None:
        """What it said is added to the log; a run that fails is not repeated before its time."""
        with self._log.open("ab") as log:
            with self._lock:
                if self._stopping.is_set():
                    return
                self._running = subprocess.Popen(
                    [sys.executable, "-m", "admin", "upkeep"],
                    cwd=CHECKOUT, env=self._environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                )  # fmt: skip
            try:
                self._running.wait(MOST_SECONDS)
            except subprocess.TimeoutExpired:
                self._running.kill()
                self._running.wait()
