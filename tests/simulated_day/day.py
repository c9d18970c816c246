"""The day itself: agents come, take cases, speak, settle, promise, vanish, and ask again.

Events are worked off one after the other in the order of the simulation's time, each through the real action. (That two
agents who ask at the same moment are not given the same case is another test's subject.)
"""

from __future__ import annotations

import heapq
import random
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from tests.simulated_day.assumptions import Assumptions, Course
from tests.simulated_day.desk import Centre
from tests.simulated_day.sample import Agent

BEGINS = datetime(2026, 12, 2, 0, 0, tzinfo=UTC)
"""A Wednesday; the Thursday after it is a holiday in the rules."""
SHIFT = timedelta(hours=8)
HEARTBEAT = timedelta(seconds=45)
EMPTY = timedelta(minutes=12)
BACK_AFTER = timedelta(minutes=10)
"""How long an agent whose machine died is away."""


@dataclass
class Told:
    """What the simulation knows by itself, for the checker to compare with."""

    languages: dict[str, list[tuple[datetime, str]]] = field(default_factory=dict)
    """Case -> from when on it was said to need which language."""
    deaths: list[tuple[str, datetime]] = field(default_factory=list)
    """Interview and the last sign of life of its agent."""
    served: int = 0
    empty: int = 0
    refused: list[str] = field(default_factory=list)
    """Answers of the server that should not have come."""


@dataclass
class Day:
    centre: Centre
    agents: list[Agent]
    chance: random.Random
    hours: float = 24.0
    told: Told = field(default_factory=Told)

    def __post_init__(self) -> None:
        self._assumptions = Assumptions(self.chance)
        self._queue: list[tuple[datetime, int, Callable[[datetime], None]]] = []
        self._order = count()

    def run(self, until: Callable[[], bool] = lambda: False) -> Told:
        """`until` ends the day early."""
        for agent in self.agents:
            begins = BEGINS + timedelta(hours=agent.starts)
            self._at(begins + timedelta(seconds=self.chance.uniform(0, 300)), self._asks(agent))
        for hour in range(1, int(self.hours)):
            self._at(BEGINS + timedelta(hours=hour), lambda _: self.centre.clock.count_rows())
        last = BEGINS + timedelta(hours=self.hours)
        while self._queue and not until():
            moment, _, happens = heapq.heappop(self._queue)
            if moment > last:
                break
            self.centre.clock.set(moment)
            happens(moment)
        return self.told

    def _at(self, moment: datetime, happens: Callable[[datetime], None]) -> None:
        heapq.heappush(self._queue, (moment, next(self._order), happens))

    # --- one agent ----------------------------------------------------------------------------------------------------
    def _asks(self, agent: Agent) -> Callable[[datetime], None]:
        def happens(now: datetime) -> None:
            if now >= BEGINS + timedelta(hours=agent.starts) + SHIFT:
                return
            interview = str(uuid.UUID(int=self.chance.getrandbits(128), version=4))
            given = {"campaign": "csat", "interview": interview, "release": self.centre.desk.release, "language": "zh"}
            replied = self.centre.call(agent.name, "next_case", given, interview)
            if replied.status == 200:
                self.told.served += 1
                self._takes(agent, interview, replied.json["case"]["id"], now)
            else:
                self.told.empty += 1
                self._expect(replied.json.get("code") == "no_case_due", f"next_case: {replied.body}")
                self._at(now + EMPTY * self.chance.uniform(0.5, 1.5), self._asks(agent))

        return happens

    def _takes(self, agent: Agent, interview: str, case: str, now: datetime) -> None:
        course = self._assumptions.course()
        ends = now + timedelta(seconds=course.seconds)
        beat = now + HEARTBEAT
        while beat < ends:
            self._at(beat, self._beats(agent, interview))
            beat += HEARTBEAT
        if course.dies:
            self.told.deaths.append((interview, beat - HEARTBEAT))
            self._at(ends + BACK_AFTER, self._asks(agent))
        else:
            self._at(ends, self._settles(agent, interview, case, course))

    def _beats(self, agent: Agent, interview: str) -> Callable[[datetime], None]:
        def happens(_: datetime) -> None:
            self._good(self.centre.call(agent.name, "heartbeat", {"interview": interview}, interview), "heartbeat")

        return happens

    def _settles(self, agent: Agent, interview: str, case: str, course: Course) -> Callable[[datetime], None]:
        def happens(now: datetime) -> None:
            outcome = course.outcome
            if course.event.startswith("callback"):
                self._promise(agent, interview, course.event.removeprefix("callback_"))
            elif course.event == "never_again":
                self._good(
                    self.centre.call(agent.name, "do_not_call", {"interview": interview, "reason": "asked"}, interview),
                    "do_not_call",
                )
            elif course.event == "interview" and not self._place(agent, interview):
                outcome = "4.80"
            elif course.event == "language_barrier":
                given = {"interview": interview, "language": "en"}
                self._good(self.centre.call(agent.name, "needs_language", given, interview), "needs_language")
                self.told.languages.setdefault(case, []).append((now, "en"))
            if outcome == "park":
                replied = self.centre.call(agent.name, "park", {"interview": interview}, interview)
            else:
                given = {"interview": interview, "outcome": outcome}
                replied = self.centre.call(agent.name, "finish", given, interview)
                self._expect(replied.json.get("overtaken") is False, f"finish: {replied.body}")
            self._good(replied, "settling")
            self._at(now + timedelta(seconds=self._assumptions.pause()), self._asks(agent))

        return happens

    def _promise(self, agent: Agent, interview: str, kind: str) -> None:
        slots = self.centre.call(agent.name, "slots", {"interview": interview}, interview)
        free = [slot["at"] for slot in slots.json["slots"] if slot["state"] == "free"][:12]
        self._expect(bool(free), "slots: none is free")
        for at in self.chance.choices(free) if free else ():
            given = {"interview": interview, "at": at, "kind": kind, "note": "x"}
            self._good(self.centre.call(agent.name, "arrange_callback", given, interview), "arrange_callback")

    def _place(self, agent: Agent, interview: str) -> bool:
        answers = {"age": self.chance.choices(("young", "old"), (30, 70))[0]}
        given = {"interview": interview, "answers": answers}
        replied = self.centre.call(agent.name, "take_places", given, interview)
        self._good(replied, "take_places")
        return bool(replied.json.get("open"))

    def _good(self, replied: Any, what: str) -> None:
        self._expect(replied.status == 200, f"{what}: {replied.body}")

    def _expect(self, held: bool, otherwise: str) -> None:
        if not held:
            self.told.refused.append(otherwise)
