"""Encrypts the store's values: AES-256-GCM (NIST SP 800-38D), bound to the row that they stand in."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from agent_app.store.port import StoreUnreadable

_NONCE_BYTES = 12


class _KeyDocument(msgspec.Struct, frozen=True):
    current: str
    keys: dict[str, str]


@dataclass(frozen=True, slots=True)
class Cipher:
    """Writes with the current key, reads with any that is still known: keys can be rotated."""

    current: str
    keys: Mapping[str, AESGCM]

    @classmethod
    def from_secret(cls, secret: str) -> Cipher:
        """From the secret's text: `{"current": "k1", "keys": {"k1": "<64 hex>"}}`.

        Raises:
            StoreUnreadable: the secret has another form, or a key is no 32 bytes.
        """
        try:
            document = msgspec.json.decode(secret, type=_KeyDocument)
            keys = {name: AESGCM(_key(value)) for name, value in document.keys.items()}
        except (msgspec.DecodeError, ValueError) as error:
            raise StoreUnreadable("the store's key secret is malformed") from error
        if document.current not in keys:
            raise StoreUnreadable("the store's key secret lacks its current key")
        return cls(document.current, keys)

    def seal(self, plain: bytes, place: str) -> bytes:
        """`key id NUL nonce ciphertext`; `place` (table and row) must be the same on opening."""
        nonce = os.urandom(_NONCE_BYTES)
        return self.current.encode() + b"\0" + nonce + self.keys[self.current].encrypt(nonce, plain, place.encode())

    def open(self, sealed: bytes, place: str) -> bytes:
        """What `seal` was given.

        Raises:
            StoreUnreadable: unknown key, or the value was changed or moved to another row.
        """
        name, _, rest = sealed.partition(b"\0")
        key = self.keys.get(name.decode(errors="replace"))
        if key is None:
            raise StoreUnreadable(f"{place} was written with a key that is not known here")
        try:
            return key.decrypt(rest[:_NONCE_BYTES], rest[_NONCE_BYTES:], place.encode())
        except (InvalidTag, ValueError) as error:
            raise StoreUnreadable(f"{place} cannot be decrypted") from error


def _key(text: str) -> bytes:
    key = bytes.fromhex(text)
    if len(key) != 32:
        raise ValueError("a store key has 32 bytes")
    return key
