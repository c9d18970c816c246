"""A relay that counts round trips: how often the client spoke after it had been answered."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

from local.ports import HOST


class WireCount:
    """Listens on `port` of loopback, passes everything on to `target`; `delay` seconds are added to each round trip.

    It counts those of all its connections together: meaningful while they take turns.
    """

    def __init__(self, target: Callable[[], tuple[str, int]], delay: float = 0.0) -> None:
        self._target = target
        self._delay = delay
        self._server = socket.create_server((HOST, 0))
        self._sockets: list[socket.socket] = []
        self._lock = threading.Lock()
        self._client_spoke_last = False
        self.port: int = self._server.getsockname()[1]
        self.round_trips = 0
        self.bytes_sent = 0
        self.bytes_received = 0

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True, name="relay").start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for one in (self._server, *self._sockets):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._server.accept()
                upstream = socket.create_connection(self._target())
                for one in (client, upstream):
                    one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._sockets += [client, upstream]
                threading.Thread(target=self._pump, args=(client, upstream, True), daemon=True).start()
                threading.Thread(target=self._pump, args=(upstream, client, False), daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket, from_client: bool) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                self._note(from_client, len(data))
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)

    def _note(self, from_client: bool, size: int) -> None:
        with self._lock:
            begins = from_client and not self._client_spoke_last
            self._client_spoke_last = from_client
            if from_client:
                self.bytes_sent += size
            else:
                self.bytes_received += size
            if begins:
                self.round_trips += 1
        if begins and self._delay:
            time.sleep(self._delay)
