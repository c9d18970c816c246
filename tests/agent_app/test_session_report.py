"""How many sessions a process says it has."""

from __future__ import annotations

import json

from starlette.types import Receive, Scope, Send

from agent_app.session_report import CountSessions, OpenSessions, report
from local.emf import samples_of
from tests.harness.running import run_apart


def test_open_websockets_are_counted_and_requests_are_not() -> None:
    sessions, seen = OpenSessions(), []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(sessions.count)
        if scope["type"] == "websocket" and scope["path"] == "/breaks":
            raise ConnectionError

    counting = CountSessions(app, sessions)

    async def visit(kind: str, path: str) -> None:
        try:
            await counting({"type": kind, "path": path}, None, None)  # type: ignore[arg-type]
        except ConnectionError:
            return

    for kind, path in (("http", "/"), ("websocket", "/_stcore/stream"), ("websocket", "/breaks")):
        run_apart(visit(kind, path))
    assert seen == [0, 1, 1]
    assert sessions.count == 0


def test_the_line_carries_the_metric_by_which_tasks_are_started() -> None:
    line = json.dumps(report("Waihu", sessions=7, server_away=True, at=1_700_000_000.0)).encode()
    found = {sample.name: (sample.namespace, sample.dimensions, sample.value) for sample in samples_of(line)}

    assert found == {
        "DeskSessions": ("Waihu", (("service", "desk"),), 7.0),
        "ServerAway": ("Waihu", (("service", "desk"),), 1.0),
    }
