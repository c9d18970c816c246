"""Reader of `routing.xml`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from callscript.model.routing import Cell, RoutedCampaign, Routing, Version
from callscript.parser import kinds
from callscript.parser.document import Element
from callscript.parser.reading import Reading

_Routed = TypeVar("_Routed", Cell, RoutedCampaign)


def read_routing_element(reading: Reading, root: Element) -> Routing:
    """Cells and campaigns by id; a second one with the same id is reported and left out."""
    cells: dict[str, Cell] = {}
    campaigns: dict[str, RoutedCampaign] = {}
    for element in root.children:
        if element.tag == "cell":
            _add(reading, element, cells, _cell(reading, element))
        else:
            _add(reading, element, campaigns, _campaign(reading, element))
    return Routing(reading.span(root), cells, campaigns)


def _add(reading: Reading, element: Element, known: dict[str, _Routed], found: _Routed) -> None:
    if found.id in known:
        values = {"what": element.tag, "what_zh": element.tag, "name": found.id, "first": str(known[found.id].span)}
        reading.findings.at(kinds.DUPLICATE_ID, element, "id", **values)
    else:
        known[found.id] = found


def _once(reading: Reading, elements: Iterable[Element], attribute: str, what: tuple[str, str]) -> None:
    """Report whichever of the elements has the name of one before it."""
    first: dict[str, Element] = {}
    for element in elements:
        name = element.attributes[attribute]
        known = first.setdefault(name, element)
        if known is not element:
            values = {"what": what[0], "what_zh": what[1], "name": name, "first": str(reading.span(known))}
            reading.findings.at(kinds.DUPLICATE_ID, element, attribute, **values)


def _cell(reading: Reading, element: Element) -> Cell:
    _once(reading, element.children, "name", ("Version", "版本"))
    versions = tuple(
        Version(reading.span(child), child.attributes["name"], int(child.attributes["weight"]))
        for child in element.children
    )
    return Cell(reading.span(element), element.attributes["id"], versions, reading.yes(element, "draining"))


def _campaign(reading: Reading, element: Element) -> RoutedCampaign:
    _once(reading, element.children, "lang", ("Title in", "标题语言"))
    groups = reading.names(element, "groups")
    for twice in sorted({name for name in groups if groups.count(name) > 1}):
        values = {"what": "Group", "what_zh": "班组", "name": twice, "first": str(reading.span(element))}
        reading.findings.at(kinds.DUPLICATE_ID, element, "groups", **values)
    titles = {child.attributes["lang"]: reading.text(child, "title").source for child in element.children}
    return RoutedCampaign(
        reading.span(element),
        element.attributes["id"],
        element.attributes["cell"],
        groups,
        titles,
    )
