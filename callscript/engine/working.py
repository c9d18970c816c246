"""The state while one event is worked on: reads like `State`, writes copy only the chunk that they touch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from msgspec.structs import replace

from callscript.engine.program import ActionStep, Program, RepeatStep
from callscript.engine.state import (
    BLANK,
    CHUNK,
    CHUNK_BITS,
    OFF,
    Answer,
    Chunk,
    Doubt,
    Entry,
    Over,
    Pending,
    Record,
    Rounds,
    Sent,
    Slot,
    State,
    Stretch,
    Waiting,
    place_of,
)
from callscript.engine.steps import ServerCall

_LOW = CHUNK - 1


class Working:
    """One step in the making. Nothing that the old state holds is ever changed; `finished` gives the new one."""

    __slots__ = (
        "_fresh_records",
        "_fresh_trace",
        "at",
        "calls",
        "cursor",
        "dirty",
        "doubt",
        "entrance",
        "language",
        "length",
        "over",
        "pending",
        "program",
        "records",
        "shown_at",
        "stalled",
        "started",
        "state",
        "step",
        "takes",
        "trace",
        "unsent",
        "waiting",
    )

    def __init__(self, program: Program, state: State, at: int) -> None:
        self.program, self.state = program, state
        self.at, self.step = max(at, state.at), state.step + 1
        self.trace: list[Any] = list(state.trace)
        self.records: list[Chunk] = list(state.records)
        self._fresh_trace: set[int] = set()
        self._fresh_records: set[int] = set()
        self.length, self.cursor, self.shown_at = state.length, state.cursor, state.shown_at
        self.takes, self.dirty = state.takes, state.dirty
        self.unsent: dict[str, dict[Slot, Sent]] = state.unsent
        self.pending: dict[str, Pending] = state.pending
        self.waiting: Waiting | None = state.waiting
        self.over: Over | None = state.over
        self.doubt: Doubt | None = state.doubt
        self.language = state.language if state.language in program.languages else program.language
        self.entrance = state.entrance
        self.started, self.stalled = state.started, state.stalled
        self.calls: list[ServerCall] = []

    def finished(self) -> State:
        old = self.state
        return State(
            interview=old.interview,
            campaign=old.campaign,
            release=old.release,
            agent=old.agent,
            language=self.language,
            timezone=old.timezone,
            seed=old.seed,
            began_at=old.began_at,
            at=self.at,
            step=self.step,
            trace=tuple([chunk if chunk.__class__ is Stretch else Stretch(chunk) for chunk in self.trace]),
            length=self.length,
            records=tuple(self.records),
            cursor=self.cursor,
            shown_at=self.shown_at,
            takes=self.takes,
            dirty=self.dirty,
            unsent=self.unsent,
            pending=self.pending,
            waiting=self.waiting,
            over=self.over,
            doubt=self.doubt,
            started=self.started,
            entrance=self.entrance,
            stalled=self.stalled,
        )

    # --- records -----------------------------------------------------------------------------------------------------
    def record(self, ordinal: int, place: str) -> Record:
        return self.records[ordinal >> CHUNK_BITS].get(place, BLANK)

    def put(self, ordinal: int, place: str, record: Record) -> None:
        number = ordinal >> CHUNK_BITS
        if number not in self._fresh_records:
            self._fresh_records.add(number)
            self.records[number] = Chunk(self.records[number])
        self.records[number][place] = record

    def record_of(self, entry: Entry) -> Record:
        return self.records[entry.ordinal >> CHUNK_BITS].get(entry.place, BLANK)

    def change(self, entry: Entry, **changes: Any) -> Record:
        record = replace(self.record_of(entry), **changes)
        self.put(entry.ordinal, entry.place, record)
        return record

    # --- trace -------------------------------------------------------------------------------------------------------
    def entry(self, index: int) -> Entry:
        found: Entry = self.trace[index >> CHUNK_BITS][index & _LOW]
        return found

    @property
    def last(self) -> Entry:
        return self.entry(self.length - 1)

    def append(self, entry: Entry) -> int:
        """Put `entry` at the end of the trace; its record has to be given the index by the caller."""
        chunk = self._chunk(self.length >> CHUNK_BITS)
        chunk.append(entry)
        self.length += 1
        return self.length - 1

    def put_entry(self, index: int, entry: Entry) -> None:
        self._chunk(index >> CHUNK_BITS)[index & _LOW] = entry

    def _chunk(self, number: int) -> list[Entry]:
        if number == len(self.trace):
            self.trace.append([])
            self._fresh_trace.add(number)
        elif number not in self._fresh_trace:
            self._fresh_trace.add(number)
            self.trace[number] = list(self.trace[number])
        chunk: list[Entry] = self.trace[number]
        return chunk

    def cut(self, length: int) -> None:
        """Take the entries from `length` on off the trace; what they held is kept, and told to the next saves."""
        for index in range(self.length - 1, length - 1, -1):
            entry = self.entry(index)
            record = self.record_of(entry)
            self.put(entry.ordinal, entry.place, replace(record, index=OFF, passed=False))
            if record.answers and not record.passed:
                self.resend(entry.ordinal, entry.place, record.answers)
        keep = (length + _LOW) >> CHUNK_BITS
        del self.trace[keep:]
        if length & _LOW:
            del self._chunk(keep - 1)[length & _LOW :]
        self.length = length
        if self.cursor >= length:
            self.cursor = length - 1

    # --- what saves carry --------------------------------------------------------------------------------------------
    def resend(self, ordinal: int, place: str, names: Iterable[str]) -> None:
        """These fields of `place` may differ from what the packs that save were last told."""
        saving = self.program.saving
        if not saving:
            return
        if self.unsent is self.state.unsent:
            self.unsent = {pack: dict(self.unsent.get(pack, {})) for pack in saving}
        before = self.state.record(ordinal, place)
        for name in names:
            told = _told(before, name)
            for slots in self.unsent.values():
                slots.setdefault((place, name), told)

    def touch(self, place: str, name: str) -> None:
        """Remember that `name` has a new value (or is seen or unseen anew) there."""
        self.dirty = (*self.dirty, (place, name))

    def answer(self, ordinal: int, place: str, name: str, answer: Answer) -> None:
        record = self.record(ordinal, place)
        self.put(ordinal, place, replace(record, answers={**record.answers, name: answer}))

    def remember(self, call: ServerCall, link: str, place: str) -> None:
        """A background call that was decided is remembered until it is answered."""
        self.pending = {**self.pending, call.key: Pending(link, place, self.step)}

    # --- places ------------------------------------------------------------------------------------------------------
    def place(self, ordinal: int, rounds: Rounds) -> str:
        return place_of(self.program.nodes[ordinal].id, rounds)

    def rounds_under(self, ordinal: int, prefix: Rounds) -> Iterator[Rounds]:
        """Rounds of every place of node `ordinal` whose outer rounds are `prefix`, as the repeats' heads stand now."""
        repeats = self.program.nodes[ordinal].repeats
        if len(prefix) >= len(repeats):
            yield prefix[: len(repeats)]
            return
        head = repeats[len(prefix)]
        for each in self.record(head, self.place(head, prefix)).rounds:
            yield from self.rounds_under(ordinal, (*prefix, each))

    def action(self, entry: Entry) -> ActionStep | None:
        step = self.program.nodes[entry.ordinal]
        return step if isinstance(step, ActionStep) else None

    def round_number(self, ordinal: int, rounds: Rounds) -> int:
        """`position()` of a place: its round of the innermost repeat, from 1; 0 outside repeats."""
        repeats = self.program.nodes[ordinal].repeats
        if not repeats or len(rounds) < len(repeats):
            return 0
        head = repeats[len(rounds) - 1]
        step = self.program.nodes[head]
        if isinstance(step, RepeatStep) and step.over is None:
            return int(rounds[-1])
        keys = self.record(head, self.place(head, rounds[:-1])).rounds
        return keys.index(rounds[-1]) + 1 if rounds[-1] in keys else 0


def _told(record: Record, name: str) -> Sent:
    answer = record.answers.get(name)
    return (0, False) if answer is None else (answer.step, on_path(record, name))


def on_path(record: Record, name: str) -> bool:
    return record.index != OFF and not record.passed and name not in record.hidden
