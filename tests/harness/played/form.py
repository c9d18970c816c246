"""The form of a transcript: one TOML file, one interview."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import Struct, field


class TranscriptError(Exception):
    """A file is no transcript; the text says where and why."""


class Move(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What the agent does on one screen. One of `answer`, `back`, `exit`, `jump`, `speak`."""

    at: str
    """Place on the screen before the move: `node`, or `node@round`."""
    says: list[str] = []
    """Texts that must be on the screen, whole."""
    asks: list[str] | None = None
    """Fields on the screen, in order; None: not compared."""
    answer: dict[str, Any] | None = None
    confirmed: bool = False
    back: bool = False
    exit: str = ""
    jump: str = ""
    speak: str = ""
    """Language to go on in."""
    complains: list[str] = []
    """Codes of what keeps the agent on this screen after the move."""


class Ending(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    at: str
    outcome: str
    says: list[str] = []
    values: dict[str, Any] = {}
    """Answers on the path, all of them, by field (`field[round]`); specials as `#dk`, `#refused`, `#na`."""
    calls: list[str] = []
    """Server actions other than the saving of answers, in order."""


class Transcript(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    campaign: str
    title: str
    end: Ending
    moves: list[Move] = field(default_factory=list, name="move")
    language: str = "zh"
    seed: int = 7
    began: str = "2026-11-23T09:00:00+08:00"
    """ISO 8601; each move takes five seconds."""
    replies: dict[str, Any] = {}
    """Server action -> its reply; without one: nothing."""


def read_transcript(data: bytes, file: str, replies: dict[str, Any] | None = None) -> Transcript:
    """The transcript in `data`; `replies` are those of the campaign, which its own go before.

    Raises:
        TranscriptError: it is no TOML, or has a member that a transcript does not have.
    """
    try:
        found = msgspec.toml.decode(data, type=Transcript)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise TranscriptError(f"{file}: {error}") from error
    return msgspec.structs.replace(found, replies={**(replies or {}), **found.replies})
