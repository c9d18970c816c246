"""What a pooler is told, whichever program it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolerConfig:
    """Where to listen, where the database is, who may log in, and how much of it clients share."""

    host: str
    port: int
    server_host: str
    server_port: int
    database: str
    logins: Mapping[str, str] = field(repr=False)
    """User -> password, the same for clients and for the database."""
    most_backends: int = 20
    """Connections to the database that a login may have at once."""
    connections_percent: float = 100.0
    """All logins together: of the `max_connections` that the server says (RDS Proxy's MaxConnectionsPercent)."""
    idle_percent: float = 50.0
    """Of `max_connections`: so many may lie idle for longer than `idle_seconds` (MaxIdleConnectionsPercent)."""
    idle_seconds: float = 300.0
    most_clients: int = 5_000
    borrow_seconds: float = 3.0
    """How long a client waits for a connection: less than a function's time-out, so that it can still answer
    (ConnectionBorrowTimeout)."""
    idle_client_seconds: float = 1800.0
    """After so long without a request a client's connection is closed (IdleClientTimeout)."""
    client_seconds: float = 24 * 3600.0
    """So long a client's connection lives at most; it ends between two transactions."""
