"""A TCP proxy that counts round trips by itself, and can cut the connection where a test wants it."""

from __future__ import annotations

import contextlib
import select
import socket
import threading
from types import TracebackType
from typing import Self


class CountingProxy:
    """Stands before a server on loopback.

    A round trip is counted each time that the client speaks after the server did. `cut_after` (bytes from the server,
    counted from when it is set) closes both sides in the middle of an answer.
    """

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.round_trips = 0
        self.sent = 0
        self.received = 0
        self.cut_after: int | None = None
        self.deaf = False
        self._threads: list[threading.Thread] = []
        self._closing = threading.Event()

    def __enter__(self) -> Self:
        self._start(self._accept)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.set()
        for thread in self._threads:
            thread.join(timeout=5)
        self._listener.close()

    def reset(self) -> None:
        self.round_trips = self.sent = self.received = 0

    def _start(self, target: object, *arguments: object) -> None:
        thread = threading.Thread(target=target, args=arguments, daemon=True)  # type: ignore[arg-type]
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self._closing.is_set():
            if select.select([self._listener], [], [], 0.05)[0]:
                client, _ = self._listener.accept()
                self._start(self._carry, client)

    def _carry(self, client: socket.socket) -> None:
        with contextlib.suppress(OSError), client, socket.create_connection(self._target) as server:
            server_spoke = True
            while not self._closing.is_set():
                ready, _, _ = select.select([client, server], [], [], 0.05)
                if client in ready:
                    data = client.recv(65536)
                    if not data:
                        return
                    self.round_trips += server_spoke
                    server_spoke = False
                    self.sent += len(data)
                    server.sendall(data)
                if server in ready:
                    data = server.recv(65536)
                    if not data:
                        return
                    if self.deaf:
                        continue
                    server_spoke = True
                    if self.cut_after is not None and len(data) > self.cut_after:
                        client.sendall(data[: self.cut_after])
                        return
                    if self.cut_after is not None:
                        self.cut_after -= len(data)
                    self.received += len(data)
                    client.sendall(data)
