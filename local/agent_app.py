"""The agents' app as a process of its own, under uvicorn."""

from __future__ import annotations

import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from pathlib import Path

from local.child import Child
from local.ports import HOST
from local.reaper import Reaper

HEALTH_PATH = "/healthz"


class AgentApp:
    """`start()`, `wait()` until it serves pages, `stop()`, `kill()`."""

    def __init__(
        self,
        port: int,
        environment: Mapping[str, str],
        *,
        log: Path,
        reaper: Reaper,
        on_exit: Callable[[str, int], None] | None = None,
    ) -> None:
        self.url = f"http://{HOST}:{port}"
        command = [
            sys.executable, "-m", "uvicorn", "agent_app.server:app", "--host", HOST, "--port", str(port),
            "--log-level", "warning", "--no-access-log", "--timeout-graceful-shutdown", "2",
            "--ws-per-message-deflate", "false",
        ]  # fmt: skip
        self._child = Child("agents' app", command, log=log, reaper=reaper, environment=environment, on_exit=on_exit)

    @property
    def pid(self) -> int | None:
        return self._child.pid

    def start(self) -> None:
        self._child.start()

    def wait(self) -> None:
        self._child.wait_until(self._serves, seconds=60)

    def stop(self) -> None:
        self._child.stop()

    def kill(self) -> None:
        """kill -9, as a crashed machine would."""
        self._child.kill()

    def _serves(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}{HEALTH_PATH}", timeout=5):  # noqa: S310 - our own address
                return True
        except (urllib.error.URLError, OSError):
            return False
