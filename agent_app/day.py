"""An agent's day: in which state they are, what they have done, whom they promised to call.

One `Day` for each agent in a process, whatever number of windows they have open. A change of state is stored like an
answer and sent in order; what is shown of the day is asked for beside everything else, so that no key waits for it.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec
from msgspec import Struct

from agent_app.client import Answer
from agent_app.desk_pack import ENTER_STATE, MY_DAY, DeskPack, Office

log = logging.getLogger(__name__)

READY, TALKING, WRAP_UP, SIGNED_OUT = "ready", "talking", "wrap_up", "signed_out"
RESTING = frozenset({"break", "training"})
"""Kinds of state in which no case is taken."""
_REFRESH_MS = 60_000
_SOON_MS = 2_000
"""After a change the figures are asked for again: by then it has usually arrived."""


class DayState(Struct, frozen=True, kw_only=True):
    """A row of `desk.states`."""

    code: str
    kind: str
    title_zh: str = ""
    title_en: str = ""
    offered: bool = False
    most_minutes: int | None = None

    def title(self, language: str) -> str:
        return (self.title_zh if language == "zh" else self.title_en) or self.code


class Figures(Struct, frozen=True, kw_only=True):
    """Of today, as `desk.my_day` counts it."""

    attempts: int = 0
    interviews: int = 0
    refusals: int = 0
    ready_seconds: int = 0
    talk_seconds: int = 0
    wrap_seconds: int = 0
    break_seconds: int = 0
    training_seconds: int = 0
    state: str | None = None
    state_seconds: int | None = None
    appointment_at: datetime | None = None
    appointment_name: str | None = None
    appointment_timezone: str | None = None


class _Reply(Struct, frozen=True, kw_only=True):
    day: Figures
    states: list[DayState]


BUILT_IN = (
    DayState(code=READY, kind=READY, title_zh="就绪", title_en="Ready", offered=True),
    DayState(code=TALKING, kind=TALKING, title_zh="通话中", title_en="Talking"),
    DayState(code=WRAP_UP, kind=WRAP_UP, title_zh="话后整理", title_en="Wrap-up"),
)
"""Until the server's table is known."""


@dataclass(frozen=True, slots=True)
class Standing:
    state: str
    since: int
    """Milliseconds since 1970, by this process's clock."""
    interview: str = ""


class Day:
    """`now` gives milliseconds since 1970. Safe to use from many threads."""

    def __init__(self, pool: ThreadPoolExecutor, now: Callable[[], int]) -> None:
        self._pool = pool
        self._now = now
        self._lock = threading.Lock()
        self._due_at = 0
        self._asking = False
        self.standing: Standing | None = None
        self.figures: Figures | None = None
        self.states: Sequence[DayState] = BUILT_IN
        self.after_call = ""
        """State that the agent wants to enter as soon as the interview is over."""
        self.version = 0
        """Grows whenever there is something new to show."""

    def state(self, code: str) -> DayState:
        return next((one for one in self.states if one.code == code), DayState(code=code, kind=READY))

    @property
    def resting(self) -> bool:
        """On a break or in training: no case is to be taken."""
        return self.standing is not None and self.state(self.standing.state).kind in RESTING

    def enter(self, pack: DeskPack, office: Callable[[], Office | None], state: str, interview: str = "") -> None:
        """The agent is in this state from now on; nothing happens if they are in it already."""
        with self._lock:
            if self.standing and (self.standing.state, self.standing.interview) == (state, interview):
                return
            now = self._now()
            self.standing = Standing(state, now, interview)
            self._due_at = min(self._due_at, now + _SOON_MS) if self.figures else 0
            self.version += 1
        if state == self.after_call:
            self.after_call = ""
        through = office()
        if through is not None:
            at = datetime.fromtimestamp(now / 1000, UTC).isoformat()
            pack.queue(through, ENTER_STATE, state=state, at=at, **({"interview": interview} if interview else {}))

    def read(self, pack: DeskPack, office: Office) -> None:
        """Asks the server now. Its word on the state holds where nothing of ours is still on its way to it."""
        settled = not pack.store.waiting(pack.stream)
        version = self.version
        outcome = pack.ask(office, MY_DAY)
        if not isinstance(outcome, Answer):
            return
        try:
            reply = msgspec.convert(outcome.value, _Reply)
        except msgspec.ValidationError:
            log.exception("What %s answered is no agent's day.", MY_DAY)
            return
        with self._lock:
            settled = settled and version == self.version
            self.version += self.figures != reply.day or list(self.states) != reply.states
            self.figures, self.states = reply.day, reply.states or BUILT_IN
            told = reply.day.state
            if settled and told and told != SIGNED_OUT:
                since = self._now() - 1000 * (reply.day.state_seconds or 0)
                if self.standing is None or self.standing.state != told:
                    self.standing = Standing(told, since)
                    self.version += 1

    def refresh(self, pack: DeskPack, office: Callable[[], Office | None]) -> None:
        """Asks beside everything else, if it is time to."""
        now = self._now()
        with self._lock:
            if self._asking or now < self._due_at <= now + _REFRESH_MS:
                return
            self._asking, self._due_at = True, now + _REFRESH_MS
        try:
            self._pool.submit(self._read_quietly, pack, office)
        except RuntimeError:  # the process is stopping
            self._asking = False

    def _read_quietly(self, pack: DeskPack, office: Callable[[], Office | None]) -> None:
        try:
            found = office()
            if found is not None:
                self.read(pack, found)
        except Exception:
            log.exception("The agent's day could not be read; it is asked for again.")
        finally:
            self._asking = False


class Days:
    """The days of all agents of one process."""

    def __init__(self, now: Callable[[], int]) -> None:
        self._now = now
        self._pool = ThreadPoolExecutor(4, thread_name_prefix="day")
        self._days: dict[str, Day] = {}
        self._lock = threading.Lock()

    def of(self, agent: str) -> Day:
        with self._lock:
            return self._days.setdefault(agent, Day(self._pool, self._now))

    def agents(self) -> Sequence[str]:
        """Who has been at work in this process and has not signed out."""
        with self._lock:
            return list(self._days)

    def forget(self, agent: str) -> None:
        """The agent has signed out: whoever signs in next begins anew."""
        with self._lock:
            self._days.pop(agent, None)

    def stop(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)
