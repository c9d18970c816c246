"""The texts that a statement can have: every branch at least once, so that none goes live unseen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import product

from callscript.model.server import SqlChoose, SqlForeach, SqlIf, SqlPart, SqlSet, SqlText, SqlWhere
from callscript.sql.fragments import after_set, after_where
from callscript.sql.lexer import Reference, scan

MOST = 64
"""Texts of one statement; beyond it the branches are still all covered, their combinations not."""


def variants(parts: Sequence[SqlPart]) -> tuple[str, ...]:
    """Texts with `$1` for every bound name; the first has every `if` in it."""
    return tuple(dict.fromkeys(text.strip() for text in _sequence(parts)))


def _sequence(parts: Sequence[SqlPart]) -> list[str]:
    choices = [_part(part) for part in parts]
    count = 1
    for each in choices:
        count *= len(each)
    if count <= MOST:
        return ["".join(texts) for texts in product(*choices)]
    longest = max(len(each) for each in choices)
    return ["".join(each[min(row, len(each) - 1)] for each in choices) for row in range(longest)]


def _part(part: SqlPart) -> list[str]:
    match part:
        case SqlText():
            pieces = scan(part.text, part.span).pieces
            return ["".join("$1" if isinstance(piece, Reference) else piece for piece in pieces)]
        case SqlIf():
            return [*(f" {text} " for text in _sequence(part.body)), " "]
        case SqlChoose():
            bodies: Iterable[Sequence[SqlPart]] = (*(branch.body for branch in part.branches), part.otherwise)
            return [f" {text} " for body in bodies for text in _sequence(body)]
        case SqlWhere():
            return [after_where(text) for text in _sequence(part.body)]
        case SqlSet():
            return [after_set(text) for text in _sequence(part.body)]
        case SqlForeach():
            once = _sequence(part.body)
            return [f" {part.opening}{text}{part.separator}{text}{part.closing} " for text in once]
