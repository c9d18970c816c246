"""What the business function needs to know of its surroundings."""

from __future__ import annotations

import dataclasses

from functions.hosting.settings import Settings


@dataclasses.dataclass(frozen=True, kw_only=True)
class BusinessSettings(Settings):
    cell: str
    script_bucket: str
    session_key_secret: str
    number_key_secret: str
    """Name of the secret with the phone number keys: `{"cipher": "<64 hex>", "index": "<64 hex>"}`."""
    database_host: str
    database_port: int
    database_name: str
    database_user: str
    database_secret: str
    """Name of the secret with `{"password": ...}`; empty: IAM authentication."""
    database_tls: str = "verify"
    """`verify` (the proxy's certificate, by host name) or `off` (loopback only)."""
    database_ca_file: str = ""
    """File of the CA to trust in place of the system's."""
    connect_timeout_seconds: float = 3.0
    metrics_namespace: str = "Waihu"
