"""Readers of what a node says and asks: say, note, field, compute, matrix, and the option lists that fields use."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import ClassVar

from callscript.model.expression import Expression, Literal
from callscript.model.local import Compute, Delivered, Field, Item, Matrix, Note, Option, OptionList, Say
from callscript.model.values import Special, ValueType
from callscript.parser.document import Element
from callscript.parser.reading import Reading

_DATE, _TIME = r"\d{4}-\d\d-\d\d", r"\d\d:\d\d(:\d\d)?"
_PLAIN_MOMENTS: Mapping[str, re.Pattern[str]] = {
    ValueType.DATE: re.compile(_DATE),
    ValueType.TIME: re.compile(_TIME),
    ValueType.DATETIME: re.compile(f"{_DATE}T{_TIME}"),
}
"""A limit of a field of this type that is written as people write it, not as an expression."""


def read_options(reading: Reading, element: Element) -> OptionList:
    """An `<options>` element."""
    name = element.attributes["id"]
    delivered = None
    if source := element.attributes.get("from"):
        value = element.attributes.get("value", "value")
        delivered = Delivered(tuple(source.split(".")), value, element.attributes.get("label", "label"))
    return OptionList(reading.span(element), name, _options(reading, element, name), delivered)


def _options(reading: Reading, parent: Element, list_id: str) -> tuple[Option, ...]:
    return tuple(
        Option(
            reading.span(element),
            element.attributes["value"],
            reading.text(element, f"options/{list_id}/{element.attributes['value']}"),
            reading.expression(element, "when"),
            reading.yes(element, "exclusive"),
            element.attributes.get("other"),
        )
        for element in parent.children
        if element.tag == "option"
    )


class ItemReader:
    """Reads the items of one node's `<data>`; texts are numbered within the node."""

    def __init__(self, reading: Reading, node: str, lists: dict[str, OptionList], shuffled: set[str]) -> None:
        self._reading, self._node = reading, node
        self._lists, self._shuffled = lists, shuffled
        self._counts: dict[str, int] = {}

    def read(self, parent: Element) -> tuple[Item, ...]:
        return tuple(self._readers[element.tag](self, element) for element in parent.children)

    def _numbered(self, tag: str) -> str:
        self._counts[tag] = self._counts.get(tag, 0) + 1
        return f"{self._node}/{tag}/{self._counts[tag]}"

    def say(self, element: Element) -> Say:
        text = self._reading.text(element, self._numbered("say"))
        return Say(self._reading.span(element), text, self._reading.expression(element, "when"))

    def note(self, element: Element) -> Note:
        text = self._reading.text(element, self._numbered("note"))
        return Note(self._reading.span(element), text, self._reading.expression(element, "when"))

    def compute(self, element: Element) -> Compute:
        return Compute(
            self._reading.span(element),
            element.attributes["name"],
            ValueType(element.attributes["type"]),
            self._reading.needed(element, "value"),
        )

    def field(self, element: Element) -> Field:
        reading, name = self._reading, element.attributes["name"]
        key = f"{self._node}/{name}"
        return Field(
            span=reading.span(element),
            name=name,
            label=reading.short_text(element, "label", f"{key}/label"),
            hint=reading.short_text(element, "hint", f"{key}/hint"),
            pattern=element.attributes.get("pattern"),
            pattern_message=reading.short_text(element, "pattern-message", f"{key}/pattern-message"),
            length=_length(element.attributes.get("length")),
            options=self._list_of(element, name),
            shuffled=self._is_shuffled(element, name),
            when=reading.expression(element, "when"),
            type=ValueType(element.attributes["type"]),
            required=reading.yes(element, "required"),
            specials=_specials(reading, element),
            minimum=self._limit(element, "min"),
            maximum=self._limit(element, "max"),
        )

    def matrix(self, element: Element) -> Matrix:
        reading, name = self._reading, element.attributes["id"]
        label = reading.short_text(element, "label", f"{self._node}/{name}/label")
        rows = tuple(self._row(element, row) for row in element.children if row.tag == "row")
        return Matrix(reading.span(element), name, label, rows, reading.yes(element, "random"))

    def _row(self, matrix: Element, row: Element) -> Field:
        reading, name = self._reading, row.attributes["name"]
        return Field(
            span=reading.span(row),
            name=name,
            label=reading.text(row, f"{self._node}/{name}/label"),
            options=matrix.attributes.get("options"),
            shuffled=matrix.attributes.get("options") in self._shuffled,
            type=ValueType(matrix.attributes["type"]),
            required=reading.yes(matrix, "required"),
            specials=_specials(reading, matrix),
            minimum=self._limit(matrix, "min"),
            maximum=self._limit(matrix, "max"),
        )

    def _limit(self, element: Element, attribute: str) -> Expression | None:
        """An expression, or a plain date or time: `2024-05-01` would else be a subtraction."""
        written = element.attributes.get(attribute, "").strip()
        pattern = _PLAIN_MOMENTS.get(element.attributes["type"])
        if pattern is None or not pattern.fullmatch(written):
            return self._reading.expression(element, attribute)
        span = self._reading.source.of_attribute(element, attribute)
        return Expression(span, written, Literal(span, written), frozenset())

    def _list_of(self, element: Element, name: str) -> str | None:
        """The id of the field's list: a shared one, or its own options written inside it."""
        if not any(child.tag == "option" for child in element.children):
            return element.attributes.get("options")
        if "options" in element.attributes:
            self._reading.said_twice(element, "options")
        self._lists[name] = OptionList(self._reading.span(element), name, _options(self._reading, element, name))
        return name

    def _is_shuffled(self, element: Element, name: str) -> bool:
        return self._reading.yes(element, "random") or element.attributes.get("options", name) in self._shuffled

    _readers: ClassVar[Mapping[str, Callable[[ItemReader, Element], Item]]] = {
        "say": say,
        "note": note,
        "field": field,
        "compute": compute,
        "matrix": matrix,
    }


def _specials(reading: Reading, element: Element) -> tuple[Special, ...]:
    return tuple(dict.fromkeys(Special(word) for word in reading.names(element, "special")))


UNLIMITED = 1_000_000


def _length(written: str | None) -> tuple[int, int] | None:
    """`5` is exactly 5, `2..` at least 2, `..40` at most 40."""
    if written is None:
        return None
    fewest, dots, most = written.partition("..")
    if not dots:
        return int(fewest), int(fewest)
    return int(fewest or 0), int(most or UNLIMITED)
