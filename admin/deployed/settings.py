"""What the administrator's functions need to know of their surroundings."""

from __future__ import annotations

import dataclasses

from admin.settings import AdminSettings
from functions.hosting.settings import Settings


@dataclasses.dataclass(frozen=True, kw_only=True)
class KeyMakerSettings(Settings):
    session_key_secret: str
    number_key_secret: str
    store_key_secret: str
    """Name of the secret that is to hold the desk's store keys: `{"current": "k1", "keys": {"k1": "<64 hex>"}}`."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class DatabaseSettings(AdminSettings):
    """Of everything that keeps one cell's database: migrations, upkeep, rotation."""

    cell: str
    business_login_secret: str
    """Names of secrets with `{"username": ..., "password": ...}`, one for each login role; the owner signs in by a
    token of IAM."""
    slow_login_secret: str
    admin_login_secret: str
    metrics_namespace: str = "Waihu"


@dataclasses.dataclass(frozen=True, kw_only=True)
class PublisherSettings(Settings):
    script_bucket: str
    dashboard_prefix: str = ""
    """A campaign's dashboard is `<prefix>-campaign-<campaign>`; empty: none is made."""
    metrics_namespace: str = "Waihu"
    language: str = "zh"
    """Of verdicts: `zh` or `en`."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class TokenSettings(Settings):
    guarded_roles: str = "supervisor admin"
    """Roles that only an account with a second factor is given, separated by spaces."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class CellWatchSettings(Settings):
    script_bucket: str
    cell_functions: str
    """`CELL=FUNCTION` for each cell, separated by spaces: the business function's name or ARN."""
    metrics_namespace: str = "Waihu"
