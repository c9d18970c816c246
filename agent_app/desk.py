"""The agent's desk without any drawing: what is on it now, and what becomes of each thing that the agent does.

One `Desk` for each browser session. Everything that matters is in the store: another session of the same agent, in
this process or another, finds the same interview at the same question.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field

from agent_app.access import SIGNED_OUT, Access
from agent_app.client import Answer, Refusal
from agent_app.heart import Heart
from agent_app.inputs import Input, event_of
from agent_app.interviewing import DIAL, Interviewing, NothingToCall, Shown
from agent_app.store.port import Store, StoreError
from agent_app.store.records import Backlog, SetAside
from callscript.engine.events import SwitchedLanguage
from callscript.engine.steps import Ended, Visit, Wait
from callscript.protocol import CampaignAccess

log = logging.getLogger(__name__)

_HEARTBEAT_SECONDS = 20


@dataclass(frozen=True, slots=True)
class Choosing:
    """Which campaign to work on; `refusal` where the list cannot be read."""

    campaigns: tuple[CampaignAccess, ...]
    refusal: Refusal | None = None


@dataclass(frozen=True, slots=True)
class Working:
    """An interview, also one that has just ended."""

    shown: Shown


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
class SignedOut:
    """The sign-in is no longer good."""


Sight = Choosing | Working | QueueEmpty | Trouble | SignedOut


@dataclass(frozen=True, slots=True)
class Dialled:
    """A number for the dialler, to be handed over once; `number` empty: it was refused."""

    serial: int
    number: str = ""
    refusal: Refusal | None = None


@dataclass
class Desk:
    """`now` gives milliseconds since 1970."""

    interviewing: Interviewing
    store: Store
    access: Access
    now: Callable[[], int]
    language: str
    sight: Sight = field(default_factory=lambda: Choosing(()))
    campaign: str = ""
    dialled: Dialled | None = None
    visits: tuple[Visit, ...] = ()
    """Where the agent can jump to, once they have asked for it."""
    stamp: int = 0
    """Grows with each drawing that must not be mistaken for the one before."""

    def open(self) -> None:
        """What the agent sees first: the open interview, else the campaigns."""
        self._guarded(self._resume_or_choose)

    def apply(self, done: Input) -> None:
        """Does what the agent asked; afterwards `sight` is what to show."""
        self.stamp += 1
        self._guarded(lambda: self._apply(done))

    def switch_language(self, language: str) -> None:
        """Interface and, where the script has it, questionnaire; nothing typed or answered is touched."""
        self.language = language
        self.access.prefer_language(self.interviewing.sign_in_id, language)
        if isinstance(self.sight, Working) and not isinstance(self.sight.shown.view, Ended):
            event = SwitchedLanguage(at=self.now(), language=language)
            turn = self.sight.shown.turn
            if language in self.sight.shown.languages:
                self._guarded(lambda: self._see(self.interviewing.handle(turn, event)))

    def campaign_title(self) -> str:
        """The campaign's name in the agent's language."""
        sign_in = self.store.sign_in(self.interviewing.sign_in_id)
        campaigns = sign_in.session.campaigns if sign_in and sign_in.session else ()
        titles = next((one.titles for one in campaigns if one.id == self.campaign), {})
        return titles.get(self.language) or self.campaign

    def keep_case(self, heart: Heart) -> None:
        """The page is open: the case on it is still being worked on."""
        if isinstance(self.sight, Working) and not isinstance(self.sight.shown.view, Ended):
            sign_in = self.store.sign_in(self.interviewing.sign_in_id)
            every = sign_in.session.heartbeat_seconds if sign_in and sign_in.session else _HEARTBEAT_SECONDS
            self.interviewing.beat(heart, every)

    def look_again(self) -> bool:
        """Where the agent waits for the server: asks once more. Whether there is anything new to see."""
        before = self.sight
        if not _waits(before):
            return False
        self.open()
        return not _waits(self.sight)

    def backlog(self) -> Backlog:
        return self.store.backlog(self.interviewing.agent)

    def set_aside(self) -> list[SetAside]:
        """Calls that the server refused for good and the agent has not acknowledged."""
        return list(self.store.set_aside_calls(self.interviewing.agent))

    def dismiss_set_aside(self) -> None:
        for aside in self.set_aside():
            self.store.dismiss_set_aside(self.interviewing.agent, aside.queued.key)

    # --- below
    def _apply(self, done: Input) -> None:
        self.visits = ()
        if done.type == "dial":
            self._dial()
        elif done.type == "visits":
            self.visits = self.interviewing.all_visits()
        elif isinstance(self.sight, Working) and not isinstance(self.sight.shown.view, Ended):
            event = event_of(done, self.now())
            if event is not None:
                self._see(self.interviewing.handle(done.turn, event))
        elif done.type == "choose":
            self._choose(done.choice)

    def _choose(self, choice: str) -> None:
        kind, _, campaign = choice.partition(":")
        match kind:
            case "campaign":
                self._take(campaign)
            case "next" | "again" if self.campaign:
                self._take(self.campaign)
            case "park":
                self.interviewing.park_broken()
                self._take(self.campaign) if self.campaign else self._choose_campaign()
            case "stop":
                self.campaign = ""
                self._choose_campaign()
            case _:
                self._resume_or_choose()

    def _take(self, campaign: str) -> None:
        self.campaign = campaign
        taken = self.interviewing.take_next_case(campaign, self.language)
        if isinstance(taken, NothingToCall):
            self.sight = QueueEmpty(taken)
        else:
            self._see(taken)

    def _resume_or_choose(self) -> None:
        found = self.interviewing.resume()
        if found is None:
            self._choose_campaign()
        else:
            self._see(found)

    def _choose_campaign(self) -> None:
        campaigns = self.interviewing.campaigns()
        if isinstance(campaigns, Refusal):
            self._refused(campaigns, Choosing((), campaigns))
        else:
            self.sight = Choosing(tuple(campaigns))

    def _see(self, found: Shown | Refusal | None) -> None:
        if found is None:
            # Finished or taken over elsewhere, in another window.
            self._choose_campaign()
        elif isinstance(found, Refusal):
            open_interview = self.store.open_interview(self.interviewing.agent) is not None
            self._refused(found, Trouble(found.code, found, self.campaign, open_interview))
        else:
            self.campaign = found.campaign
            self.sight = Working(found)

    def _signed_in(self) -> bool:
        """A window that was left open must not outlive the sign-out in another one."""
        sign_in = self.store.sign_in(self.interviewing.sign_in_id)
        return sign_in is not None and sign_in.closed_at is None

    def _refused(self, refusal: Refusal, otherwise: Sight) -> None:
        self.sight = SignedOut() if refusal.code == SIGNED_OUT and not refusal.retryable else otherwise

    def _dial(self) -> None:
        serial = self.dialled.serial + 1 if self.dialled else 1
        outcome = self.interviewing.call_command(DIAL)
        if isinstance(outcome, Answer) and isinstance(outcome.value, dict):
            self.dialled = Dialled(serial, number=str(outcome.value.get("number") or ""))
        else:
            self.dialled = Dialled(serial, refusal=outcome if isinstance(outcome, Refusal) else None)

    def _guarded(self, action: Callable[[], None]) -> None:
        """Whatever breaks, the agent gets a plain text and ways on; the state before it is in the store."""
        try:
            if self._signed_in():
                action()
            else:
                self.sight = SignedOut()
        except StoreError:
            log.exception("The store refused; the desk is drawn anew.")
            self.sight = Trouble("store", None, self.campaign, interview_open=False)
        except Exception:
            log.exception("The desk could not do what was asked.")
            still_open = self.store.open_interview(self.interviewing.agent) is not None
            self.sight = Trouble("internal", None, self.campaign, interview_open=still_open)


def _waits(sight: Sight) -> bool:
    return isinstance(sight, Working) and isinstance(sight.shown.view, Wait)
