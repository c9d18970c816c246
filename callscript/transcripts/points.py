"""What transcripts can cover: every node, every branch with its place, every option."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from callscript.checker import kinds as checker_kinds
from callscript.checker.conditions import judge_flow
from callscript.checker.context import Context
from callscript.checker.outline import outline_of
from callscript.engine.names import fields_of, names_of
from callscript.model.campaign import Campaign
from callscript.model.expression import Expression
from callscript.model.links import Moment
from callscript.model.local import Action, Compute, End, Local, Matrix, Node, Repeat, Shuffle
from callscript.places import Span

Key = tuple[str, str, int | str]
"""Node (or list, link, exit), kind of branch, its number or name there."""
Hit = tuple[Key, bool]


@dataclass(frozen=True, slots=True)
class Point:
    """One branch: a condition of the script coming out one way.

    `key[1]` is `when next otherwise check field option text link exit rounds`; `outcome` is how it comes out (a check:
    whether it holds).
    """

    key: Key
    outcome: bool
    span: Span
    node: str
    """Where it is decided; empty for links and exits, which stand anywhere."""
    reads: frozenset[str] = frozenset()

    @property
    def hit(self) -> Hit:
        return self.key, self.outcome


@dataclass(frozen=True, slots=True)
class Points:
    nodes: tuple[tuple[str, Span], ...]
    branches: tuple[Point, ...]
    options: tuple[tuple[tuple[str, str], Span], ...]
    """Field and option value, or `#dk` and the like."""
    impossible: tuple[Point, ...] = ()
    """Branches of which the checker proves that no answers lead there; they do not count."""


def points_of(campaign: Campaign) -> Points:
    """Everything that can be covered of a campaign that checks clean."""
    local = campaign.local
    branches = [*_branches(local.nodes), *_lists(local), *_links(campaign)]
    branches += [Point((each.id, "exit", 0), outcome=True, span=each.span, node="") for each in local.exits]
    never = _Never.of(campaign)
    return Points(
        tuple(_nodes(local.nodes)),
        tuple(point for point in branches if not never.includes(point)),
        tuple(_options(local, local.nodes)),
        tuple(point for point in branches if never.includes(point)),
    )


def flat(nodes: Iterable[Node]) -> Iterator[Node]:
    """All nodes in document order."""
    for node in nodes:
        yield node
        if isinstance(node, Repeat | Shuffle):
            yield from flat(node.nodes)


def _nodes(nodes: Iterable[Node]) -> Iterator[tuple[str, Span]]:
    for node in flat(nodes):
        yield node.id, node.span


# --- branches --------------------------------------------------------------------------------------------------------
def _both(key: Key, when: Expression | None, node: str) -> Iterator[Point]:
    if when is not None:
        yield Point(key, outcome=True, span=when.span, node=node, reads=when.names)
        yield Point(key, outcome=False, span=when.span, node=node, reads=when.names)


def _branches(nodes: Iterable[Node]) -> Iterator[Point]:
    for node in flat(nodes):
        if isinstance(node, End):
            for number, said in enumerate(node.say):
                yield from _both((node.id, "text", number), said.when, node.id)
            continue
        yield from _both((node.id, "when", 0), node.when, node.id)
        if isinstance(node, Action):
            yield from _of_action(node)
        elif isinstance(node, Repeat):
            reads = node.count.names if node.count else frozenset({node.over or ""})
            yield Point((node.id, "rounds", 0), outcome=True, span=node.span, node=node.id, reads=reads)


def _of_action(node: Action) -> Iterator[Point]:
    for number, check in enumerate(node.checks):
        yield from _both((node.id, "check", number), check.test, node.id)
    texts = 0
    for item in node.items:
        for asked in fields_of(item):
            yield from _both((node.id, "field", asked.name), asked.when, node.id)
        if isinstance(item, Compute):
            continue
        if not fields_of(item) and not isinstance(item, Matrix):
            yield from _both((node.id, "text", texts), getattr(item, "when", None), node.id)
        texts += 1
    read = frozenset[str]()
    for number, next_ in enumerate(node.nexts):
        read |= next_.when.names if next_.when else frozenset()  # those before it must not hold
        yield Point((node.id, "next", number), outcome=True, span=next_.span, node=node.id, reads=read)
        if next_.when is None:
            return
    if node.nexts:
        yield Point((node.id, "otherwise", 0), outcome=True, span=node.span, node=node.id, reads=read)


def _lists(local: Local) -> Iterator[Point]:
    for found in local.options.values():
        for option in found.options:
            yield from _both((found.id, "option", option.value), option.when, "")


def _links(campaign: Campaign) -> Iterator[Point]:
    known = {"", "*", *(node.id for node in flat(campaign.local.nodes)), *(each.id for each in campaign.local.exits)}
    for link in campaign.links:
        if link.moment is not Moment.COMMAND and link.node in known:
            yield from _both((link.id, "link", 0), link.when, "")


def _options(local: Local, nodes: Iterable[Node]) -> Iterator[tuple[tuple[str, str], Span]]:
    for node in flat(nodes):
        for item in node.items if isinstance(node, Action) else ():
            for asked in fields_of(item):
                found = local.options.get(asked.options or "")
                for option in found.options if found else ():
                    yield (asked.name, option.value), asked.span
                for special in asked.specials if found else ():
                    yield (asked.name, f"#{special.value}"), asked.span


# --- what the checker knows never to happen --------------------------------------------------------------------------
@dataclass
class _Never:
    never: set[Span] = field(default_factory=set)
    always: set[Span] = field(default_factory=set)
    shadowed: set[Span] = field(default_factory=set)
    closed: set[str] = field(default_factory=set)
    """Actions that no answers leave to the next in the document."""

    @classmethod
    def of(cls, campaign: Campaign) -> _Never:
        outline = outline_of(campaign.local)
        context = Context(campaign, frozenset(), flow_doubtful=False, names=names_of(campaign), outline=outline)
        drawing = judge_flow(context)
        made = cls()
        for problem in context.problems:
            if problem.kind is checker_kinds.NEVER_HOLDS:
                made.never.add(problem.span)
            elif problem.kind is checker_kinds.ALWAYS_HOLDS:
                made.always.add(problem.span)
            elif problem.kind is checker_kinds.SHADOWED_NEXT:
                made.shadowed.add(problem.span)
        for action in outline.actions:
            if any(id(each) in drawing.always for each in action.nexts):
                made.closed.add(action.id)
        return made

    def includes(self, point: Point) -> bool:
        if point.key[1] == "otherwise":
            return point.node in self.closed
        if point.key[1] == "next":
            return point.span in self.shadowed
        return point.span in (self.never if point.outcome else self.always)
