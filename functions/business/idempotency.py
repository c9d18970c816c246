"""The same key again is the same call: its age, its fingerprint, its stored reply."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

import msgspec

from callscript.call_key import minted_at
from callscript.session_token import SignedClaims
from database.connection import Connection, Query
from database.numbers import NumberKeys
from functions.business.errors import KEY_MALFORMED, KEY_MISSING, KEY_REUSED, REPLY_ERASED
from functions.business.request import ActionCall
from functions.hosting.errors import Refused

_STORED = "SELECT known, same, reply FROM platform.stored_reply($1::text, $2::text, $3::bytea, $4::text, $5::bytea)"
_SEALED = "sealed:"
_ABOUT = b"waihu reply"
_NONCE_BYTES = 12


def check_key(key: str) -> None:
    """Whether it is a key at all.

    How old it may be is for the database to say (`platform.begin_action`): a worker whose clock is wrong would refuse
    for good what only has to be run.

    Raises:
        Refused: `key_missing`, `key_malformed`.
    """
    if not key:
        raise Refused(KEY_MISSING)
    if minted_at(key) is None:
        raise Refused(KEY_MALFORMED)


def fingerprint(call: ActionCall) -> bytes:
    """What must be equal for two calls with one key to be the same call."""
    what: list[Any] = [call.name, call.body.campaign, call.body.release, call.interview, call.body.parameters]
    return hashlib.sha256(msgspec.json.encode(what, order="deterministic")).digest()


class StoredReply(msgspec.Struct, frozen=True):
    """What became of a key; `text` is None where the reply is the same every time and was not kept."""

    text: str | None


def stored_reply(connection: Connection, call: ActionCall, signed: SignedClaims, print_: bytes) -> StoredReply:
    """The reply that the key of `call` was given before.

    Raises:
        Refused: `key_reused`.
        DatabaseTrouble: the database refused or is away.
    """
    parameters = (signed.text, signed.key_id, signed.mac, call.key, print_)
    known, same, reply = connection.run_pipeline([Query(_STORED, parameters, "stored_reply")])[0].rows[0]
    if not known or not same:
        raise Refused(KEY_REUSED)
    return StoredReply(reply)


def seal(reply: bytes, keys: NumberKeys) -> str:
    """A reply that holds a whole number, fit to be kept beside its key."""
    import base64
    import secrets

    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce = secrets.token_bytes(_NONCE_BYTES)
    cipher = AESGCM(_reply_key(keys)).encrypt(nonce, reply, _ABOUT)
    return _SEALED + base64.b64encode(nonce + cipher).decode()


def unseal(text: str, keys: NumberKeys) -> bytes:
    """The reply that `seal` sealed.

    Raises:
        Refused: `reply_erased`: other keys sealed it, so that nobody can read it any more.
    """
    import base64

    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    sealed = base64.b64decode(text.removeprefix(_SEALED))
    try:
        return AESGCM(_reply_key(keys)).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], _ABOUT)
    except InvalidTag as error:
        raise Refused(REPLY_ERASED) from error


def _reply_key(keys: NumberKeys) -> bytes:
    """A key of its own, so that a reply never passes for a number."""
    return hmac.digest(keys.cipher, _ABOUT, hashlib.sha256)
