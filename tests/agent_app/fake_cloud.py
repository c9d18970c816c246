"""Dispatch and business as the app sees them, behind a real socket on loopback, with outages to order.

It keeps the contract that matters to the app: tokens are looked at, a key runs once and its reply is stored, errors are
problem+json.
"""

from __future__ import annotations

import json
import socket
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

import msgspec

from callscript.protocol import (
    KEY_HEADER,
    PROBLEM_TYPE,
    REPLAY_HEADER,
    SESSION_HEADER,
    ActionRequest,
    CampaignAccess,
    ProblemReply,
    ReleaseReply,
    SessionReply,
)

TITLES = {"csat": {"zh": "满意度回访", "en": "Satisfaction"}}


def problem(status: int, code: str, **members: Any) -> ProblemReply:
    return ProblemReply(title=code.replace("_", " "), status=status, code=code, **members)


def _nothing(_request: ActionRequest) -> Any:
    return {}


class FakeCloud:
    """`ran` lists the actions that took effect, in order; `refusals` are given to the next calls in turn."""

    def __init__(self) -> None:
        self.ran: list[tuple[str, ActionRequest, str]] = []
        self.refusals: deque[ProblemReply | str] = deque()
        """A problem, or `cut` (run it, but lose the reply), or `garbage` (no JSON of ours)."""
        self.replies: dict[str, Callable[[ActionRequest], Any]] = {}
        self.releases: dict[str, ReleaseReply] = {}
        self.current: dict[str, str] = {"csat": "0" * 64}
        self.good_tokens = {"good-token"}
        self.sessions_opened = 0
        self.refused_sessions: set[str] = set()
        self.roles = ["agent"]
        self.connections: set[Any] = set()
        self._stored: dict[str, Any] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        """Path and headers (in lower case) of every action that was asked for."""
        self.retry_after: int | None = None
        """Seconds, told with every problem."""
        self._lock = threading.Lock()
        self._running: dict[str, threading.Lock] = {}
        """One a key: it runs once, and keeps no other key waiting."""
        self._server: ThreadingHTTPServer | None = None
        self._port = 0

    # --- running it
    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Also after `stop`: on the same port, with all that it remembers."""
        cloud = self

        class Handler(_Handler):
            served = cloud

        self._server = ThreadingHTTPServer(("127.0.0.1", self._port), Handler)
        self._server.daemon_threads = True
        self._port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def stop(self) -> None:
        if self._server is not None:
            self._server.shutdown()
            for connection in tuple(self.connections):
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
            self._server.server_close()
            self._server = None

    @contextmanager
    def away(self) -> Iterator[None]:
        """An outage: nothing listens."""
        self.stop()
        try:
            yield
        finally:
            self.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def actions(self) -> list[str]:
        return [action for action, _, _ in self.ran]

    # --- what it answers
    def session(self) -> SessionReply:
        self.sessions_opened += 1
        campaigns = [
            CampaignAccess(id=id_, titles=TITLES.get(id_, {}), cell="c1", release=release, business_path="/c1")
            for id_, release in self.current.items()
        ]
        return SessionReply(
            token=f"session-{self.sessions_opened}",
            expires_at=4_000_000_000,
            agent="a-1",
            name="Lin",
            roles=self.roles,
            groups=["service"],
            campaigns=campaigns,
            heartbeat_seconds=20,
        )

    def act(self, action: str, body: bytes, key: str) -> tuple[Any, bool]:
        request = msgspec.json.decode(body, type=ActionRequest)
        with self._lock:
            running = self._running.setdefault(key, threading.Lock())
        with running:
            if key in self._stored:
                return self._stored[key], True
            reply = self.replies.get(action, _nothing)(request)
            if not isinstance(reply, ProblemReply):
                self._stored[key] = reply
                self.ran.append((action, request, key))
            return reply, False

    def next_refusal(self) -> ProblemReply | str | None:
        with self._lock:
            return self.refusals.popleft() if self.refusals else None


class _Handler(BaseHTTPRequestHandler):
    served: FakeCloud
    protocol_version = "HTTP/1.1"

    def setup(self) -> None:
        self.served.connections.add(self.request)
        super().setup()

    def finish(self) -> None:
        self.served.connections.discard(self.request)
        with suppress(OSError):
            super().finish()

    def log_message(self, *_: object) -> None:
        """Quiet."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        if not self._may():
            return
        if self.path == "/sessions":
            self._reply(200, self.served.session())
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.served.asked.append((self.path, headers))
        if self.headers.get(SESSION_HEADER, "") in {"", *self.served.refused_sessions}:
            self._problem(problem(401, "session_refused"))
            return
        refusal = self.served.next_refusal()
        if isinstance(refusal, ProblemReply):
            self._problem(refusal)
            return
        if refusal == "garbage":
            self._send(200, b"<html>", "text/html")
            return
        reply, replayed = self.served.act(self.path.rsplit("/", 1)[1], body, self.headers[KEY_HEADER])
        if refusal == "cut":
            self.close_connection = True
            self.connection.close()
        elif isinstance(reply, ProblemReply):
            self._problem(reply)
        else:
            self._reply(200, reply, {REPLAY_HEADER: "true"} if replayed else {})

    def do_GET(self) -> None:
        if not self._may():
            return
        release = self.served.releases.get(self.path.rsplit("/", 1)[1])
        if release is None:
            self._problem(problem(404, "unknown_release"))
        else:
            self._reply(200, release)

    def _may(self) -> bool:
        if self.headers.get("authorization", "").removeprefix("Bearer ") in self.served.good_tokens:
            return True
        self._send(401, json.dumps({"message": "Unauthorized"}).encode(), "application/json")
        return False

    def _problem(self, reply: ProblemReply) -> None:
        wait = self.served.retry_after
        headers = {} if wait is None else {"retry-after": str(wait)}
        self._send(reply.status, msgspec.json.encode(reply), PROBLEM_TYPE, headers)

    def _reply(self, status: int, reply: Any, headers: dict[str, str] | None = None) -> None:
        self._send(status, msgspec.json.encode(reply), "application/json", headers)

    def _send(self, status: int, body: bytes, kind: str, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
