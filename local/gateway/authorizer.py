"""The JWT authorizer: signature by the pool's published keys, issuer, audience, times. Nothing else may pass.

As HTTP APIs check it: an ID token's `aud`, or an access token's `client_id`, must be the app client.
"""

from __future__ import annotations

import asyncio
import base64
import json
import time
import urllib.request
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from local.gateway.payload import claims_as_text

REFETCH_SECONDS = 2.0
"""An unknown key id makes us look for new keys at most this often."""
REMEMBERED = 5_000
"""Tokens whose signature was found good; it stays so as long as the keys do. Their times are looked at each time."""


class Unauthorized(Exception):
    """The request carries no token that can be trusted; `reason` is for the gateway's own log only."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class KeysUnavailable(Exception):
    """The pool's keys could not be fetched, so that no token can be judged."""


class JwtAuthorizer:
    """Checks tokens of one issuer for one app client."""

    def __init__(self, *, issuer: str, audience: str, jwks_url: str, clock: Callable[[], float] = time.time) -> None:
        self._issuer = issuer
        self._audience = audience
        self._jwks_url = jwks_url
        self._clock = clock
        self._keys: KeySet | None = None
        self._fetched_at = float("-inf")
        self._good: OrderedDict[str, Mapping[str, Any]] = OrderedDict()
        self._fetching = asyncio.Lock()

    async def check(self, authorization: str | None) -> dict[str, str]:
        """The claims of a request's `authorization` header, as text.

        Raises:
            Unauthorized: if the token is missing, malformed, forged, foreign, expired or not valid yet.
            KeysUnavailable: if that cannot be known.
        """
        if not authorization:
            raise Unauthorized("missing")
        scheme, _, rest = authorization.partition(" ")
        token = (rest if scheme.lower() == "bearer" else authorization).strip()
        claims = await self._verified(token)
        self._check_claims(claims)
        return claims_as_text(claims)

    async def warm(self) -> None:
        """Fetches the keys before the first request needs them.

        Raises:
            KeysUnavailable: if the pool does not answer.
        """
        async with self._fetching:
            if self._keys is None:
                await self._fetch()

    async def _verified(self, token: str) -> Mapping[str, Any]:
        await self.warm()
        claims = self._decoded(token)
        if claims is None and not self._knows(token):
            async with self._fetching:
                if time.monotonic() - self._fetched_at > REFETCH_SECONDS:
                    await self._fetch()
            claims = self._decoded(token)
        if claims is None:
            raise Unauthorized("forged")
        return claims

    def _decoded(self, token: str) -> Mapping[str, Any] | None:
        if self._keys is None:
            return None
        known = self._good.get(token)
        if known is not None:
            return known
        try:
            claims = jwt.decode(token, self._keys, algorithms=["RS256"]).claims
        except (JoseError, ValueError, TypeError, KeyError):
            return None
        self._good[token] = claims
        if len(self._good) > REMEMBERED:
            self._good.popitem(last=False)
        return claims

    async def _fetch(self) -> None:
        self._fetched_at = time.monotonic()
        try:
            self._keys = await asyncio.to_thread(_fetch, self._jwks_url)
            self._good.clear()
        except (OSError, ValueError, JoseError) as error:
            if self._keys is None:
                raise KeysUnavailable(str(error)) from error

    def _knows(self, token: str) -> bool:
        try:
            wanted = json.loads(_decode(token.partition(".")[0])).get("kid")
        except (ValueError, AttributeError):
            return True  # no key will make it whole
        return self._keys is not None and any(key.kid == wanted for key in self._keys.keys)

    def _check_claims(self, claims: Mapping[str, Any]) -> None:
        now = self._clock()
        audience = claims.get("aud", claims.get("client_id"))
        audiences = audience if isinstance(audience, list) else [audience]
        if claims.get("iss") != self._issuer:
            raise Unauthorized("issuer")
        if self._audience not in audiences:
            raise Unauthorized("audience")
        if not _is_time(claims.get("exp")) or claims["exp"] <= now:
            raise Unauthorized("expired")
        for name in ("nbf", "iat"):
            if name in claims and (not _is_time(claims[name]) or claims[name] > now + 1):
                raise Unauthorized(f"{name} lies ahead")


def _is_time(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _fetch(url: str) -> KeySet:
    with urllib.request.urlopen(url, timeout=3) as answer:  # noqa: S310 - our own server's address
        return KeySet.import_key_set(json.load(answer))
