"""Ends what a cloud started when the cloud itself dies without having been able to (kill -9, out of memory).

Runs as a process of its own and reads lines from its standard input: `+ PID SIGNAL` for a process to watch over,
`- PID` for one that has ended. When the input closes, whoever wrote it is gone, and every process still on the list is
sent its signal, and SIGKILL a few seconds later. Only the standard library: it must start in milliseconds.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

GRACE_SECONDS = 5.0


class Reaper:
    """The side of the process that starts others."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - ourselves
            [sys.executable, "-I", "-S", __file__], stdin=subprocess.PIPE, start_new_session=True
        )

    def watch(self, pid: int, how: signal.Signals = signal.SIGTERM) -> None:
        self._say(f"+ {pid} {int(how)}")

    def forget(self, pid: int) -> None:
        self._say(f"- {pid}")

    def close(self) -> None:
        """Everything is known to have ended: the reaper has nothing to do."""
        self._say("done")
        stream = self._process.stdin
        if stream is not None:
            with contextlib.suppress(OSError):
                stream.close()
        self._process.wait()

    def _say(self, line: str) -> None:
        stream = self._process.stdin
        if stream is not None and not stream.closed:
            with contextlib.suppress(OSError):
                stream.write(f"{line}\n".encode())
                stream.flush()


def started_at(pid: int) -> str | None:
    """The kernel's start time of `pid`, by which a number that was given away again is told apart; None if no such."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        return None


def main() -> None:
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, signal.SIG_IGN)
    watched: dict[int, tuple[int, str | None]] = {}
    for line in sys.stdin:
        words = line.split()
        if words == ["done"]:
            return
        if words[:1] == ["+"]:
            watched[int(words[1])] = (int(words[2]), started_at(int(words[1])))
        elif words[:1] == ["-"]:
            watched.pop(int(words[1]), None)
    _end(watched)


def _end(watched: dict[int, tuple[int, str | None]]) -> None:
    def alive() -> list[int]:
        return [pid for pid, (_, begun) in watched.items() if started_at(pid) == begun is not None]

    for pid in alive():
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, watched[pid][0])
    limit = time.monotonic() + GRACE_SECONDS
    while alive() and time.monotonic() < limit:
        time.sleep(0.05)
    for pid in alive():
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


if __name__ == "__main__":
    main()
