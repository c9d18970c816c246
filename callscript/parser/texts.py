"""Texts that people see: folded like any XML text, and cut at each `${name}`.

Authors wrap and indent their XML as they like. A line break inside a paragraph becomes one space, and nothing at all
between two Chinese characters; an empty line is a new paragraph.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise

from callscript.expressions import parse
from callscript.model.expression import Expression, Text
from callscript.parser import kinds
from callscript.parser.document import Chunk
from callscript.places import Span
from callscript.problems import Problem, ScriptError

PLACEHOLDER = re.compile(r"\$\{[^{}]*\}?")
_PARAGRAPHS = re.compile(r"\n[ \t]*(?:\n[ \t]*)+")
_SPACES = re.compile(r"[ \t\r\n]+")
_CHINESE_BREAK = re.compile(
    r"(?<=[\u3000-\u30ff\u4e00-\u9fff\uff00-\uffef])[ \t]*\n[ \t\n]*(?=[\u3000-\u30ff\u4e00-\u9fff\uff00-\uffef“‘])"
)

Report = Callable[[Problem], None]


def fold(text: str) -> str:
    """`text` as people see it: indentation and line breaks of the XML taken out."""
    stripped = text.strip()
    if "\n" not in stripped and "  " not in stripped and "\t" not in stripped:
        return stripped
    paragraphs = _PARAGRAPHS.split(stripped)
    return "\n\n".join(_SPACES.sub(" ", _CHINESE_BREAK.sub("", paragraph)).strip() for paragraph in paragraphs)


def read_text(raw: str, key: str, span: Span, place: Callable[[int], Span], report: Report) -> Text:
    """The text written as `raw`; `place` tells where its character number n stands."""
    source = fold(raw)
    if "${" not in source:
        return Text(span, key, source, (source,) if source else ())
    expressions = [_placeholder(match, place(match.start()), report) for match in PLACEHOLDER.finditer(raw)]
    return Text(span, key, source, _parts(source, expressions))


def _placeholder(match: re.Match[str], span: Span, report: Report) -> Expression | None:
    if not match[0].endswith("}"):
        report(Problem(kinds.UNCLOSED_PLACEHOLDER, span, {"text": match[0][:40]}))
        return None
    try:
        return parse(match[0], span)
    except ScriptError as error:
        for problem in error.problems:
            report(problem)
        return None


def _parts(source: str, expressions: list[Expression | None]) -> tuple[str | Expression, ...]:
    ends = [0, *(end for match in PLACEHOLDER.finditer(source) for end in match.span()), len(source)]
    parts: list[str | Expression] = []
    for index, (begin, end) in enumerate(pairwise(ends)):
        expression = expressions[index // 2] if index % 2 else None
        if expression is not None:
            parts.append(expression)
        elif begin < end:
            parts.append(source[begin:end])
    return tuple(parts)


def place_in_chunks(chunks: list[Chunk], place: Callable[[int], Span]) -> Callable[[int], Span]:
    """Where the nth character of the chunks' joined text stands, given where each byte of the file stands."""

    def find(index: int) -> Span:
        for chunk in chunks:
            if index < len(chunk.text):
                return place(chunk.offset + len(chunk.text[:index].encode()))
            index -= len(chunk.text)
        last = chunks[-1]
        return place(last.offset + len(last.text.encode()))

    return find
