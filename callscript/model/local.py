"""`local.xml`: the client's logic. A flow of nodes in document order, as the survey author wrote it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from callscript.model.expression import Expression, Text
from callscript.model.values import Special, ValueType
from callscript.places import Span


@dataclass(frozen=True, slots=True)
class Option:
    span: Span
    value: str
    label: Text
    when: Expression | None = None
    """Offered only where this holds."""
    exclusive: bool = False
    """In `choices`: cannot be chosen together with any other ("none of these")."""
    other: str | None = None
    """Name of the text field that asks "which?" when this option is chosen (other-specify)."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """Where a server-delivered option list comes from: a list in a reply, and two of its values."""

    source: tuple[str, ...]
    value: str
    label: str


@dataclass(frozen=True, slots=True)
class OptionList:
    span: Span
    id: str
    options: tuple[Option, ...]
    delivered: Delivered | None = None


@dataclass(frozen=True, slots=True)
class Field:
    """A question's answer. A name is unique in the campaign and is a column of the export."""

    span: Span
    name: str
    type: ValueType
    label: Text | None = None
    hint: Text | None = None
    required: bool = False
    specials: tuple[Special, ...] = ()
    minimum: Expression | None = None
    maximum: Expression | None = None
    pattern: str | None = None
    """RE2 pattern that the whole text must match."""
    pattern_message: Text | None = None
    length: tuple[int, int] | None = None
    """Fewest and most characters of a text, or options of a `choices`."""
    options: str | None = None
    """Id of the option list of a `choice` or `choices`."""
    shuffled: bool = False
    when: Expression | None = None
    """Asked only where this holds; else the field counts as not on the path."""


@dataclass(frozen=True, slots=True)
class Say:
    """Text that the agent reads out."""

    span: Span
    text: Text
    when: Expression | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """Text for the agent's eyes alone."""

    span: Span
    text: Text
    when: Expression | None = None


@dataclass(frozen=True, slots=True)
class Compute:
    """A value worked out, not asked; saved and exported like an answer."""

    span: Span
    name: str
    type: ValueType
    value: Expression


@dataclass(frozen=True, slots=True)
class Matrix:
    """Many fields that share one type, list and scale, drawn as a table."""

    span: Span
    id: str
    label: Text | None
    rows: tuple[Field, ...]
    shuffled: bool = False


Item = Say | Note | Field | Compute | Matrix


class Level(StrEnum):
    HARD = "hard"
    """Must hold before the interview goes on."""
    SOFT = "soft"
    """The agent may confirm that the answer is right; the confirmation is logged."""


@dataclass(frozen=True, slots=True)
class Check:
    span: Span
    test: Expression
    level: Level
    message: Text


@dataclass(frozen=True, slots=True)
class Next:
    """The first whose `when` holds is taken; without `when` it always holds."""

    span: Span
    action: str
    when: Expression | None = None


@dataclass(frozen=True, slots=True)
class Action:
    """One node: what is said and asked on one screen."""

    span: Span
    id: str
    items: tuple[Item, ...]
    when: Expression | None = None
    checks: tuple[Check, ...] = ()
    nexts: tuple[Next, ...] = ()
    title: Text | None = None


@dataclass(frozen=True, slots=True)
class Repeat:
    """Asks its nodes once per round: over a `count`, or over the options chosen in field `over`."""

    span: Span
    id: str
    nodes: tuple[Node, ...]
    count: Expression | None = None
    over: str | None = None
    when: Expression | None = None


@dataclass(frozen=True, slots=True)
class Shuffle:
    """Asks its nodes in an order drawn from the interview's seed."""

    span: Span
    id: str
    nodes: tuple[Node, ...]
    when: Expression | None = None


@dataclass(frozen=True, slots=True)
class End:
    """Where an interview ends, with its AAPOR outcome (final or temporary code, such as `1.1`)."""

    span: Span
    id: str
    outcome: str
    say: tuple[Say | Note, ...] = ()


Node = Action | Repeat | Shuffle | End


@dataclass(frozen=True, slots=True)
class Exit:
    """A way out that the agent can take from any node, by its key: it leads to node `action`."""

    span: Span
    id: str
    key: str
    label: Text
    action: str


@dataclass(frozen=True, slots=True)
class Local:
    """A whole `local.xml` with the blocks of its packs already included in `nodes`."""

    span: Span
    campaign: str
    language: str
    nodes: tuple[Node, ...]
    title: Text | None = None
    uses: tuple[str, ...] = ()
    options: Mapping[str, OptionList] = field(default_factory=dict)
    exits: tuple[Exit, ...] = ()


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a pack's `blocks.xml`: nodes, lists and exits that a campaign includes by `pack.id`."""

    span: Span
    pack: str
    id: str
    nodes: tuple[Node, ...]
    options: Mapping[str, OptionList] = field(default_factory=dict)
    exits: tuple[Exit, ...] = ()
