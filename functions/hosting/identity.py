"""Who the user pool says is asking: the claims that API Gateway's JWT authorizer has verified."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from functions.hosting.errors import NOT_SIGNED_IN, Refused

ROLES = ("agent", "supervisor", "admin")
"""Groups of the user pool that are roles; the others say which campaigns one may work on."""


class Identity(msgspec.Struct, frozen=True):
    agent: str
    """The user's name in the pool: it never changes and is never given to another."""
    name: str
    roles: tuple[str, ...]
    groups: tuple[str, ...]


def identity(claims: Mapping[str, object]) -> Identity:
    """The user of these claims, of an access token or of an ID token.

    Raises:
        Refused: `not_signed_in`, if they name nobody.
    """
    agent = claims.get("username") or claims.get("cognito:username")
    if not isinstance(agent, str) or not agent:
        raise Refused(NOT_SIGNED_IN)
    name = claims.get("name")
    groups = _groups(claims.get("cognito:groups"))
    return Identity(
        agent=agent,
        name=name if isinstance(name, str) and name else agent,
        roles=tuple(role for role in ROLES if role in groups),
        groups=tuple(group for group in groups if group not in ROLES),
    )


def _groups(claim: object) -> tuple[str, ...]:
    """API Gateway passes a list on as text: `[agent csat]`."""
    if isinstance(claim, str):
        return tuple(claim.strip("[]").replace(",", " ").split())
    if isinstance(claim, list):
        return tuple(str(group) for group in claim)
    return ()
