"""What can happen to an interview. Time and seed come with the event; the engine has neither clock nor chance."""

from __future__ import annotations

from typing import Any

from msgspec import Struct, field


class Begun(Struct, frozen=True, kw_only=True, tag="begun"):
    """A case is asked for: the `start` links are called, then the first node is shown."""

    at: int
    """Milliseconds since 1970, as in every event."""
    interview: str
    """UUID minted by the app."""
    seed: int
    agent: str
    language: str
    release: str
    timezone: str = "Asia/Shanghai"
    """IANA zone in which `today()` and dates are meant."""


class Answered(Struct, frozen=True, kw_only=True, tag="answered"):
    """The agent leaves the current node with these inputs, by field name (in a repeat: of this round).

    A value is what was typed or chosen: text, number, bool, list of option values, a special as
    `{"special": "dk"}`, or None for "left empty".
    """

    at: int
    values: dict[str, Any] = field(default_factory=dict)
    confirmed: bool = False
    """The agent has seen the soft checks of this node and says that the answer is right."""
    place: str = ""
    """`Screen.place` of the screen that was answered, where the app knows it: an answer that comes twice, or late, is
    then not taken for an answer to the next screen."""
    spent: dict[str, int] = field(default_factory=dict)
    """Milliseconds spent in each field, where the app measures them (paradata)."""


class WentBack(Struct, frozen=True, kw_only=True, tag="back"):
    at: int


class Jumped(Struct, frozen=True, kw_only=True, tag="jumped"):
    """To a node that was visited and is on the path."""

    at: int
    place: str
    """`node`, or `node@round` in a repeat, as `Visit.place` says."""


class TookExit(Struct, frozen=True, kw_only=True, tag="exit"):
    at: int
    exit: str


class SwitchedLanguage(Struct, frozen=True, kw_only=True, tag="language"):
    at: int
    language: str


class Replied(Struct, frozen=True, kw_only=True, tag="replied"):
    """The reply of the call with this key has come."""

    at: int
    key: str
    data: Any


class CallFailed(Struct, frozen=True, kw_only=True, tag="failed"):
    """The call with this key was refused, or cannot be made now (`retryable`)."""

    at: int
    key: str
    code: str
    retryable: bool
    detail: str = ""


class Chose(Struct, frozen=True, kw_only=True, tag="chose"):
    """What the agent decides when a call failed: `retry`, `go_on` (without it) or `park` (the case)."""

    at: int
    choice: str


Event = Begun | Answered | WentBack | Jumped | TookExit | SwitchedLanguage | Replied | CallFailed | Chose
