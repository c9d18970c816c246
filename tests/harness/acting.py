"""Sessions and actions as the functions make them, for tests that speak with the database directly."""

from __future__ import annotations

import hashlib
import itertools
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field

from callscript import call_key
from callscript.session_token import Claims, SignedClaims, mint, verify
from database.connection import Connection, Query, Result

KEY_ID = "k1"
SECRET = b"a test key of thirty-two bytes!!"
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Session:
    """An agent who signed in."""

    agent: str = "li"
    campaigns: tuple[str, ...] = ("csat",)
    roles: tuple[str, ...] = ("agent",)
    seconds: int = 3600
    id: str = field(default_factory=lambda: uuid.uuid4().hex)

    @property
    def signed(self) -> SignedClaims:
        now = int(time.time())
        claims = Claims(
            session=self.id,
            agent=self.agent,
            roles=list(self.roles),
            groups=[],
            campaigns=list(self.campaigns),
            cells=["c1"],
            issued_at=now,
            expires_at=now + self.seconds,
        )
        return verify(mint(claims, KEY_ID, SECRET), {KEY_ID: SECRET}, min(now, now + self.seconds - 1))

    @property
    def credentials(self) -> tuple[str, str, bytes]:
        signed = self.signed
        return signed.text, signed.key_id, signed.mac

    def begin(
        self, *, key: str | None = None, campaign: str | None = None, interview: uuid.UUID | None = None,
        parameters: bytes = b"{}", action: str = "outbound.test",
    ) -> Query:  # fmt: skip
        return Query(
            "SELECT platform.begin_action($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
            (
                *self.credentials, key or fresh_key(), hashlib.sha256(parameters).digest(),
                campaign or self.campaigns[0], "f" * 64, "node", action, interview, "correlation", ["statement"],
            ),
            name="begin_action",
        )  # fmt: skip

    def act(
        self, connection: Connection, *queries: Query | str, key: str | None = None, campaign: str | None = None,
        interview: uuid.UUID | None = None,
    ) -> list[Result]:  # fmt: skip
        """One whole action in one round trip; gives the results of `queries`."""
        begun = self.begin(key=key, campaign=campaign, interview=interview)
        return connection.run_pipeline([Query("BEGIN"), begun, *as_queries(queries), Query("COMMIT")])[2:-1]

    def read(self, connection: Connection, *queries: Query | str, campaign: str | None = None) -> list[Result]:
        begun = Query(
            "SELECT platform.begin_read($1, $2, $3, $4)",
            (*self.credentials, campaign or self.campaigns[0]),
            "begin_read",
        )
        return connection.run_pipeline([Query("BEGIN READ ONLY"), begun, *as_queries(queries), Query("COMMIT")])[2:-1]


def as_queries(queries: Sequence[Query | str]) -> list[Query]:
    return [Query(query) if isinstance(query, str) else query for query in queries]


def fresh_key(age_seconds: int = 0) -> str:
    at = int((time.time() - age_seconds) * 1000)
    return call_key.mint(uuid.uuid4().hex, next(_numbers), "link", at)


def trust_test_key(admin: Connection) -> None:
    """Lets the database believe these sessions."""
    admin.fetch("SELECT platform.put_session_key($1, $2)", KEY_ID, SECRET)
