"""The secrets of one cloud: made once, kept beside its data, put into Secrets Manager at every start.

The local AWS server may lose its memory; data that were encrypted must not become unreadable with it. So the file is
the truth and Secrets Manager its copy.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from local.private_file import write_private

SESSION_KEYS = "waihu/session-keys"
NUMBER_KEYS = "waihu/number-keys"
STORE_KEYS = "waihu/store-keys"
BUSINESS_LOGIN = "waihu/database/business"
ADMIN_LOGIN = "waihu/database/admin"
SLOW_LOGIN = "waihu/database/slow"
OWNER_LOGIN = "waihu/database/owner"


@dataclass(frozen=True, slots=True)
class Keys:
    """Secrets by name, as Secrets Manager holds them (JSON objects), and the demo users' password."""

    secrets: Mapping[str, Mapping[str, Any]] = field(repr=False)
    demo_password: str = field(repr=False)

    def text(self, name: str) -> str:
        """The secret string of `name`."""
        return json.dumps(self.secrets[name], sort_keys=True)

    def password(self, name: str) -> str:
        """The password of a database login."""
        return str(self.secrets[name]["password"])

    def session_keys(self) -> dict[str, bytes]:
        """Session keys by their id."""
        return {name: bytes.fromhex(value) for name, value in self.secrets[SESSION_KEYS]["keys"].items()}


def load_or_make(file: Path) -> Keys:
    """The keys of `file`; what it lacks is made and written."""
    held: dict[str, Any] = json.loads(file.read_text()) if file.exists() else {}
    kept: dict[str, Any] = {name: held.get("secrets", {}).get(name) or made for name, made in _made().items()}
    # The pool wants a digit, and hex may have none.
    password = held.get("demo_password") or f"waihu-{secrets.token_hex(3)}{secrets.randbelow(10)}"
    whole = {"secrets": kept, "demo_password": password}
    if whole != held:
        write_private(file, json.dumps(whole, indent=1) + "\n")
    return Keys(kept, password)


def _made() -> dict[str, dict[str, Any]]:
    return {
        SESSION_KEYS: {"current": "k1", "keys": {"k1": secrets.token_hex(32)}},
        NUMBER_KEYS: {"cipher": secrets.token_hex(32), "index": secrets.token_hex(32)},
        STORE_KEYS: {"current": "k1", "keys": {"k1": secrets.token_hex(32)}},
        BUSINESS_LOGIN: {"username": "waihu_business", "password": secrets.token_urlsafe(24)},
        ADMIN_LOGIN: {"username": "waihu_admin", "password": secrets.token_urlsafe(24)},
        SLOW_LOGIN: {"username": "waihu_slow", "password": secrets.token_urlsafe(24)},
    }
