"""Clients of the pooler: logged in with SCRAM, lent a backend for each transaction."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Callable, Mapping
from typing import cast

from local.pooler import wire
from local.pooler.backends import Backend, Unavailable
from local.pooler.pinning import BEGINS_ACTION, action_of, reason_to_pin
from local.pooler.pools import BackendPool
from local.pooler.scram import MECHANISM, ScramRefused, ScramServer, Verifier

log = logging.getLogger("waihu.pooler")

MESSAGE_LIMIT = 64 * 1024 * 1024
KNOWN_PARAMETERS = {"user", "database", "application_name", "client_encoding"}
_PASSWORD, _TERMINATE, _PARSE, _QUERY, _BIND = ord("p"), ord("X"), ord("P"), ord("Q"), ord("B")
_ENDS = frozenset(b"SQF")
"""Sync, Query, FunctionCall: each is answered by one ReadyForQuery."""


class House:
    """What all sessions share: who may log in, the backends, how many clients there may be."""

    def __init__(
        self, verifiers: Mapping[str, Verifier], pools: Mapping[str, BackendPool], database: str, most_clients: int
    ) -> None:
        self.verifiers = verifiers
        self.pools = pools
        self.database = database
        self.most_clients = most_clients
        self.sessions: set[Session] = set()

    def sweep(self, *, idle_since: float, began: float) -> None:
        """Ends sessions that have asked for nothing since before `idle_since`, or that began before `began`."""
        for session in list(self.sessions):
            if session.heard < idle_since:
                session.end("57P05", "the connection was idle for too long")
            elif session.began < began:
                session.end("57P01", "the connection has reached its longest life")


class Session(asyncio.Protocol):
    """One client's connection."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._transport: asyncio.Transport | None = None
        self._buffer = bytearray()
        self._step: Callable[[], None] = self._startup
        self._user = ""
        self._pool: BackendPool | None = None
        self._scram: ScramServer | None = None
        self._backend: Backend | None = None
        self._pending = bytearray()
        self._borrowing: asyncio.Task[None] | None = None
        self._open_ends = 0
        self._status = wire.IDLE
        self._pinned: str | None = None
        self._action = ""
        """The last that the client began."""
        self._begins_action = False
        self.began = self.heard = asyncio.get_running_loop().time()
        """When the client came, and when it last asked for something (the loop's clock)."""

    def end(self, sqlstate: str, text: str) -> None:
        """Says why and closes, unless something is under way."""
        if (self._backend is not None and self._pinned is None) or self._open_ends or self._pending:
            return
        if self._status == wire.IDLE:
            self._refuse(sqlstate, text)

    # -- asyncio ---------------------------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's are none by inheritance
        self._house.sessions.add(self)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        try:
            if len(self._buffer) > MESSAGE_LIMIT:
                raise wire.Garbage  # noqa: TRY301 - one way out for all that cannot be understood
            self._step()
        except wire.Garbage:
            self._refuse("08P01", "the pooler cannot understand this message")
        except ScramRefused:
            self._refuse("28P01", f'password authentication failed for user "{self._user}"')

    def connection_lost(self, _: Exception | None) -> None:
        self._house.sessions.discard(self)
        self._step = self._closed
        if self._borrowing is not None:
            self._borrowing.cancel()
        backend, self._backend = self._backend, None
        if backend is not None:
            # In the middle of something, or with settings of its own: nobody else may get it.
            backend.holder = None
            backend.close()

    def pause_writing(self) -> None:
        if self._backend is not None:
            self._backend.pause()

    def resume_writing(self) -> None:
        if self._backend is not None:
            self._backend.resume()

    # -- what a backend says -------------------------------------------------------------------------------------

    def on_data(self, data: bytes) -> None:
        self._write(data)

    def on_ready(self, status: int) -> None:
        """A command has been answered; with the transaction's end the backend goes back."""
        self._status = status
        self._open_ends = max(0, self._open_ends - 1)
        self.heard = asyncio.get_running_loop().time()
        backend = self._backend
        if status != wire.IDLE or self._open_ends or self._pinned or backend is None or self._pool is None:
            return
        self._backend = None
        backend.resume()
        self._pool.give_back(backend)

    def on_backend_lost(self, text: str) -> None:
        self._backend = None
        self._refuse("08006", f"the database connection was lost: {text}")

    # -- login -----------------------------------------------------------------------------------------------------

    def _startup(self) -> None:
        packet = wire.startup_packet(self._buffer)
        if packet is None:
            return
        code, body, end = packet
        del self._buffer[:end]
        if code in {wire.SSL_REQUEST, wire.GSS_REQUEST}:
            self._write(b"N")
        elif code == wire.PROTOCOL_3:
            self._begin_login(wire.startup_parameters(body))
        else:
            self._close()  # a cancel request, as behind RDS Proxy, does nothing
            return
        if self._buffer:
            self._step()

    def _begin_login(self, parameters: Mapping[str, str]) -> None:
        self._user = parameters.get("user", "")
        strange = sorted(set(parameters) - KNOWN_PARAMETERS)
        encoding = parameters.get("client_encoding", "UTF8").upper().replace("-", "").strip("'")
        verifier = self._house.verifiers.get(self._user)
        if len(self._house.sessions) > self._house.most_clients:
            self._refuse("53300", "sorry, too many clients already")
        elif strange or encoding not in {"UTF8", "UNICODE"}:
            self._refuse(
                "0A000", f"startup parameters are not supported here: {', '.join(strange or ['client_encoding'])}"
            )
        elif parameters.get("database", self._user) != self._house.database:
            self._refuse("3D000", f'database "{parameters.get("database")}" does not exist')
        elif verifier is None:
            self._refuse("28P01", f'password authentication failed for user "{self._user}"')
        else:
            self._pool = self._house.pools[self._user]
            self._scram = ScramServer(verifier)
            self._step = self._sasl_first
            self._write(wire.message(b"R", (10).to_bytes(4, "big") + MECHANISM + b"\0\0"))

    def _sasl_first(self) -> None:
        body = self._password_message()
        if body is None or self._scram is None:
            return
        mechanism, start = wire.cstring(body, 0, len(body))
        if mechanism != MECHANISM:
            raise ScramRefused("another mechanism")
        self._step = self._sasl_final
        self._write(wire.message(b"R", (11).to_bytes(4, "big") + self._scram.first(body[start + 4 :])))

    def _sasl_final(self) -> None:
        body = self._password_message()
        if body is None or self._scram is None:
            return
        proof = self._scram.final(body)
        self._write(wire.message(b"R", (12).to_bytes(4, "big") + proof) + wire.message(b"R", bytes(4)))
        self._scram = None
        self._step = self._hold
        self._borrow(self._welcome)

    def _welcome(self, backend: Backend) -> None:
        """The login is complete; the backend was borrowed only to know what the server says of itself."""
        told = b"".join(wire.parameter_status(name, value) for name, value in backend.parameters.items())
        key = wire.message(b"K", secrets.token_bytes(8))
        self._write(told + key + wire.message(b"Z", b"I"))
        if self._pool is not None:
            self._pool.give_back(backend)
        self._step = self._relay
        if self._buffer:
            self._relay()

    def _password_message(self) -> bytes | None:
        for kind, start, end in wire.complete(self._buffer):
            if kind != _PASSWORD:
                raise wire.Garbage
            body = bytes(self._buffer[start + 5 : end])
            del self._buffer[:end]
            return body
        return None

    # -- work ------------------------------------------------------------------------------------------------------

    def _relay(self) -> None:
        done = 0
        for kind, start, end in wire.complete(self._buffer):
            if kind == _TERMINATE:
                self._close()
                return
            if kind in _ENDS:
                self._open_ends += 1
            if kind in {_PARSE, _QUERY} and self._pinned is None:
                self._look_for_pins(kind, start + 5, end)
            elif kind == _BIND and self._begins_action:
                self._note_action(bytes(self._buffer[start + 5 : end]))
            done = end
        if not done:
            return
        self.heard = asyncio.get_running_loop().time()
        whole = bytes(self._buffer[:done])
        del self._buffer[:done]
        if self._backend is None and not self._pending and self._pool is not None:
            backend = self._pool.take_now()
            if backend is not None:
                self._hold_backend(backend)
        if self._backend is not None:
            self._backend.write(whole)
            return
        self._pending += whole
        if self._borrowing is None:
            self._borrow(self._send_pending)

    def _send_pending(self, backend: Backend) -> None:
        self._hold_backend(backend)
        backend.write(bytes(self._pending))
        self._pending.clear()

    def _hold_backend(self, backend: Backend) -> None:
        backend.holder = self
        self._backend = backend

    def _look_for_pins(self, kind: int, start: int, end: int) -> None:
        name = b""
        if kind == _PARSE:
            name, start = wire.cstring(self._buffer, start, end)
        text, _ = wire.cstring(self._buffer, start, end)
        self._begins_action = BEGINS_ACTION in text
        self._pinned = "prepared statement" if name else reason_to_pin(text)
        if self._pinned is not None:
            log.warning(
                "a session of %s is pinned (%s), action %s, by: %s",
                self._user, self._pinned, self._action or "-", _first_words(text),
            )  # fmt: skip

    def _note_action(self, bind: bytes) -> None:
        self._begins_action = False
        try:
            self._action = action_of(bind) or ""
        except ValueError as error:
            raise wire.Garbage from error

    def _borrow(self, then: Callable[[Backend], None]) -> None:
        self._borrowing = asyncio.get_running_loop().create_task(self._borrow_for(then))

    async def _borrow_for(self, then: Callable[[Backend], None]) -> None:
        if self._pool is None:
            return
        try:
            backend = await self._pool.take()
        except Unavailable as error:
            self._borrowing = None
            self._refuse(error.sqlstate, str(error))
            return
        self._borrowing = None
        then(backend)

    def _hold(self) -> None:
        """What comes before the welcome stays in the buffer."""

    def _closed(self) -> None:
        self._buffer.clear()

    def _refuse(self, sqlstate: str, text: str) -> None:
        self._write(wire.error(sqlstate, text))
        self._close()

    def _write(self, data: bytes) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(data)

    def _close(self) -> None:
        self._step = self._closed
        if self._transport is not None:
            self._transport.close()


def _first_words(text: bytes) -> str:
    """Enough to find the statement; scripts' statements hold no values."""
    return " ".join(text[:80].decode(errors="replace").split())
