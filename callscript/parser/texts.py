"""Texts as they stand in XML: folded like any XML text, and cut at each `${...}`.

Authors wrap and indent their XML as they like. A line break inside a paragraph becomes one space, and nothing at all
beside a Chinese character; an empty line is a new paragraph.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from callscript.model.expression import Expression, Name, Text
from callscript.parser.document import Chunk
from callscript.places import Span
from callscript.problems import Problem, ScriptError
from callscript.texts import odd_pipes, parse_text

_PIPED = "\ufffc"
"""Stands for a piped value while the words around it are folded."""
_HAN = "\u3000-\u30ff\u4e00-\u9fff\uff00-\uffef“”‘’…—"
_PARAGRAPHS = re.compile(r"\n[ \t]*(?:\n[ \t]*)+")
_SPACES = re.compile(r"[ \t\r\n]+")
_BREAK = r"[ \t]*\n[ \t\n]*"
_HAN_BREAK = re.compile(f"(?<=[{_HAN}]){_BREAK}(?=[{_HAN}{_PIPED}])|(?<={_PIPED}){_BREAK}(?=[{_HAN}])")

Report = Callable[[Problem], None]


def fold(text: str) -> str:
    """`text` as people see it: indentation and line breaks of the XML taken out."""
    stripped = text.strip()
    if "\n" not in stripped and "  " not in stripped and "\t" not in stripped:
        return stripped
    paragraphs = _PARAGRAPHS.split(stripped)
    return "\n\n".join(_SPACES.sub(" ", _HAN_BREAK.sub("", paragraph)).strip() for paragraph in paragraphs)


def read_text(raw: str, key: str, span: Span, report: Report) -> Text:
    """The text written as `raw` from `span` on; what is wrong with it is reported, and the words still stand."""
    if "{" not in raw and "$" not in raw and "%" not in raw and "｛" not in raw:
        source = fold(raw)
        return Text(span, key, source, (source,) if source else ())
    try:
        text = parse_text(raw, span, key)
    except ScriptError as error:
        for problem in error.problems:
            report(problem)
        return Text(span, key, fold(raw), (fold(raw),))
    for problem in odd_pipes(text):
        report(problem)
    return _folded(text)


def _folded(text: Text) -> Text:
    piped = [part for part in text.parts if isinstance(part, Expression)]
    marked = "".join(part.replace(_PIPED, "") if isinstance(part, str) else _PIPED for part in text.parts)
    words = fold(marked).split(_PIPED)
    parts: list[str | Expression] = [words[0]]
    source = [_escaped(words[0])]
    for expression, following in zip(piped, words[1:], strict=True):
        parts += [expression, following]
        source += [_as_written(expression), _escaped(following)]
    return Text(text.span, text.key, "".join(source), tuple(part for part in parts if part))


def _as_written(expression: Expression) -> str:
    bare = isinstance(expression.tree, Name) and expression.source.startswith("${")
    return expression.source if bare else f"${{{expression.source}}}"


def _escaped(words: str) -> str:
    return words.replace("${", "$${")


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
