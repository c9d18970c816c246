"""Reader of `server.xml`: actions, parameters, statements, failures and the reply's shape."""

from __future__ import annotations

from callscript.model.expression import Text
from callscript.model.server import (
    ActionClass,
    Cardinality,
    Fail,
    Mask,
    OnError,
    PageKey,
    Paging,
    Parameter,
    Record,
    Rows,
    Server,
    ServerAction,
    Shape,
    Statement,
    Value,
    Verb,
)
from callscript.model.values import ValueType
from callscript.parser import kinds
from callscript.parser.document import Element
from callscript.parser.grammar import VERBS
from callscript.parser.reading import Reading
from callscript.parser.sql_parts import read_parts


def read_server_element(reading: Reading, root: Element, known_as: str | None = None) -> Server:
    """The whole `<server>`; of two actions with one id the first counts and the second is reported."""
    pack = root.attributes["pack"]
    actions: dict[str, ServerAction] = {}
    for element in root.children:
        action = _action(reading, element, known_as or pack)
        if action.id in actions:
            first = actions[action.id].span
            values = {"what": "Action", "what_zh": "操作", "name": action.id, "first": str(first)}
            reading.findings.at(kinds.DUPLICATE_ID, element, "id", **values)
            reading.findings.doubtful.add(known_as or pack)  # what is called by its own name may not be there
        else:
            actions[action.id] = action
    return Server(reading.span(root), pack, actions, reading.yes(root, "interface"))


def _action(reading: Reading, element: Element, pack: str) -> ServerAction:
    name, children = element.attributes["id"], [*element.children]
    key = f"server/{pack}/{name}"
    return ServerAction(
        span=reading.span(element),
        id=name,
        roles=reading.names(element, "roles"),
        parameters=tuple(_parameter(reading, child) for child in children if child.tag == "param"),
        steps=tuple(
            _statement(reading, child) if child.tag in VERBS else _fail(reading, child, key)
            for child in children
            if child.tag in VERBS or child.tag == "fail"
        ),
        data=tuple(_shape(reading, shape) for child in children if child.tag == "data" for shape in child.children),
        on_errors=tuple(_on_error(reading, child, key) for child in children if child.tag == "on-error"),
        action_class=ActionClass(element.attributes.get("class", ActionClass.FAST)),
        reveals=reading.yes(element, "reveals"),
        finishes=element.attributes.get("finishes"),
    )


def _parameter(reading: Reading, element: Element) -> Parameter:
    return Parameter(
        reading.span(element),
        element.attributes["name"],
        ValueType(element.attributes["type"]),
        reading.yes(element, "required"),
        element.attributes.get("default"),
        reading.yes(element, "many"),
    )


def _statement(reading: Reading, element: Element) -> Statement:
    return Statement(
        reading.span(element),
        element.attributes["name"],
        Verb(element.tag),
        _cardinality(element.attributes.get("rows", "0..n")),
        read_parts(reading, element),
        reading.expression(element, "when"),
        _paging(reading, element),
    )


def _paging(reading: Reading, element: Element) -> Paging | None:
    """What `order`, `page` and `after` say together; None where nothing of it is written."""
    written = element.attributes
    if not written.keys() & {"order", "page", "after"}:
        return None
    keys = [part.split() for part in written.get("order", "").split(",") if part.strip()]
    return Paging(
        reading.span(element),
        tuple(_page_key(*key) for key in keys),
        int(written.get("page", "0")),
        written.get("after", ""),
    )


def _page_key(typed: str, direction: str = "asc") -> PageKey:
    column, _, kind = typed.partition(":")
    return PageKey(column, ValueType(kind), direction == "desc")


def _cardinality(written: str) -> Cardinality:
    fewest, dots, most = written.partition("..")
    if not dots:
        return Cardinality(int(fewest), int(fewest))
    return Cardinality(int(fewest), None if most == "n" else int(most))


def _fail(reading: Reading, element: Element, key: str) -> Fail:
    code = element.attributes["code"]
    return Fail(
        reading.span(element), reading.needed(element, "when"), code, _message(reading, element, f"{key}/{code}")
    )


def _on_error(reading: Reading, element: Element, key: str) -> OnError:
    code = element.attributes["code"]
    return OnError(
        reading.span(element),
        element.attributes["sqlstate"],
        code,
        element.attributes.get("constraint"),
        _message(reading, element, f"{key}/{code}"),
    )


def _message(reading: Reading, element: Element, key: str) -> Text | None:
    return reading.text(element, key) if element.text.strip() else None


def _shape(reading: Reading, element: Element) -> Shape:
    span, name = reading.span(element), element.attributes["name"]
    if element.tag == "value":
        return Value(
            span,
            name,
            ValueType(element.attributes["type"]),
            element.attributes.get("column", name),
            Mask(element.attributes.get("mask", Mask.NONE)),
        )
    items = tuple(_shape(reading, child) for child in element.children)
    source = element.attributes["from"]
    if element.tag == "record":
        return Record(span, name, source, items, element.attributes.get("on"), element.attributes.get("to"))
    return Rows(span, name, source, items, element.attributes.get("on"), element.attributes.get("to"))
