"""A transcript: one interview as an author writes it down, to be played again against the script."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from callscript.places import NOWHERE, Span

BEGIN_MS = 1_767_574_800_000
"""2026-01-05 09:00 in Shanghai, a Monday: when an interview of a transcript begins unless it says otherwise."""


class Here(StrEnum):
    """Where the interview must stand when a block begins."""

    AT = "at"
    FAILED = "failed"
    """A call that the agent needs failed with this code."""
    END = "end"


class Word(StrEnum):
    """What a line in a block says. The value is the word that authors write; an answer needs none."""

    ANSWER = "="
    # expectations
    SAYS = "says"
    SAYS_NOT = "says-not"
    ASKS = "asks"
    HIDES = "hides"
    OFFERS = "offers"
    COMPLAINS = "complains"
    VALUE = "value"
    CALLS = "calls"
    # what the agent does instead of going on
    CONFIRM = "confirm"
    EXIT = "exit"
    BACK = "back"
    JUMP = "jump"
    SPEAK = "speak"
    CHOOSE = "choose"


DEEDS = frozenset({Word.EXIT, Word.BACK, Word.JUMP, Word.SPEAK, Word.CHOOSE})
BEFORE = frozenset({Word.SAYS, Word.SAYS_NOT, Word.ASKS, Word.HIDES, Word.OFFERS})
"""Judged on the screen as it is with the answers that stand above the line; all others once the agent has gone on."""


@dataclass(frozen=True, slots=True)
class Line:
    """`name` is the field, code, action, exit, place or language; `text` what stands after it."""

    word: Word
    name: str = ""
    text: str = ""
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Block:
    """One screen: `name` is the place, code or end; `outcome` only of an end, where it is written."""

    here: Here
    name: str
    lines: tuple[Line, ...] = ()
    outcome: str = ""
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Reply:
    """What a server action replies in this transcript: `path` has `value`; or it `fails` with a code."""

    action: str
    path: str = ""
    value: str = ""
    fails: str = ""
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Setting:
    """Under which circumstances it is played."""

    language: str = ""
    """Empty: the campaign's own."""
    seed: int = 1
    begin: int = BEGIN_MS
    """Milliseconds since 1970."""
    timezone: str = "Asia/Shanghai"
    replies: tuple[Reply, ...] = ()


@dataclass(frozen=True, slots=True)
class Transcript:
    title: str
    blocks: tuple[Block, ...]
    setting: Setting = Setting()
    span: Span = field(default=NOWHERE, compare=False)
