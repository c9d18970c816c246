"""Texts that people see: their literal parts and the values piped into them.

`${name}` is that name's value, `${round(${score}, 1)}` an expression's worth, `$${` shows `${` itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from callscript.expressions import problems as kinds
from callscript.expressions.lexer import place
from callscript.expressions.parser import parse
from callscript.model.expression import Expression, Text
from callscript.places import Span
from callscript.problems import Problem, fail

_OPENING = re.compile(r"\$\$\{|\$\{")
_INSIDE = re.compile(r"""'[^']*'|"[^"]*"|\$\{|\}""")
_NAME_LIKE = re.compile(r"\s*[^\W\d][\w\s.-]*")
"""Read as a name, also where it is a wrong one, which is then said so."""
_ODD = re.compile(
    r"[$＄]｛[^｝}]{0,40}[｝}]?|＄\{[^}]{0,40}\}?|(?<![$A-Za-z0-9_{])\{{1,2}\s{0,3}[^\W\d][\w.]{0,40}\s{0,3}\}{1,2}"
    r"|\$\([^\W\d][\w.]{0,40}\)|(?<![$A-Za-z0-9_])\$[a-z_][A-Za-z0-9_.]{0,40}|(?<![%\w])%[a-z][a-z0-9_.]{1,40}%"
)


@dataclass(frozen=True, slots=True)
class Piped:
    """One `${…}` of a text, from character `start` on; `inner` is what stands between its braces."""

    start: int
    inner: str
    closed: bool = True


def cut(source: str) -> list[str | Piped]:
    """The parts of a text in order, `$${` already made `${`. An unclosed `${` is the last part."""
    parts: list[str | Piped] = []
    literal = ""
    at = 0
    while (opening := _OPENING.search(source, at)) is not None:
        literal += source[at : opening.start()]
        at = opening.end()
        if opening.group() == "$${":
            literal += "${"
            continue
        if literal:
            parts.append(literal)
        literal = ""
        end = _end(source, at)
        parts.append(Piped(opening.start(), source[at : end - 1] if end else source[at:], closed=end > 0))
        at = end or len(source)
    literal += source[at:]
    return [*parts, literal] if literal else parts


def _end(source: str, at: int) -> int:
    """Just after the `}` that closes what begins at `at`, or 0; quotes and inner `${}` are stepped over."""
    depth = 1
    while depth:
        found = _INSIDE.search(source, at)
        if found is None:
            return 0
        at = found.end()
        depth += {"${": 1, "}": -1}.get(found.group(), 0)
    return at


def read_piped(piped: Piped, find: Callable[[int], Span]) -> Expression:
    """The expression of one `${…}`; `find` tells where the text's character n stands.

    Raises:
        ScriptError: it is not closed, or what stands in it is no expression.
    """
    if not piped.closed:
        fail(kinds.UNCLOSED_PIPE, find(piped.start))
    if _NAME_LIKE.fullmatch(piped.inner):
        return parse(f"${{{piped.inner}}}", find(piped.start))
    return parse(piped.inner, find(piped.start + 2))


def parse_text(source: str, span: Span, key: str) -> Text:
    """Read a text that stands in one piece from `span` on; `key` is what translators know it by.

    Raises:
        ScriptError: as `read_piped`.
    """

    def find(offset: int) -> Span:
        return place(source, span, offset)

    return Text(span, key, source, tuple(p if isinstance(p, str) else read_piped(p, find) for p in cut(source)))


def odd_pipes(text: Text) -> tuple[Problem, ...]:
    """Warnings for what looks like a value to be piped, but would be read out as it stands."""
    return tuple(
        Problem(kinds.ODD_PIPE, place(text.source, text.span, found.start()), {"found": found.group()})
        for found in _ODD.finditer(text.source)
    )
