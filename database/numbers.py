"""Telephone numbers at rest: encrypted, matched by a blind index, shown masked.

A cipher is `0x01 || nonce (12 bytes) || AES-256-GCM(number) || tag`; the blind index is HMAC-SHA256 of the number, so
that equal numbers can be found (duplicates, do-not-call) by whoever has the index key, and by nobody else.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass, field
from typing import Self

import msgspec

_E164 = re.compile(r"\+[1-9]\d{6,14}")
_VERSION = b"\x01"
_NONCE_BYTES = 12
_ABOUT = b"waihu number"
_KEY_BYTES = 32


class NumberRefused(Exception):
    """No E.164 number, or a cipher that these keys did not make; the text never holds the number."""


class _Secret(msgspec.Struct, frozen=True):
    cipher: str
    index: str


@dataclass(frozen=True, slots=True)
class NumberKeys:
    """The keys of one deployment, 32 bytes each."""

    cipher: bytes = field(repr=False)
    index: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.cipher) != _KEY_BYTES or len(self.index) != _KEY_BYTES:
            raise ValueError("number keys have 32 bytes each")

    @classmethod
    def from_secret(cls, text: str | bytes) -> Self:
        """From the secret's text, `{"cipher": "<64 hex>", "index": "<64 hex>"}`.

        Raises:
            ValueError: it is something else.
        """
        try:
            secret = msgspec.json.decode(text, type=_Secret)
            return cls(bytes.fromhex(secret.cipher), bytes.fromhex(secret.index))
        except (msgspec.DecodeError, ValueError) as error:
            # Not chained: the error could quote a key.
            raise ValueError(f"the secret with the number keys cannot be read ({type(error).__name__})") from None

    @classmethod
    def fresh(cls) -> Self:
        return cls(secrets.token_bytes(_KEY_BYTES), secrets.token_bytes(_KEY_BYTES))

    def to_secret(self) -> str:
        return msgspec.json.encode(_Secret(self.cipher.hex(), self.index.hex())).decode()

    def seal(self, number: str) -> bytes:
        """The cipher of an E.164 number; another one each time.

        Raises:
            NumberRefused: `number` is not E.164.
        """
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        nonce = secrets.token_bytes(_NONCE_BYTES)
        return _VERSION + nonce + AESGCM(self.cipher).encrypt(nonce, _checked(number).encode(), _ABOUT)

    def reveal(self, sealed: bytes) -> str:
        """The number in a cipher.

        Raises:
            NumberRefused: other keys made it, or it was damaged.
        """
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        if sealed[:1] != _VERSION:
            raise NumberRefused("this is no encrypted number")
        nonce, cipher = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
        try:
            return AESGCM(self.cipher).decrypt(nonce, cipher, _ABOUT).decode()
        except (InvalidTag, ValueError) as error:
            raise NumberRefused("an encrypted number does not fit these keys") from error

    def blind_index(self, number: str) -> bytes:
        """32 bytes that are equal for equal numbers.

        Raises:
            NumberRefused: `number` is not E.164.
        """
        return hmac.digest(self.index, _checked(number).encode(), hashlib.sha256)


def mask(number: str) -> str:
    """What an agent sees: the first three and last four digits, without China's +86; less of a short number."""
    digits = number.removeprefix("+86") if number.startswith("+86") else number.removeprefix("+")
    if len(digits) < len("1380000"):
        return "*" * len(digits)
    hidden = len(digits) - 7
    if hidden < 3:
        return digits[0] + "*" * (len(digits) - 3) + digits[-2:]
    return digits[:3] + "*" * hidden + digits[-4:]


def _checked(number: str) -> str:
    if not _E164.fullmatch(number):
        raise NumberRefused("a number is stored as E.164, such as +8613800000000")
    return number
