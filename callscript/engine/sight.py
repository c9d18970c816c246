"""What an expression sees from one place: only answers on the trace, and none from further along than the place itself.

That second half makes an interview's course depend on its answers alone, never on the order in which they were given.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from callscript.engine.program import Owner, PreparedOptions, RepeatStep
from callscript.engine.state import CHUNK_BITS, Entry, Record, Rounds
from callscript.engine.working import Working
from callscript.expressions.scope import UNANSWERED, Value
from callscript.expressions.values import text_to_number
from callscript.model.values import ValueType


class Sight:
    """A `callscript.expressions.Scope` at the trace's entry number `limit`."""

    __slots__ = ("language", "limit", "now_ms", "ordinal", "outcome", "rounds_here", "timezone", "work")

    def __init__(self, work: Working, ordinal: int, rounds: Rounds, limit: int, outcome: str = "") -> None:
        self.work, self.ordinal, self.rounds_here, self.limit = work, ordinal, rounds, limit
        self.now_ms, self.timezone, self.language = work.at, work.state.timezone, work.language
        self.outcome = outcome

    @property
    def position(self) -> int:
        return self.work.round_number(self.ordinal, self.rounds_here)

    @property
    def place(self) -> str:
        return self.work.place(self.ordinal, self.rounds_here) if self.ordinal >= 0 else ""

    # --- values ------------------------------------------------------------------------------------------------------
    def value(self, name: str) -> Value:
        owner = self.work.program.owners.get(name)
        if owner is None:
            return self._foreign(name)
        if not owner.depth:
            work = self.work
            record = work.records[owner.ordinal >> CHUNK_BITS].get(work.program.nodes[owner.ordinal].id)
        else:
            shared = self._shared(owner)
            record = self._record(owner, self.rounds_here[:shared]) if shared == owner.depth else None
        if record is None:
            return UNANSWERED
        return self._held(record, name)

    def rounds(self, name: str) -> Sequence[Value]:
        owner = self.work.program.owners.get(name)
        if owner is None:
            return self._foreign_rounds(name)
        shared = self._shared(owner)
        if shared == owner.depth:
            return (self.value(name),)
        prefix = self.rounds_here[:shared]
        found = []
        for rounds in self.work.rounds_under(owner.ordinal, prefix):
            record = self._record(owner, rounds)
            if 0 <= record.index <= self.limit and not record.passed:
                found.append(self._held(record, name))
        return found

    def special(self, name: str) -> str:
        owner = self.work.program.owners.get(name)
        if owner is None or self._shared(owner) < owner.depth:
            return ""
        record = self._record(owner, self.rounds_here[: owner.depth])
        answer = record.answers.get(name) if self._sees(record, name) else None
        return answer.special if answer is not None else ""

    def _held(self, record: Record, name: str) -> Value:
        if not 0 <= record.index <= self.limit or record.passed:
            return UNANSWERED
        answer = record.answers.get(name)
        if answer is None or answer.value is None or (record.hidden and name in record.hidden):
            return UNANSWERED
        return answer.value

    def _sees(self, record: Record, name: str) -> bool:
        return 0 <= record.index <= self.limit and not record.passed and name not in record.hidden

    def _record(self, owner: Owner, rounds: Rounds) -> Record:
        return self.work.record(owner.ordinal, self.work.place(owner.ordinal, rounds))

    def _shared(self, owner: Owner) -> int:
        """How many repeats, from the outside, this place and the owner have in common."""
        if not owner.depth or not self.rounds_here:
            return 0
        nodes = self.work.program.nodes
        mine, theirs = nodes[self.ordinal].repeats, nodes[owner.ordinal].repeats
        shared = 0
        for left, right in zip(mine[: len(self.rounds_here)], theirs, strict=False):
            if left != right:
                break
            shared += 1
        return shared

    # --- takes and system names --------------------------------------------------------------------------------------
    def _foreign(self, name: str) -> Value:
        if name in _SYSTEM:
            return self._system(name)
        if name in self.work.program.rounds_of:
            return self._round(name)
        found = dig(self.work.takes, name)
        if found is None or isinstance(found, list | dict):
            return found if self._kind(name) is ValueType.JSON and found is not None else UNANSWERED
        return self._typed(found, name)

    def _round(self, name: str) -> Value:
        """Which round of repeat `name` this is: the chosen option, or the number from 1."""
        nodes = self.work.program.nodes
        head = self.work.program.rounds_of[name]
        depth = len(nodes[head].repeats)
        if len(self.rounds_here) <= depth or nodes[self.ordinal].repeats[depth] != head:
            return UNANSWERED
        step = nodes[head]
        key = self.rounds_here[depth]
        return int(key) if isinstance(step, RepeatStep) and step.over is None else key

    def _foreign_rounds(self, name: str) -> Sequence[Value]:
        if name in _SYSTEM or name in self.work.program.rounds_of:
            return (self._foreign(name),)
        first, _, rest = name.partition(".")
        return [self._typed(found, name) for found in _spread(self.work.takes.get(first), rest)]

    def _kind(self, name: str) -> ValueType | None:
        known = self.work.program.names.get(name)
        return known.type if known else None

    def _typed(self, found: Any, name: str) -> Value:
        """A value of a reply as expressions hold it: decimals travel as text."""
        if found is None:
            return UNANSWERED
        if isinstance(found, str) and self._kind(name) in {ValueType.DECIMAL, ValueType.INTEGER}:
            number = text_to_number(found, self.timezone)
            return number if number == number else UNANSWERED  # noqa: PLR0124 - NaN alone differs from itself
        return found

    def _system(self, name: str) -> Value:
        state = self.work.state
        if name == "interview.outcome":
            return self.outcome
        if name == "interview.node":
            return self.work.program.nodes[self.ordinal].id if self.ordinal >= 0 else ""
        if name == "interview.language":
            return self.language
        values = {
            "interview.id": state.interview,
            "interview.release": state.release,
            "agent.id": state.agent,
            "campaign.id": state.campaign,
        }
        return values[name]

    # --- options -----------------------------------------------------------------------------------------------------
    def option_label(self, name: str, value: str) -> str:
        options = self.work.program.lists.get(name)
        if options is None:
            return value
        if options.source:
            return dict(delivered(self.work.takes, options)).get(value, value)
        option = options.by_value.get(value)
        return option.label[self.language](self) if option is not None else value


_SYSTEM = frozenset(
    {
        "interview.id",
        "interview.release",
        "interview.language",
        "interview.outcome",
        "interview.node",
        "agent.id",
        "campaign.id",
    }
)


def sight_at(work: Working, entry: Entry, limit: int) -> Sight:
    return Sight(work, entry.ordinal, entry.rounds, limit)


def dig(found: Any, dotted: str) -> Any:
    """The value under `a.b.c` of nested objects, or None."""
    for step in dotted.split("."):
        if not isinstance(found, dict):
            return None
        found = found.get(step)
    return found


def _spread(found: Any, rest: str) -> list[Any]:
    """The values under a dotted path that may pass through lists."""
    if isinstance(found, list):
        return [value for each in found for value in _spread(each, rest)]
    if not rest:
        return [found]
    if not isinstance(found, dict):
        return []
    first, _, after = rest.partition(".")
    return _spread(found.get(first), after)


def delivered(takes: Any, options: PreparedOptions) -> list[tuple[str, str]]:
    """Value and label of every option that the server delivered; rows without a value are left out."""
    found = dig(takes, ".".join(options.source))
    pairs: dict[str, str] = {}
    for row in found if isinstance(found, list) else ():
        value = row.get(options.value) if isinstance(row, dict) else None
        if value is None or isinstance(value, bool | list | dict):
            continue
        label = row.get(options.label)
        pairs.setdefault(str(value), str(value if label is None else label))
    return list(pairs.items())
