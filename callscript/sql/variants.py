"""The texts that a statement can have, so that none goes live unseen."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import product

from callscript.model.server import SqlChoose, SqlForeach, SqlIf, SqlPart, SqlSet, SqlText, SqlWhere
from callscript.sql.fragments import after_set, after_where, around_rounds
from callscript.sql.lexer import Reference, scan

MOST = 1024
"""Texts of one statement: more are not looked through, and so not admitted."""

ROUNDS = (1, 2, 3)
"""How often the body of a `<foreach>` stands in the texts: once without a separator, then with one and two."""

_VALUE = r"(?:\$1(?:::\w+)?|[0-9]+|'[^']*')"
_COMPARISON = re.compile(
    r"\s*(?:AND|OR)\s+[^\W\d][\w.]*\s*"
    rf"(?:(?:=|<>|!=|<=|>=|<|>|@>|\bI?LIKE\b)\s*{_VALUE}|=\s*ANY\s*\(\$1\)|\bIS(?:\s+NOT)?\s+NULL)\s*",
    re.IGNORECASE,
)
"""`AND column = :name`: one more or less of these changes nothing in how PostgreSQL reads what stands around them."""


class TooManyTexts(Exception):
    """The statement's parts can be put together in more than `MOST` ways."""


def variants(parts: Sequence[SqlPart], rounds: Sequence[int] = ROUNDS) -> tuple[str, ...]:
    """Texts with `$1` for every bound name; the first has every `if` in it.

    Every combination of branches is there: what is harmless in each branch can be harmful in two together. Optional
    comparisons (`<if test="…">AND column = :name</if>`) are there all or not at all.

    Raises:
        TooManyTexts: there are more than `MOST`.
    """
    return tuple(dict.fromkeys(text.strip() for text in _sequence(parts, rounds)))


def _sequence(parts: Sequence[SqlPart], rounds: Sequence[int]) -> list[str]:
    choices = [_part(part, rounds) for part in parts]
    together = [len(each) == 2 and _COMPARISON.fullmatch(each[0]) is not None for each in choices]
    free = [each if not bound else each[:1] for each, bound in zip(choices, together, strict=True)]
    if _product(free) * (1 + any(together)) > MOST:
        raise TooManyTexts
    texts = ["".join(each) for each in product(*free)]
    if any(together):
        left_out = [each[1:] if bound else each for each, bound in zip(choices, together, strict=True)]
        texts += ["".join(each) for each in product(*left_out)]
    return texts


def _product(choices: Sequence[Sequence[str]]) -> int:
    count = 1
    for each in choices:
        count *= len(each)
    return count


def _part(part: SqlPart, rounds: Sequence[int]) -> list[str]:
    match part:
        case SqlText():
            pieces = scan(part.text, part.span).pieces
            return ["".join("$1" if isinstance(piece, Reference) else piece for piece in pieces)]
        case SqlIf():
            return [*(f" {text} " for text in _sequence(part.body, rounds)), " "]
        case SqlChoose():
            bodies: Iterable[Sequence[SqlPart]] = (*(branch.body for branch in part.branches), part.otherwise)
            return [f" {text} " for body in bodies for text in _sequence(body, rounds)]
        case SqlWhere():
            return [after_where(text) for text in _sequence(part.body, rounds)]
        case SqlSet():
            return [after_set(text) for text in _sequence(part.body, rounds)]
        case SqlForeach():
            return _foreach(part, rounds)


def _foreach(part: SqlForeach, rounds: Sequence[int]) -> list[str]:
    """Every round may take another branch: so they all take each, and the first two each with each other."""
    opening, separator, closing = around_rounds(part)
    bodies = _sequence(part.body, rounds)
    texts = [f" {opening}{separator.join([body] * times)}{closing} " for times in rounds for body in bodies]
    if len(bodies) > 1 and max(rounds) > 1:
        texts += [
            f" {opening}{one}{separator}{other}{closing} " for one, other in product(bodies, repeat=2) if one != other
        ]
    if len(texts) > MOST:
        raise TooManyTexts
    return list(dict.fromkeys(texts))
