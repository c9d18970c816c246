"""`links.xml`: which local moment calls which server action, what goes out, what comes back, what if not."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from callscript.model.expression import Expression
from callscript.places import Span


class Moment(StrEnum):
    START = "start"
    ENTER = "enter"
    LEAVE = "leave"
    EXIT = "exit"
    END = "end"
    COMMAND = "command"
    """Called by the agent's desk itself, by the link's id: `dial`, `history`, `heartbeat`."""


class Mode(StrEnum):
    WAIT = "wait"
    BACKGROUND = "background"


class FailPolicy(StrEnum):
    ASK = "ask"
    """Tell the agent, who tries again, goes on without it, or parks the case (the default of `wait`)."""
    GO_ON = "go-on"
    PARK = "park"
    GO_TO = "go-to"
    RETRY = "retry"
    """Again until it is accepted or refused for good (the default of `background`)."""


@dataclass(frozen=True, slots=True)
class Give:
    span: Span
    name: str
    value: Expression


@dataclass(frozen=True, slots=True)
class Take:
    """Part `path` of the reply (empty: all of it) becomes `${name...}`."""

    span: Span
    name: str
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Link:
    span: Span
    id: str
    """Unique among the links in force; a campaign's link with a pack's id replaces it."""
    moment: Moment
    node: str
    """An action, exit or end of local.xml, or `*` for every one. Empty for start and command."""
    action: str
    """`pack.action`; empty in an override that switches a pack's default off."""
    mode: Mode
    gives: tuple[Give, ...] = ()
    takes: tuple[Take, ...] = ()
    when: Expression | None = None
    fail: FailPolicy = FailPolicy.ASK
    fail_action: str | None = None
    """Where `go-to` goes."""


@dataclass(frozen=True, slots=True)
class Links:
    span: Span
    links: tuple[Link, ...]
