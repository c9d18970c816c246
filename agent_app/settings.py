"""What the agent's app needs to know of its surroundings."""

from __future__ import annotations

import dataclasses

from functions.hosting.settings import Settings


@dataclasses.dataclass(frozen=True, kw_only=True)
class AgentAppSettings(Settings):
    gateway_url: str
    """Base URL of the API, without a closing slash."""
    user_pool_id: str
    user_pool_client_id: str
    """App client without a secret that allows USER_PASSWORD_AUTH."""
    aws_region: str
    store_path: str
    """File of the durable store (SQLite); its folder is made if it is missing."""
    store_key_secret: str
    """Name of the secret with the store's keys: `{"current": "k1", "keys": {"k1": "<64 hex>"}}`."""
    release_cache_path: str
    """Folder in which releases are kept by hash."""
    metrics_namespace: str = "Waihu"
    default_language: str = "zh"
    """Language of the interface until an agent chooses: `zh` or `en`."""
    cookie_secure: bool = True
    """False only where the page is served over plain HTTP on loopback."""
    request_timeout_seconds: float = 10.0
    drain_seconds: float = 1.0
    """How often the outbox looks for calls that have become due."""
    dial_scheme: str = "tel"
    """Scheme of the link that dials: `tel`, `sip`, or empty where agents dial by hand."""
