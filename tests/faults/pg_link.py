"""A proxy that reads PostgreSQL's protocol as it passes, and can act at any message: cut there, fall silent, tell.

It stands between the function and the pooler, or between the pooler and PostgreSQL. So a process can be killed between
two chosen messages without a hook in the product.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import cast

from tests.faults.loop import Loop

SSL_REQUEST = 80877103
_BEGINS = b"platform.begin_action("


class Verdict(Enum):
    PASS = "pass"
    CUT = "cut"
    """Neither this message nor any later one passes: both sides see the connection closed."""
    FALL_SILENT = "silent"
    """Neither this message nor any later one passes; the connection stays open until a side closes it."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message; `number` counts those of its direction since the last ReadyForQuery was passed."""

    to_server: bool
    kind: str
    body: bytes
    number: int

    @property
    def is_commit(self) -> bool:
        """The client parses COMMIT."""
        return self.to_server and self.kind == "P" and self.body.startswith(b"\0COMMIT\0")

    @property
    def is_committed(self) -> bool:
        return not self.to_server and self.kind == "C" and self.body.startswith(b"COMMIT")


Rule = Callable[["Link", Message], Verdict]


@dataclass(eq=False)
class Link:
    """One connection through the proxy."""

    proxy: PgProxy
    client: asyncio.Transport
    client_port: int
    server: asyncio.Transport | None = None
    acting: bool = False
    """An action's transaction is on its way: `begin_action` was sent, and the server was not idle since."""
    committing: bool = False
    silent: bool = False
    closed: bool = False
    _early: bytearray = field(default_factory=bytearray)
    _to_server: _Framer = field(init=False)
    _to_client: _Framer = field(init=False)

    def __post_init__(self) -> None:
        self._to_server = _Framer(starting=True)
        self._to_client = _Framer()

    def from_client(self, data: bytes) -> None:
        passed = self._judge(self._to_server, self._to_client, data, to_server=True)
        if self.server is None:
            self._early += passed
        elif passed and not self.server.is_closing():
            self.server.write(passed)
        self._finish()

    def from_server(self, data: bytes) -> None:
        passed = self._judge(self._to_client, self._to_server, data, to_server=False)
        if passed and not self.client.is_closing():
            self.client.write(passed)
        self._finish()

    def connected(self, server: asyncio.Transport) -> None:
        self.server = server
        if self.closed:
            server.close()
        elif self._early:
            server.write(bytes(self._early))

    def close(self) -> None:
        self.closed = True
        for transport in (self.client, self.server):
            if transport is not None:
                transport.close()
        self.proxy.links.discard(self)

    def _finish(self) -> None:
        if self.closed:
            # What was allowed to pass still goes out before the end.
            self.close()

    def _judge(self, framer: _Framer, other: _Framer, data: bytes, *, to_server: bool) -> bytes:
        if self.silent or self.closed:
            return b""
        passed: list[bytes] = []
        for kind, whole, is_framed in framer.feed(data):
            if not is_framed:
                if to_server and int.from_bytes(whole[4:8], "big") == SSL_REQUEST:
                    other.raw_bytes = 1
                    framer.starting = True
                passed.append(whole)
                continue
            message = Message(to_server, kind, whole[5:], framer.number)
            framer.number += 1
            self._follow(message)
            verdict = self.proxy.judge(self, message)
            if verdict is Verdict.PASS:
                passed.append(whole)
                if kind == "Z" and not to_server:
                    framer.number = other.number = 0
                    self.acting = self.acting and message.body != b"I"
                    self.committing = False
                continue
            self.silent, self.closed = verdict is Verdict.FALL_SILENT, verdict is Verdict.CUT
            break
        return b"".join(passed)

    def _follow(self, message: Message) -> None:
        if message.to_server and message.kind == "P":
            self.acting = self.acting or _BEGINS in message.body
            self.committing = self.committing or message.is_commit


@dataclass
class _Framer:
    """Whole messages out of chunks; what is not whole waits."""

    starting: bool = False
    """The next message is a startup message, which has no type."""
    raw_bytes: int = 0
    number: int = 0
    _buffer: bytearray = field(default_factory=bytearray)

    def feed(self, data: bytes) -> list[tuple[str, bytes, bool]]:
        """Type, whole message, and whether it has a type at all."""
        self._buffer += data
        found: list[tuple[str, bytes, bool]] = []
        at = 0
        while True:
            head = 0 if self.starting else 1
            if self.raw_bytes and len(self._buffer) > at:
                size, self.raw_bytes = 1, self.raw_bytes - 1
                found.append(("", bytes(self._buffer[at : at + 1]), False))
            elif len(self._buffer) >= at + head + 4:
                size = head + int.from_bytes(self._buffer[at + head : at + head + 4], "big")
                if len(self._buffer) < at + size:
                    break
                whole = bytes(self._buffer[at : at + size])
                found.append((chr(whole[0]) if head else "", whole, bool(head)))
                self.starting = False
            else:
                break
            at += size
        del self._buffer[:at]
        return found


class PgProxy:
    """Listens on `port`; `rule` is asked for every message. It lives in `loop`'s thread."""

    def __init__(self, loop: Loop, host: str, server_port: int) -> None:
        self._loop = loop
        self._host = host
        self._server_port = server_port
        self.rule: Rule | None = None
        self.links: set[Link] = set()
        self._listener = loop.run(self._listen())
        self.port: int = self._listener.sockets[0].getsockname()[1]

    def judge(self, link: Link, message: Message) -> Verdict:
        rule = self.rule
        return Verdict.PASS if rule is None else rule(link, message)

    def soon(self, work: Callable[[], object]) -> None:
        """Does `work` once the messages at hand have been passed on; to be called by a rule."""
        asyncio.get_running_loop().call_soon(work)

    async def _listen(self) -> asyncio.Server:
        return await asyncio.get_running_loop().create_server(lambda: _Client(self), self._host, 0)

    async def connect(self, link: Link) -> None:
        loop = asyncio.get_running_loop()
        try:
            transport, _ = await loop.create_connection(lambda: _Server(link), self._host, self._server_port)
        except OSError:
            link.close()
        else:
            link.connected(transport)


class _Client(asyncio.Protocol):
    def __init__(self, proxy: PgProxy) -> None:
        self._proxy = proxy

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        client = cast("asyncio.Transport", transport)
        self._link = Link(self._proxy, client, client.get_extra_info("peername")[1])
        self._proxy.links.add(self._link)
        self._connecting = asyncio.ensure_future(self._proxy.connect(self._link))

    def data_received(self, data: bytes) -> None:
        self._link.from_client(data)

    def connection_lost(self, _: Exception | None) -> None:
        self._link.close()


class _Server(asyncio.Protocol):
    def __init__(self, link: Link) -> None:
        self._link = link

    def data_received(self, data: bytes) -> None:
        with contextlib.suppress(RuntimeError):
            self._link.from_server(data)

    def connection_lost(self, _: Exception | None) -> None:
        if not self._link.silent:
            self._link.close()
