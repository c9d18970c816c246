"""How far along the way a node stands, as far as the script alone can tell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from callscript.model.local import Action, End, Local, Node, Repeat, Shuffle


def reaches_of(local: Local) -> dict[str, float]:
    """Node -> 1 less its longest way to an end over the longest of all from the first node; 0 first, 1 at an end."""
    flat = list(_flat(local.nodes))
    position = {node.id: index for index, node in enumerate(flat)}
    left = [0] * (len(flat) + 1)
    for index in range(len(flat) - 1, -1, -1):
        left[index] = _steps_left(flat[index], index, position, left)
    whole = max(left[0], 1)
    return {node.id: round(min(1.0, max(0.0, 1 - left[index] / whole)), 4) for index, node in enumerate(flat)}


def _steps_left(node: Node, index: int, position: dict[str, int], left: list[int]) -> int:
    if isinstance(node, End):
        return 0
    ways = []
    goes_on = True
    for next_ in node.nexts if isinstance(node, Action) else ():
        target = position.get(next_.action, -1)
        if target > index:
            ways.append(left[target])
        goes_on = goes_on and next_.when is not None
    if goes_on or not ways:
        ways.append(left[index + 1])
    return max(ways) + isinstance(node, Action)


def _flat(nodes: Iterable[Node]) -> Iterator[Node]:
    for node in nodes:
        yield node
        if isinstance(node, Repeat | Shuffle):
            yield from _flat(node.nodes)
