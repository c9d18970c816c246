"""What the `waihu` command needs to know of its surroundings.

Read from the environment; what the environment lacks comes from `.waihu/cloud.json` of a running one-machine cloud,
whose member `admin` holds the same variables by name (and AWS's own, such as `AWS_ENDPOINT_URL`).
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from pathlib import Path

from functions.hosting.settings import Settings, SettingsError

CLOUD_FILE = Path(".waihu") / "cloud.json"


@dataclasses.dataclass(frozen=True, kw_only=True)
class AdminSettings(Settings):
    script_bucket: str
    session_key_secret: str
    """Name of the secret with the session keys: `{"current": "k1", "keys": {"k1": "<hex>"}}`."""
    number_key_secret: str
    """Name of the secret with the phone number keys: `{"cipher": "<64 hex>", "index": "<64 hex>"}`."""
    database_host: str
    database_port: int
    database_name: str
    database_user: str = "waihu_admin"
    database_secret: str = ""
    """Name of the secret with `{"password": ...}`; empty: IAM authentication."""
    migration_user: str = "postgres"
    """The database's owner, with CREATEROLE: only `waihu migrate` signs in as this."""
    migration_secret: str = ""
    """As `database_secret`."""
    migration_host: str = ""
    """Where to migrate, past any pooler; empty: `database_host` and `database_port`."""
    migration_port: int = 0
    database_tls: str = "verify"
    """`verify` or `off` (loopback only)."""
    database_ca_file: str = ""
    connect_timeout_seconds: float = 5.0
    dashboard_prefix: str = ""
    """A published campaign gets the dashboard `<prefix>-campaign-<campaign>`; empty: none is made."""
    log_groups: str = ""
    """Names of the functions' log groups, separated by spaces."""
    aws_region: str = ""


class NoSurroundings(Exception):
    """Neither the environment nor a running local cloud says where things are."""


def surroundings(environment: Mapping[str, str], folder: Path) -> dict[str, str]:
    """`environment` with what a local cloud's `cloud.json`, in `folder` or above it, adds where it says nothing."""
    found = _cloud_file(folder)
    if found is None:
        return dict(environment)
    try:
        admin = json.loads(found.read_text(encoding="utf-8")).get("admin", {})
    except (OSError, ValueError, AttributeError) as error:
        raise NoSurroundings(f"{found}: {error}") from error
    return {**{str(name): str(value) for name, value in admin.items()}, **environment}


def _cloud_file(folder: Path) -> Path | None:
    for place in (folder, *folder.parents):
        if (place / CLOUD_FILE).is_file():
            return place / CLOUD_FILE
    return None


def read_settings(environment: Mapping[str, str]) -> AdminSettings:
    """The settings in `environment` (see `surroundings`).

    Raises:
        NoSurroundings: where one is missing or wrong; the text names it.
    """
    try:
        return AdminSettings.from_environment(environment)
    except SettingsError as error:
        raise NoSurroundings(str(error)) from error
