"""The state as bytes: versioned JSON. An older version is migrated when it is read, a newer one refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
from msgspec import Struct

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
    State,
    Stretch,
    Waiting,
    Watch,
)
from callscript.protocol import AnswerChange

VERSION = 1
"""Raise it with every change of the form, and add the migration from the version before to `MIGRATIONS`."""

MIGRATIONS: dict[int, Callable[[dict[str, Any]], dict[str, Any]]] = {}
"""Version -> what makes a document of that version into one of the next."""


class StateUnusable(Exception):
    """A stored state cannot be read."""


class StateTooNew(StateUnusable):
    """The state was written by a newer version of this program: start that version, or end the interview there."""


class _Stored(Struct, kw_only=True, omit_defaults=True):
    """The form of version 1. Records stand with their chunk's number; entries stand in the trace's order."""

    version: int
    interview: str
    campaign: str
    release: str
    agent: str
    language: str
    timezone: str
    seed: int
    began_at: int
    at: int
    step: int
    cursor: int
    shown_at: int = 0
    trace: list[Any] = []
    """Stretches of entries when written (each already encoded); read as `_Read` says."""
    records: list[Any] = []
    takes: dict[str, Any] = {}
    dirty: list[tuple[str, str]] = []
    unsent: dict[str, list[tuple[str, str, int, bool]]] = {}
    pending: dict[str, Pending] = {}
    waiting: Waiting | None = None
    over: Over | None = None
    doubt: Doubt | None = None
    started: bool = False
    entrance: str = ""
    stalled: str = ""


class _Read(_Stored):
    """The same, typed for reading."""

    trace: list[list[Entry]] = []
    records: list[dict[str, Record]] = []


class _Version(Struct):
    version: int


_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder(_Read)
_VERSION = msgspec.json.Decoder(_Version)


def dump(state: State) -> bytes:
    """The state as JSON, ready for a store."""
    stored = _Stored(
        version=VERSION,
        interview=state.interview,
        campaign=state.campaign,
        release=state.release,
        agent=state.agent,
        language=state.language,
        timezone=state.timezone,
        seed=state.seed,
        began_at=state.began_at,
        at=state.at,
        step=state.step,
        cursor=state.cursor,
        shown_at=state.shown_at,
        trace=[msgspec.Raw(_stretch(stretch)) for stretch in state.trace],
        records=[msgspec.Raw(_chunk(chunk)) for chunk in state.records],
        takes=state.takes,
        dirty=list(state.dirty),
        unsent={
            pack: [(place, name, step, seen) for (place, name), (step, seen) in slots.items()]
            for pack, slots in state.unsent.items()
        },
        pending=state.pending,
        waiting=state.waiting,
        over=state.over,
        doubt=state.doubt,
        started=state.started,
        entrance=state.entrance,
        stalled=state.stalled,
    )
    return _ENCODER.encode(stored)


_DEFAULTS: dict[type[Struct], tuple[Any, ...]] = {
    Record: msgspec.structs.astuple(BLANK),
    Watch: msgspec.structs.astuple(Watch()),
    Entry: msgspec.structs.astuple(Entry("", OFF))[2:],
    Answer: ("",),
}
"""By struct: the values of its last members that need not be written."""


def _stretch(stretch: Stretch) -> bytes:
    if stretch.raw is None:
        stretch.raw = _ENCODER.encode([_short(entry) for entry in stretch])
    return stretch.raw


def _chunk(chunk: Chunk) -> bytes:
    if chunk.raw is None:
        chunk.raw = _ENCODER.encode({place: _short_record(record) for place, record in chunk.items()})
    return chunk.raw


def _short(struct: Struct) -> list[Any]:
    """A struct as an array without the defaults at its end: most answers, entries and watches are short."""
    values = list(msgspec.structs.astuple(struct))
    for blank in reversed(_DEFAULTS[struct.__class__]):
        if values[-1] != blank:
            break
        values.pop()
    return values


def _short_record(record: Record) -> list[Any]:
    values = _short(record)
    for number, value in enumerate(values):
        if isinstance(value, Watch):
            values[number] = _short(value)
        elif isinstance(value, dict):
            values[number] = {name: _short(each) for name, each in value.items()}
    return values


def load(data: bytes) -> State:
    """The state that `dump` wrote, also with an older version of this program.

    Raises:
        StateTooNew: a newer version wrote it.
        StateUnusable: it is no state, or a damaged one.
    """
    try:
        stored = _current(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, KeyError, TypeError, AttributeError) as error:
        raise StateUnusable(f"This is no state of an interview: {error}") from error
    _check(stored)
    entries = [entry for stretch in stored.trace for entry in stretch]
    return State(
        interview=stored.interview,
        campaign=stored.campaign,
        release=stored.release,
        agent=stored.agent,
        language=stored.language,
        timezone=stored.timezone,
        seed=stored.seed,
        began_at=stored.began_at,
        at=stored.at,
        step=stored.step,
        trace=tuple(Stretch(entries[start : start + CHUNK]) for start in range(0, len(entries), CHUNK)),
        length=len(entries),
        records=tuple(Chunk(records) for records in stored.records),
        cursor=stored.cursor,
        shown_at=stored.shown_at,
        takes=stored.takes,
        dirty=tuple(stored.dirty),
        unsent={
            pack: {(place, name): (step, seen) for place, name, step, seen in slots}
            for pack, slots in stored.unsent.items()
        },
        pending=stored.pending,
        waiting=_with_changes(stored.waiting),
        over=stored.over,
        doubt=stored.doubt,
        started=stored.started,
        entrance=stored.entrance,
        stalled=stored.stalled,
    )


def _current(data: bytes) -> _Read:
    version = _VERSION.decode(data).version
    if version < 1:
        raise StateUnusable(f"This state says no version: {version!r}.")
    if version > VERSION:
        raise StateTooNew(f"This state has version {version}; this program reads up to {VERSION}.")
    if version == VERSION:
        return _DECODER.decode(data)
    document = msgspec.json.decode(data)
    for each in range(version, VERSION):
        document = MIGRATIONS[each](document)
    return msgspec.convert(document, _Read)


def _check(stored: _Read) -> None:
    """Refuse a state whose parts contradict each other: running it could only go wrong later."""
    entries = [entry for stretch in stored.trace for entry in stretch]
    if not OFF <= stored.cursor < max(1, len(entries)):
        raise StateUnusable("This state's cursor stands beside its trace.")
    if stored.cursor == OFF and stored.waiting is None and stored.over is None:
        raise StateUnusable("This state is at no node, awaits nothing, and has not ended.")
    for index, entry in enumerate(entries):
        chunk = entry.ordinal >> CHUNK_BITS
        record = stored.records[chunk].get(entry.place) if 0 <= chunk < len(stored.records) else None
        if record is None or record.index != index:
            raise StateUnusable(f"This state's trace and records contradict each other at {entry.place!r}.")


def _with_changes(waiting: Waiting | None) -> Waiting | None:
    """An awaited call's answers as what they were: a retry must be able to take them back."""
    if waiting is None:
        return None
    parameters = {name: _changes(value) for name, value in waiting.call.parameters.items()}
    return msgspec.structs.replace(waiting, call=msgspec.structs.replace(waiting.call, parameters=parameters))


def _changes(value: Any) -> Any:
    if not isinstance(value, list) or not value:
        return value
    try:
        return msgspec.convert(value, list[AnswerChange])
    except msgspec.ValidationError:
        return value
