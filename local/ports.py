"""Free ports on loopback, the same ones again at the next start where nobody has taken them."""

from __future__ import annotations

import json
import socket
from pathlib import Path

from local.private_file import write_private

HOST = "127.0.0.1"


class Ports:
    """Ports by purpose, remembered in `file` (None: never remembered, always new ones)."""

    def __init__(self, file: Path | None) -> None:
        self._file = file
        self._chosen: dict[str, int] = {}
        if file is not None and file.exists():
            try:
                self._chosen = {str(name): int(port) for name, port in json.loads(file.read_text()).items()}
            except (ValueError, AttributeError, TypeError):
                self._chosen = {}  # a broken memory costs new numbers, no more

    def take(self, purpose: str, prefer: int | None = None) -> int:
        """The port of `purpose`: the last one, else `prefer`, else any free one."""
        for port in (self._chosen.get(purpose), prefer):
            if port and port not in self._taken_by_others(purpose) and is_free(port):
                return self._remember(purpose, port)
        return self._remember(purpose, free_port())

    def _taken_by_others(self, purpose: str) -> set[int]:
        return {port for name, port in self._chosen.items() if name != purpose}

    def _remember(self, purpose: str, port: int) -> int:
        if self._chosen.get(purpose) != port:
            self._chosen[purpose] = port
            if self._file is not None:
                write_private(self._file, json.dumps(self._chosen, indent=1) + "\n")
        return port


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        # As servers do: a port whose last connections are still in TIME_WAIT is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        return True


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port
