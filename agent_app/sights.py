"""What can be on an agent's desk."""

from __future__ import annotations

from dataclasses import dataclass

from agent_app.client import Refusal
from agent_app.day import DayState
from agent_app.interviewing import NothingToCall, Shown
from agent_app.parking import Parked
from callscript.engine.steps import Ended, Wait
from callscript.protocol import CampaignAccess


@dataclass(frozen=True, slots=True)
class Choosing:
    """Which campaign to work on; `refusal` where the list cannot be read."""

    campaigns: tuple[CampaignAccess, ...]
    refusal: Refusal | None = None
    can_resume: bool = False
    """Interviews may be laid aside in one of them."""


@dataclass(frozen=True, slots=True)
class Working:
    """An interview, also one that has just ended."""

    shown: Shown

    @property
    def live(self) -> bool:
        return not isinstance(self.shown.view, Ended)

    @property
    def waits(self) -> bool:
        return isinstance(self.shown.view, Wait)


@dataclass(frozen=True, slots=True)
class LaidAside:
    """The agent has just suspended an interview."""

    interview: str
    campaign: str


@dataclass(frozen=True, slots=True)
class ParkedList:
    """Interviews that can be resumed."""

    parked: tuple[Parked, ...]
    refusal: Refusal | None = None


@dataclass(frozen=True, slots=True)
class Resting:
    """On a break, or in training."""

    state: DayState
    since: int
    """Milliseconds since 1970."""


@dataclass(frozen=True, slots=True)
class QueueEmpty:
    nothing: NothingToCall


@dataclass(frozen=True, slots=True)
class Trouble:
    """A step that did not succeed outside the script's own calls; the agent tries again or goes another way."""

    code: str
    refusal: Refusal | None
    campaign: str = ""
    interview_open: bool = False


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """This agent's desk was taken at another place where they signed in."""


@dataclass(frozen=True, slots=True)
class SignedOut:
    """The sign-in is no longer good."""


Sight = Choosing | Working | LaidAside | ParkedList | Resting | QueueEmpty | Trouble | Elsewhere | SignedOut


@dataclass(frozen=True, slots=True)
class Dialled:
    """What became of the last press of the dial key; `href` is for the browser to follow, once."""

    serial: int
    said: str = ""
    """Key of a text."""
    href: str = ""
    refusal: Refusal | None = None
