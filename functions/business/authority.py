"""May this agent do this? Decided from the session token alone, never from the body; the database decides again."""

from __future__ import annotations

from collections import OrderedDict

from callscript.model.server import ActionClass, ServerAction
from callscript.session_token import SignedClaims, TokenRefused, verify
from functions.business.errors import (
    BAD_SESSION,
    FOREIGN_CELL,
    FOREIGN_ROLE,
    FOREIGN_SESSION,
    OTHER_CLASS,
    SESSION_EXPIRED,
)
from functions.business.request import ActionCall
from functions.hosting.errors import FOREIGN_CAMPAIGN, NOT_SIGNED_IN, Refused
from functions.hosting.identity import Identity
from functions.hosting.secret_values import Secret, SessionKeys

REMEMBERED = 1_000
"""Tokens: more than a worker's agents have within five minutes."""


class KnownTokens:
    """Tokens whose seal was found good; it stays so as long as the keys do. Their end is looked at each time."""

    def __init__(self, keys: Secret[SessionKeys]) -> None:
        self._keys = keys
        self._read: SessionKeys | None = None
        self._good: OrderedDict[str, SignedClaims] = OrderedDict()

    def verified(self, token: str, now: int) -> SignedClaims:
        """
        Raises:
            TokenRefused: it was not signed with one of the keys, or has expired at `now`.
            Refused: `secrets_away`.
        """
        self._forget_if_changed(self._keys.value())
        known = self._good.get(token)
        if known is None:
            known = self._good[token] = self._verify(token, now)
            if len(self._good) > REMEMBERED:
                self._good.popitem(last=False)
        if known.claims.expires_at <= now:
            raise TokenRefused("expired")
        return known

    def _verify(self, token: str, now: int) -> SignedClaims:
        try:
            return verify(token, self._keys.value().by_id(), now)
        except TokenRefused as refused:
            if refused.reason != "unknown_key":
                raise
            newest = self._keys.newest()
            self._forget_if_changed(newest)
            return verify(token, newest.by_id(), now)

    def _forget_if_changed(self, keys: SessionKeys) -> None:
        if keys is not self._read:
            self._read = keys
            self._good.clear()


def session_of(call: ActionCall, who: Identity, tokens: KnownTokens, now: int) -> SignedClaims:
    """The verified session of `call`, if it is that of the signed-in user; `now` in seconds since 1970.

    Raises:
        Refused: `not_signed_in`, `bad_session`, `session_expired`, `foreign_session`.
    """
    if not call.token:
        raise Refused(NOT_SIGNED_IN)
    try:
        signed = tokens.verified(call.token, now)
    except TokenRefused as refused:
        raise Refused(SESSION_EXPIRED if refused.reason == "expired" else BAD_SESSION) from refused
    if signed.claims.agent != who.agent:
        raise Refused(FOREIGN_SESSION)
    return signed


def authorise_campaign(call: ActionCall, signed: SignedClaims, cell: str) -> None:
    """
    Raises:
        Refused: `foreign_cell`, `foreign_campaign`.
    """
    authorise_cell(call, signed, cell)
    if call.body.campaign not in signed.claims.campaigns:
        raise Refused(FOREIGN_CAMPAIGN)


def authorise_cell(call: ActionCall, signed: SignedClaims, cell: str) -> None:
    """
    Raises:
        Refused: `foreign_cell`.
    """
    if call.cell != cell or cell not in signed.claims.cells:
        raise Refused(FOREIGN_CELL)


def authorise_action(action: ServerAction, signed: SignedClaims, served: str, call: ActionCall) -> None:
    """Whether this function, which serves actions of class `served`, may run `action` for the session.

    Raises:
        Refused: `other_class`, `foreign_role`.
    """
    if action.action_class != served or call.slow != (action.action_class is ActionClass.SLOW):
        raise Refused(OTHER_CLASS)
    if not set(action.roles) & set(signed.claims.roles):
        raise Refused(FOREIGN_ROLE)
