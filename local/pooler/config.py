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
    """Connections to the database a login may have at once."""
    most_clients: int = 5_000
    borrow_seconds: float = 3.0
    """How long a client waits for a connection: less than a function's time-out, so that it can still answer."""
