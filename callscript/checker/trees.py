"""Walking through expression trees."""

from __future__ import annotations

from collections.abc import Iterator

from callscript.model.expression import Binary, Call, Literal, Name, Tree, Unary


def parts_of(tree: Tree) -> Iterator[Tree]:
    """The tree and every tree in it, in reading order."""
    queue = [tree]
    while queue:
        part = queue.pop()
        yield part
        queue.extend(reversed(children_of(part)))


def children_of(tree: Tree) -> tuple[Tree, ...]:
    match tree:
        case Unary():
            return (tree.operand,)
        case Binary():
            return (tree.left, tree.right)
        case Call():
            return tree.arguments
        case Literal() | Name():
            return ()


def names_in(tree: Tree) -> Iterator[Name]:
    return (part for part in parts_of(tree) if isinstance(part, Name))
