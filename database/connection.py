"""The one connection to PostgreSQL; the only module that imports pg8000.

pg8000 does the handshake (TLS, SCRAM). Statements go out in pipelines of our own: `[Parse, Bind, Describe, Execute]`
for each, one Sync at the end, everything encoded before the first byte is written, one round trip. Nothing stays
prepared on the server, so a transaction pooler may lie between. `BEGIN` and `COMMIT` are statements like others.
"""

from __future__ import annotations

import contextlib
import select
import ssl
from collections.abc import Callable, Iterator, Sequence
from types import TracebackType
from typing import Any, Self

import pg8000.core
import pg8000.exceptions

from database.failures import CannotConnect, ConnectionLost, DatabaseFailure, NoneFree, ReplyTooLong
from database.values import Decoder, decoder
from database.wire import (
    TERMINATE,
    Query,
    Result,
    encode_pipeline,
    header,
    none_free,
    read_columns,
    read_count,
    read_row,
    refusal,
)

__all__ = ["Connection", "Query", "Result", "verifying_context"]

_EAGER_BYTES = 64 * 1024
"""More than this is written while reading: else both sides could wait for the other to read."""

_IDLE = b"I"


def verifying_context(ca_file: str | None = None) -> ssl.SSLContext:
    """TLS that verifies certificate and host name, against `ca_file` or the system's authorities."""
    context = ssl.create_default_context(cafile=ca_file or None)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


class Connection:
    """One session. Not for two threads at once. After `ConnectionLost` it is closed: throw it away.

    `round_trips`, `bytes_sent`, `bytes_received` count what went over the wire since the sign-in.
    """

    def __init__(self, core: pg8000.core.CoreConnection) -> None:
        # pg8000 ends with the handshake: we go on with its socket, and close its buffered view of it.
        self._socket = core._usock  # noqa: SLF001
        core._sock.close()  # noqa: SLF001
        # poll and not select: that one refuses sockets numbered above 1023.
        self._poll = select.poll()
        self._poll.register(self._socket, select.POLLIN)
        self._buffer = bytearray()
        self._status = _IDLE
        self.most_bytes: int | None = None
        """What a pipeline may bring back; None: anything. A row may be a gigabyte, and a worker's memory is not."""
        self.round_trips = 0
        self.bytes_sent = 0
        self.bytes_received = 0
        self.closed = False

    @classmethod
    def open(
        cls,
        host: str,
        port: int,
        database: str,
        user: str,
        password: str | Callable[[], str],
        *,
        tls: ssl.SSLContext | None = None,
        connect_timeout: float = 3.0,
        timeout: float | None = None,
    ) -> Self:
        """A signed-in connection.

        Args:
            password: or what gives it, called now: IAM tokens die within minutes.
            tls: see `verifying_context`; None speaks plainly, for loopback only.
            connect_timeout: seconds for connecting and signing in, each step.
            timeout: seconds of silence after which the connection is given up; None waits for ever.

        Raises:
            NoneFree: a pooler has none to give.
            CannotConnect: in every other case of failure.
        """
        try:
            core = pg8000.core.CoreConnection(
                user,
                host=host,
                port=port,
                database=database,
                password=password() if callable(password) else password,
                ssl_context=tls or False,
                timeout=connect_timeout,
            )
        except pg8000.exceptions.DatabaseError as error:
            fields = error.args[0] if error.args and isinstance(error.args[0], dict) else {}
            state = fields.get("C", "")
            if none_free(state, fields.get("M", "")):
                raise NoneFree("there was no connection free in time") from error
            raise CannotConnect(f"PostgreSQL refused the sign-in (SQLSTATE {state})", state) from error
        except Exception as error:  # pg8000 lets through whatever sockets, TLS and SCRAM raise
            raise CannotConnect(f"no connection to {host}:{port}: {type(error).__name__}") from error
        if core.parameter_statuses.get("client_encoding", "").upper() not in ("UTF8", "UNICODE"):
            core.close()
            raise CannotConnect("the database's encoding is not UTF-8")
        connection = cls(core)
        connection._socket.settimeout(timeout)
        return connection

    # -- statements ----------------------------------------------------------------------------------------------

    @property
    def in_transaction(self) -> bool:
        return self._status != _IDLE

    def run_pipeline(self, queries: Sequence[Query]) -> list[Result]:
        """Runs all in one round trip; what comes after a refused statement is not run.

        Raises:
            DatabaseFailure: a statement was refused. An open transaction is rolled back (one more round trip).
            Unencodable: nothing was sent.
            ConnectionLost: the connection is closed; whether anything took effect is unknown.
        """
        if self.closed:
            raise ConnectionLost("the connection is closed", sent=False)
        message = encode_pipeline(queries)
        self._notice_closing()
        results, failure = self._exchange(message, queries)
        if failure is not None:
            if self._status != _IDLE:
                self._exchange(encode_pipeline([Query("ROLLBACK")]), [Query("ROLLBACK")])
            failure.results = tuple(results)
            raise failure
        return results

    def fetch(self, sql: str, *parameters: object) -> list[tuple[Any, ...]]:
        """The rows of one statement: one round trip, its own transaction unless one is open."""
        return self.run_pipeline([Query(sql, parameters)])[0].rows

    def execute(self, sql: str, *parameters: object) -> int:
        """How many rows one statement returned or touched."""
        return self.run_pipeline([Query(sql, parameters)])[0].count

    @contextlib.contextmanager
    def transaction(self, *, read_only: bool = False) -> Iterator[Self]:
        """BEGIN … COMMIT around the block, ROLLBACK if it raises. For tools; actions pipeline their own."""
        self.execute("BEGIN READ ONLY" if read_only else "BEGIN")
        try:
            yield self
        except BaseException:
            self.roll_back()
            raise
        self.execute("COMMIT")

    def roll_back(self) -> None:
        """Ends an open transaction without its effects; nothing to do outside one or on a closed connection."""
        if self.in_transaction and not self.closed:
            self.run_pipeline([Query("ROLLBACK")])

    def close(self) -> None:
        """Says good-bye and closes; never raises."""
        if not self.closed:
            self.closed = True
            with contextlib.suppress(OSError):
                self._socket.sendall(TERMINATE)
            self.abandon()

    def abandon(self) -> None:
        """Closes without a word: for a connection in an unknown state."""
        self.closed = True
        with contextlib.suppress(OSError):
            self._socket.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # -- the wire ------------------------------------------------------------------------------------------------

    def _notice_closing(self) -> None:
        """A connection that was closed while it lay idle is found out before anything is sent on it."""
        if not self._poll.poll(0):
            return
        patience = self._socket.gettimeout()
        try:
            self._socket.settimeout(0)
            # TLS alone may have something to say, which is no message.
            with contextlib.suppress(BlockingIOError, ssl.SSLWantReadError):
                self._read_more()
            self._socket.settimeout(patience)
        except (OSError, ConnectionLost) as error:
            self.abandon()
            raise ConnectionLost("the connection was closed while it lay idle", sent=False) from error
        if self._buffer.startswith(b"E"):
            self.abandon()
            raise ConnectionLost("PostgreSQL ended the idle session", sent=False)

    def _exchange(self, message: bytes, queries: Sequence[Query]) -> tuple[list[Result], DatabaseFailure | None]:
        try:
            self._send(message)
            return self._receive(queries)
        except BaseException as error:
            # Also KeyboardInterrupt: replies that nobody read would be taken for those of the next statements.
            self.abandon()
            if isinstance(error, ConnectionLost) or not isinstance(error, Exception):
                raise
            raise ConnectionLost(f"the connection broke: {type(error).__name__}") from error

    def _send(self, message: bytes) -> None:
        self.round_trips += 1
        self.bytes_sent += len(message)
        if len(message) <= _EAGER_BYTES:
            self._socket.sendall(message)
        else:
            self._send_while_reading(message)

    def _send_while_reading(self, message: bytes) -> None:
        rest, patience = memoryview(message), self._socket.gettimeout()
        self._socket.settimeout(0)
        self._poll.modify(self._socket, select.POLLIN | select.POLLOUT)
        try:
            while rest:
                ready = self._poll.poll(None if patience is None else patience * 1000)
                if not ready:
                    raise TimeoutError
                events = ready[0][1]
                with contextlib.suppress(BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
                    if events & ~select.POLLOUT:
                        self._read_more()
                with contextlib.suppress(BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
                    if events & select.POLLOUT:
                        rest = rest[self._socket.send(rest[:_EAGER_BYTES]) :]
        finally:
            self._poll.modify(self._socket, select.POLLIN)
            self._socket.settimeout(patience)

    def _read_more(self) -> None:
        data = self._socket.recv(65536)
        if not data:
            raise ConnectionLost("PostgreSQL closed the connection")
        self.bytes_received += len(data)
        self._buffer += data
        if self.most_bytes is not None and len(self._buffer) > self.most_bytes:
            raise ReplyTooLong(f"PostgreSQL sent more than {self.most_bytes} bytes")

    def _messages(self) -> Iterator[tuple[bytes, bytes]]:
        """Each message's code and body, until the one that says that PostgreSQL is ready again."""
        at, code = 0, b""
        while code != b"Z":
            while len(self._buffer) < at + 5:
                self._read_more()
            code, length = header.unpack_from(self._buffer, at)
            end = at + 1 + length
            while len(self._buffer) < end:
                self._read_more()
            yield code, bytes(self._buffer[at + 5 : end])
            at = end
        del self._buffer[:at]

    def _receive(self, queries: Sequence[Query]) -> tuple[list[Result], DatabaseFailure | None]:
        results: list[Result] = []
        failure: DatabaseFailure | None = None
        names: tuple[str, ...] = ()
        types: tuple[int, ...] = ()
        decoders: list[Decoder] = []
        rows: list[tuple[Any, ...]] = []
        for code, body in self._messages():
            if code == b"D":
                rows.append(read_row(body, decoders))
            elif code == b"T":
                names, types = read_columns(body)
                decoders = [decoder(oid) for oid in types]
            elif code in b"CI":
                results.append(Result(names, rows, read_count(body, len(rows)), types))
                names, types, decoders, rows = (), (), [], []
            elif code == b"E":
                failure = refusal(body, len(results), queries)
            elif code == b"Z":
                self._status = body
            elif code not in b"12nNSA":
                raise ConnectionLost(f"PostgreSQL sent an unexpected message {code!r}")
        if failure is None and len(results) != len(queries):
            raise ConnectionLost("PostgreSQL answered another number of statements")
        return results, failure
