"""The nodes of a script in document order, each with what it stands in and what comes after it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from callscript.model.local import Action, End, Local, Node, Repeat, Shuffle


@dataclass(frozen=True, slots=True)
class Placed:
    """`around` holds the repeats and shuffles that the node stands in, outermost first."""

    node: Node
    index: int
    around: tuple[Repeat | Shuffle, ...]
    repeats: tuple[str, ...]
    """Ids of the repeats among them."""


@dataclass(frozen=True, slots=True)
class Outline:
    placed: tuple[Placed, ...]
    by_id: Mapping[str, Placed]
    """Of two nodes with one id the first."""
    repeated: tuple[Placed, ...]
    """Nodes whose id was taken already."""

    @property
    def nodes(self) -> tuple[Node, ...]:
        return tuple(placed.node for placed in self.placed)

    @property
    def actions(self) -> tuple[Action, ...]:
        return tuple(placed.node for placed in self.placed if isinstance(placed.node, Action))

    @property
    def ends(self) -> tuple[End, ...]:
        return tuple(placed.node for placed in self.placed if isinstance(placed.node, End))


def outline_of(local: Local) -> Outline:
    placed: list[Placed] = []
    _walk(local.nodes, (), (), placed)
    by_id: dict[str, Placed] = {}
    repeated = [each for each in placed if by_id.setdefault(each.node.id, each) is not each]
    return Outline(tuple(placed), by_id, tuple(repeated))


def _walk(
    nodes: Iterable[Node], around: tuple[Repeat | Shuffle, ...], repeats: tuple[str, ...], placed: list[Placed]
) -> None:
    for node in nodes:
        placed.append(Placed(node, len(placed), around, repeats))
        if isinstance(node, Repeat | Shuffle):
            inside = (*repeats, node.id) if isinstance(node, Repeat) else repeats
            _walk(node.nodes, (*around, node), inside, placed)
