"""A campaign made ready to run: nodes numbered, expressions compiled, readers of every name known beforehand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from callscript.engine.steps import ExitView, Visit
from callscript.expressions import Pattern, Scope, Value
from callscript.expressions.scope import Names
from callscript.model.links import FailPolicy, Mode, Moment
from callscript.model.values import ValueType
from callscript.places import Span

Condition = Callable[[Scope], bool]
Worth = Callable[[Scope], Value]
Writer = Callable[[Scope], str]
Texts = Mapping[str, Writer]
"""By language; every language of the campaign is there, with the base text where a translation lacks."""

ROOT = -1


@dataclass(frozen=True, slots=True)
class PreparedOption:
    value: str
    label: Texts
    when: Condition | None
    exclusive: bool
    other: str | None


@dataclass(frozen=True, slots=True)
class PreparedOptions:
    id: str
    options: tuple[PreparedOption, ...]
    by_value: Mapping[str, PreparedOption]
    filtered: bool
    source: tuple[str, ...] = ()
    """Where the server delivers them: a name taken from a reply and the way down to the list."""
    value: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class PreparedField:
    name: str
    type: ValueType
    label: Texts | None
    hint: Texts | None
    required: bool
    specials: tuple[str, ...]
    minimum: Worth | None
    maximum: Worth | None
    pattern: Pattern | None
    pattern_message: Texts | None
    length: tuple[int, int] | None
    options: PreparedOptions | None
    shuffled: bool
    when: Condition | None
    changing: bool
    """Whether a kept answer can become wrong although nobody touched it: limits or options depend on others."""


@dataclass(frozen=True, slots=True)
class PreparedText:
    """`<say>` or `<note>`."""

    note: bool
    texts: Texts
    when: Condition | None


@dataclass(frozen=True, slots=True)
class PreparedMatrix:
    id: str
    label: Texts | None
    rows: tuple[PreparedField, ...]
    shuffled: bool


@dataclass(frozen=True, slots=True)
class PreparedCompute:
    name: str
    type: ValueType
    worth: Worth


@dataclass(frozen=True, slots=True)
class PreparedCheck:
    number: int
    test: Condition
    soft: bool
    message: Texts
    needs: tuple[str, ...]
    """Names that must have an answer before the check is judged: there is nothing to doubt in no answer."""
    reads: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PreparedNext:
    target: int
    when: Condition | None


PreparedItem = PreparedText | PreparedField | PreparedMatrix


@dataclass(frozen=True, slots=True)
class Step:
    """What every node has. `parent` is the repeat or shuffle around it, `child` its number there."""

    ordinal: int
    id: str
    span: Span
    parent: int
    child: int
    repeats: tuple[int, ...]
    """Ordinals of the repeats around it, outermost first: as many as its places have rounds."""
    reach: float
    """Share of the way done when it is reached, as far as the script alone can tell."""
    when: Condition | None = None


@dataclass(frozen=True, slots=True)
class ActionStep(Step):
    items: tuple[PreparedItem, ...] = ()
    fields: tuple[PreparedField, ...] = ()
    by_name: Mapping[str, PreparedField] = field(default_factory=dict)
    worked_out: tuple[PreparedField | PreparedCompute, ...] = ()
    """Fields with a condition of their own, and computes, in document order."""
    conditional: tuple[str, ...] = ()
    """Names of the fields that have a condition of their own."""
    computes: frozenset[str] = frozenset()
    """Names of the computes."""
    checks: tuple[PreparedCheck, ...] = ()
    nexts: tuple[PreparedNext, ...] = ()
    title: Texts | None = None
    plain_title: bool = True
    """Whether the title pipes nothing."""
    silent: bool = False
    """Nothing to show: it only works out values or chooses the way."""
    changing: bool = False
    """Whether any field or check can turn an accepted answer into one that needs attention."""
    names: tuple[str, ...] = ()
    """Fields and computes that it owns."""


@dataclass(frozen=True, slots=True)
class RepeatStep(Step):
    children: tuple[int, ...] = ()
    count: Worth | None = None
    over: Worth | None = None


@dataclass(frozen=True, slots=True)
class ShuffleStep(Step):
    children: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class EndStep(Step):
    outcome: str = ""
    items: tuple[PreparedText, ...] = ()


PreparedStep = ActionStep | RepeatStep | ShuffleStep | EndStep


@dataclass(frozen=True, slots=True)
class Owner:
    """Where a field or compute lives."""

    ordinal: int
    depth: int
    """How many repeats are around it."""
    type: ValueType


@dataclass(frozen=True, slots=True)
class PreparedGive:
    name: str
    answers: bool
    paradata: bool
    type: ValueType | None
    worth: Worth | None


@dataclass(frozen=True, slots=True)
class PreparedLink:
    id: str
    moment: Moment
    node: str
    action: str
    pack: str
    mode: Mode
    gives: tuple[PreparedGive, ...]
    takes: tuple[tuple[str, tuple[str, ...]], ...]
    when: Condition | None
    fail: FailPolicy
    fail_action: str
    saves: bool
    """Whether it carries `${answers}`."""
    slow: bool = False
    """Whether its action is of class `slow`."""


@dataclass(frozen=True, slots=True)
class PreparedExit:
    id: str
    action: str


@dataclass(frozen=True, slots=True)
class Program:
    """A campaign made ready by `prepare`; immutable, shared by all its interviews."""

    campaign: str
    language: str
    languages: tuple[str, ...]
    nodes: tuple[PreparedStep, ...]
    """In document order; a node's ordinal is its index."""
    roots: tuple[int, ...]
    by_id: Mapping[str, int]
    owners: Mapping[str, Owner]
    readers: Mapping[str, tuple[int, ...]]
    """Ordinals of the nodes whose way, values or validity hang on a name; a take counts by its first word."""
    lists: Mapping[str, PreparedOptions]
    """By the name of a field, or of a repeat over chosen options."""
    rounds_of: Mapping[str, int]
    """Repeats by id: within one, its id is the name of this round (the chosen option, or the number)."""
    links: Mapping[str, PreparedLink]
    called: Mapping[tuple[str, str], tuple[str, ...]]
    """Ids of the links of a moment at a node (`*` merged in, in order)."""
    everywhere: Mapping[str, tuple[str, ...]]
    """Ids of the links of a moment at every node that has none of its own."""
    saving: tuple[str, ...]
    """Packs that carry `${answers}`, each told every change once."""
    exits: Mapping[str, PreparedExit]
    exit_texts: tuple[tuple[str, str, Texts], ...]
    exit_views: Mapping[str, tuple[ExitView, ...]]
    """By language, where no exit's label pipes a value."""
    plain_visits: Mapping[str, Mapping[str, Visit]]
    """By language and place: nodes outside repeats whose titles pipe no value."""
    names: Names

    def links_at(self, moment: Moment, node: str) -> tuple[str, ...]:
        found = self.called.get((moment, node))
        return self.everywhere.get(moment, ()) if found is None else found
