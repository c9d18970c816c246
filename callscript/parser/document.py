"""XML text -> a tree of elements that know their places, and nothing that could hurt on the way.

Expat is used directly, not through a tree library: it gives line *and* column of everything, refuses a DOCTYPE at its
first byte (so that no entity is ever defined, let alone expanded), lets the caps act while the document streams by, and
costs a cold function no import. ADR 0014 says why; the checker asks lxml for a second opinion (ADR 0019).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from re import compile as pattern
from xml.parsers import expat

from callscript.parser import kinds, mishaps
from callscript.places import NOWHERE, Span
from callscript.problems import ScriptError, fail

MAX_BYTES = 4 * 1024 * 1024
MAX_DEPTH = 32
MAX_ELEMENTS = 12_500
MAX_LINES = 100_000
MAX_ATTRIBUTES = 24
MAX_VALUE = 16 * 1024
"""Characters of one attribute's value."""

IGNORED_NAMESPACES = ("http://www.w3.org/XML/1998/namespace", "http://www.w3.org/2001/XMLSchema-instance")
"""Attributes that editors write; they mean nothing here."""

_BETWEEN = "\n"
"""Between a namespace and a name, as expat gives them; one slip in a namespace is a blank too many, never a line."""

_ATTRIBUTE = pattern(rb"""\s+([^\s=>/]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_NAME = pattern(rb"<[^\s/>]+")


@dataclass(slots=True)
class Chunk:
    """A run of characters that stand together in the file, from byte `offset` on."""

    text: str
    offset: int


@dataclass(slots=True)
class Element:
    """One element as written; `tag` and the attributes' names may be mended by the structure check."""

    tag: str
    namespace: str
    line: int
    column: int
    offset: int
    attributes: dict[str, str]
    content: list[Element | Chunk] = field(default_factory=list)
    written: dict[str, str] = field(default_factory=dict)
    """Mended attribute name -> the name that the file has."""

    @property
    def children(self) -> Iterator[Element]:
        return (part for part in self.content if isinstance(part, Element))

    @property
    def text(self) -> str:
        return "".join(part.text for part in self.content if isinstance(part, Chunk))


@dataclass
class Source:
    """The bytes of a file, and where in them things stand."""

    file: str
    data: bytes
    _last: Span = NOWHERE
    """The place that was asked for last, and where in the file it is."""
    _last_offset: int = 0

    @cached_property
    def _line_starts(self) -> list[int]:
        starts, at = [0], self.data.find(b"\n")
        while at >= 0:
            starts.append(at + 1)
            at = self.data.find(b"\n", at + 1)
        return starts

    def place(self, offset: int) -> Span:
        """Line and column (in characters) of the byte at `offset`.

        Readers go through a file from the front, a little back now and then, so the last place is kept: a file that is
        one long line costs no more than one of short lines.
        """
        line = bisect_right(self._line_starts, offset)
        begin, last = self._line_starts[line - 1], self._last_offset
        if line != self._last.line or abs(offset - last) > offset - begin:
            column = 1 + self._characters(begin, offset)
        elif offset >= last:
            column = self._last.column + self._characters(last, offset)
        else:
            column = self._last.column - self._characters(offset, last)
        self._last, self._last_offset = Span(self.file, line, column), offset
        return self._last

    def _characters(self, begin: int, end: int) -> int:
        return len(self.data[begin:end].decode("utf-8", "replace"))

    def of(self, element: Element) -> Span:
        return Span(self.file, element.line, element.column)

    def attribute_offset(self, element: Element, name: str) -> int:
        """Byte offset of the first character of the attribute's value; of the element if it has none such."""
        wanted = element.written.get(name, name).encode()
        opening = _NAME.match(self.data, element.offset)
        at = opening.end() if opening else element.offset
        while match := _ATTRIBUTE.match(self.data, at):
            if match[1] == wanted:
                return match.start(2) if match[2] is not None else match.start(3)
            at = match.end()
        return element.offset

    def of_attribute(self, element: Element, name: str) -> Span:
        return self.place(self.attribute_offset(element, name))

    def raw_value(self, offset: int) -> bytes:
        """The bytes of the attribute value that begins at `offset`."""
        quote = self.data[offset - 1 : offset]
        return self.data[offset : self.data.find(quote, offset)]


class _Tree:
    """Builds the tree while expat reads, and stops at the first cap that is passed."""

    def __init__(self, source: Source, reader: expat.XMLParserType) -> None:
        self.source, self._expat = source, reader
        self.root: Element | None = None
        self.open: list[Element] = []
        self._elements = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        reader, opened = self._expat, self.open
        self._elements += 1
        if self._elements > MAX_ELEMENTS or len(opened) >= MAX_DEPTH or len(attributes) > MAX_ATTRIBUTES:
            self._refuse(attributes)
        namespace, _, tag = name.rpartition(_BETWEEN)
        if attributes:
            if len("".join(attributes.values())) > MAX_VALUE:
                self._refuse(attributes)
            if _BETWEEN in "".join(attributes):
                attributes = _without_editors_attributes(attributes)
        line, column = reader.CurrentLineNumber, reader.CurrentColumnNumber + 1
        element = Element(tag, namespace, line, column, reader.CurrentByteIndex, attributes)
        if opened:
            opened[-1].content.append(element)
        else:
            self.root = element
        opened.append(element)

    def _refuse(self, attributes: dict[str, str]) -> None:
        """Stop at the cap that this element passes, if it passes one."""
        at = Span(self.source.file, self._expat.CurrentLineNumber, self._expat.CurrentColumnNumber + 1)
        if self._elements > MAX_ELEMENTS:
            fail(kinds.TOO_MANY_ELEMENTS, at, most=MAX_ELEMENTS)
        if len(self.open) >= MAX_DEPTH:
            fail(kinds.TOO_DEEP, at, most=MAX_DEPTH)
        if len(attributes) > MAX_ATTRIBUTES:
            fail(kinds.TOO_MANY_ATTRIBUTES, at, most=MAX_ATTRIBUTES)
        for attribute, value in attributes.items():
            if len(value) > MAX_VALUE:
                fail(kinds.VALUE_TOO_LONG, at, attribute=attribute, most=MAX_VALUE)

    def end(self, _name: str) -> None:
        self.open.pop()

    def characters(self, text: str) -> None:
        if self.open:
            self.open[-1].content.append(Chunk(text, self._expat.CurrentByteIndex))

    def doctype(self, *_: object) -> None:
        begin = self.source.data.rfind(b"<!DOCTYPE", 0, self._expat.CurrentByteIndex + 9)
        fail(kinds.DOCTYPE_REFUSED, self.source.place(max(begin, 0)))

    def declaration(self, version: str, encoding: str | None, _standalone: int) -> None:
        if version != "1.0":
            fail(kinds.NOT_XML_1, Span(self.source.file, 1, 1), version=version)
        if encoding and encoding.lower() not in ("utf-8", "utf8"):
            fail(kinds.NOT_UTF8, Span(self.source.file, 1, 1), encoding=encoding)


def _without_editors_attributes(attributes: dict[str, str]) -> dict[str, str]:
    return {
        name.rpartition(_BETWEEN)[2] if not name.startswith(IGNORED_NAMESPACES) else name: value
        for name, value in attributes.items()
        if not name.startswith(IGNORED_NAMESPACES)
    }


def read_document(data: bytes, file: str) -> tuple[Source, Element]:
    """The tree of `data`.

    Raises:
        ScriptError: with the one problem for which the document cannot be read at all.
    """
    source = Source(file, data)
    if len(data) > MAX_BYTES:
        fail(kinds.FILE_TOO_BIG, Span(file, 1, 1), size=len(data), most=MAX_BYTES)
    if data.count(b"\n") > MAX_LINES:
        fail(kinds.TOO_MANY_LINES, Span(file, MAX_LINES + 1, 1), most=MAX_LINES)
    _require_utf8(source)
    reader = expat.ParserCreate("utf-8", _BETWEEN)
    tree = _Tree(source, reader)
    reader.StartElementHandler, reader.EndElementHandler = tree.start, tree.end
    reader.CharacterDataHandler, reader.XmlDeclHandler = tree.characters, tree.declaration
    reader.StartDoctypeDeclHandler = tree.doctype
    try:
        reader.Parse(data, True)  # noqa: FBT003 - positional only
    except expat.ExpatError as error:
        raise ScriptError([mishaps.diagnose(source, error, reader.ErrorByteIndex, tree.open)]) from error
    assert tree.root is not None  # noqa: S101 - expat refuses a document without a root
    return source, tree.root


def _require_utf8(source: Source) -> None:
    try:
        source.data.decode("utf-8")
    except UnicodeDecodeError as error:
        fail(kinds.NOT_UTF8, source.place(error.start), encoding="?")
