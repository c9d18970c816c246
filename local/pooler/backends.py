"""One connection to PostgreSQL: opened with SCRAM, lent to one client at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol, cast

from local.pooler import wire
from local.pooler.scram import MECHANISM, ScramClient, ScramRefused

READY = ord("Z")
NONE_FREE = "Timed-out waiting to acquire database connection"
"""RDS Proxy's own words where none became free in time."""


class Unavailable(Exception):
    """No connection can be had; `sqlstate` is what the client is told."""

    def __init__(self, sqlstate: str, text: str) -> None:
        self.sqlstate = sqlstate
        super().__init__(text)


class Borrower(Protocol):
    """A client that holds a backend."""

    def on_data(self, data: bytes) -> None: ...
    def on_ready(self, status: int) -> None: ...
    def on_backend_lost(self, text: str) -> None: ...


class Backend(asyncio.Protocol):
    """One connection to PostgreSQL, of one login."""

    def __init__(self, user: str, database: str, password: str, on_lost: Callable[[Backend], None]) -> None:
        self.user = user
        self.parameters: dict[str, str] = {}
        self.holder: Borrower | None = None
        self.opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.lost = False
        self.idle_since = 0.0
        """On the event loop's clock; meaningful while nobody holds it."""
        self.given_up = False
        """Lost, or closed to make room for another: it is not counted any more."""
        self._database = database
        self._scram = ScramClient(password)
        self._on_lost = on_lost
        self._transport: asyncio.Transport | None = None
        self._buffer = bytearray()
        self._skip = 0
        self._ready_follows = False
        self._last_error = ""

    # -- what the borrower does ----------------------------------------------------------------------------------

    def write(self, data: bytes) -> None:
        if self._transport is not None:
            self._transport.write(data)

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()

    async def ask(self, sql: str) -> str:
        """The one value that `sql` gives; while nobody holds the connection."""
        question = self.holder = _Question()
        self.write(wire.message(b"Q", sql.encode() + b"\0"))
        try:
            return await question.answer
        finally:
            self.holder = None

    def pause(self) -> None:
        if self._transport is not None:
            self._transport.pause_reading()

    def resume(self) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.resume_reading()

    # -- asyncio ---------------------------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's are none by inheritance
        self.write(wire.startup_message({"user": self.user, "database": self._database, "client_encoding": "UTF8"}))

    def data_received(self, data: bytes) -> None:
        try:
            if self.opened.done():
                self._pass_on(data)
            else:
                self._log_in(data)
        except (wire.Garbage, ScramRefused) as error:
            self._fail(str(error) or "the server sent garbage")

    def connection_lost(self, _: Exception | None) -> None:
        self.lost = True
        self._fail(self._last_error or "the database closed the connection")
        holder, self.holder = self.holder, None
        if holder is not None:
            holder.on_backend_lost(self._last_error or "the database closed the connection")
        self._on_lost(self)

    # -- steps -----------------------------------------------------------------------------------------------------

    def _log_in(self, data: bytes) -> None:
        self._buffer += data
        done = 0
        for kind, start, end in wire.complete(self._buffer):
            done = end
            self._log_in_step(chr(kind), bytes(self._buffer[start + 5 : end]))
        del self._buffer[:done]

    def _log_in_step(self, kind: str, body: bytes) -> None:
        if kind == "R":
            self._authenticate(int.from_bytes(body[:4], "big"), body[4:])
        elif kind == "S":
            name, value = body.split(b"\0")[:2]
            self.parameters[name.decode()] = value.decode()
        elif kind == "E":
            self._note_error(body)
            self._fail(self._last_error)
        elif kind == "Z" and not self.opened.done():
            self.opened.set_result(None)

    def _authenticate(self, step: int, body: bytes) -> None:
        if step == 10:
            first = self._scram.first()
            self.write(wire.message(b"p", MECHANISM + b"\0" + len(first).to_bytes(4, "big") + first))
        elif step == 11:
            self.write(wire.message(b"p", self._scram.final(body)))
        elif step == 12:
            self._scram.check(body)
        elif step:
            raise ScramRefused("the database asks for another way to authenticate than SCRAM-SHA-256")

    def _pass_on(self, data: bytes) -> None:
        """Hands `data` to the holder at once; then looks in it for the ends of commands, wherever chunks were cut."""
        if self.holder is not None:
            self.holder.on_data(data)
        position, size = 0, len(data)
        while position < size:
            if self._skip:
                position = self._skip_body(data, position)
                continue
            taken = data[position : position + 5 - len(self._buffer)]
            self._buffer += taken
            position += len(taken)
            if len(self._buffer) == 5:
                self._ready_follows = self._buffer[0] == READY
                self._skip = int.from_bytes(self._buffer[1:5], "big") - 4
                if self._skip < 0:
                    raise wire.Garbage
                self._buffer.clear()

    def _skip_body(self, data: bytes, position: int) -> int:
        if self._ready_follows:
            self._ready_follows = False
            self._skip -= 1
            if self.holder is not None:
                self.holder.on_ready(data[position])
            return position + 1
        step = min(self._skip, len(data) - position)
        self._skip -= step
        return position + step

    def _note_error(self, body: bytes) -> None:
        fields = wire.error_fields(body)
        self._last_error = f"{fields.get('M', '')} ({fields.get('C', '')})"

    def _fail(self, text: str) -> None:
        if not self.opened.done():
            self.opened.set_exception(Unavailable("08001", f"the database cannot be reached: {text}"))
        self.close()


class _Question:
    """The pooler itself as a borrower."""

    def __init__(self) -> None:
        self.answer: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._told = bytearray()

    def on_data(self, data: bytes) -> None:
        self._told += data

    def on_ready(self, _: int) -> None:
        rows = [self._told[start + 11 : end] for kind, start, end in wire.complete(self._told) if kind == ord("D")]
        if self.answer.done():
            return
        if rows:
            self.answer.set_result(rows[0].decode())
        else:
            self.answer.set_exception(Unavailable("08001", "the database does not answer what it is asked"))

    def on_backend_lost(self, text: str) -> None:
        if not self.answer.done():
            self.answer.set_exception(Unavailable("08006", text))
