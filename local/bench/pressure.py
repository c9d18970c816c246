"""How hard a database has it over some work: connections, processor, waiting for locks, memory, transactions."""

from __future__ import annotations

import threading
from types import TracebackType
from typing import Self

from database.connection import Connection
from local.bench.processes import Cost, cost_of, with_children
from local.cloud import Cloud

PAUSE_SECONDS = 0.1
_WAITING = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
_CLIENTS = "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
_COUNTERS = """
SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint, pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint
"""


class Pressure:
    """Watches from entering to leaving; one look at the locks every tenth of a second, over a connection of its own."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self._connection = cloud.database.connect()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self.connections = 0
        self.lock_waits = 0
        """How often a session was seen waiting for another's lock, summed over the looks."""
        self.looks = 0
        self.cpu_seconds = 0.0
        self.megabytes = 0.0
        self.transactions = 0
        """Those that wrote something: each is one wait for the disk."""
        self.wal_bytes = 0

    def __enter__(self) -> Self:
        self._before = self._server()
        self._counters = self._connection.fetch(_COUNTERS)[0]
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join()
        after = self._server(memory=True)
        self.cpu_seconds, self.megabytes = after.cpu_seconds - self._before.cpu_seconds, after.megabytes
        transactions, wal = self._connection.fetch(_COUNTERS)[0]
        self.transactions, self.wal_bytes = transactions - self._counters[0], wal - self._counters[1]
        self._connection.close()

    def _server(self, *, memory: bool = False) -> Cost:
        postmaster = self._cloud.database.postgres.pid
        return cost_of(with_children(postmaster), memory=memory) if postmaster else Cost(0, 0.0, 0.0)

    def _look(self) -> None:
        while not self._ended.wait(PAUSE_SECONDS):
            self.looks += 1
            self.lock_waits += _number(self._connection, _WAITING)
            self.connections = max(self.connections, _number(self._connection, _CLIENTS))


def _number(connection: Connection, sql: str) -> int:
    return int(connection.fetch(sql)[0][0])
