"""A session: what this agent may do, said once and signed, so that nobody has to ask again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from callscript.model.routing import RoutedCampaign
from callscript.protocol import LIVE_VERSION, CampaignAccess, SessionReply
from callscript.session_token import Claims, TokenRefused, mint, verify
from functions.dispatch.directory import UP, Directory
from functions.dispatch.errors import NO_ROLE
from functions.dispatch.versions import business_path, version_of
from functions.hosting.errors import Refused
from functions.hosting.identity import Identity
from functions.hosting.secret_values import SessionKeys


def open_session(
    who: Identity,
    directory: Directory,
    keys: SessionKeys,
    *,
    new_id: str,
    renewed: Claims | None,
    now: int,
    lasts: int,
    heartbeat: int,
) -> SessionReply:
    """The session of `who` from `now` (seconds since 1970) for `lasts` seconds: `renewed` goes on, or a new one begins.

    The token names every campaign that the agent may work on, also one whose cell is away or not yet published:
    what an agent still has to send must find its way.

    Raises:
        Refused: `no_role`, and what the directory raises.
    """
    if not who.roles:
        raise Refused(NO_ROLE)
    routed = directory.campaigns_of(who.groups)
    session, before = (renewed.session, renewed.versions) if renewed else (new_id, {})
    versions = {cell.id: version_of(cell, session, before) for cell in directory.routing().cells.values()}
    claims = Claims(
        session=session,
        agent=who.agent,
        name=who.name,
        roles=list(who.roles),
        groups=list(who.groups),
        campaigns=[campaign.id for campaign in routed],
        cells=sorted({campaign.cell for campaign in routed}),
        issued_at=now,
        expires_at=now + lasts,
        versions={cell: version for cell, version in versions.items() if cell in {each.cell for each in routed}},
    )
    return SessionReply(
        token=mint(claims, keys.current, keys.by_id()[keys.current]),
        expires_at=claims.expires_at,
        agent=who.agent,
        name=who.name,
        roles=list(who.roles),
        groups=list(who.groups),
        campaigns=_published(routed, directory, versions),
        heartbeat_seconds=heartbeat,
    )


def _published(
    routed: Iterable[RoutedCampaign], directory: Directory, versions: Mapping[str, str]
) -> list[CampaignAccess]:
    """Those that have a release, with the way to their cell; `versions` by cell."""
    states = directory.cell_states()
    return [
        CampaignAccess(
            id=campaign.id,
            titles=dict(campaign.titles),
            cell=campaign.cell,
            release=release,
            business_path=business_path(campaign.cell, versions.get(campaign.cell, LIVE_VERSION)),
            available=states.get(campaign.cell) == UP,
        )
        for campaign in routed
        if (release := directory.current_release(campaign.id))
    ]


def session_to_renew(token: str, who: Identity, keys: SessionKeys, now: int) -> Claims | None:
    """The claims of `token`, if it is good still and of `who`; None: a new session is to be opened.

    A renewed session keeps its id: one that was ended stays ended, whoever renews it.
    """
    try:
        claims = verify(token, keys.by_id(), now).claims
    except TokenRefused:
        return None
    return claims if claims.agent == who.agent else None
