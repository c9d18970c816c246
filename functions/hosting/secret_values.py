"""Secrets that a function uses, read once and remembered; a key that is not known is looked for again."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

import msgspec

from functions.hosting.aws import AwsTrouble
from functions.hosting.errors import SECRETS_AWAY, Refused

LIFETIME_SECONDS = 300.0
SOONEST_SECONDS = 10.0
"""Between two looks for a key that is not there: made-up key ids must not make us ask at each request."""

T = TypeVar("T")


class Secrets(Protocol):
    """Where secrets are kept; see `aws.SecretsManager`."""

    def get(self, name: str) -> bytes: ...


class SessionKeys(msgspec.Struct, frozen=True):
    """`{"current": "k1", "keys": {"k1": "<hex>"}}`: several while keys are exchanged, one of them signs."""

    current: str
    keys: dict[str, str]

    def by_id(self) -> dict[str, bytes]:
        return {key_id: bytes.fromhex(text) for key_id, text in self.keys.items()}

    def __repr__(self) -> str:
        return f"SessionKeys(current={self.current!r})"


class Login(msgspec.Struct, frozen=True):
    """`{"password": ...}` of a database login."""

    password: str

    def __repr__(self) -> str:
        return "Login(...)"


class Secret(Generic[T]):
    """One secret, decoded by `decode`; used on while Secrets Manager is away, once it was read."""

    def __init__(
        self,
        secrets: Secrets,
        name: str,
        decode: Callable[[bytes], T],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._secrets = secrets
        self._name = name
        self._decode = decode
        self._clock = clock
        self._held: tuple[float, T] | None = None

    def value(self) -> T:
        """The secret, at most `LIFETIME_SECONDS` old where it can be had.

        Raises:
            Refused: `secrets_away`.
        """
        return self._read(LIFETIME_SECONDS)

    def newest(self) -> T:
        """As `value`, but asks again unless it just did: for a key that is not known, or a password refused."""
        return self._read(SOONEST_SECONDS)

    def _read(self, lifetime: float) -> T:
        now = self._clock()
        if self._held is not None and now - self._held[0] < lifetime:
            return self._held[1]
        try:
            value = self._decode(self._secrets.get(self._name))
        except (AwsTrouble, ValueError) as error:  # msgspec's errors are ValueErrors, too
            if self._held is None:
                raise Refused(SECRETS_AWAY) from error
            value = self._held[1]
        self._held = (now, value)
        return value


def session_keys(secrets: Secrets, name: str) -> Secret[SessionKeys]:
    """The keys that sign sessions."""
    return Secret(secrets, name, msgspec.json.Decoder(SessionKeys).decode)


def login(secrets: Secrets, name: str) -> Secret[Login]:
    """A database login's password."""
    return Secret(secrets, name, msgspec.json.Decoder(Login).decode)
