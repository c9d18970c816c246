"""What travels between the tiers, once: the agent's app, dispatch and business all read these types.

JSON on the wire. Unknown members are ignored, so that a newer side can speak with an older one; a member of the
wrong type is a `msgspec.ValidationError` whose text names its path.
"""

from __future__ import annotations

from typing import Any

from msgspec import Struct, field

SESSION_HEADER = "waihu-session"
"""Carries the session token; `authorization` carries the user pool's JWT."""
KEY_HEADER = "idempotency-key"
BUDGET_HEADER = "waihu-time-budget"
"""Milliseconds that the caller waits for the answer; without enough of them nothing is begun."""
CORRELATION_HEADER = "waihu-correlation-id"
REPLAY_HEADER = "idempotent-replay"
"""`true` on a reply that was stored when the same key came before."""
PROBLEM_TYPE = "application/problem+json"

SESSIONS_PATH = "/sessions"
RELEASE_PATH = "/releases/{campaign}/{release}"
ACTION_PATH = "/{cell}/actions/{action}"
VERSION_PATH = "/{cell}/{version}/actions/{action}"
"""The same at a version of the cell's business function; `LIVE_VERSION` is the one under the cell's own path."""
SLOW_ACTION_PATH = "/{cell}/slow-actions/{action}"
"""Actions of class `slow`: a function of their own serves them, so that no other action waits behind them."""
SLOW_VERSION_PATH = "/{cell}/{version}/slow-actions/{action}"
LIVE_VERSION = "live"
HEALTH_PATH = "/health"
SIGN_OUT_ACTION = "platform.sign_out"
"""Ends the session of the call in the cell that is asked; the platform's own, of no script, release or key."""


class CampaignAccess(Struct, frozen=True, kw_only=True):
    """A campaign that this agent may work on, and the release that its next case takes."""

    id: str
    titles: dict[str, str]
    cell: str
    release: str
    """SHA-256 (hex) of the release's manifest."""
    business_path: str
    """Path prefix of the business function for this session, such as `/c1` or `/c1/next`; the host is the API's own."""
    available: bool = True
    """False while the campaign's cell is away or draining: no new case is to be asked for."""


class SessionReply(Struct, frozen=True, kw_only=True):
    """Reply of `POST /sessions`."""

    token: str
    expires_at: int
    """Seconds since 1970."""
    agent: str
    name: str
    roles: list[str]
    groups: list[str]
    campaigns: list[CampaignAccess]
    heartbeat_seconds: int


class ReleaseReply(Struct, frozen=True, kw_only=True):
    """Reply of `GET /releases/{campaign}/{release}`: what an agent's app needs to run it (no SQL).

    `manifest` is the very text whose SHA-256 is the release's id; each file's SHA-256 stands in it.
    """

    campaign: str
    release: str
    manifest: str
    files: dict[str, str]


class ActionRequest(Struct, frozen=True, kw_only=True):
    """Body of `POST /{cell}/actions/{pack}.{action}`."""

    campaign: str
    release: str
    parameters: dict[str, Any] = field(default_factory=dict)
    node: str | None = None
    """Local node that calls, for the log and the journal."""
    interview: str | None = None


class AnswerChange(Struct, frozen=True, kw_only=True):
    """One element of an `answers` parameter: what became of a field since the last save."""

    field: str
    round: str = ""
    """Rounds of the repeats around it, `/`-joined: `` outside, `2`, `a/1`."""
    value: Any = None
    """JSON value by the field's type: dates, times and decimals as text, `choices` as a list of text."""
    special: str | None = None
    """`dk`, `refused` or `na` in place of a value."""
    on_path: bool = True
    """False: the answer was given, but the interview no longer passes there."""
    node: str = ""
    step: int = 0
    """Number of the engine's step at which it was given; grows within an interview."""
    at: int = 0
    """When, milliseconds since 1970."""


class ProblemReply(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Every error body: RFC 9457 problem details with the members that find the failing node.

    Never a stack trace, SQL text or personal data.
    """

    title: str
    status: int
    code: str
    type: str = "about:blank"
    detail: str = ""
    """For the agent, in plain words."""
    retryable: bool = False
    campaign: str | None = None
    release: str | None = None
    node: str | None = None
    action: str | None = None
    statement: str | None = None
    parameter: str | None = None
    correlation_id: str | None = None
    messages: dict[str, str] | None = None
    """The script's own message by language, where it has one."""
