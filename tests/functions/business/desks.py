"""An agent at a business server whose campaign's actions try every feature of the executor."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from callscript.session_token import Claims, mint
from database.connection import Connection
from database.failures import CannotConnect
from database.numbers import NumberKeys
from functions.business.connections import Connections
from functions.business.handler import Business
from functions.business.settings import BusinessSettings
from tests.functions.business.scripts import SERVER
from tests.functions.doubles import MemoryBucket, MemorySecrets, Replied, User, event
from tests.harness.acting import KEY_ID, SECRET, fresh_key

NUMBERS = NumberKeys.fresh()
SETTINGS = BusinessSettings(
    cell="c1",
    script_bucket="scripts",
    session_key_secret="session-keys",
    number_key_secret="number-keys",
    database_host="127.0.0.1",
    database_port=5432,
    database_name="waihu",
    database_user="waihu_business",
    database_secret="login",
    database_tls="off",
)
TABLE = """
CREATE TABLE outbound.things (
  id integer PRIMARY KEY, name text NOT NULL, n integer, at timestamptz, cipher bytea, parent integer,
  CONSTRAINT things_small CHECK (n < 1000)
)"""


@dataclass
class Desk:
    """An agent at work: `call` sends an action as the app does."""

    business: Business
    release: str
    database_admin: Connection | None
    bucket: MemoryBucket
    secrets: MemorySecrets
    connections: Connections
    user: User = field(default_factory=User)
    campaigns: tuple[str, ...] = ("csat",)
    roles: tuple[str, ...] = ("agent",)
    cells: tuple[str, ...] = ("c1",)

    @property
    def admin(self) -> Connection:
        assert self.database_admin is not None, "this desk has no database"
        return self.database_admin

    def token(self, *, key: bytes = SECRET, key_id: str = KEY_ID, agent: str | None = None, seconds: int = 600) -> str:
        now = int(time.time())
        claims = Claims(
            session="s-" + self.user.name,
            agent=agent or self.user.name,
            roles=list(self.roles),
            groups=[],
            campaigns=list(self.campaigns),
            cells=list(self.cells),
            issued_at=now - 3600,
            expires_at=now + seconds,
        )
        return mint(claims, key_id, key)

    def call(
        self,
        action: str,
        parameters: Mapping[str, Any] | None = None,
        *,
        key: str | None = None,
        token: str | None = None,
        headers: Mapping[str, str] | None = None,
        **body: Any,
    ) -> Replied:
        """Calls `csat.action` (or `pack.action`) with a fresh key unless one is given; `key=""` sends none."""
        name = action if "." in action else f"csat.{action}"
        sent = {"waihu-session": token or self.token(), "idempotency-key": fresh_key() if key is None else key}
        whole = {"campaign": "csat", "release": self.release, "parameters": parameters or {}, "node": "nps", **body}
        path = whole.pop("path", f"/c1/actions/{name}")
        made = event("POST", path, user=self.user, headers={**sent, **(headers or {})}, body=whole)
        return Replied(self.business.handle(made))

    def things(self) -> list[tuple[Any, ...]]:
        return self.admin.fetch("SELECT id, name FROM outbound.things ORDER BY id")

    def journal(self) -> list[tuple[Any, ...]]:
        return self.admin.fetch("SELECT action, outcome, code, statement FROM platform.journal ORDER BY at")


def no_database() -> Connection:
    raise CannotConnect("no connection")


def made_desk(connections: Connections, admin: Connection | None = None) -> Desk:
    bucket = MemoryBucket()
    release = bucket.publish("csat", {"server.xml": SERVER.encode()})
    secrets = MemorySecrets(
        {
            "session-keys": json.dumps({"current": KEY_ID, "keys": {KEY_ID: SECRET.hex()}}).encode(),
            "number-keys": NUMBERS.to_secret().encode(),
        }
    )
    return Desk(Business(SETTINGS, bucket, secrets, connections), release, admin, bucket, secrets, connections)


def log_lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def interview() -> str:
    return str(uuid.uuid4())
