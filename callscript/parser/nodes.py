"""Readers of the flow: action, repeat, shuffle, end, exit; what an include brings stands in its place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from callscript.model.local import (
    Action,
    Block,
    Check,
    End,
    Exit,
    Level,
    Next,
    Node,
    Note,
    OptionList,
    Repeat,
    Say,
    Shuffle,
)
from callscript.parser import kinds
from callscript.parser.document import Element
from callscript.parser.fields import ItemReader, read_options
from callscript.parser.reading import Reading
from callscript.problems import Problem

FindBlock = Callable[[str, Reading, Element], Block | None]
"""Finds the block that an include names, or reports that there is none."""


@dataclass
class Flow:
    """What a document with a flow holds: read from `<local>` or from a `<block>`."""

    nodes: tuple[Node, ...] = ()
    options: dict[str, OptionList] = field(default_factory=dict)
    exits: list[Exit] = field(default_factory=list)


class FlowReader:
    def __init__(self, reading: Reading, find_block: FindBlock) -> None:
        self._reading, self._find_block = reading, find_block
        self._flow = Flow()
        self._inline: dict[str, OptionList] = {}
        self._shuffled: set[str] = set()

    def _add_list(self, found: OptionList) -> None:
        """The first list of an id counts; another one is reported."""
        first = self._flow.options.setdefault(found.id, found)
        if first is not found:
            told, other = found.span, first.span
            if told.file.startswith("packs/") and not other.file.startswith("packs/"):
                told, other = other, told
            values = {"what": "Option list", "what_zh": "选项表", "name": found.id, "first": str(other)}
            self._reading.report(Problem(kinds.DUPLICATE_ID, told, values))
            self._reading.findings.nameless = True

    def read(self, parent: Element) -> Flow:
        """Option lists first, since fields take from them whether they are shuffled."""
        for element in parent.children:
            if element.tag == "options":
                self._add_list(read_options(self._reading, element))
                if self._reading.yes(element, "random"):
                    self._shuffled.add(element.attributes["id"])
            elif element.tag == "exit":
                self._flow.exits.append(self.exit(element))
        self._flow.nodes = self._nodes(parent)
        for found in self._inline.values():
            self._add_list(found)
        return self._flow

    def _nodes(self, parent: Element) -> tuple[Node, ...]:
        nodes: list[Node] = []
        for element in parent.children:
            if element.tag == "include":
                nodes.extend(self._included(element))
            elif (reader := self._readers.get(element.tag)) is not None:
                nodes.append(reader(self, element))
        return tuple(nodes)

    def _included(self, element: Element) -> tuple[Node, ...]:
        block = self._find_block(element.attributes["block"], self._reading, element)
        if block is None:
            return ()
        for found in block.options.values():
            self._add_list(found)
        self._flow.exits.extend(block.exits)
        return block.nodes

    def action(self, element: Element) -> Action:
        reading, node = self._reading, element.attributes["id"]
        parts = {child.tag: child for child in element.children}
        condition, data = parts.get("condition"), parts.get("data")
        items = ItemReader(reading, node, self._inline, self._shuffled).read(data) if data else ()
        return Action(
            reading.span(element),
            node,
            items,
            reading.conditions(condition, "when") if condition else None,
            self._checks(condition, node) if condition else (),
            tuple(self._next(child) for child in element.children if child.tag == "next"),
            reading.short_text(element, "title", f"{node}/title"),
        )

    def _checks(self, condition: Element, node: str) -> tuple[Check, ...]:
        elements = (child for child in condition.children if child.tag == "check")
        return tuple(
            Check(
                self._reading.span(element),
                self._reading.needed(element, "test"),
                Level(element.attributes.get("level", Level.HARD)),
                self._reading.text(element, f"{node}/check/{number}"),
            )
            for number, element in enumerate(elements, 1)
        )

    def _next(self, element: Element) -> Next:
        when = self._reading.expression(element, "when")
        return Next(self._reading.span(element), element.attributes["action"], when)

    def repeat(self, element: Element) -> Repeat:
        return Repeat(
            self._reading.span(element),
            element.attributes["id"],
            self._nodes(element),
            self._reading.expression(element, "count"),
            element.attributes.get("over"),
            self._reading.expression(element, "when"),
        )

    def shuffle(self, element: Element) -> Shuffle:
        when = self._reading.expression(element, "when")
        return Shuffle(self._reading.span(element), element.attributes["id"], self._nodes(element), when)

    def end(self, element: Element) -> End:
        node = element.attributes["id"]
        items = ItemReader(self._reading, node, {}, set()).read(element)
        said = tuple(item for item in items if isinstance(item, Say | Note))
        return End(self._reading.span(element), node, element.attributes["outcome"], said)

    def exit(self, element: Element) -> Exit:
        name = element.attributes["id"]
        return Exit(
            self._reading.span(element),
            name,
            element.attributes["key"],
            self._reading.text(element, f"exits/{name}"),
            element.attributes["action"],
        )

    _readers: ClassVar[Mapping[str, Callable[[FlowReader, Element], Node]]] = {
        "action": action,
        "repeat": repeat,
        "shuffle": shuffle,
        "end": end,
    }
