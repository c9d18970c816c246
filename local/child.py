"""A program that belongs to the cloud: started with its output in a log file, waited for, watched, ended."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from local.layout import CHECKOUT
from local.reaper import Reaper

STOP_SECONDS = 8.0


class ChildFailed(Exception):
    """A part did not start; the text holds what it said last."""


class Child:
    """One program. `start()`, `wait_until(ready)`, `stop()`; `on_exit` is called when it ends unasked."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        *,
        log: Path,
        reaper: Reaper,
        environment: Mapping[str, str] | None = None,
        user: int | None = None,
        on_exit: Callable[[str, int], None] | None = None,
    ) -> None:
        self.name = name
        self._command = list(command)
        self._log = log
        self._reaper = reaper
        self._environment = {**os.environ, **(environment or {})}
        self._user = user
        self._on_exit = on_exit
        self._process: subprocess.Popen[bytes] | None = None
        self._stopping = False

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process is not None and self._process.poll() is None else None

    def start(self) -> None:
        self._log.parent.mkdir(parents=True, exist_ok=True)
        self._stopping = False
        identity: dict[str, Any] = {} if self._user is None else {"user": self._user, "extra_groups": []}
        with self._log.open("ab") as output:
            self._process = subprocess.Popen(  # noqa: S603 - our own programs, no shell
                self._command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=CHECKOUT,
                env=self._environment,
                # A session of its own: Ctrl-C in the terminal reaches the cloud alone, which ends its parts in order.
                start_new_session=True,
                **identity,
            )
        self._reaper.watch(self._process.pid)
        threading.Thread(target=self._watch, args=(self._process,), daemon=True, name=f"watch-{self.name}").start()

    def wait_until(self, ready: Callable[[], bool], seconds: float = 30.0) -> None:
        """Returns when `ready()` holds.

        Raises:
            ChildFailed: if the program ends first, or `seconds` pass.
        """
        limit = time.monotonic() + seconds
        while not ready():
            if self.pid is None:
                raise ChildFailed(f"{self.name} ended while it started.\n{self.log_end()}")
            if time.monotonic() > limit:
                raise ChildFailed(f"{self.name} was not ready within {seconds:.0f} s.\n{self.log_end()}")
            time.sleep(0.02)

    def stop(self, seconds: float = STOP_SECONDS) -> None:
        """SIGTERM, and SIGKILL to its whole group after `seconds`; nothing of it runs when this returns."""
        process = self._process
        if process is None:
            return
        self._stopping = True
        if process.poll() is None:
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(seconds)
        self._kill_group(process)

    def kill(self) -> None:
        """kill -9, as a crash; it is not reported, since it was asked for."""
        process = self._process
        if process is not None:
            self._stopping = True
            self._kill_group(process)

    def log_end(self, lines: int = 20) -> str:
        try:
            return "\n".join(self._log.read_text(errors="replace").splitlines()[-lines:])
        except OSError:
            return ""

    def _kill_group(self, process: subprocess.Popen[bytes]) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        self._reaper.forget(process.pid)

    def _watch(self, process: subprocess.Popen[bytes]) -> None:
        code = process.wait()
        if not self._stopping and self._on_exit is not None:
            self._on_exit(self.name, code)
