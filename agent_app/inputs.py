"""What the browser reports: one small message for each thing that an agent does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
from msgspec import Struct, field

from callscript.engine.events import Answered, Chose, Event, Jumped, SwitchedLanguage, TookExit, WentBack

CHOICES = frozenset({"retry", "go_on", "park"})
"""What an agent can decide when a call failed."""


class Input(Struct, frozen=True, kw_only=True):
    """`turn` is that of the screen on which it was done."""

    type: str
    """`answer`, `back`, `jump`, `visits`, `exit`, `language`, `choose`, `dial`; `state`, `note`, `report`, `park`."""
    turn: int
    values: dict[str, Any] = field(default_factory=dict)
    confirmed: bool = False
    place: str = ""
    """Of the screen that was answered, or to which to jump."""
    spent: dict[str, int] = field(default_factory=dict)
    """Milliseconds in each field."""
    exit: str = ""
    choice: str = ""
    language: str = ""
    again: int = 0
    """Sent once more because nothing was heard of it; not 0 then."""
    state: str = ""
    """The state that the agent wants to be in."""
    text: str = ""
    """A note, what is wrong with a question, why the interview is parked."""


def read_input(raw: Any) -> Input | None:
    """The message, or None if it is none: what comes from a browser is never trusted to have a form."""
    try:
        return msgspec.convert(raw, Input)
    except msgspec.ValidationError:
        return None


def event_of(done: Input, at: int) -> Event | None:
    """The engine's event for it, at `at` (milliseconds since 1970); None for what the desk itself decides."""
    makers: dict[str, Callable[[], Event]] = {
        "answer": lambda: Answered(
            at=at, values=done.values, confirmed=done.confirmed, place=done.place, spent=done.spent
        ),
        "back": lambda: WentBack(at=at),
        "jump": lambda: Jumped(at=at, place=done.place),
        "exit": lambda: TookExit(at=at, exit=done.exit),
        "language": lambda: SwitchedLanguage(at=at, language=done.language),
        "choose": lambda: Chose(at=at, choice=done.choice),
    }
    maker = makers.get(done.type)
    if maker is None or (done.type == "choose" and done.choice not in CHOICES):
        return None
    return maker()
