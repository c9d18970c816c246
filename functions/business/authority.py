"""May this agent do this? Decided from the session token alone, never from the body; the database decides again."""

from __future__ import annotations

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


def session_of(call: ActionCall, who: Identity, keys: Secret[SessionKeys], now: int) -> SignedClaims:
    """The verified session of `call`, if it is that of the signed-in user; `now` in seconds since 1970.

    Raises:
        Refused: `not_signed_in`, `bad_session`, `session_expired`, `foreign_session`.
    """
    if not call.token:
        raise Refused(NOT_SIGNED_IN)
    try:
        signed = _verified(call.token, keys, now)
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


def _verified(token: str, keys: Secret[SessionKeys], now: int) -> SignedClaims:
    try:
        return verify(token, keys.value().by_id(), now)
    except TokenRefused as refused:
        if refused.reason != "unknown_key":
            raise
        return verify(token, keys.newest().by_id(), now)
