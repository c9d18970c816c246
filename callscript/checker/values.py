"""Values: none is read before any way through the script can have set it, and none is worked out from itself."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping

from callscript.checker import kinds
from callscript.checker.context import SYSTEM_WORDS, Context
from callscript.checker.expressions import Use, links_in_force, uses_of
from callscript.checker.flow import roots
from callscript.checker.graph import Drawing, Graph, draw
from callscript.checker.trees import names_in
from callscript.expressions.problems import NEEDS_AGGREGATE
from callscript.expressions.unanswered import needed
from callscript.model.expression import Expression, Name
from callscript.model.links import Link, Moment
from callscript.model.local import Action
from callscript.parser.reading import is_readable

MOST_LOOKS = 20_000
"""Names looked at in search of circles; in a denser knot some are told only when others are mended."""


def check_values(context: Context) -> None:
    _circles(context)
    if context.outline.placed and not context.flow_doubtful and not context.outline.repeated:
        _Reading(context).check()


class _Reading:
    def __init__(self, context: Context) -> None:
        self._context = context
        self._owners = _owners(context)
        self._graph = _graph(context)
        self._reached = self._graph.reached_from(roots(context))

    def check(self) -> None:
        for use in uses_of(self._context):
            placed = self._context.outline.by_id.get(use.node or "")
            if placed is not None and is_readable(use.expression):
                self._read(use, placed.index)
        for found in self._context.campaign.local.options.values():
            if found.delivered is None:
                continue
            for action, field in self._context.users.get(found.id, ()):
                self._delivery(Name(field.span, found.delivered.source), action.id)
        for link in links_in_force(self._context):
            for expression in [give.value for give in link.gives] + ([link.when] if link.when else []):
                if is_readable(expression):
                    self._link(link, expression)

    def _delivery(self, source: Name, node: str) -> None:
        """A list that a server delivers is there when the node that asks from it is shown, or it is empty."""
        here, owner = self._context.outline.by_id[node].index, self._owner(source.text)
        ready = owner is None or owner == here or self._graph.beyond[owner] >> here & 1
        if not ready and owner is not None and here in self._reached and owner in self._reached:
            self._report(source, owner, node)

    def _read(self, use: Use, here: int) -> None:
        for name in names_in(use.expression.tree) if here in self._reached else ():
            owner = self._owner(name.text)
            if owner is None or owner not in self._reached or (owner == here and use.moment != "enter"):
                continue
            if not self._graph.beyond[owner] >> here & 1:
                self._report(name, owner, use.node)

    def _link(self, link: Link, expression: Expression) -> None:
        placed = self._context.outline.by_id.get(link.node)
        if link.moment is Moment.START:
            for name in names_in(expression.tree):
                owner = self._owner(name.text)
                if owner is not None:
                    self._report(name, owner, None)
        elif placed is not None:
            moment = "enter" if link.moment is Moment.ENTER else "leave"
            self._read(Use(expression, link.node, placed.repeats, None, moment), placed.index)

    def _owner(self, name: str) -> int | None:
        found = self._owners.get(name)
        return self._owners.get(name.partition(".")[0]) if found is None else found

    def _report(self, name: Name, owner: int, reader: str | None) -> None:
        if self._context.is_unclear(name.text):
            return
        sets = self._context.outline.placed[owner].node.id
        self._context.problems[:] = [
            each for each in self._context.problems if each.kind is not NEEDS_AGGREGATE or each.span != name.span
        ]  # it would be read too early for all its rounds
        self._context.report(kinds.READ_BEFORE_SET, name.span, reader, name=name.text, owner=sets)


def _graph(context: Context) -> Graph:
    """The flow with the exits, which an agent may take from any action."""
    plain = draw(context.outline, Drawing())
    actions = [placed.index for placed in context.outline.placed if isinstance(placed.node, Action)]
    return plain.with_exits(actions, roots(context)[1:])


def _owners(context: Context) -> dict[str, int]:
    """Name of a field, compute or node's take -> number of the node that sets it."""
    owners: dict[str, int] = {}
    asked = [(action, field.name) for action, field in context.fields]
    computed = [(action, compute.name) for action, compute in context.computes]
    for action, name in (*asked, *computed):
        if name not in SYSTEM_WORDS:
            owners.setdefault(name, context.outline.by_id[action.id].index)
    for link in links_in_force(context):
        placed = context.outline.by_id.get(link.node)
        for take in link.takes if placed is not None else ():
            owners.setdefault(take.name, placed.index if placed else 0)
    return owners


# --- computes that go round ------------------------------------------------------------------------------------------
def _circles(context: Context) -> None:
    computes = {compute.name: compute.value for _, compute in context.computes}
    for name, way in _each_circle({name: sorted(each.names & computes.keys()) for name, each in computes.items()}):
        context.report(kinds.COMPUTE_CIRCLE, computes[name].span, None, name=name, circle=" → ".join(way))
    whens = {field.name: field.when for _, field in context.fields if field.when and is_readable(field.when)}
    nodes = {field.name: action.id for action, field in context.fields}
    needs = {
        name: sorted(each for each in needed(when.tree, frozenset(whens)) if nodes[each] == nodes[name])
        for name, when in whens.items()
    }
    for name, way in _each_circle(needs):
        if not context.is_unclear(name):
            context.report(kinds.NEVER_ASKED, whens[name].span, nodes[name], name=name, circle=" → ".join(way[1:]))


def _each_circle(reads: Mapping[str, list[str]]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """A name of each circle, and the way from it back to itself."""
    told: set[str] = set()
    looks = MOST_LOOKS
    for name in _knotted(reads):
        if name in told or looks <= 0:
            continue
        way, looked = _way_back(name, reads)
        looks -= looked
        if way:
            told.update(way)
            yield name, way


def _knotted(reads: Mapping[str, list[str]]) -> list[str]:
    """Those that are left when whatever reads nothing that is left is taken away, again and again."""
    pending = {name: len(each) for name, each in reads.items()}
    readers: dict[str, list[str]] = {}
    for name, each in reads.items():
        for read in each:
            readers.setdefault(read, []).append(name)
    free = [name for name, count in pending.items() if count == 0]
    while free:
        done = free.pop()
        del pending[done]
        for reader in readers.get(done, ()):
            pending[reader] -= 1
            if pending[reader] == 0:
                free.append(reader)
    return [name for name in reads if name in pending]


def _way_back(start: str, reads: Mapping[str, list[str]]) -> tuple[tuple[str, ...], int]:
    """The shortest way from a compute through what it reads back to itself, if any; and how many names that cost."""
    came: dict[str, str] = {}
    queue = deque([start])
    looked = 0
    while queue:
        here = queue.popleft()
        for name in reads[here]:
            looked += 1
            if name == start:
                back = [start, here]
                while back[-1] != start:
                    back.append(came[back[-1]])
                return (*reversed(back),) if here != start else (start, start), looked
            if name not in came:
                came[name] = here
                queue.append(name)
    return (), looked
