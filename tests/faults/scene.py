"""What a fault has in its hands: the cloud, the agents' processes, their records; and how it waits for events."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from local.layout import CHECKOUT
from local.reaper import Reaper
from tests.faults.agents import Orders
from tests.faults.house import CLOCK_FOLDER, FaultCloud
from tests.faults.ledger import Reading, Sent
from tests.faults.pg_link import PgProxy, Rule

FIRING_SECONDS = 120.0
"""A fault that has not fired by then fails the run."""
_PAUSE = 0.01


class NeverFired(Exception):
    """The fault did not happen; the text says what was waited for."""


@dataclass
class AgentProcess:
    """One process of agents, with a store, a record and a clock of its own."""

    orders: Orders
    environment: dict[str, str]
    reaper: Reaper
    process: subprocess.Popen[bytes] | None = None

    @property
    def folder(self) -> Path:
        return Path(self.orders.folder)

    @property
    def store(self) -> Path:
        return self.folder / "store.sqlite"

    @property
    def clock(self) -> Path:
        return self.folder / "clock"

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    def start(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        if not self.clock.exists():
            FaultCloud.set_clock(self.clock, 0)
        file = self.folder / "orders.json"
        file.write_bytes(msgspec.json.encode(self.orders))
        more = {"PYTHONPATH": f"{CLOCK_FOLDER}:{CHECKOUT}", "FAULT_CLOCK": str(self.clock)}
        with (self.folder / "agents.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.faults.agents", str(file)],
                stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, cwd=CHECKOUT,
                env={**os.environ, **self.environment, **more},
            )  # fmt: skip
        self.reaper.watch(self.process.pid, signal.SIGKILL)

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.reaper.forget(self.process.pid)

    def start_again(self) -> None:
        self.orders = msgspec.structs.replace(self.orders, life=self.orders.life + 1)
        self.start()

    def where(self) -> str:
        """Its threads' stacks, for whoever wonders what it waits for."""
        self.signal(signal.SIGUSR1)
        time.sleep(2)
        return (self.folder / "agents.log").read_text(errors="replace")[-3000:]

    def signal(self, number: signal.Signals) -> None:
        os.kill(self.pid, number)


@dataclass
class Scene:
    """Everything that a fault may touch."""

    cloud: FaultCloud
    processes: list[AgentProcess]
    reading: Reading
    dice: random.Random
    agents: int
    brisk: bool
    """Short holds: for the run that has little time."""
    expired: set[tuple[str, int]] = field(default_factory=set)
    oddities: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    """What a reader of the result should know, such as which way a disk was filled."""

    def hold(self, least: float, most: float) -> None:
        """How long the fault lasts."""
        drawn = self.dice.uniform(least, most)
        time.sleep(least if self.brisk else drawn)

    def until(self, ready: Callable[[], bool], what: str, seconds: float = FIRING_SECONDS) -> None:
        """Waits for an event.

        Raises:
            NeverFired: it did not come.
        """
        limit = time.monotonic() + seconds
        while not ready():
            if time.monotonic() > limit:
                raise NeverFired(what)
            time.sleep(_PAUSE)

    def accepted_since(self, at: float, agents: set[str] | None = None) -> int:
        """How many calls (of these agents) were accepted by the server since."""
        self.reading.look()
        return sum(
            isinstance(entry, Sent) and entry.ok and entry.at > at and (agents is None or entry.agent in agents)
            for entry in reversed(self.reading.entries[-4000:])
        )

    def logged_since(self, position: int, *codes: str) -> int:
        """Log lines of functions from `position` on whose code or SQLSTATE is one of `codes`."""
        return sum(line.get("code") in codes or line.get("sqlstate") in codes for line in self.cloud.lines[position:])

    def log_position(self) -> int:
        return len(self.cloud.lines)

    @contextlib.contextmanager
    def rule(self, proxy: PgProxy, rule: Rule) -> Iterator[None]:
        """`rule` judges every message through `proxy` meanwhile."""
        proxy.rule = rule
        try:
            yield
        finally:
            proxy.rule = None

    def worker_of(self, port: int) -> int | None:
        return self.cloud.worker_of(port)
