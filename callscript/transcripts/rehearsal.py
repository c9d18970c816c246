"""An interview without a server: the real engine, with every call answered at once."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass

from callscript.engine import Program, State, advance, begin
from callscript.engine.events import Begun, CallFailed, Event, Replied
from callscript.engine.steps import Ask, Ended, Failed, Screen, ServerCall, Step, View
from callscript.model.campaign import Campaign
from callscript.transcripts.model import Setting
from callscript.transcripts.replies import Replies, Server

INTERVIEW = "00000000-0000-4000-8000-0000000000aa"
TICK_MS = 1_000
"""Between two events."""
MOST_CALLS = 500
"""Of one event; a campaign that needs more goes in a circle."""


@dataclass
class Rehearsal:
    """One interview in progress. A copy goes its own way from there: states are never changed."""

    program: Program
    server: Server
    state: State
    view: View
    at: int
    calls: tuple[ServerCall, ...] = ()
    """Decided since the agent's last event."""

    @classmethod
    def begun(cls, program: Program, campaign: Campaign, setting: Setting, given: Replies | None = None) -> Rehearsal:
        server = Server(campaign, given or {}, setting.replies, setting.begin)
        event = Begun(
            at=setting.begin,
            interview=INTERVIEW,
            seed=setting.seed,
            agent="agent",
            language=setting.language or program.language,
            release="rehearsal",
            timezone=setting.timezone,
        )
        state, step = begin(program, event)
        made = cls(program, server, state, step.view, setting.begin)
        made._serve(step)
        return made

    def do(self, event: Event) -> View:
        """What the agent sees after `event`, when every call that it caused is answered."""
        self.state, step = advance(self.program, self.state, event)
        self.view = step.view
        self._serve(step)
        return self.view

    def tick(self) -> int:
        """The time of the next event."""
        self.at += TICK_MS
        return self.at

    def fork(self) -> Rehearsal:
        return copy(self)

    @property
    def screen(self) -> Screen | None:
        return self.view.screen if isinstance(self.view, Ask) else None

    @property
    def where(self) -> str:
        """As a transcript would say it."""
        match self.view:
            case Ask():
                return f"at {self.view.screen.place}"
            case Failed():
                return f"failed {self.view.code}"
            case Ended():
                return f"end {'parked' if self.view.parked else self.view.node}"
            case _:
                return f"waiting for {self.view.call.action}"

    def _serve(self, step: Step) -> None:
        made = list(step.calls)
        queue = list(step.calls)
        while queue and len(made) < MOST_CALLS:
            call = queue.pop(0)
            self.state, after = advance(self.program, self.state, self._answer(call))
            self.view = after.view
            made += after.calls
            queue += after.calls
        self.calls = tuple(made)

    def _answer(self, call: ServerCall) -> Event:
        code = self.server.failure(call.action)
        if code:
            return CallFailed(at=self.at, key=call.key, code=code, retryable=False)
        return Replied(at=self.at, key=call.key, data=self.server.reply(call.action))
