"""The agent's desk without any drawing: what is on it now, and what becomes of each thing that the agent does.

One `Desk` for each browser session. Everything that matters is in the store: another session of the same agent, in
this process or another, finds the same interview at the same question.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from agent_app import parking
from agent_app.access import SIGNED_OUT, Access
from agent_app.client import Answer, Refusal
from agent_app.day import READY, TALKING, WRAP_UP, Day
from agent_app.desk_pack import REPORT_QUESTION, SUSPEND, WRITE_NOTE, DeskPack, Office
from agent_app.dialler import Dialler, Order
from agent_app.heart import Heart
from agent_app.inputs import Input, event_of
from agent_app.interviewing import DIAL, Interviewing, NothingToCall, Shown
from agent_app.sights import (
    Choosing,
    Dialled,
    Elsewhere,
    LaidAside,
    ParkedList,
    QueueEmpty,
    Resting,
    Sight,
    SignedOut,
    Trouble,
    Working,
)
from agent_app.store.port import Store, StoreError
from agent_app.store.records import Backlog, SetAside
from callscript.engine.events import SwitchedLanguage
from callscript.engine.steps import Ask, Visit

log = logging.getLogger(__name__)

_HEARTBEAT_SECONDS = 20
_LONGEST_TEXT = 2000
HERE = "here"
"""The choice to work at this place and no longer where the desk was taken."""


@dataclass
class Desk:
    """`now` gives milliseconds since 1970."""

    interviewing: Interviewing
    store: Store
    access: Access
    now: Callable[[], int]
    language: str
    pack: DeskPack
    day: Day
    dialler: Dialler | None
    sight: Sight = field(default_factory=lambda: Choosing(()))
    campaign: str = ""
    dialled: Dialled | None = None
    visits: tuple[Visit, ...] = ()
    """Where the agent can jump to, once they have asked for it."""
    said: str = ""
    """Key of a text that tells what became of the last deed, where the question itself does not."""
    note: tuple[str, str] = ("", "")
    """Interview, and the note that was written in it."""
    stamp: int = 0
    """Grows with each drawing that must not be mistaken for the one before."""

    def open(self) -> None:
        """What the agent sees first: the open interview, else a break that is not over, else the campaigns."""
        sign_in = self.store.sign_in(self.interviewing.sign_in_id)
        if sign_in is not None and not sign_in.desk_taken_at:
            self.access.take_desk(sign_in.id, self.now())
        self._guarded(self._resume_or_choose)

    def apply(self, done: Input) -> None:
        """Does what the agent asked; afterwards `sight` is what to show."""
        self.stamp += 1
        self.said = ""
        self._guarded(lambda: self._apply(done), taking=done.choice == HERE)

    def switch_language(self, language: str) -> None:
        """Interface and, where the script has it, questionnaire; nothing typed or answered is touched."""
        self.language, self.visits = language, ()
        self.access.prefer_language(self.interviewing.sign_in_id, language)
        if isinstance(self.sight, Working) and self.sight.live and language in self.sight.shown.languages:
            event = SwitchedLanguage(at=self.now(), language=language)
            turn = self.sight.shown.turn
            self._guarded(lambda: self._see(self.interviewing.handle(turn, event)))

    def campaign_title(self, campaign: str = "") -> str:
        """A campaign's name in the agent's language; without one that of the campaign in hand."""
        sign_in = self.store.sign_in(self.interviewing.sign_in_id)
        campaigns = sign_in.session.campaigns if sign_in and sign_in.session else ()
        wanted = campaign or self.campaign
        titles = next((one.titles for one in campaigns if one.id == wanted), {})
        return titles.get(self.language) or wanted

    def keep_case(self, heart: Heart) -> None:
        """The page is open: the case on it is still being worked on, and the day's figures are kept fresh."""
        self.day.refresh(self.pack, self._office)
        if isinstance(self.sight, Working) and self.sight.live:
            sign_in = self.store.sign_in(self.interviewing.sign_in_id)
            every = sign_in.session.heartbeat_seconds if sign_in and sign_in.session else _HEARTBEAT_SECONDS
            self.interviewing.beat(heart, every)

    def look_again(self) -> bool:
        """Where another window or the server may have changed what there is to see: whether it has."""
        before = self.sight
        if isinstance(before, Working) and before.waits:
            self.open()
            return not (isinstance(self.sight, Working) and self.sight.waits)
        if isinstance(before, (SignedOut, Elsewhere)):
            return False
        self._guarded(self._follow_other_windows)
        return self.sight is not before

    def backlog(self) -> Backlog:
        return self.store.backlog(self.interviewing.agent)

    def set_aside(self) -> list[SetAside]:
        """Calls that the server refused for good and the agent has not acknowledged."""
        return list(self.store.set_aside_calls(self.interviewing.agent))

    def dismiss_set_aside(self) -> None:
        for aside in self.set_aside():
            self.store.dismiss_set_aside(self.interviewing.agent, aside.queued.key)

    def offers(self, action: str) -> bool:
        """Whether the open interview's campaign has this action of the desk's pack."""
        return isinstance(self.sight, Working) and self.pack.offers(self.sight.shown.release, action)

    def can_dial(self) -> bool:
        has_link = isinstance(self.sight, Working) and self.sight.live and DIAL in self.sight.shown.commands
        return has_link and self.dialler is not None

    # --- below
    def _apply(self, done: Input) -> None:
        self.visits = ()
        match done.type:
            case "dial":
                self._dial()
            case "visits":
                self.visits = self.interviewing.all_visits()
            case "state":
                self._want(done.state)
            case "note" | "report" | "park" if isinstance(self.sight, Working):
                self._tell(done, self.sight.shown)
            case "choose" if not (isinstance(self.sight, Working) and self.sight.live):
                self._choose(done.choice)
            case _ if isinstance(self.sight, Working) and self.sight.live:
                event = event_of(done, self.now())
                if event is not None:
                    found = self.interviewing.handle(done.turn, event)
                    if done.again and isinstance(found, Shown):
                        # It had arrived after all: no other window is meant.
                        found = replace(found, overtaken=False)
                    self._see(found)

    def _choose(self, choice: str) -> None:
        kind, _, rest = choice.partition(":")
        match kind:
            case "campaign":
                self._take(rest)
            case "next" | "again" if self.campaign:
                self._take(self.campaign)
            case "park":
                parking.park_broken(self.interviewing)
                self._take(self.campaign) if self.campaign else self._choose_campaign()
            case "parked":
                found = parking.parked(self.pack, self.campaign)
                self.sight = ParkedList((), found) if isinstance(found, Refusal) else ParkedList(tuple(found))
            case "resume":
                campaign, _, interview = rest.partition(":")
                self._see(parking.resume(self.interviewing, self.pack, campaign, interview))
            case "here" if isinstance(self.sight, Elsewhere):
                self.access.take_desk(self.interviewing.sign_in_id, self.now())
                self._resume_or_choose()
            case "ready":
                self.day.enter(self.pack, self._office, READY)
                self._choose_campaign()
            case "stop":
                self.campaign = ""
                self._choose_campaign()
            case _:
                self._resume_or_choose()

    def _take(self, campaign: str) -> None:
        self.campaign = campaign
        if self.day.after_call:
            self._rest(self.day.after_call)
            return
        taken = self.interviewing.take_next_case(campaign, self.language)
        if isinstance(taken, NothingToCall):
            self.sight = QueueEmpty(taken)
        else:
            self._see(taken)

    def _resume_or_choose(self) -> None:
        found = self.interviewing.resume()
        if found is not None:
            self._see(found)
            return
        self._choose_campaign()
        if self.day.standing is None and (office := self._office()) is not None:
            self.day.read(self.pack, office)
        if self.day.resting:
            self._show_rest()

    def _choose_campaign(self) -> None:
        if self.day.after_call:
            self._rest(self.day.after_call)
            return
        campaigns = self.interviewing.campaigns()
        if isinstance(campaigns, Refusal):
            self._refused(campaigns, Choosing((), campaigns))
        else:
            self.sight = Choosing(tuple(campaigns), can_resume=self._office() is not None)

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

    def _refused(self, refusal: Refusal, otherwise: Sight) -> None:
        self.sight = SignedOut() if refusal.code == SIGNED_OUT and not refusal.retryable else otherwise

    # --- states
    def _office(self) -> Office | None:
        return self.pack.office(self.campaign)

    def _want(self, state: str) -> None:
        """A state that the agent chose: at once, or as soon as the interview is over."""
        if not any(one.code == state and one.offered for one in self.day.states):
            return
        if isinstance(self.sight, Working) and self.sight.live:
            self.day.after_call = "" if state == READY else state
            self.said = "state.after_call" if self.day.after_call else "state.not_after_call"
        elif state == READY:
            self.day.after_call = ""
            self._choose("ready")
        else:
            self._rest(state)

    def _rest(self, state: str) -> None:
        self.day.enter(self.pack, self._office, state)
        self._show_rest()

    def _show_rest(self) -> None:
        standing = self.day.standing
        if standing is not None:
            self.sight = Resting(self.day.state(standing.state), standing.since)

    def _keep_state(self) -> None:
        """The agent's state follows from what is on the desk, unless they are on a break."""
        match self.sight:
            case Working() if self.sight.live:
                self.day.enter(self.pack, self._office, TALKING, self.sight.shown.interview)
            case Working():
                self.day.enter(self.pack, self._office, WRAP_UP, self.sight.shown.interview)
            case LaidAside():
                self.day.enter(self.pack, self._office, WRAP_UP, self.sight.interview)
            case Choosing() | QueueEmpty() | ParkedList() | Trouble() if not self.day.resting:
                self.day.enter(self.pack, self._office, READY)
            case _:
                pass

    def _follow_other_windows(self) -> None:
        """A break that began or ended in another window of this agent."""
        if self.day.resting and isinstance(self.sight, (Choosing, QueueEmpty, ParkedList)):
            self._show_rest()
        elif isinstance(self.sight, Resting) and not self.day.resting:
            self._resume_or_choose()

    # --- what the agent tells beside the questionnaire
    def _tell(self, done: Input, shown: Shown) -> None:
        words = done.text.strip()[:_LONGEST_TEXT]
        office = Office(shown.campaign, shown.release, self.interviewing.business_path(shown.campaign))
        if done.type == "note" and self.offers(WRITE_NOTE):
            self.pack.queue(office, WRITE_NOTE, behind=shown.interview, interview=shown.interview, note=words)
            self.note = (shown.interview, words)
            self.said = "note.kept"
        elif done.type == "report" and self.offers(REPORT_QUESTION) and isinstance(shown.view, Ask):
            screen = shown.view.screen
            at = datetime.fromtimestamp(self.now() / 1000, UTC).isoformat()
            where = {"node": screen.node, "place": screen.place, "release": shown.release, "language": screen.language}
            told = {**where, "interview": shown.interview, "comment": words, "at": at}
            self.pack.queue(office, REPORT_QUESTION, behind=shown.interview, **told)
            self.said = "report.kept"
        elif done.type == "park" and self.offers(SUSPEND):
            if parking.suspend(self.interviewing, self.pack, done.turn, words):
                self.sight = LaidAside(shown.interview, shown.campaign)
            else:
                self._resume_or_choose()

    def _dial(self) -> None:
        if not (isinstance(self.sight, Working) and self.can_dial()) or self.dialler is None:
            return
        serial = self.dialled.serial + 1 if self.dialled else 1
        outcome = self.interviewing.call_command(DIAL)
        if isinstance(outcome, Answer) and isinstance(outcome.value, dict) and outcome.value.get("number"):
            shown = self.sight.shown
            order = Order(str(outcome.value["number"]), shown.interview, shown.campaign, self.now())
            placed = self.dialler.dial(order)
            self.dialled = Dialled(serial, said=placed.said, href=placed.href)
        else:
            self.dialled = Dialled(serial, refusal=outcome if isinstance(outcome, Refusal) else None)

    # --- what holds for everything
    def _guarded(self, action: Callable[[], None], *, taking: bool = False) -> None:
        """Whatever breaks, the agent gets a plain text and ways on; the state before it is in the store."""
        try:
            if self._may_work(taking=taking):
                action()
                self._keep_state()
        except StoreError:
            log.exception("The store refused; the desk is drawn anew.")
            self.sight = Trouble("store", None, self.campaign, interview_open=False)
        except Exception:
            log.exception("The desk could not do what was asked.")
            still_open = self.store.open_interview(self.interviewing.agent) is not None
            self.sight = Trouble("internal", None, self.campaign, interview_open=still_open)

    def _may_work(self, *, taking: bool) -> bool:
        """A window that was left open must not outlive the sign-out in another, nor work where the agent does not."""
        sign_in = self.store.sign_in(self.interviewing.sign_in_id)
        if sign_in is None or sign_in.closed_at is not None:
            self.sight = SignedOut()
            return False
        if not taking and not self.access.has_desk(sign_in):
            self.sight = Elsewhere()
            return False
        return True
