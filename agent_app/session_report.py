"""How many browsers are connected to this process, written every minute for whoever starts and stops processes.

One line of JSON with its metrics in it (CloudWatch's Embedded Metric Format), on standard output as functions write
theirs.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send

from monitoring.metrics import DESK_SESSIONS, DIMENSIONS, SERVER_AWAY

SECONDS = 60.0
SERVICE = "desk"


class OpenSessions:
    """Counts websockets: each open page has one."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.count = 0

    def change(self, by: int) -> None:
        with self._lock:
            self.count += by


OPEN = OpenSessions()
"""Of this process."""


class CountSessions:
    """Passes everything on, and counts the websockets that are open."""

    def __init__(self, app: ASGIApp, sessions: OpenSessions = OPEN) -> None:
        self._app = app
        self._sessions = sessions

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "websocket":
            await self._app(scope, receive, send)
            return
        self._sessions.change(1)
        try:
            await self._app(scope, receive, send)
        finally:
            self._sessions.change(-1)


def report(namespace: str, *, sessions: int, server_away: bool, at: float) -> dict[str, Any]:
    """The line; `at` in seconds since 1970."""
    metrics = [{"Name": name, "Unit": "Count"} for name in (DESK_SESSIONS, SERVER_AWAY)]
    directive = {"Namespace": namespace, "Dimensions": [list(DIMENSIONS[DESK_SESSIONS])], "Metrics": metrics}
    return {
        "message": "sessions",
        "service": SERVICE,
        DESK_SESSIONS: sessions,
        SERVER_AWAY: int(server_away),
        "_aws": {"Timestamp": int(at * 1000), "CloudWatchMetrics": [directive]},
    }


def keep_reporting(namespace: str, server_away: Callable[[], bool], stopped: threading.Event) -> None:
    """Writes the line every minute until `stopped`."""
    while not stopped.wait(SECONDS):
        line = report(namespace, sessions=OPEN.count, server_away=server_away(), at=time.time())
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()
