"""What the business function needs to know of its surroundings."""

from __future__ import annotations

import dataclasses

from functions.hosting.settings import Settings

SLOW_LOGIN = "waihu_slow"


@dataclasses.dataclass(frozen=True, kw_only=True)
class BusinessSettings(Settings):
    cell: str
    action_class: str = "fast"
    """`fast` or `slow`: actions of the other class are not this function's."""
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
    statement_seconds: float = 5.0
    """The statement time-out of the database login; a caller who waits less long has it shortened."""
    silence_seconds: float = 8.0
    """After so long without a word from the database a connection is given up: longer than a statement may take."""
    metrics_namespace: str = "Waihu"


def slowed(fast: BusinessSettings, secret: str) -> BusinessSettings:
    """The settings of the function for slow actions beside that with `fast`: a login of its own, longer time-outs.

    `secret` is as `database_secret`. What an action may take ends before API Gateway's 30 s do.
    """
    return dataclasses.replace(
        fast,
        action_class="slow",
        database_user=SLOW_LOGIN,
        database_secret=secret,
        statement_seconds=25.0,
        silence_seconds=27.0,
    )
