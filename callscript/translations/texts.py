"""Every text of a campaign that people see, by key."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from callscript.model.campaign import Campaign
from callscript.model.expression import Text
from callscript.model.local import (
    Action,
    End,
    Exit,
    Field,
    Item,
    Local,
    Matrix,
    Node,
    Note,
    OptionList,
    Repeat,
    Say,
    Shuffle,
)
from callscript.model.server import Fail, Server


def texts_of(campaign: Campaign) -> dict[str, Text]:
    """All texts in document order; of two with one key the first counts."""
    texts: dict[str, Text] = {}
    for text in _all(campaign):
        if text.source:
            texts.setdefault(text.key, text)
    return texts


def _all(campaign: Campaign) -> Iterator[Text]:
    yield from texts_of_local(campaign.local)
    for server in campaign.servers.values():
        yield from texts_of_server(server)


def texts_of_local(local: Local) -> Iterator[Text]:
    if local.title:
        yield local.title
    yield from _lists(local.options)
    yield from texts_of_nodes(local.nodes)
    yield from _exits(local.exits)


def _lists(lists: Mapping[str, OptionList]) -> Iterator[Text]:
    for found in lists.values():
        for option in found.options:
            yield option.label


def _exits(exits: Iterable[Exit]) -> Iterator[Text]:
    for found in exits:
        yield found.label


def texts_of_nodes(nodes: Iterable[Node]) -> Iterator[Text]:
    for node in nodes:
        match node:
            case Action():
                yield from _action(node)
            case Repeat() | Shuffle():
                yield from texts_of_nodes(node.nodes)
            case End():
                for said in node.say:
                    yield said.text


def _action(action: Action) -> Iterator[Text]:
    if action.title:
        yield action.title
    for check in action.checks:
        yield check.message
    for item in action.items:
        yield from _item(item)


def _item(item: Item) -> Iterator[Text]:
    match item:
        case Say() | Note():
            yield item.text
        case Field():
            yield from (text for text in (item.label, item.hint, item.pattern_message) if text)
        case Matrix():
            if item.label:
                yield item.label
            for row in item.rows:
                yield from _item(row)


def texts_of_server(server: Server) -> Iterator[Text]:
    for action in server.actions.values():
        for step in action.steps:
            if isinstance(step, Fail) and step.message:
                yield step.message
        for on_error in action.on_errors:
            if on_error.message:
                yield on_error.message
