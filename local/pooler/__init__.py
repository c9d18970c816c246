"""The transaction pooler between functions and database, in the place that RDS Proxy has on AWS.

PgBouncer where it is installed, otherwise the built-in one, which also follows RDS Proxy's rules on pinning.
"""

from __future__ import annotations

import dataclasses
import json
import shutil
import socket
import sys
from collections.abc import Callable
from pathlib import Path

from local.child import Child
from local.pooler import pgbouncer
from local.pooler.config import PoolerConfig
from local.private_file import write_private
from local.reaper import Reaper

__all__ = ["Pooler", "PoolerConfig"]


class Pooler:
    """One pooler, running as a process of its own; `kind` is `pgbouncer` or `built-in`."""

    def __init__(
        self,
        config: PoolerConfig,
        *,
        folder: Path,
        log: Path,
        reaper: Reaper,
        kind: str | None = None,
        on_exit: Callable[[str, int], None] | None = None,
    ) -> None:
        self.config = config
        program = pgbouncer.find() if kind in {None, "pgbouncer"} else None
        if kind == "pgbouncer" and program is None:
            raise FileNotFoundError("pgbouncer is not installed")
        self.kind = "pgbouncer" if program else "built-in"
        self._scratch: Path | None = None
        user = None
        if program:
            prepared = pgbouncer.prepare(program, config)
            command, user, self._scratch = list(prepared.command), prepared.user, prepared.folder
        else:
            settings = folder / "pooler.json"
            write_private(settings, json.dumps(dataclasses.asdict(config)))
            command = [sys.executable, "-m", "local.pooler", str(settings)]
        self._child = Child("pooler", command, log=log, reaper=reaper, user=user, on_exit=on_exit)

    @property
    def pid(self) -> int | None:
        return self._child.pid

    def start(self) -> None:
        self._child.start()
        self._child.wait_until(self._listens)

    def stop(self) -> None:
        self._child.stop()

    def close(self) -> None:
        """Stopped for good: what was written for it is removed."""
        self.stop()
        if self._scratch is not None:
            shutil.rmtree(self._scratch, ignore_errors=True)

    def _listens(self) -> bool:
        try:
            with socket.create_connection((self.config.host, self.config.port), timeout=1):
                return True
        except OSError:
            return False
