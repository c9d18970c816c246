"""Does `waihu trace` explain each case: every call, how it ended, and why the case is where it is now?

What the story must say is worked out here from the rows and from `rulebook`, not from what the program says of itself.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from admin.queue import closed_words, reason_words
from admin.story import Story
from admin.tracing import tell
from database.connection import Connection
from tests.simulated_day.left import Left
from tests.simulated_day.rulebook import Row, Rules


@dataclass
class Stories:
    left: Left
    rules: Rules
    ends: datetime
    """Where the simulation's clock stands."""
    calls: Mapping[Any, list[Row]] = field(init=False)
    numbers: Mapping[Any, list[Any]] = field(init=False)
    """Contact -> its numbers."""

    def __post_init__(self) -> None:
        calls: dict[Any, list[Row]] = defaultdict(list)
        for row in sorted(self.left.attempts, key=lambda row: row["epoch"]):
            calls[row["case_id"]].append(row)
        self.calls = calls
        numbers: dict[Any, list[Any]] = defaultdict(list)
        for key, phone in self.left.phones.items():
            numbers[phone["contact_id"]].append(key)
        self.numbers = numbers

    def unexplained(self, connection: Connection) -> Iterator[str]:
        """What each story lacks or has wrong; `connection` as waihu_admin, the journal in the simulation's time."""
        for case in self.left.cases:
            story = tell(str(case), connection, None)
            yield from (f"story: {each} (case {case})" for each in self.faults(case, story))

    def faults(self, case: Any, story: Story) -> Iterator[str]:
        yield from self._calls(case, story)
        yield from self._end(case, story)

    def _calls(self, case: Any, story: Story) -> Iterator[str]:
        mine = self.calls.get(case, [])
        told = [moment for moment in story.moments if moment.source == "attempt"]
        claims = [moment for moment in story.moments if "outbound.next_case done" in moment.what]
        if len(claims) != len(mine):
            yield f"{len(claims)} claims told, {len(mine)} were made"
        if [moment.at for moment in story.moments] != sorted(moment.at for moment in story.moments):
            yield "it goes back in time"
        for row in mine:
            if not any(str(row["interview_id"]) in each.what and row["agent"] in each.what
                       and each.at == row["started_at"] for each in told):  # fmt: skip
                yield f"nothing of {row['agent']} taking it at {row['started_at']}"
            if row["ended_at"] is None:
                continue
            ended = "lost:" if row["lost"] else f"{row['outcome']} "
            if not any(each.at == row["ended_at"] and f": {ended}" in each.what for each in told):
                yield f"nothing of its end at {row['ended_at']} with {ended}"

    def _end(self, case: Any, story: Story) -> Iterator[str]:
        state, facts = self.left.cases[case]["state"], story.facts
        settled = [row for row in self.calls.get(case, []) if row["outcome"] is not None and not row["lost"]]
        last = settled[-1]["outcome"] if settled else None
        if facts["outcome"] != (last or "-"):
            yield f"it ends with {facts['outcome']}, the last call with {last}"
        if not facts["case"].startswith(f"{case} ({state}"):
            yield f"it says {facts['case']}, the case is {state}"
        if state == "closed":
            reasons = self.closings(case, settled)
            if not any(closed_words(reason) in facts["now"] for reason in reasons):
                yield f"closed: it says {facts['now']!r}, and not one of {sorted(reasons)}"
        else:
            yield from self._open(case, settled, story)

    def closings(self, case: Any, settled: list[Row]) -> set[str]:
        """Reasons that there are, by the rules, for the case to be closed."""
        if not settled:
            return set()
        outcome = self.rules.outcomes[settled[-1]["outcome"]]
        same = sum(row["outcome"] == settled[-1]["outcome"] for row in settled)
        there = Counter(self.rules.part(row["started_at"].astimezone(self._zone(case))) for row in settled)
        most = {
            "outcome": outcome.final,
            "times": outcome.times is not None and same > outcome.times,
            "attempts": len(settled) >= self.rules.limits["attempts"],
            "numbers": self._numbers_spent(case, settled),
            "parts": all(there[name] >= self.rules.limits["per-part"] for name, _ in self.rules.parts),
        }
        return {reason for reason, holds in most.items() if holds}

    def _numbers_spent(self, case: Any, settled: list[Row]) -> bool:
        calls = Counter(row["phone_id"] for row in settled)
        dead = {row["phone_id"] for row in settled if self.rules.outcomes[row["outcome"]].dead}
        most = self.rules.limits["per-number"]
        return all(number in dead or calls[number] >= most for number in self.numbers[self.left.contacts[case]["id"]])

    def _open(self, case: Any, settled: list[Row], story: Story) -> Iterator[str]:
        """A case that is not closed: the rules that keep it, by this code, must be among those that are told."""
        row, now = self.left.cases[case], story.facts["now"]
        if row["state"] == "held" and row["lease_until"] > self.ends:
            if reason_words("held") not in now or row["holder"] not in story.facts["case"]:
                yield f"{row['holder']} holds it, and it says {now!r}"
            return
        promise = self.left.promises.get(settled[-1]["interview_id"]) if settled else None
        open_now = self.rules.open(self.ends.astimezone(self._zone(case)))
        if (reason_words("window") in now) == open_now:
            yield f"the window is {'open' if open_now else 'closed'} there, and it says {now!r}"
        if row["state"] == "waiting" and promise and promise["state"] == "open" and promise["at"] > self.ends \
                and reason_words("appointment") not in now:  # fmt: skip
            yield f"a call is promised for {promise['at']}, and it says {now!r}"
        if row["state"] == "waiting" and settled and not promise and self._too_soon(settled[-1]) \
                and not any(reason_words(rule) in now for rule in ("not_due", "limits")):  # fmt: skip
            yield f"it is too soon after {settled[-1]['ended_at']}, and it says {now!r}"

    def _too_soon(self, last: Row) -> bool:
        retry = self.rules.outcomes[last["outcome"]].retry
        return bool(last["ended_at"] + max(retry, self.rules.gap) > self.ends)

    def _zone(self, case: Any) -> ZoneInfo:
        return ZoneInfo(self.left.contacts[case]["timezone"])
