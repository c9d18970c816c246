"""The whole house with agents by the thousand: a cloud whose gateway believes an issuer of the bench's own.

Cognito would need 20 ms to make each of them. Everything after the JWT is the real way: dispatch opens the sessions.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

from database.numbers import NumberKeys
from local import keys as secret_names
from local.bench import progress
from local.bench.contacts import add_contacts
from local.cloud import Cloud
from local.gateway.authorizer import JwtAuthorizer

GROUPS = ("agent", "service")
ISSUER = "https://issuer.example/bench"
LIFETIME_SECONDS = 3600
ALGORITHM = "RS256"

C = TypeVar("C", bound=Cloud)


class House(Cloud):
    """A cloud whose people are whoever the bench says."""

    def __init__(self, data_dir: Path, **options: Any) -> None:
        super().__init__(data_dir, **{"app": False, "demo_contacts": 0, "temporary": True, **options})
        logging.getLogger("waihu.gateway").setLevel(logging.ERROR)  # else it tells of each call that it turns away
        self._signing = RSAKey.generate_key(2048, auto_kid=True)

    def _authorizer(self) -> JwtAuthorizer:
        published = self.layout.root / "bench-keys.json"
        published.write_text(json.dumps(KeySet([self._signing]).as_dict(private=False)))
        return JwtAuthorizer(issuer=ISSUER, audience=self.users.client_id, jwks_url=published.as_uri())

    def access_token(self, agent: str) -> str:
        """What the user pool would give `agent` at sign-in."""
        now = int(time.time())
        claims = {
            "iss": ISSUER, "client_id": self.users.client_id, "sub": agent, "username": agent, "token_use": "access",
            "cognito:groups": list(GROUPS), "iat": now, "exp": now + LIFETIME_SECONDS,
        }  # fmt: skip
        return jwt.encode({"alg": ALGORITHM, "kid": self._signing.kid}, claims, self._signing, algorithms=[ALGORITHM])

    def add_contacts(self, campaign: str, count: int) -> None:
        """Contacts numbered from 1, each with one number and one case that is due; statistics are made anew.

        A case is held for an hour: these agents beat once a case, where the desk does so every twenty seconds.
        """
        numbers = NumberKeys.from_secret(self.keys.text(secret_names.NUMBER_KEYS))
        with progress.step(f"{count:,} contacts", None), self.database.connect() as connection:
            add_contacts(connection, campaign, count, numbers)
            connection.execute("UPDATE outbound.calling SET lease_seconds = 3600 WHERE campaign IN ('', $1)", campaign)


@contextmanager
def open_house(**options: Any) -> Iterator[House]:
    """A house with data of its own, gone afterwards."""
    with TemporaryDirectory(prefix="waihu-bench-") as folder:
        yield from _opened(House(Path(folder) / "data", **options))


@contextmanager
def open_demo(contacts: int = 60, **options: Any) -> Iterator[Cloud]:
    """The house as the demo has it, with people of its own user pool."""
    with TemporaryDirectory(prefix="waihu-bench-") as folder:
        cloud = Cloud(Path(folder) / "data", demo_contacts=contacts, temporary=True, **{"app": False, **options})
        yield from _opened(cloud)


def _opened(cloud: C) -> Iterator[C]:
    with progress.step("starting the house", None):
        cloud.start()
        cloud.settle()
    try:
        yield cloud
    finally:
        cloud.stop()


def database_settings(agents: int) -> Mapping[str, str]:
    """PostgreSQL's settings where `agents` of them connect directly."""
    return {"max_connections": str(agents + 100)}
