"""What the store keeps. Records are JSON inside an encrypted value; only what is searched by stands beside it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from msgspec import Struct

from callscript.engine.steps import ServerCall
from callscript.protocol import AnswerChange, SessionReply


class SignIn(Struct, frozen=True, kw_only=True):
    """An agent who signed in. Found by the SHA-256 of the cookie's random value, which itself is never kept."""

    id: str
    agent: str
    """The user pool's `sub`."""
    username: str
    name: str
    access_token: str
    refresh_token: str
    access_expires_at: int
    """Seconds since 1970."""
    language: str
    signed_in_at: int
    session: SessionReply | None = None
    closed_at: int | None = None
    """Signed out: the cookie is dead, but what waits in the outbox may still be sent with these tokens."""
    desk_taken_at: int = 0
    """Milliseconds since 1970: of all places where this agent is signed in, the desk is where it was taken last."""


class Interview(Struct, frozen=True, kw_only=True):
    """One interview as it stood after the last event; an agent has at most one that is open."""

    id: str
    agent: str
    campaign: str
    release: str
    state: bytes
    """As `callscript.engine.dump` wrote it."""
    turn: int
    """Grows by one with each event; an event made on an older screen is not applied."""
    started_at: int
    """Milliseconds since 1970."""
    open: bool = True


class QueuedCall(Struct, frozen=True, kw_only=True):
    """A call on its way to the server, in the order in which its interview decided it."""

    interview: str
    agent: str
    campaign: str
    release: str
    business_path: str
    """Path prefix of the campaign's home cell when the call was decided."""
    call: ServerCall
    queued_at: int
    """Milliseconds since 1970."""
    beside: bool = False
    """Of the agent and not of an interview (a state, a break): `interview` then only says what it is in order with."""

    @property
    def key(self) -> str:
        return self.call.key

    @property
    def answers(self) -> int:
        """How many changed answers it carries, whatever its script calls them."""
        return sum(
            isinstance(element, AnswerChange) or (isinstance(element, dict) and "field" in element)
            for value in self.call.parameters.values()
            if isinstance(value, (list, tuple))
            for element in value
        )


class Waiting(Struct, frozen=True, kw_only=True):
    """A queued call together with its place in the queue."""

    position: int
    queued: QueuedCall
    attempts: int = 0
    due_at: int = 0
    """Milliseconds since 1970 before which it is not sent again."""
    last_code: str = ""
    """Why it did not arrive the last time."""


class SetAside(Struct, frozen=True, kw_only=True):
    """A call that the server refused for good: a person has to look at it."""

    queued: QueuedCall
    code: str
    detail: str
    correlation_id: str
    set_aside_at: int


class CallResult(Struct, frozen=True, kw_only=True):
    """How a background call ended, kept until the interview's engine has been told."""

    interview: str
    key: str
    accepted: bool
    data: Any = None
    code: str = ""
    detail: str = ""


class Backlog(Struct, frozen=True, kw_only=True):
    """What of an agent's work has not reached the server yet."""

    waiting: int = 0
    """Calls on their way."""
    answers: int = 0
    """Changed answers in them."""
    failing: int = 0
    """Of the calls, those that were tried without success."""
    last_code: str = ""
    """Why the last of those did not arrive."""


def by_agent(found: Iterable[tuple[str, str]]) -> Mapping[str, Sequence[str]]:
    """Pairs of agent and interview, as interviews by agent, in order and once each."""
    kept: dict[str, list[str]] = {}
    for agent, interview in sorted(set(found)):
        kept.setdefault(agent, []).append(interview)
    return kept
