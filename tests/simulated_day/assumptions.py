"""What becomes of calls, by the assumptions file; chance comes from a generator that is handed in."""

from __future__ import annotations

import random
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

FILE = Path(__file__).with_name("assumptions.toml")
OUTCOMES: Mapping[str, str] = {
    "answering_machine": "2.22", "no_answer": "3.13", "busy": "3.12", "dead_number": "4.32", "silent_line": "3.16",
    "interview": "1.1", "refusal_by_household": "2.111", "refusal": "2.11", "never_again": "2.11",
    "callback_hard": "2.21", "callback_soft": "2.21", "break_off": "2.12", "language_barrier": "2.33",
    "wrong_person": "4.10", "supervisor_needed": "park",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Course:
    """What happens in one call: its event in the file, seconds until it is settled; `dies` leaves it unsettled."""

    event: str
    seconds: float
    dies: bool

    @property
    def outcome(self) -> str:
        return OUTCOMES[self.event]


class Assumptions:
    def __init__(self, chance: random.Random, file: Path = FILE) -> None:
        self._figures = tomllib.loads(file.read_text(encoding="utf-8"))
        self._chance = chance
        for table in ("per_attempt", "per_person"):
            total = sum(self._figures[table].values())
            if abs(total - 1) > 1e-9:
                raise ValueError(f"the shares of {table} make {total}, not 1")

    def course(self) -> Course:
        event = self._draw("per_attempt")
        kind = "other"
        if event == "person":
            event = self._draw("per_person")
            kind = "interview" if event == "interview" else "person"
        dies = self._chance.random() < self._figures["agents"]["die_per_attempt"]
        return Course(event, self._seconds(kind), dies)

    def pause(self) -> float:
        return self._seconds("pause")

    def _seconds(self, kind: str) -> float:
        return max(5.0, self._chance.expovariate(1 / self._figures["seconds"][kind]))

    def _draw(self, table: str) -> str:
        shares = self._figures[table]
        return str(self._chance.choices(list(shares), list(shares.values()))[0])
