"""The session token: who is asking, signed by dispatch, checked by business and again by the database.

`base64url(claims JSON) "." key id "." base64url(HMAC-SHA256(key, claims JSON))`. The MAC covers the very bytes of the
claims, so that the database can check it with the same text and no JSON canonicalisation.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping

import msgspec
from msgspec import Struct


class Claims(Struct, frozen=True, kw_only=True):
    """What dispatch asserts of an agent; times are seconds since 1970."""

    session: str
    agent: str
    name: str = ""
    roles: list[str]
    groups: list[str]
    campaigns: list[str]
    cells: list[str]
    issued_at: int
    expires_at: int
    versions: dict[str, str] = {}
    """Cell -> the version of its business function that this session was given; renewals keep it."""


class SignedClaims(Struct, frozen=True):
    """Claims that were verified, with the bytes and MAC that the database checks once more."""

    claims: Claims
    text: str
    key_id: str
    mac: bytes


class TokenRefused(Exception):
    """The token cannot be trusted; `reason` is one of `malformed`, `unknown_key`, `forged`, `expired`."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


def mint(claims: Claims, key_id: str, key: bytes) -> str:
    """The token that carries `claims`, signed with `key`."""
    text = msgspec.json.encode(claims)
    return ".".join((_encode(text), key_id, _encode(_mac(key, text))))


def verify(token: str, keys: Mapping[str, bytes], now: int) -> SignedClaims:
    """The claims of `token` if one of `keys` (by key id) signed it and it has not expired at `now`.

    Raises:
        TokenRefused: in every other case.
    """
    try:
        body, key_id, mac_text = token.split(".")
        text, mac = _decode(body), _decode(mac_text)
    except (ValueError, binascii.Error) as error:
        raise TokenRefused("malformed") from error
    key = keys.get(key_id)
    if key is None:
        raise TokenRefused("unknown_key")
    if not hmac.compare_digest(mac, _mac(key, text)):
        raise TokenRefused("forged")
    try:
        claims = msgspec.json.decode(text, type=Claims)
    except msgspec.DecodeError as error:
        raise TokenRefused("malformed") from error
    if claims.expires_at <= now:
        raise TokenRefused("expired")
    return SignedClaims(claims, text.decode(), key_id, mac)


def _mac(key: bytes, text: bytes) -> bytes:
    return hmac.new(key, text, hashlib.sha256).digest()


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
