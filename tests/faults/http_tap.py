"""A proxy that reads HTTP/1.1 as it passes: it can drop requests or replies, hold a request back, and send it again."""

from __future__ import annotations

import asyncio
import http.client
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import cast

from callscript.protocol import KEY_HEADER
from tests.faults.loop import Loop

KEPT = 400


@dataclass(frozen=True, slots=True)
class Request:
    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes
    whole: bytes = field(repr=False)

    @property
    def is_action(self) -> bool:
        return "/actions/" in self.target

    @property
    def key(self) -> str:
        return self.headers.get(KEY_HEADER, "")


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Exchange:
    request: Request
    reply: Reply


OnRequest = Callable[[Request], bool]
"""Whether it may pass; otherwise the connection is closed."""
OnReply = Callable[[Request, Reply], bool]


class HttpTap:
    """Stands on `port` before a server. `done` keeps the last actions that succeeded."""

    def __init__(self, loop: Loop, host: str, server_port: int) -> None:
        self.host = host
        self.server_port = server_port
        self.on_request: OnRequest | None = None
        self.on_reply: OnReply | None = None
        self.done: deque[Exchange] = deque(maxlen=KEPT)
        self._listener = loop.run(self._listen())
        self.port: int = self._listener.sockets[0].getsockname()[1]

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"

    def send(self, request: Request, body: bytes | None = None) -> Reply:
        """Sends a request that passed once more, straight to the server, perhaps with another body.

        Raises:
            OSError: no answer.
        """
        connection = http.client.HTTPConnection(self.host, self.server_port, timeout=15)
        try:
            kept = {name: value for name, value in request.headers.items() if name != "content-length"}
            connection.request(request.method, request.target, request.body if body is None else body, kept)
            reply = connection.getresponse()
            headers = {name.lower(): value for name, value in reply.getheaders()}
            return Reply(reply.status, headers, reply.read())
        except http.client.HTTPException as error:
            raise OSError(str(error)) from error
        finally:
            connection.close()

    async def _listen(self) -> asyncio.Server:
        return await asyncio.get_running_loop().create_server(lambda: _Client(self), self.host, 0)

    def passes(self, request: Request) -> bool:
        rule = self.on_request
        return rule is None or rule(request)

    def replied(self, request: Request, reply: Reply) -> bool:
        if request.is_action and request.key and reply.status == 200:
            self.done.append(Exchange(request, reply))
        rule = self.on_reply
        return rule is None or rule(request, reply)


class _Client(asyncio.Protocol):
    def __init__(self, tap: HttpTap) -> None:
        self.tap = tap
        self.transport: asyncio.Transport
        self.server: asyncio.Transport | None = None
        self.asked: deque[Request] = deque()
        self._buffer = bytearray()
        self._waiting = bytearray()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        self._connecting = asyncio.ensure_future(self._connect())

    async def _connect(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            transport, _ = await loop.create_connection(lambda: _Server(self), self.tap.host, self.tap.server_port)
        except OSError:
            self.transport.close()
            return
        self.server = transport
        if self.transport.is_closing():
            self.server.close()
        elif self._waiting:
            self.server.write(bytes(self._waiting))

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (split := _split(self._buffer)) is not None:
            head, body, size = split
            whole = bytes(self._buffer[:size])
            del self._buffer[:size]
            method, target, _ = head[0].split(" ", 2)
            request = Request(method, target, _headers(head), body, whole)
            if not self.tap.passes(request):
                self.close()
                return
            self.asked.append(request)
            if self.server is None:
                self._waiting += whole
            else:
                self.server.write(whole)

    def connection_lost(self, _: Exception | None) -> None:
        self.close()

    def close(self) -> None:
        self.transport.close()
        if self.server is not None:
            self.server.close()


class _Server(asyncio.Protocol):
    def __init__(self, client: _Client) -> None:
        self._client = client
        self._buffer = bytearray()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        client = self._client
        while client.asked:
            method = client.asked[0].method
            split = _split(self._buffer, bodiless=method == "HEAD")
            if split is None:
                return
            head, body, size = split
            whole = bytes(self._buffer[:size])
            del self._buffer[:size]
            status = int(head[0].split(" ")[1])
            if status == 100:
                client.transport.write(whole)
                continue
            request = client.asked.popleft()
            if not client.tap.replied(request, Reply(status, _headers(head), body)):
                client.close()
                return
            client.transport.write(whole)

    def connection_lost(self, _: Exception | None) -> None:
        # A reply without a length ends with the connection.
        if self._buffer:
            self._client.transport.write(bytes(self._buffer))
        self._client.close()


def _split(buffer: bytearray, *, bodiless: bool = False) -> tuple[list[str], bytes, int] | None:
    """Lines of the head, the body, and how many bytes both took; None: more is to come."""
    end = buffer.find(b"\r\n\r\n")
    if end < 0:
        return None
    head = bytes(buffer[:end]).decode("latin-1").split("\r\n")
    headers = _headers(head)
    start = end + 4
    status = head[0].split(" ")[1] if head[0].startswith("HTTP/") else ""
    if bodiless or status in {"100", "204", "304"}:
        return head, b"", start
    if "chunked" in headers.get("transfer-encoding", "").lower():
        return _split_chunks(head, buffer, start)
    if status and "content-length" not in headers:
        return None
    size = start + int(headers.get("content-length", "0"))
    return (head, bytes(buffer[start:size]), size) if len(buffer) >= size else None


def _split_chunks(head: list[str], buffer: bytearray, at: int) -> tuple[list[str], bytes, int] | None:
    body = bytearray()
    while True:
        line = buffer.find(b"\r\n", at)
        if line < 0:
            return None
        length = int(bytes(buffer[at:line]).split(b";")[0], 16)
        at = line + 2 + length + 2
        if len(buffer) < at:
            return None
        if not length:
            return head, bytes(body), at
        body += buffer[line + 2 : at - 2]


def _headers(head: list[str]) -> dict[str, str]:
    pairs = (line.partition(":") for line in head[1:])
    return {name.strip().lower(): value.strip() for name, _, value in pairs}
