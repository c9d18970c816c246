"""An HTTP/1.1 client that costs little: the load must not take the processor from what it measures.

One connection, kept open, one request at a time; httptools reads the answers, as in the servers.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any, cast

import httptools
import msgspec


@dataclass(slots=True)
class Answered:
    """What came back."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    def json(self) -> Any:
        return msgspec.json.decode(self.body)


class KeepAlive(asyncio.Protocol):
    """`await post(...)`; opens its connection again when the server has closed it."""

    def __init__(self, host: str, port: int) -> None:
        self._where = (host, port)
        self._transport: asyncio.Transport | None = None
        self._waiting: asyncio.Future[Answered] | None = None
        self._parser: Any = None
        self._answer = Answered()

    async def post(self, path: str, headers: dict[str, str], body: bytes) -> Answered:
        """
        Raises:
            OSError: there is no connection, or it broke before the answer was whole.
        """
        if self._transport is None or self._transport.is_closing():
            await asyncio.get_running_loop().create_connection(lambda: self, *self._where)
        self._parser, self._answer = httptools.HttpResponseParser(self), Answered()
        self._waiting = asyncio.get_running_loop().create_future()
        lines = [f"POST {path} HTTP/1.1", f"host: {self._where[0]}", "content-type: application/json",
                 f"content-length: {len(body)}", *(f"{name}: {value}" for name, value in headers.items())]  # fmt: skip
        if self._transport is None:
            raise ConnectionError("the connection was closed at once")
        self._transport.write("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
        return await self._waiting

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()

    # -- asyncio and httptools -------------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def connection_lost(self, error: Exception | None) -> None:
        self._transport = None
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_exception(error or ConnectionResetError("closed before the answer"))

    def on_header(self, name: bytes, value: bytes) -> None:
        self._answer.headers[name.decode().lower()] = value.decode()

    def on_body(self, part: bytes) -> None:
        self._answer.body += part

    def on_message_complete(self) -> None:
        self._answer.status = self._parser.get_status_code()
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(self._answer)
