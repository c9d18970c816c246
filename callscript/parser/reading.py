"""What every reader of an element kind uses: attributes and texts of an element as values of the model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from callscript.expressions import parse
from callscript.model.expression import Binary, Expression, Name, Text
from callscript.parser import kinds
from callscript.parser.document import Chunk, Element, Source
from callscript.parser.entities import Places, offsets_of
from callscript.parser.structure import Findings
from callscript.parser.texts import place_in_chunks, read_text
from callscript.places import Span
from callscript.problems import Problem, ScriptError

UNREADABLE = "\0"
"""Source of an expression that could not be parsed: it stands in drafts only, and no check looks into it."""


def is_readable(expression: Expression | None) -> bool:
    return expression is not None and expression.source != UNREADABLE


@dataclass
class Retelling:
    """Texts of a block that is written in one language and included by a campaign in another."""

    language: str
    translations: Mapping[str, str]
    originals: dict[str, Text] = field(default_factory=dict)
    """What was written, by key, wherever a translation took its place."""


@dataclass(frozen=True, slots=True)
class Writing:
    """A text or expression as it is written; `places` where its characters do not stand one by one in the file."""

    value: str
    span: Span
    places: Places | None = None


class Reading:
    """One document being read: where its elements stand, and what was found wrong in it so far."""

    def __init__(self, findings: Findings) -> None:
        self.findings = findings
        self.source: Source = findings.source
        self.retelling: Retelling | None = None

    def span(self, element: Element) -> Span:
        return Span(self.source.file, element.line, element.column)

    def report(self, problem: Problem) -> None:
        self.findings.add(problem)

    # --- attributes ---------------------------------------------------------------------------------------------------
    @staticmethod
    def yes(element: Element, attribute: str) -> bool:
        return element.attributes.get(attribute) == "yes"

    @staticmethod
    def names(element: Element, attribute: str) -> tuple[str, ...]:
        return tuple(element.attributes.get(attribute, "").split())

    def expression(self, element: Element, attribute: str) -> Expression | None:
        """The attribute's expression; an unreadable one is reported and stands as such."""
        return self._parse(self._written(element, attribute)) if attribute in element.attributes else None

    def needed(self, element: Element, attribute: str) -> Expression:
        """Of an attribute that the structure check has made sure of."""
        return self._parse(self._written(element, attribute))

    def _written(self, element: Element, attribute: str) -> Writing:
        """An attribute's value with its line breaks, which XML makes spaces."""
        value = element.attributes[attribute]
        offset = self.source.attribute_offset(element, attribute)
        span, raw = self.source.place(offset), self.source.raw_value(offset)
        if b"&" in raw:
            offsets = offsets_of(raw.decode())
            return Writing(value, span, Places(value, span, lambda index: self.source.place(offset + offsets[index])))
        return Writing(raw.decode() if b"\n" in raw else value, span)

    def _content(self, element: Element) -> Writing:
        """The text of an element without the blanks around it."""
        chunks = [part for part in element.content if isinstance(part, Chunk)]
        if not chunks:
            return Writing("", self.span(element))
        raw = "".join(chunk.text for chunk in chunks)
        value, lead = raw.strip(), len(raw) - len(raw.lstrip())
        find = place_in_chunks(chunks, self.source.place)
        span = find(lead)
        last = chunks[-1]
        if last.offset + len(last.text.encode()) - chunks[0].offset == len(raw.encode()):
            return Writing(value, span)
        return Writing(value, span, Places(value, span, lambda index: find(lead + index)))

    def _parse(self, writing: Writing) -> Expression:
        places = writing.places
        try:
            found = parse(writing.value, writing.span)
        except ScriptError as error:
            for problem in error.problems:
                self.report(places.problem(problem) if places else problem)
            return Expression(writing.span, UNREADABLE, Name(writing.span, ("",)), frozenset())
        return places.expression(found) if places else found

    def _read(self, writing: Writing, key: str) -> Text:
        places = writing.places
        if places is None:
            return self._retold(read_text(writing.value, key, writing.span, self.report))
        problems: list[Problem] = []
        text = read_text(writing.value, key, writing.span, problems.append)
        for problem in problems:
            self.report(places.problem(problem))
        return self._retold(places.text(text))

    # --- content ------------------------------------------------------------------------------------------------------
    def conditions(self, parent: Element, tag: str) -> Expression | None:
        """The expressions that stand as text in `parent`'s children `tag`, joined by `and`."""
        joined: Expression | None = None
        for child in parent.children:
            if child.tag == tag and child.text.strip():
                expression = self._parse(self._content(child))
                joined = expression if joined is None else _both(joined, expression)
        return joined

    def text(self, element: Element, key: str) -> Text:
        """The element's own text."""
        return self._read(self._content(element), key)

    def short_text(self, element: Element, name: str, key: str) -> Text | None:
        """A text that may be an attribute or a child element, both called `name`."""
        for child in element.children:
            if child.tag == name:
                if name in element.attributes:
                    self.said_twice(element, name)
                return self.text(child, key)
        if not element.attributes.get(name, "").strip():
            return None
        return self._read(self._written(element, name), key)

    def _retold(self, text: Text) -> Text:
        """The text in the campaign's language, if there is a translation of it."""
        told = self.retelling.translations.get(text.key) if self.retelling else None
        if told is None or self.retelling is None:
            return text
        self.retelling.originals[text.key] = text
        return read_text(told, text.key, text.span, self.report)

    def said_twice(self, element: Element, name: str) -> None:
        self.findings.at(kinds.TWICE_SAID, element, name, tag=element.tag, name=name)


def _both(left: Expression, right: Expression) -> Expression:
    if not (is_readable(left) and is_readable(right)):
        return left if not is_readable(left) else right
    return Expression(
        left.span,
        f"({left.source}) and ({right.source})",
        Binary(left.span, "and", left.tree, right.tree),
        left.names | right.names,
    )
