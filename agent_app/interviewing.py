"""One agent's interview between engine, store and server: decided by the engine, stored, then sent, then shown.

Whatever is returned for showing is on disk already. A call that the agent waits for is stored before it is sent, like
any other: after a crash it is sent again with its key.
"""

from __future__ import annotations

import logging
import secrets
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from agent_app.access import Access, Granted
from agent_app.client import UNREACHABLE, Answer, Refusal
from agent_app.desk_pack import DeskPack
from agent_app.heart import Heart
from agent_app.outbox import Drained, Outbox, Sender
from agent_app.releases import Releases
from agent_app.store.port import Store, TurnConflict
from agent_app.store.records import Interview, QueuedCall
from callscript import call_key
from callscript.engine import (
    Program,
    State,
    UnknownCommand,
    advance,
    begin,
    command_call,
    commands,
    dump,
    load,
    show,
    visits,
)
from callscript.engine.events import Begun, CallFailed, Event, Replied
from callscript.engine.steps import Ended, Failed, ServerCall, View, Visit, Wait
from callscript.protocol import CampaignAccess, ProblemReply

log = logging.getLogger(__name__)

_BUSY_PAUSE = 0.02
_BUSY_SECONDS = 12.0
_EARLIER_SECONDS = 2.0
"""How long the next case may be held up by what the last one has still to tell."""
DIAL = "dial"
HEARTBEAT = "heartbeat"


@dataclass(frozen=True, slots=True)
class Shown:
    """Where an interview stands, ready to be drawn."""

    interview: str
    campaign: str
    turn: int
    view: View
    taken: dict[str, Any]
    """What the server delivered, by the names that links gave it: `contact`, `calls`, ..."""
    languages: tuple[str, ...]
    commands: frozenset[str]
    """Ids of the links that the desk itself may call: `dial`, `heartbeat`, `park`."""
    release: str = ""
    overtaken: bool = False
    """The event was made on an older screen and was not applied."""


@dataclass(frozen=True, slots=True)
class NothingToCall:
    """The server gave no case, and said why."""

    campaign: str
    refusal: Refusal


@dataclass(frozen=True, slots=True)
class Loaded:
    """An interview as it is stored, ready to go on."""

    interview: Interview
    program: Program
    state: State


@dataclass(frozen=True, slots=True)
class Interviewing:
    """What one signed-in agent can do with interviews. `now` gives milliseconds since 1970."""

    agent: str
    sign_in_id: str
    store: Store
    access: Access
    sender: Sender
    outbox: Outbox
    releases: Releases
    now: Callable[[], int]

    def pack(self) -> DeskPack:
        """The agent's way to the desk's own actions."""
        return DeskPack(
            self.agent, self.sign_in_id, self.store, self.access, self.sender, self.outbox, self.releases, self.now
        )

    def campaigns(self) -> Sequence[CampaignAccess] | Refusal:
        """Campaigns that the agent may work on; the last known ones while dispatch is away."""
        granted = self.access.of(self.sign_in_id, renew_session=True)
        if not isinstance(granted, Granted) and granted.retryable:
            granted = self.access.of(self.sign_in_id)
        return granted.session.campaigns if isinstance(granted, Granted) else granted

    def take_next_case(self, campaign: str, language: str) -> Shown | NothingToCall | Refusal:
        """The next case on the campaign's current release, or the interview that is still open."""
        still_open = self.resume()
        if still_open is not None:
            return still_open
        granted = self.access.of(self.sign_in_id, renew_session=True)
        if not isinstance(granted, Granted):
            return granted
        access = next((one for one in granted.session.campaigns if one.id == campaign), None)
        if access is None:
            return Refusal("campaign_not_yours", retryable=False, status=403)
        program = self.releases.program(campaign, access.release, granted.credentials)
        if isinstance(program, Refusal):
            return program
        state, view, interview = self._begin(program, access, language)
        shown = self._settle_waits(Loaded(interview, program, state), view, access.business_path)
        if isinstance(shown.view, Failed) and not shown.taken:
            # Nothing was begun: no case was given, so there is nothing to keep or to park.
            self.store.drop_interview(shown.interview)
            refusal = _as_refusal(shown.view, self._language(), away=self.outbox.server_away)
            return NothingToCall(campaign, refusal)
        return shown

    def resume(self) -> Shown | Refusal | None:
        """The agent's open interview at the very question where it stands; None if there is none."""
        loaded = self.load()
        if loaded is None or isinstance(loaded, Refusal):
            return loaded
        view = show(loaded.program, loaded.state)
        return self._settle_waits(loaded, view, self.business_path(loaded.interview.campaign))

    def handle(self, turn: int, event: Event) -> Shown | Refusal | None:
        """Applies what the agent did on the screen of `turn`; None if no interview is open.

        An event made on an older screen (a second tab, a key sent twice) changes nothing: where the interview stands
        is shown instead.
        """
        loaded = self.load()
        if loaded is None or isinstance(loaded, Refusal):
            return loaded
        path = self.business_path(loaded.interview.campaign)
        if loaded.interview.turn != turn:
            return self._overtaken(loaded)
        state, calls, settled = self._told_of_results(loaded)
        state, step = advance(loaded.program, state, event)
        try:
            interview = self._save(
                loaded.interview, state, step.view, (*calls, *step.calls), settled=settled, path=path
            )
        except TurnConflict:
            again = self.load()
            return self._overtaken(again) if isinstance(again, Loaded) else again
        self.outbox.wake()
        return self._settle_waits(Loaded(interview, loaded.program, state), step.view, path)

    def all_visits(self) -> tuple[Visit, ...]:
        """Every answered question of the open interview; a screen carries only the nearest."""
        loaded = self.load()
        return visits(loaded.program, loaded.state) if isinstance(loaded, Loaded) else ()

    def call_command(self, link: str) -> Answer[Any] | Refusal | None:
        """Sends one of the desk's own commands now, such as `dial`; None where the campaign has no such link."""
        loaded = self.load()
        if not isinstance(loaded, Loaded):
            return loaded
        queued = self.command(loaded, link)
        if queued is None:
            return None
        outcome = self.sender.send(queued)
        self.outbox.note(outcome)
        return outcome

    def beat(self, heart: Heart, every_seconds: int) -> None:
        """Keeps the lease on the open interview's case, if it is time to."""
        interview = self.store.open_interview(self.agent)
        if interview is None or not heart.is_due(interview.id, every_seconds):
            return
        loaded = self.load()
        queued = self.command(loaded, HEARTBEAT) if isinstance(loaded, Loaded) else None
        if queued is not None:
            heart.beat(queued)

    def drain_all(self) -> None:
        """Sends what the agent's earlier interviews have still to tell, for as long as that may hold an agent up."""
        for before in self.store.interviews_waiting(self.agent):
            self._drain(before, _EARLIER_SECONDS)

    # --- below
    def _begin(self, program: Program, access: CampaignAccess, language: str) -> tuple[State, View, Interview]:
        # What the server still has to hear of the last case comes first: it may decide who is called next.
        self.drain_all()
        begun = Begun(
            at=self.now(),
            interview=str(uuid.uuid4()),
            seed=secrets.randbits(53),
            agent=self.agent,
            language=language,
            release=access.release,
        )
        state, step = begin(program, begun)
        interview = Interview(
            id=begun.interview,
            agent=self.agent,
            campaign=access.id,
            release=access.release,
            state=dump(state),
            turn=1,
            started_at=begun.at,
            open=not isinstance(step.view, Ended),
        )
        self.store.begin_interview(interview, self._queued(interview, step.calls, access.business_path))
        return state, step.view, interview

    def load(self) -> Loaded | Refusal | None:
        """The agent's open interview with its program and its state."""
        interview = self.store.open_interview(self.agent)
        if interview is None:
            return None
        program = self.releases.program(interview.campaign, interview.release, None)
        if isinstance(program, Refusal):
            granted = self.access.of(self.sign_in_id)
            if not isinstance(granted, Granted):
                return granted
            program = self.releases.program(interview.campaign, interview.release, granted.credentials)
        if isinstance(program, Refusal):
            return program
        return Loaded(interview, program, load(interview.state))

    def _told_of_results(self, loaded: Loaded) -> tuple[State, tuple[ServerCall, ...], list[str]]:
        """The state after the engine heard how its background calls ended."""
        state, settled = loaded.state, list[str]()
        calls: list[ServerCall] = []
        for result in self.store.results(loaded.interview.id):
            event: Event
            if result.accepted:
                event = Replied(at=self.now(), key=result.key, data=result.data)
            else:
                event = CallFailed(
                    at=self.now(), key=result.key, code=result.code, retryable=False, detail=result.detail
                )
            state, step = advance(loaded.program, state, event)
            calls.extend(step.calls)
            settled.append(result.key)
        return state, tuple(calls), settled

    def _settle_waits(self, loaded: Loaded, view: View, path: str) -> Shown:
        """Sends what the agent waits for until there is something to show."""
        interview, state = loaded.interview, loaded.state
        while isinstance(view, Wait):
            call = view.call
            event = self._wait_for(interview, call, path)
            state, step = advance(loaded.program, state, event)
            interview = self._save(interview, state, step.view, step.calls, settled=[call.key], path=path)
            view = step.view
            self.outbox.wake()
            if isinstance(event, CallFailed) and isinstance(view, Wait) and view.call.key == call.key:
                # The script says: again until it is accepted. The page looks again after a while.
                break
        return self._shown(Loaded(interview, loaded.program, state), view)

    def _wait_for(self, interview: Interview, call: ServerCall, path: str) -> Event:
        outcome = self._after_earlier_calls(self._queued(interview, [call], path)[0])
        if isinstance(outcome, Answer):
            return Replied(at=self.now(), key=call.key, data=outcome.value)
        return CallFailed(
            at=self.now(),
            key=call.key,
            code=outcome.code,
            retryable=outcome.retryable,
            detail=outcome.detail(self._language()),
        )

    def _after_earlier_calls(self, queued: QueuedCall) -> Answer[object] | Refusal:
        """Sends a call in its turn: those that the interview decided before it must have arrived."""
        if self._drain(queued.interview, _BUSY_SECONDS) is not Drained.DONE:
            return Refusal(UNREACHABLE, retryable=True)
        outcome = self.sender.send(queued)
        self.outbox.note(outcome)
        return outcome

    def _drain(self, interview_id: str, patience: float) -> Drained:
        """Drains, or waits up to `patience` seconds for whoever is draining it."""
        give_up = time.monotonic() + patience
        while (drained := self.outbox.drain(interview_id)) is Drained.BUSY and time.monotonic() < give_up:
            time.sleep(_BUSY_PAUSE)
        return drained

    def _save(
        self,
        before: Interview,
        state: State,
        view: View,
        calls: Sequence[ServerCall],
        *,
        settled: Sequence[str],
        path: str,
    ) -> Interview:
        after = msgspec.structs.replace(
            before, state=dump(state), turn=before.turn + 1, open=not isinstance(view, Ended)
        )
        if isinstance(view, Wait) and view.call not in calls:
            calls = (*calls, view.call)
        self.store.save_interview(after, self._queued(after, calls, path), settled=settled)
        return after

    def _queued(self, interview: Interview, calls: Sequence[ServerCall], path: str) -> list[QueuedCall]:
        return [
            QueuedCall(
                interview=interview.id,
                agent=interview.agent,
                campaign=interview.campaign,
                release=interview.release,
                business_path=path,
                call=call,
                queued_at=self.now(),
            )
            for call in calls
        ]

    def command(self, loaded: Loaded, link: str) -> QueuedCall | None:
        """A call of the desk's own command `link`; None where the campaign has none."""
        at = self.now()
        try:
            call = command_call(loaded.program, loaded.state, link, at)
        except UnknownCommand:
            return None
        # Each press of the key is a call of its own, whatever step the interview stands at.
        call = msgspec.structs.replace(call, key=call_key.mint(loaded.interview.id, at, link, at))
        path = self.business_path(loaded.interview.campaign)
        return self._queued(loaded.interview, [call], path)[0]

    def _overtaken(self, loaded: Loaded) -> Shown:
        return self._shown(loaded, show(loaded.program, loaded.state), overtaken=True)

    def _shown(self, loaded: Loaded, view: View, *, overtaken: bool = False) -> Shown:
        interview = loaded.interview
        return Shown(
            interview=interview.id,
            campaign=interview.campaign,
            turn=interview.turn,
            view=view,
            taken=loaded.state.takes,
            languages=tuple(loaded.program.languages),
            commands=frozenset(commands(loaded.program)),
            release=interview.release,
            overtaken=overtaken,
        )

    def business_path(self, campaign: str) -> str:
        """Path of the campaign's home cell in this session."""
        sign_in = self.store.sign_in(self.sign_in_id)
        campaigns = sign_in.session.campaigns if sign_in and sign_in.session else []
        return next((one.business_path for one in campaigns if one.id == campaign), "")

    def _language(self) -> str:
        sign_in = self.store.sign_in(self.sign_in_id)
        return sign_in.language if sign_in else "en"


def _as_refusal(failed: Failed, language: str, *, away: bool) -> Refusal:
    """`language` is that in which the engine was told of it."""
    said = ProblemReply(title=failed.code, status=0, code=failed.code, detail=failed.detail)
    return Refusal(failed.code, retryable=away or failed.code == UNREACHABLE, problem=said, language=language)
