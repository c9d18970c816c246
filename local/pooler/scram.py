"""SCRAM-SHA-256 as PostgreSQL speaks it (RFC 5802, RFC 7677), without channel binding: both sides of it."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from dataclasses import dataclass, field

MECHANISM = b"SCRAM-SHA-256"
ITERATIONS = 4096
_NO_BINDING = "biws"
"""Base64 of `n,,`."""


class ScramRefused(Exception):
    """The other side does not know the password, or does not speak SCRAM."""


@dataclass(frozen=True, slots=True)
class Verifier:
    """What a server needs to check a password; the password cannot be had from it."""

    salt: bytes
    iterations: int
    stored_key: bytes = field(repr=False)
    server_key: bytes = field(repr=False)


def verifier_of(password: str) -> Verifier:
    salt = secrets.token_bytes(16)
    salted = _salted(password, salt, ITERATIONS)
    return Verifier(salt, ITERATIONS, _hash(_mac(salted, b"Client Key")), _mac(salted, b"Server Key"))


class ScramServer:
    """The server's side: `first`, then `final`."""

    def __init__(self, verifier: Verifier) -> None:
        self._verifier = verifier
        self._messages: list[str] = []
        self._nonce = ""

    def first(self, client_first: bytes) -> bytes:
        """Raises: ScramRefused."""
        header, _, bare = client_first.decode(errors="replace").partition(",,")
        if header not in {"n", "y"}:
            raise ScramRefused("channel binding is not offered")
        self._nonce = _attributes(bare).get("r", "") + secrets.token_urlsafe(18)
        salt = base64.b64encode(self._verifier.salt).decode()
        answer = f"r={self._nonce},s={salt},i={self._verifier.iterations}"
        self._messages = [bare, answer]
        return answer.encode()

    def final(self, client_final: bytes) -> bytes:
        """Raises: ScramRefused: wrong password."""
        text = client_final.decode(errors="replace")
        without_proof, _, proof_text = text.rpartition(",p=")
        signed = ",".join([*self._messages, without_proof]).encode()
        signature = _mac(self._verifier.stored_key, signed)
        try:
            client_key = _xor(base64.b64decode(proof_text, validate=True), signature)
        except (ValueError, binascii.Error) as error:
            raise ScramRefused("malformed proof") from error
        known = hmac.compare_digest(_hash(client_key), self._verifier.stored_key)
        if not known or _attributes(without_proof).get("r") != self._nonce:
            raise ScramRefused("wrong password")
        return b"v=" + base64.b64encode(_mac(self._verifier.server_key, signed))


class ScramClient:
    """The client's side: `first`, `final`, then `check` of what the server proves."""

    def __init__(self, password: str) -> None:
        self._password = password
        self._nonce = secrets.token_urlsafe(18)
        self._expected = b""

    def first(self) -> bytes:
        return f"n,,n=,r={self._nonce}".encode()

    def final(self, server_first: bytes) -> bytes:
        """Raises: ScramRefused."""
        text = server_first.decode(errors="replace")
        told = _attributes(text)
        try:
            salt, iterations, nonce = base64.b64decode(told["s"]), int(told["i"]), told["r"]
        except (KeyError, ValueError) as error:
            raise ScramRefused("the server does not speak SCRAM") from error
        if not nonce.startswith(self._nonce):
            raise ScramRefused("the server answered someone else")
        salted = _salted(self._password, salt, iterations)
        client_key = _mac(salted, b"Client Key")
        without_proof = f"c={_NO_BINDING},r={nonce}"
        signed = f"n=,r={self._nonce},{text},{without_proof}".encode()
        proof = _xor(client_key, _mac(_hash(client_key), signed))
        self._expected = b"v=" + base64.b64encode(_mac(_mac(salted, b"Server Key"), signed))
        return f"{without_proof},p={base64.b64encode(proof).decode()}".encode()

    def check(self, server_final: bytes) -> None:
        """Raises: ScramRefused: the server does not know the password either."""
        if not hmac.compare_digest(server_final, self._expected):
            raise ScramRefused("the server could not prove itself")


def _attributes(text: str) -> dict[str, str]:
    return {part[:1]: part[2:] for part in text.split(",") if part[1:2] == "="}


def _salted(password: str, salt: bytes, iterations: int) -> bytes:
    return hashlib.pbkdf2_hmac("sha256", password.encode(), salt, iterations)


def _mac(key: bytes, text: bytes) -> bytes:
    return hmac.digest(key, text, "sha256")


def _hash(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def _xor(left: bytes, right: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(left, right, strict=True))
