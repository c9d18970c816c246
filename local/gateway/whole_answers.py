"""Each answer leaves in one piece.

uvicorn writes an answer's head and its body one after the other, and uvloop sends each at once: two packets, and the
reader is woken twice. An action is three answers (the caller's, and two of the Runtime API), so that it matters here.
"""

from __future__ import annotations

import asyncio
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol


class WholeAnswers(HttpToolsProtocol):
    """uvicorn's protocol over a transport that joins what is written in one turn of the loop."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(cast("asyncio.Transport", Joining(transport, self.loop)))


class Joining:
    """A transport whose writes wait for the end of the loop's turn; all else is the transport's own."""

    __slots__ = ("_loop", "_transport", "_waiting")

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._waiting: list[bytes] = []

    def write(self, data: bytes) -> None:
        if not self._waiting:
            self._loop.call_soon(self._flush)
        self._waiting.append(data)

    def close(self) -> None:
        self._flush()
        self._transport.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def _flush(self) -> None:
        whole, self._waiting = b"".join(self._waiting), []
        if whole and not self._transport.is_closing():  # else the reader has gone meanwhile
            self._transport.write(whole)
