"""Records for tests, with only what a test cares about spelt out; a user pool and a clock of their own."""

from __future__ import annotations

from typing import Any

from agent_app.identity import NotAllowed, Tokens
from agent_app.store.records import Interview, QueuedCall, SignIn
from callscript import call_key
from callscript.engine.steps import ServerCall
from callscript.model.links import Mode

AGENT = "a-1"
KEY_SECRET = '{"current": "k1", "keys": {"k1": "' + "11" * 32 + '"}}'
NOW = 1_800_000_000_000


class Pool:
    """A user pool that renews the one refresh token it knows."""

    def __init__(self) -> None:
        self.renewed = 0
        self.revoked: list[str] = []

    def refresh(self, refresh_token: str) -> Tokens:
        if refresh_token != "refresh-1":
            raise NotAllowed("NotAuthorizedException")
        self.renewed += 1
        return Tokens("good-token", refresh_token, 3600, AGENT, "lin", "Lin")

    def revoke(self, refresh_token: str) -> None:
        self.revoked.append(refresh_token)


class Clock:
    """Stands at `NOW` until it is set on."""

    def __init__(self) -> None:
        self.ms = NOW

    def __call__(self) -> int:
        return self.ms

    def seconds(self) -> float:
        return self.ms / 1000


def server_call(
    step: int = 1,
    *,
    mode: Mode = Mode.BACKGROUND,
    interview: str = "i-1",
    action: str = "outbound.save_answers",
    slow: bool = False,
    **parameters: Any,
) -> ServerCall:
    return ServerCall(
        key=call_key.mint(interview, step, "save", NOW),
        link="save",
        action=action,
        mode=mode,
        node=f"q{step}",
        parameters=parameters,
        slow=slow,
    )


def queued(
    step: int = 1, *, interview: str = "i-1", agent: str = AGENT, mode: Mode = Mode.BACKGROUND, **call: Any
) -> QueuedCall:
    answers = [{"field": f"q{step}", "value": str(step)}]
    return QueuedCall(
        interview=interview,
        agent=agent,
        campaign="csat",
        release="0" * 64,
        business_path="/c1",
        call=server_call(step, mode=mode, interview=interview, answers=answers, **call),
        queued_at=NOW,
    )


def interview(id_: str = "i-1", *, turn: int = 1, agent: str = AGENT, is_open: bool = True) -> Interview:
    return Interview(
        id=id_,
        agent=agent,
        campaign="csat",
        release="0" * 64,
        state=b"state %d" % turn,
        turn=turn,
        started_at=NOW,
        open=is_open,
    )


def sign_in(id_: str = "s-1", *, agent: str = AGENT, at: int = NOW // 1000, closed_at: int | None = None) -> SignIn:
    return SignIn(
        id=id_,
        agent=agent,
        username="lin",
        name="林小雨",
        access_token="good-token",
        refresh_token="refresh-1",
        access_expires_at=at + 10 * 365 * 86400,
        language="zh",
        signed_in_at=at,
        closed_at=closed_at,
    )
