"""Texts that people see: their literal parts and the values piped into them.

`${name}` is that name's value, `${round(${score}, 1)}` an expression's worth, `$${` shows `${` itself.
"""

from __future__ import annotations

import re

from callscript.expressions import problems as kinds
from callscript.expressions.lexer import NAME_PATTERN, place
from callscript.expressions.parser import parse
from callscript.model.expression import Expression, Text
from callscript.places import Span
from callscript.problems import Problem, fail

_OPENING = re.compile(r"\$\$\{|\$\{")
_INSIDE = re.compile(r"""'[^']*'|"[^"]*"|\$\{|\}""")
_ODD = re.compile(r"[$＄]｛[^｝}]{0,40}[｝}]?|＄\{[^}]{0,40}\}?|(?<![$\w{])\{[^\W\d][\w.]{0,40}\}")


def parse_text(source: str, span: Span, key: str) -> Text:
    """Cut `source`, which begins at `span`, into its parts; `key` is what translators know it by.

    Raises:
        ScriptError: a `${` that is not closed, or what stands in it is no expression.
    """
    parts: list[str | Expression] = []
    literal: list[str] = []
    at = 0
    while (opening := _OPENING.search(source, at)) is not None:
        literal.append(source[at : opening.start()])
        if opening.group() == "$${":
            literal.append("${")
            at = opening.end()
            continue
        _add(parts, literal)
        at = _end(source, opening.end(), place(source, span, opening.start()))
        parts.append(_piped(source, opening.start(), at, span))
    literal.append(source[at:])
    _add(parts, literal)
    return Text(span, key, source, tuple(parts))


def odd_pipes(text: Text) -> tuple[Problem, ...]:
    """Warnings for what looks like a value to be piped, but would be read out as it stands."""
    return tuple(
        Problem(kinds.ODD_PIPE, place(text.source, text.span, found.start()), {"found": found.group()})
        for found in _ODD.finditer(text.source)
    )


def _add(parts: list[str | Expression], literal: list[str]) -> None:
    joined = "".join(literal)
    literal.clear()
    if joined:
        parts.append(joined)


def _end(source: str, at: int, opening: Span) -> int:
    """Just after the `}` that closes what begins at `at`; quotes and inner `${}` are stepped over."""
    depth = 1
    while depth:
        found = _INSIDE.search(source, at)
        if found is None:
            fail(kinds.UNCLOSED_PIPE, opening)
        at = found.end()
        depth += {"${": 1, "}": -1}.get(found.group(), 0)
    return at


def _piped(source: str, start: int, end: int, span: Span) -> Expression:
    inner = source[start + 2 : end - 1]
    if NAME_PATTERN.fullmatch(inner.strip()):
        return parse(source[start:end], place(source, span, start))
    return parse(inner, place(source, span, start + 2))
