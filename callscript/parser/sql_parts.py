"""Reader of a statement's body: SQL text, and the elements that make parts of it dynamic."""

from __future__ import annotations

from collections.abc import Callable

from callscript.model.server import SqlChoose, SqlForeach, SqlIf, SqlPart, SqlSet, SqlText, SqlWhere
from callscript.parser.document import Chunk, Element
from callscript.parser.reading import Reading
from callscript.parser.texts import place_in_chunks


def read_parts(reading: Reading, parent: Element) -> tuple[SqlPart, ...]:
    """The content of `parent` in document order; neighbouring runs of text are one part."""
    parts: list[SqlPart] = []
    run: list[Chunk] = []
    for part in parent.content:
        if isinstance(part, Chunk):
            run.append(part)
            continue
        _end_run(reading, run, parts)
        parts.append(_READERS[part.tag](reading, part))
    _end_run(reading, run, parts)
    return tuple(parts)


def _end_run(reading: Reading, run: list[Chunk], parts: list[SqlPart]) -> None:
    """The place of a text is that of its first character, so that places inside it can be counted from there."""
    text = "".join(chunk.text for chunk in run)
    if text.strip():
        kept = text.lstrip() if not parts else text
        find = place_in_chunks([*run], reading.source.place)
        parts.append(SqlText(find(len(text) - len(kept)), kept))
    run.clear()


def _if(reading: Reading, element: Element) -> SqlIf:
    return SqlIf(reading.span(element), reading.needed(element, "test"), read_parts(reading, element))


def _choose(reading: Reading, element: Element) -> SqlChoose:
    branches = tuple(_if(reading, child) for child in element.children if child.tag == "when")
    otherwise = tuple(
        part for child in element.children if child.tag == "otherwise" for part in read_parts(reading, child)
    )
    return SqlChoose(reading.span(element), branches, otherwise)


def _where(reading: Reading, element: Element) -> SqlWhere:
    return SqlWhere(reading.span(element), read_parts(reading, element))


def _set(reading: Reading, element: Element) -> SqlSet:
    return SqlSet(reading.span(element), read_parts(reading, element))


def _foreach(reading: Reading, element: Element) -> SqlForeach:
    return SqlForeach(
        reading.span(element),
        element.attributes["over"],
        element.attributes["item"],
        read_parts(reading, element),
        element.attributes.get("open", ""),
        element.attributes.get("separator", ","),
        element.attributes.get("close", ""),
    )


_READERS: dict[str, Callable[[Reading, Element], SqlPart]] = {
    "if": _if,
    "choose": _choose,
    "where": _where,
    "set": _set,
    "foreach": _foreach,
}
