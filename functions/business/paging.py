"""Where the next page begins: told to the caller sealed, so that it can be neither read nor made, nor used elsewhere.

What is sealed is the key of the last row, whose columns `<data>` may not name. The seal is bound to who asked, in what
release, which action and statement, with which parameters: with any of them changed, there is no such page.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import hashlib
import hmac
import secrets
import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import msgspec

from callscript.model.server import Paging
from callscript.sql import CompiledAction, CompiledStatement
from database.connection import Result
from database.numbers import NumberKeys
from functions.business.errors import PAGE_UNKNOWN, REPLY_MISMATCH
from functions.business.parameters import Given
from functions.business.request import ActionCall
from functions.hosting.errors import Refused

_ABOUT = b"waihu page"
_NONCE_BYTES = 12
_MOST_TEXT = 4_000


class Pages(msgspec.Struct):
    """The pages of one call: where each paged statement begins, and what is told of the next page."""

    agent: str
    call: ActionCall
    numbers: Callable[[], NumberKeys]
    begins: dict[str, tuple[str, ...]] = msgspec.field(default_factory=dict)
    """By statement: the key behind which the page begins, as texts; none for the first page."""
    told: dict[str, str | None] = msgspec.field(default_factory=dict)
    """By statement: what the next page is asked for with; None: this was the last."""

    def open(self, action: CompiledAction, given: Given) -> None:
        """Reads what was given to ask for pages with.

        Raises:
            Refused: `page_unknown`, naming the parameter.
        """
        for step in action.statements:
            paging = step.statement.paging
            text = given.bindings.get(paging.after) if paging else None
            if paging and text:
                self.begins[step.name] = self._unsealed(str(text), step.name, paging)

    def cut(self, step: CompiledStatement, result: Result) -> Result:
        """The page's own rows: one more was read, to see whether there is another page.

        Raises:
            Refused: `reply_mismatch`, where rows would be lost: the order's columns hold NULL, or two rows share them.
        """
        paging = step.statement.paging
        if paging is None:
            return result
        places = [result.columns.index(key.column) for key in paging.keys]
        keys = [tuple(row[place] for place in places) for row in result.rows]
        if any(None in key for key in keys) or len(set(keys[-2:])) != len(keys[-2:]):
            raise Refused(REPLY_MISMATCH, statement=step.name)
        more = len(keys) > paging.size
        self.told[step.name] = self._sealed(keys[-2], step.name, paging) if more else None
        rows = result.rows[: paging.size]
        return Result(result.columns, rows, len(rows), result.types)

    def _sealed(self, key: tuple[Any, ...], statement: str, paging: Paging) -> str:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        nonce = secrets.token_bytes(_NONCE_BYTES)
        plain = msgspec.json.encode([_text(value) for value in key])
        sealed = AESGCM(self._key()).encrypt(nonce, plain, self._bound_to(statement, paging))
        return base64.urlsafe_b64encode(nonce + sealed).decode().rstrip("=")

    def _unsealed(self, text: str, statement: str, paging: Paging) -> tuple[str, ...]:
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        if len(text) > _MOST_TEXT:
            raise Refused(PAGE_UNKNOWN, parameter=paging.after)
        try:
            sealed = base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
            bound = self._bound_to(statement, paging)
            plain = AESGCM(self._key()).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], bound)
        except (InvalidTag, ValueError, binascii.Error) as error:
            raise Refused(PAGE_UNKNOWN, parameter=paging.after) from error
        return msgspec.json.decode(plain, type=tuple[str, ...])

    def _bound_to(self, statement: str, paging: Paging) -> bytes:
        body = self.call.body
        others = {name: value for name, value in body.parameters.items() if name != paging.after}
        order = [[key.column, key.type, key.descending] for key in paging.keys]
        bound = [self.agent, body.campaign, body.release, self.call.name, statement, order, others]
        return hashlib.sha256(msgspec.json.encode(bound, order="deterministic")).digest()

    def _key(self) -> bytes:
        """A key of its own, so that a page's beginning never passes for a number or a reply."""
        return hmac.digest(self.numbers().cipher, _ABOUT, hashlib.sha256)


def _text(value: object) -> str:
    """As PostgreSQL reads it back without losing anything."""
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, str | int | Decimal | uuid.UUID):
        return str(value)
    raise Refused(REPLY_MISMATCH)
