"""An interview's state: small, immutable, shared between steps wherever nothing changed.

The *trace* is every node considered so far, in order: shown, passed over, or the head of a repeat. Its last entry is
the one that needs attention (or the end). A *record* holds what one place (`node`, or `node@round`) knows: its answers,
its position on the trace, its paradata. Trace and records are kept in chunks; a step copies only the chunks that it
touches, so that its cost does not grow with the script.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from msgspec import Struct

from callscript.engine.steps import Complaint, ServerCall

OFF: Final = -1
"""Index of a place that is not on the trace."""
CHUNK_BITS: Final = 5
CHUNK: Final = 1 << CHUNK_BITS

Rounds = tuple[str, ...]
"""Rounds of the repeats around a place, outermost first."""


class Answer(Struct, frozen=True, array_like=True):
    """What a field or a compute holds; `value` as `callscript.expressions.Value`, None for left empty."""

    value: Any
    step: int
    at: int
    """Milliseconds since the interview began."""
    special: str = ""


class Watch(Struct, frozen=True, array_like=True):
    """Paradata of a node, or of a field in it."""

    entered: int = 0
    """How often it was shown (a field: with its node)."""
    left: int = 0
    """How often it was left by an accepted answer."""
    spent: int = 0
    """Milliseconds in sight, over all visits."""
    first: int = 0
    """When it was first shown, milliseconds since the interview began."""
    changed: int = 0
    """How often an answer differed from the one before (the first answer is no change)."""
    confirmed: int = 0
    """How often the agent said that an answer which a soft check doubted is right."""


class Record(Struct, frozen=True, array_like=True):
    """What is known of one place. What is rarely there stands last, and is then left out of the stored form."""

    index: int = OFF
    attended: bool = False
    """Left by an accepted answer, and nothing since asks for it again."""
    answers: dict[str, Answer] = {}
    watch: Watch = Watch()
    passed: bool = False
    """On the trace, but its condition does not hold."""
    hidden: Rounds = ()
    """Fields whose own condition does not hold."""
    confirmed: tuple[str, ...] = ()
    """Marks of the soft checks that the agent confirmed: number and a digest of the answers that it read."""
    rounds: Rounds = ()
    """Of a repeat: its rounds. Of a shuffle: the order of its nodes."""
    exit_to: str = ""
    """Node to which an exit taken here leads."""
    fail_to: str = ""
    """Node to which a failed call of this place leads."""
    fields: dict[str, Watch] = {}


BLANK: Final = Record()


class Entry(Struct, frozen=True, array_like=True):
    """One node on the trace."""

    place: str
    ordinal: int
    shown: bool = False
    """The agent sees (or saw) a screen here."""
    reach: float = 0.0
    """Progress when it was entered, 0 to 1; never falls along the trace."""
    rounds: Rounds = ()


class Stretch(tuple[Entry, ...]):
    """A chunk of the trace. It remembers its stored form, so that only what changed is encoded again."""

    raw: bytes | None = None


class Chunk(dict[str, Record]):
    """Records by place of neighbouring nodes; like a stretch, it remembers its stored form and is never changed."""

    raw: bytes | None = None


class Pending(Struct, frozen=True, array_like=True):
    """A call that was decided and has not been answered."""

    link: str
    place: str
    step: int


class Waiting(Struct, frozen=True):
    """The interview rests until call `call` is answered; then `rest` is called and the moment goes on."""

    call: ServerCall
    link: str
    moment: str
    place: str
    rest: tuple[str, ...] = ()
    """Ids of the links of the same moment that are still to be called."""
    failed: tuple[str, str] | None = None
    """Code and detail, once it failed and the agent has to choose."""
    goal: str = ""
    """Of an exit: the node that it leads to."""


class Over(Struct, frozen=True):
    """The interview has ended, at `place`."""

    place: str
    node: str
    outcome: str
    parked: bool = False
    stuck: bool = False
    """The script ran out without an `<end>`: a script that was never checked."""


class Doubt(Struct, frozen=True):
    """What was typed at the cursor and could not be accepted yet, with the complaints."""

    inputs: dict[str, Any] = {}
    complaints: tuple[Complaint, ...] = ()
    doubted: tuple[str, ...] = ()
    """Marks of the soft checks among the complaints: what a confirmation covers."""


Slot = tuple[str, str]
"""A field or compute in one round: place and name."""


Sent = tuple[int, bool]
"""Step of the answer, and whether it was on the path, when a save last told of it; step 0: never told."""


class State(Struct, frozen=True, kw_only=True):
    """All of an interview. Compare by `dump`, never by identity of the parts."""

    interview: str
    campaign: str
    release: str
    agent: str
    language: str
    timezone: str
    seed: int
    began_at: int
    at: int
    """Of the last event."""
    step: int = 0
    trace: tuple[Stretch, ...] = ()
    length: int = 0
    """Entries on the trace."""
    records: tuple[Chunk, ...] = ()
    cursor: int = OFF
    """Index of the entry that the agent sees."""
    shown_at: int = 0
    """Since when the agent sees it; 0 while nothing is shown."""
    takes: dict[str, Any] = {}
    """Parts of replies by the names that links gave them."""
    dirty: tuple[Slot, ...] = ()
    """Names that changed and whose readers have not been asked yet; place `` for takes."""
    unsent: dict[str, dict[Slot, Sent]] = {}
    """By pack that saves answers: what may have changed since its last save, and what that save said of it."""
    pending: dict[str, Pending] = {}
    waiting: Waiting | None = None
    over: Over | None = None
    doubt: Doubt | None = None
    started: bool = False
    """The start links are done."""
    entrance: str = ""
    """Node at which the interview begins when a failed start call says so; else the first."""
    stalled: str = ""
    """Place at which nodes that ask nothing lead in a circle."""

    def entry(self, index: int) -> Entry:
        return self.trace[index >> CHUNK_BITS][index & (CHUNK - 1)]

    def record(self, ordinal: int, place: str) -> Record:
        return self.records[ordinal >> CHUNK_BITS].get(place, BLANK)

    def entries(self) -> Iterator[Entry]:
        for chunk in self.trace:
            yield from chunk


def place_of(node: str, rounds: Rounds) -> str:
    """`node`, or `node@a/1` in a repeat."""
    return f"{node}@{'/'.join(rounds)}" if rounds else node
