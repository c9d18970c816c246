"""Connections to PostgreSQL: opened, lent to clients, taken back when their transaction has ended."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Callable
from typing import Protocol, cast

from local.pooler import wire
from local.pooler.scram import MECHANISM, ScramClient, ScramRefused

log = logging.getLogger("waihu.pooler")

CONNECT_SECONDS = 5.0
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


class BackendPool:
    """The backends of one login, at most `limit`: the one used last is lent first, the longest wait is ended first."""

    def __init__(
        self, *, host: str, port: int, database: str, user: str, password: str, limit: int, borrow_seconds: float
    ) -> None:
        self._where = (host, port)
        self._login = (user, database, password)
        self._limit = limit
        self._borrow_seconds = borrow_seconds
        self._idle: list[Backend] = []
        self._waiting: deque[asyncio.Future[Backend]] = deque()
        self._count = 0
        self.parameters: dict[str, str] = {}
        """What the server said of itself at the last login."""

    def take_now(self) -> Backend | None:
        """An idle backend, if there is one and nobody waits."""
        return self._idle.pop() if self._idle else None

    async def take(self) -> Backend:
        """A backend, waiting for one if need be.

        Raises:
            Unavailable: the database does not answer, or every backend was busy for too long.
        """
        if self._idle:
            return self._idle.pop()
        if self._count < self._limit:
            return await self._open()
        waiter: asyncio.Future[Backend] = asyncio.get_running_loop().create_future()
        self._waiting.append(waiter)
        try:
            async with asyncio.timeout(self._borrow_seconds):
                backend = await waiter
        except TimeoutError as error:
            self._leave_queue(waiter)
            raise Unavailable("53300", NONE_FREE) from error
        except asyncio.CancelledError:
            self._leave_queue(waiter)
            raise
        # It may have been lost in the moment between being handed over and being taken.
        return backend if not backend.lost else await self.take()

    def _leave_queue(self, waiter: asyncio.Future[Backend]) -> None:
        """Nobody takes any more what `waiter` may have been given."""
        with contextlib.suppress(ValueError):
            self._waiting.remove(waiter)
        if waiter.done() and not waiter.cancelled() and waiter.exception() is None:
            self.give_back(waiter.result())

    def give_back(self, backend: Backend) -> None:
        """The borrower needs it no more; between transactions only."""
        backend.holder = None
        if backend.lost:
            return
        while self._waiting:
            waiter = self._waiting.popleft()
            if not waiter.done():
                waiter.set_result(backend)
                return
        self._idle.append(backend)

    def close(self) -> None:
        for backend in self._idle:
            backend.close()

    async def _open(self) -> Backend:
        self._count += 1
        user, database, password = self._login
        backend = Backend(user, database, password, self._lost)
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                await asyncio.get_running_loop().create_connection(lambda: backend, *self._where)
        except (OSError, TimeoutError) as error:
            self._count -= 1
            raise Unavailable("08001", f"the database cannot be reached: {error}") from error
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                await backend.opened
        except TimeoutError as error:
            backend.close()
            raise Unavailable("08001", "the database does not answer") from error
        except asyncio.CancelledError:
            backend.close()
            raise
        self.parameters = backend.parameters
        return backend

    def _lost(self, backend: Backend) -> None:
        self._count -= 1
        with contextlib.suppress(ValueError):
            self._idle.remove(backend)
        if self._waiting and self._count < self._limit:
            self._replacing = asyncio.ensure_future(self._open_for_waiter())

    async def _open_for_waiter(self) -> None:
        try:
            self.give_back(await self._open())
        except Unavailable as error:
            while self._waiting:
                waiter = self._waiting.popleft()
                if not waiter.done():
                    waiter.set_exception(error)
