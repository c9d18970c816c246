"""Places inside what was written with entities or CDATA: `a &lt; b` has five characters and takes eight columns.

Expressions and texts count places in their value as if it stood in the file like that. Where it does not, this finds
where each character really is.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from msgspec.structs import replace

from callscript.model.expression import Binary, Call, Expression, Text, Tree, Unary
from callscript.places import Span
from callscript.problems import Problem

_WRITTEN = re.compile(r"&[^;]*;|.", re.DOTALL)


def offsets_of(raw: str) -> list[int]:
    """For each character of an attribute's value, how many bytes of what was written stand before it."""
    offsets, before = [], 0
    for match in _WRITTEN.finditer(raw):
        offsets.append(before)
        before += len(match[0].encode())
    return [*offsets, before]


class Places:
    """`find` tells where the nth character of `value` stands in the file; `begin` is the place of the first."""

    def __init__(self, value: str, begin: Span, find: Callable[[int], Span]) -> None:
        self._begin, self._find, self._length = begin, find, len(value)
        self._lines = [0, *(at + 1 for at, letter in enumerate(value) if letter == "\n")]

    def place(self, span: Span) -> Span:
        line = span.line - self._begin.line
        if not 0 <= line < len(self._lines):
            return span
        index = self._lines[line] + span.column - (1 if line else self._begin.column)
        return self._find(index) if 0 <= index <= self._length else span

    def problem(self, found: Problem) -> Problem:
        return replace(found, span=self.place(found.span))

    def expression(self, found: Expression) -> Expression:
        return replace(found, span=self.place(found.span), tree=self._tree(found.tree))

    def text(self, found: Text) -> Text:
        parts = tuple(self.expression(part) if isinstance(part, Expression) else part for part in found.parts)
        return replace(found, parts=parts)

    def _tree(self, tree: Tree) -> Tree:
        span = self.place(tree.span)
        match tree:
            case Binary():
                return replace(tree, span=span, left=self._tree(tree.left), right=self._tree(tree.right))
            case Unary():
                return replace(tree, span=span, operand=self._tree(tree.operand))
            case Call():
                return replace(tree, span=span, arguments=tuple(self._tree(each) for each in tree.arguments))
            case _:
                return replace(tree, span=span)
