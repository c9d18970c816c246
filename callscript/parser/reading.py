"""What every reader of an element kind uses: attributes and texts of an element as values of the model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from callscript.expressions import parse
from callscript.model.expression import Binary, Expression, Name, Text
from callscript.parser import kinds
from callscript.parser.document import Chunk, Element, Source
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
        value = element.attributes.get(attribute)
        return None if value is None else self._parse(*self._written(element, attribute, value))

    def needed(self, element: Element, attribute: str) -> Expression:
        """Of an attribute that the structure check has made sure of."""
        return self._parse(*self._written(element, attribute, element.attributes[attribute]))

    def _written(self, element: Element, attribute: str, value: str) -> tuple[str, Span]:
        """The value with its line breaks (which XML makes spaces) where that is possible, and its place."""
        offset = self.source.attribute_offset(element, attribute)
        if "  " in value or "&" in value:
            raw = self.source.raw_value(offset)
            if b"&" not in raw:
                value = raw.decode()
        return value, self.source.place(offset)

    def _parse(self, source: str, span: Span) -> Expression:
        try:
            return parse(source, span)
        except ScriptError as error:
            for problem in error.problems:
                self.report(problem)
            return Expression(span, UNREADABLE, Name(span, ("",)), frozenset())

    # --- content ------------------------------------------------------------------------------------------------------
    def conditions(self, parent: Element, tag: str) -> Expression | None:
        """The expressions that stand as text in `parent`'s children `tag`, joined by `and`."""
        joined: Expression | None = None
        for child in parent.children:
            if child.tag == tag:
                expression = self._content_expression(child)
                joined = expression if joined is None else _both(joined, expression)
        return joined

    def _content_expression(self, element: Element) -> Expression:
        chunks = [part for part in element.content if isinstance(part, Chunk)]
        raw = "".join(chunk.text for chunk in chunks)
        lead = len(raw) - len(raw.lstrip())
        return self._parse(raw.strip(), place_in_chunks(chunks, self.source.place)(lead))

    def text(self, element: Element, key: str) -> Text:
        """The element's own text."""
        chunks = [part for part in element.content if isinstance(part, Chunk)]
        if not chunks:
            return Text(self.span(element), key, "", ())
        raw = "".join(chunk.text for chunk in chunks)
        lead = len(raw) - len(raw.lstrip())
        begin = place_in_chunks(chunks, self.source.place)(lead)
        return self._retold(read_text(raw[lead:], key, begin, self.report))

    def short_text(self, element: Element, name: str, key: str) -> Text | None:
        """A text that may be an attribute or a child element, both called `name`."""
        for child in element.children:
            if child.tag == name:
                if name in element.attributes:
                    self.said_twice(element, name)
                return self.text(child, key)
        value = element.attributes.get(name)
        if value is None:
            return None
        raw, span = self._written(element, name, value)
        return self._retold(read_text(raw, key, span, self.report)) if raw.strip() else None

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
