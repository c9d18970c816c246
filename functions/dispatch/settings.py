"""What dispatch needs to know of its surroundings."""

from __future__ import annotations

import dataclasses

from functions.hosting.settings import Settings


@dataclasses.dataclass(frozen=True, kw_only=True)
class DispatchSettings(Settings):
    script_bucket: str
    session_key_secret: str
    """Name of the secret with the session keys: `{"current": "k1", "keys": {"k1": "<hex>"}}`."""
    session_seconds: int = 8 * 3600
    heartbeat_seconds: int = 20
    cache_seconds: int = 15
    """How long routing, pointers and cells' health may be remembered."""
