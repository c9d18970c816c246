"""The state as bytes: versioned JSON. An older version is migrated when it is read, a newer one refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
from msgspec import Struct

from callscript.engine.state import CHUNK, CHUNK_BITS, Doubt, Entry, Over, Pending, Record, State, Waiting
from callscript.engine.steps import ServerCall
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
    trace: list[Entry] = []
    records: list[dict[str, Record]] = []
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


_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder(_Stored)


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
        trace=list(state.entries()),
        records=list(state.records),
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
        trace=tuple(tuple(stored.trace[start : start + CHUNK]) for start in range(0, len(stored.trace), CHUNK)),
        length=len(stored.trace),
        records=tuple(stored.records),
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


def _current(data: bytes) -> _Stored:
    document = msgspec.json.decode(data)
    version = document["version"]
    if not isinstance(version, int) or version < 1:
        raise StateUnusable(f"This state says no version: {version!r}.")
    if version > VERSION:
        raise StateTooNew(f"This state has version {version}; this program reads up to {VERSION}.")
    if version == VERSION:
        return _DECODER.decode(data)
    for each in range(version, VERSION):
        document = MIGRATIONS[each](document)
    return msgspec.convert(document, _Stored)


def _check(stored: _Stored) -> None:
    """Refuse a state whose parts contradict each other: running it could only go wrong later."""
    if not -1 <= stored.cursor < max(1, len(stored.trace)):
        raise StateUnusable("This state's cursor stands beside its trace.")
    for index, entry in enumerate(stored.trace):
        chunk = entry.ordinal >> CHUNK_BITS
        record = stored.records[chunk].get(entry.place) if 0 <= chunk < len(stored.records) else None
        if record is None or record.index != index:
            raise StateUnusable(f"This state's trace and records contradict each other at {entry.place!r}.")


def _with_changes(waiting: Waiting | None) -> Waiting | None:
    """An awaited call's answers as what they were: a retry must be able to take them back."""
    if waiting is None:
        return None
    call = waiting.call
    parameters = {name: _changes(value) for name, value in call.parameters.items()}
    same = ServerCall(
        key=call.key, link=call.link, action=call.action, mode=call.mode, node=call.node, parameters=parameters
    )
    return msgspec.structs.replace(waiting, call=same)


def _changes(value: Any) -> Any:
    if not isinstance(value, list) or not value:
        return value
    try:
        return msgspec.convert(value, list[AnswerChange])
    except msgspec.ValidationError:
        return value
