"""A TCP proxy before PostgreSQL that cuts connections after so many bytes, as networks and proxies do."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field


@dataclass
class CuttingProxy:
    """`cut_after(bytes, towards)` arms one cut; `cuts` counts those that happened."""

    target: tuple[str, int]
    cuts: int = 0
    _listener: socket.socket = field(init=False)
    _armed: dict[str, int] = field(default_factory=dict)
    _pairs: list[tuple[socket.socket, socket.socket]] = field(default_factory=list)
    _threads: list[threading.Thread] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._run(self._accept)

    @property
    def port(self) -> int:
        return int(self._listener.getsockname()[1])

    def cut_after(self, size: int, towards: str) -> None:
        """Cuts once `size` more bytes have gone `towards` the `server` or the `client`; the rest is lost."""
        with self._lock:
            self._armed = {towards: size}

    def disarm(self) -> None:
        with self._lock:
            self._armed = {}

    def close(self) -> None:
        self._listener.close()
        for pair in self._pairs:
            _close(*pair)
        for thread in self._threads:
            thread.join(5)

    def _run(self, work: object, *arguments: object) -> None:
        thread = threading.Thread(target=work, args=arguments, daemon=True)  # type: ignore[arg-type]
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection(self.target)
                for each in (client, server):
                    each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._pairs.append((client, server))
                self._run(self._pump, client, server, "server")
                self._run(self._pump, server, client, "client")

    def _pump(self, source: socket.socket, sink: socket.socket, towards: str) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                passed, cut = self._allowed(len(data), towards)
                sink.sendall(data[:passed])
                if cut:
                    break
        _close(source, sink)

    def _allowed(self, size: int, towards: str) -> tuple[int, bool]:
        with self._lock:
            left = self._armed.get(towards)
            if left is None:
                return size, False
            if size < left:
                self._armed[towards] = left - size
                return size, False
            self._armed = {}
            self.cuts += 1
            return left, True


def _close(*sockets: socket.socket) -> None:
    for each in sockets:
        with suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)
        each.close()


@contextmanager
def cutting_proxy(host: str, port: int) -> Iterator[CuttingProxy]:
    proxy = CuttingProxy((host, port))
    try:
        yield proxy
    finally:
        proxy.close()
