"""The flow as a graph over the nodes' numbers in document order, and what can be reached from where."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

from callscript.checker.outline import Outline, Placed
from callscript.model.local import Action, End, Next, Repeat, Shuffle

OFF = -1
"""Beyond the last node of the script."""


@dataclass(frozen=True)
class Graph:
    """`ways[i]` are the nodes to which node i can lead, `OFF` among them where the script runs out."""

    ways: Sequence[frozenset[int]]
    rounds: frozenset[tuple[int, int]]
    """Ways that only begin another round of a repeat or go on in a shuffle: they end by themselves."""

    def reached_from(self, starts: Iterable[int]) -> frozenset[int]:
        """Every node on some way from `starts`, these among them."""
        seen = {start for start in starts if start != OFF}
        queue = list(seen)
        while queue:
            for way in self.ways[queue.pop()]:
                if way != OFF and way not in seen:
                    seen.add(way)
                    queue.append(way)
        return frozenset(seen)

    def leading_to(self, goals: Collection[int]) -> frozenset[int]:
        """Every node from which some way leads to one of `goals` (which may hold `OFF`)."""
        back: list[list[int]] = [[] for _ in self.ways]
        seen = {goal for goal in goals if goal != OFF}
        for node, ways in enumerate(self.ways):
            for way in ways:
                if way == OFF:
                    seen.update([node] if OFF in goals else [])
                else:
                    back[way].append(node)
        queue = list(seen)
        while queue:
            for node in back[queue.pop()]:
                if node not in seen:
                    seen.add(node)
                    queue.append(node)
        return frozenset(seen)

    @cached_property
    def circles(self) -> tuple[frozenset[int], ...]:
        """Sets of nodes from each of which all the others, and itself, can be reached again through a `next`."""
        ways = [[way for way in ways if way != OFF and (node, way) not in self.rounds]
                for node, ways in enumerate(self.ways)]  # fmt: skip
        found = strongly_connected(ways)
        return tuple(frozenset(each) for each in found if len(each) > 1 or each[0] in ways[each[0]])

    @cached_property
    def beyond(self) -> tuple[int, ...]:
        """For each node, as a bit set, all nodes that can be reached by at least one step."""
        ways = self._ways_inside
        reached = self.gathered([1 << node for node in range(len(ways))])
        circular = {
            node for part in strongly_connected(ways) if len(part) > 1 or part[0] in ways[part[0]] for node in part
        }
        return tuple(bits if node in circular else bits & ~(1 << node) for node, bits in enumerate(reached))

    def gathered(self, own: Sequence[int]) -> tuple[int, ...]:
        """For each node the union of `own` (bit sets) over it and all that can be reached from it; nodes that it has
        nothing for have none."""
        ways = self._ways_inside
        own = [*own, *[0] * (len(ways) - len(own))]
        found = [0] * len(ways)
        for component in strongly_connected(ways):
            bits = 0
            for node in component:
                bits |= own[node]
                for way in ways[node]:
                    bits |= found[way]
            for node in component:
                found[node] = bits
        return tuple(found)

    @cached_property
    def _ways_inside(self) -> list[list[int]]:
        return [[way for way in ways if way != OFF] for ways in self.ways]

    def with_exits(self, leaving: Iterable[int], targets: Iterable[int]) -> Graph:
        """The same with a way from each of `leaving` to each of `targets`.

        They lead through one node more, the last: many exits from many nodes would else be their product in ways.
        """
        leaves = set(leaving)
        door = frozenset([len(self.ways)])
        ways = [ways | door if node in leaves else ways for node, ways in enumerate(self.ways)]
        return Graph([*ways, frozenset(targets)], self.rounds)


def strongly_connected(ways: Sequence[Sequence[int]]) -> list[list[int]]:
    """Tarjan's components, each after those that it leads to; iterative, since scripts may be long."""
    order: dict[int, int] = {}
    low: dict[int, int] = {}
    on_stack: set[int] = set()
    stack: list[int] = []
    found: list[list[int]] = []
    for root in range(len(ways)):
        work = [(root, iter(ways[root]))] if root not in order else []
        while work:
            node, rest = work[-1]
            if node not in order:
                order[node] = low[node] = len(order)
                stack.append(node)
                on_stack.add(node)
            for way in rest:
                if way not in order:
                    work.append((way, iter(ways[way])))
                    break
                if way in on_stack:
                    low[node] = min(low[node], order[way])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == order[node]:
                    part = [stack.pop()]
                    while part[-1] != node:
                        part.append(stack.pop())
                    on_stack.difference_update(part)
                    found.append(part)
    return found


@dataclass(frozen=True)
class Drawing:
    """What is known about conditions when a graph is drawn; unknown ones may hold and may not."""

    always: frozenset[int] = frozenset()
    """`id()` of each `next` that is always taken if none before it is."""
    meant: Mapping[str, str | None] = field(default_factory=dict)
    """Target that does not exist -> the node that was probably meant."""


def draw(outline: Outline, drawing: Drawing) -> Graph:
    """The graph of a script's nodes."""
    artist = Artist(outline, drawing)
    ways = [artist.ways(placed) for placed in outline.placed]
    return Graph(ways, frozenset(artist.rounds))


class Artist:
    """Knows where each node of an outline can lead."""

    def __init__(self, outline: Outline, drawing: Drawing) -> None:
        self._outline, self._drawing = outline, drawing
        self._index = {id(placed.node): placed.index for placed in outline.placed}
        roots = [placed.index for placed in outline.placed if not placed.around]
        self._following = dict(zip(roots, [*roots[1:], OFF], strict=True))
        for placed in outline.placed:
            if isinstance(placed.node, Repeat):
                children = [self._index[id(child)] for child in placed.node.nodes]
                self._following.update(pairwise(children))
        self.rounds: set[tuple[int, int]] = set()

    def ways(self, placed: Placed) -> frozenset[int]:
        node = placed.node
        if isinstance(node, End):
            return frozenset()
        found: set[int] = set()
        if isinstance(node, Action):
            goes_on = self._nexts(placed, node, found)
        else:
            children = [self._index[id(child)] for child in node.nodes]
            found.update(children if isinstance(node, Shuffle) else children[:1])
            goes_on = isinstance(node, Repeat) or not children
        if goes_on or node.when is not None:
            found.update(self.after(placed))
        return frozenset(found)

    def _nexts(self, placed: Placed, action: Action, found: set[int]) -> bool:
        """Add where the action's `next` lead; whether it may also go on in document order."""
        for next_ in action.nexts:
            target = self.target(placed, next_)
            if target is not None:
                found.add(target)
            if next_.when is None or id(next_) in self._drawing.always:
                return False
        return True

    def target(self, placed: Placed, next_: Next) -> int | None:
        """Where a `next` leads: into a repeat or shuffle only by its head."""
        meant = next_.action if next_.action in self._outline.by_id else self._drawing.meant.get(next_.action)
        there = self._outline.by_id.get(meant or "")
        if there is None:
            return None
        for container in there.around:
            if container not in placed.around:
                return self._index[id(container)]
        return there.index

    def after(self, placed: Placed) -> Iterable[int]:
        """What comes after a node in document order, another round or another node of a shuffle among it.

        The way from one node of a shuffle to another goes by the shuffle itself.
        """
        following = self._following.get(placed.index)
        if following is not None:
            return [following]
        parent = placed.around[-1]
        head = self._index[id(parent)]
        again = self._index[id(parent.nodes[0])] if isinstance(parent, Repeat) else head
        self.rounds.add((placed.index, again))
        return [again, *self.after(self._outline.placed[head])]
