"""Why a document is not well-formed, said the way its author can use it.

An XML parser says where it gave up. What the author did is mostly one of few things: a `<` of an expression or of SQL
written raw, an `&`, a tag that is not closed. This module guesses which, from the place and the open elements.
"""

from __future__ import annotations

from collections.abc import Sequence
from re import compile as pattern
from typing import TYPE_CHECKING
from xml.parsers import expat
from xml.parsers.expat import errors

from callscript.parser import kinds
from callscript.parser.grammar import EXPRESSION_TAGS, KNOWN_TAGS, SQL_TAGS
from callscript.problems import Problem

if TYPE_CHECKING:
    from callscript.parser.document import Element, Source

_TAG_NAME = pattern(rb"</?([A-Za-z_][\w.-]*)")
_OPENING = pattern(
    rb"""<[A-Za-z_][\w.-]*(?:\s+[\w:.-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*"""
    rb"""\s+[\w:.-]+\s*=\s*["']((?<=")[^"<]*|(?<=')[^'<]*)$"""
)
_ATTRIBUTE_NAME = pattern(rb"""([\w:.-]{1,64})\s*=\s*["']$""")
_OPEN_ENTITY = pattern(rb"""&[^\s<>;&"']*$""")

_CODES = errors.codes
_INVALID_TOKEN = _CODES[errors.XML_ERROR_INVALID_TOKEN]
_MISMATCH = _CODES[errors.XML_ERROR_TAG_MISMATCH]
_UNCLOSED = (_CODES[errors.XML_ERROR_NO_ELEMENTS], _CODES[errors.XML_ERROR_UNCLOSED_TOKEN])
_ENTITY = _CODES[errors.XML_ERROR_UNDEFINED_ENTITY]
_TWICE = _CODES[errors.XML_ERROR_DUPLICATE_ATTRIBUTE]


def diagnose(source: Source, error: expat.ExpatError, offset: int, opened: Sequence[Element]) -> Problem:
    """The one problem that tells best what stopped the parser at byte `offset` inside the `opened` elements."""
    offset = max(0, min(offset, len(source.data)))
    problem = _raw_less_than(source, error.code, offset, opened) or _by_code(source, error.code, offset, opened)
    return problem or Problem(
        kinds.NOT_WELL_FORMED, source.place(offset), {"reason": expat.ErrorString(error.code) or "?"}
    )


def _by_code(source: Source, code: int, offset: int, opened: Sequence[Element]) -> Problem | None:
    at = source.place(offset)
    if code == _ENTITY:
        entity = source.data[offset + 1 : source.data.find(b";", offset)].decode("utf-8", "replace")
        return Problem(kinds.UNKNOWN_ENTITY, at, {"entity": entity})
    if code == _TWICE:
        return Problem(kinds.DUPLICATE_ATTRIBUTE, at)
    if code == _MISMATCH and opened:
        innermost = opened[-1]
        at = source.place(max(source.data.rfind(b"</", 0, offset), 0))
        return Problem(kinds.TAG_MISMATCH, at, {"open": innermost.tag, "line": str(innermost.line)})
    if code in _UNCLOSED and opened:
        return Problem(kinds.UNCLOSED_ELEMENT, source.of(opened[-1]), {"open": opened[-1].tag})
    if code == _INVALID_TOKEN:
        begin = max(0, offset - 64)
        ampersand = _OPEN_ENTITY.search(source.data[begin:offset])
        if ampersand:
            return Problem(kinds.RAW_AMPERSAND, source.place(begin + ampersand.start()))
    return None


_IN_ATTRIBUTE = {"where": "an attribute", "where_zh": "属性"}
_IN_SQL = {"where": "SQL", "where_zh": " SQL "}
_IN_EXPRESSION = {"where": "an expression", "where_zh": "表达式"}
_IN_TEXT = {"where": "a text", "where_zh": "文字"}


def _raw_less_than(source: Source, code: int, offset: int, opened: Sequence[Element]) -> Problem | None:
    begin = _attribute_around(source, code, offset)
    if begin is not None:
        name = _TAG_NAME.match(source.data, offset)
        if name is not None and name[1].decode() in KNOWN_TAGS:
            attribute = _ATTRIBUTE_NAME.search(source.data[max(0, begin - 100) : begin])
            values = {"attribute": attribute[1].decode() if attribute else "?"}
            return Problem(kinds.UNCLOSED_ATTRIBUTE, source.place(begin), values)
        return Problem(kinds.RAW_LESS_THAN, source.place(offset), _IN_ATTRIBUTE)
    for element in opened:
        if element.tag in SQL_TAGS | EXPRESSION_TAGS:
            at = _first_strange_tag(source, element, offset)
            where = _IN_SQL if element.tag in SQL_TAGS else _IN_EXPRESSION
            return Problem(kinds.RAW_LESS_THAN, source.place(at), where) if at is not None else None
    before = source.data[offset - 1 : offset]
    if code == _INVALID_TOKEN and before == b"<" and opened:
        return Problem(kinds.RAW_LESS_THAN, source.place(offset - 1), _IN_TEXT)
    return None


def _attribute_around(source: Source, code: int, offset: int) -> int | None:
    """Where the attribute's value begins, if expat stopped at the `<` at `offset` because that value holds it."""
    if code != _INVALID_TOKEN or source.data[offset : offset + 1] != b"<":
        return None
    begin = source.data.rfind(b"<", max(0, offset - 16384), offset)
    opening = _OPENING.match(source.data[begin:offset]) if begin >= 0 else None
    return begin + opening.start(1) if opening else None


def _first_strange_tag(source: Source, inside: Element, offset: int) -> int | None:
    """The first `<` after the begin of `inside`, up to where the parser stopped, that begins no tag of the language."""
    at = source.data.find(b">", inside.offset) + 1
    end = min(len(source.data), offset + 1)
    while (at := source.data.find(b"<", at, end)) >= 0:
        if source.data.startswith(b"<![CDATA[", at):
            at = source.data.find(b"]]>", at, end)
        elif source.data.startswith(b"<!--", at):
            at = source.data.find(b"-->", at, end)
        else:
            name = _TAG_NAME.match(source.data, at)
            if name is None or name[1].decode() not in KNOWN_TAGS:
                return at
        if at < 0:
            return None
        at += 1
    return None
