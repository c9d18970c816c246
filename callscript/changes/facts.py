"""A campaign taken apart into single facts: what stands where, each as `(aspect, subject, detail) -> value`.

Two versions are compared fact by fact, so every element of the language is compared that is listed here once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from callscript.model.campaign import Campaign
from callscript.model.expression import Expression, Text
from callscript.model.links import Link
from callscript.model.local import (
    Action,
    Check,
    Compute,
    End,
    Exit,
    Field,
    Item,
    Matrix,
    Next,
    Node,
    Note,
    OptionList,
    Repeat,
    Say,
    Shuffle,
)
from callscript.model.server import ServerAction, SqlText, Statement


class Key(NamedTuple):
    aspect: str
    """A key of `words.PHRASES`."""
    subject: str
    """Id of the node, name of the field, `list/option`, `pack.action` … that it is about."""
    detail: str = ""
    """Which of several alike: a number, a language."""


Fact = tuple[Key, str]


def facts_of(campaign: Campaign) -> dict[Key, str]:
    """Every fact of `campaign` that people would call a change if it differed; in the order of the documents."""
    return dict(_campaign(campaign))


def _campaign(campaign: Campaign) -> Iterator[Fact]:
    local = campaign.local
    yield Key("title", campaign.id), _text(local.title)
    yield Key("language", campaign.id), local.language
    yield from _nodes(local.nodes, "")
    for options in local.options.values():
        yield from _options(options)
    for way_out in local.exits:
        yield from _exit(way_out)
    for link in campaign.links:
        yield from _link(link)
    for pack, server in campaign.servers.items():
        for action in server.actions.values():
            yield from _server_action(f"{pack}.{action.id}", action)
    for language, translation in campaign.translations.items():
        for key, text in translation.texts.items():
            yield Key("translation", key, language), text.source


def _nodes(nodes: Iterable[Node], before: str) -> Iterator[Fact]:
    for node in nodes:
        yield Key("node", node.id), type(node).__name__.lower()
        if before:
            yield Key("after", node.id), before
        before = node.id
        match node:
            case Action():
                yield from _action(node)
            case End():
                yield Key("outcome", node.id), node.outcome
                yield from _items(node.id, node.say)
            case Repeat():
                yield Key("asked-when", node.id), _source(node.when)
                yield Key("rounds", node.id), node.over or _source(node.count)
                yield from _nodes(node.nodes, "")
            case Shuffle():
                yield Key("asked-when", node.id), _source(node.when)
                yield from _nodes(node.nodes, "")


def _action(action: Action) -> Iterator[Fact]:
    yield Key("node-title", action.id), _text(action.title)
    yield Key("asked-when", action.id), _source(action.when)
    yield from _items(action.id, action.items)
    for number, check in enumerate(action.checks, 1):
        yield from _check(action.id, number, check)
    for number, way in enumerate(action.nexts, 1):
        yield from _next(action.id, number, way)


def _items(node: str, items: Iterable[Item]) -> Iterator[Fact]:
    said = noted = 0
    for item in items:
        match item:
            case Say():
                said += 1
                yield Key("say", node, str(said)), _text(item.text) + _only(item.when)
            case Note():
                noted += 1
                yield Key("note", node, str(noted)), _text(item.text) + _only(item.when)
            case Field():
                yield from _field(node, item)
            case Compute():
                yield Key("compute", item.name), item.value.source
                yield Key("field-type", item.name), str(item.type)
            case Matrix():
                yield Key("field-label", item.id), _text(item.label)
                for row in item.rows:
                    yield from _field(node, row)


def _field(node: str, field: Field) -> Iterator[Fact]:
    name = field.name
    yield Key("field", name), node
    yield Key("field-type", name), str(field.type)
    yield Key("field-label", name), _text(field.label)
    yield Key("field-hint", name), _text(field.hint)
    yield Key("required", name), "yes" if field.required else "no"
    yield Key("specials", name), " ".join(field.specials)
    yield Key("minimum", name), _source(field.minimum)
    yield Key("maximum", name), _source(field.maximum)
    yield Key("pattern", name), field.pattern or ""
    yield Key("length", name), f"{field.length[0]}..{field.length[1]}" if field.length else ""
    yield Key("field-options", name), field.options or ""
    yield Key("asked-when", name), _source(field.when)


def _options(options: OptionList) -> Iterator[Fact]:
    for option in options.options:
        yield Key("option", f"{options.id}/{option.value}"), _text(option.label)
        yield Key("option-when", f"{options.id}/{option.value}"), _source(option.when)
    yield Key("option-order", options.id), " ".join(option.value for option in options.options)


def _check(node: str, number: int, check: Check) -> Iterator[Fact]:
    yield Key("check", node, str(number)), f"{check.test.source} ({check.level})"
    yield Key("check-message", node, str(number)), _text(check.message)


def _next(node: str, number: int, way: Next) -> Iterator[Fact]:
    yield Key("next", node, str(number)), way.action + _only(way.when)


def _exit(way_out: Exit) -> Iterator[Fact]:
    yield Key("exit", way_out.id), f"{_text(way_out.label)} [{way_out.key}] → {way_out.action}"


def _link(link: Link) -> Iterator[Fact]:
    gives = ", ".join(f"{give.name}={give.value.source}" for give in link.gives)
    takes = ", ".join(f"{take.name}={'.'.join(take.path)}" for take in link.takes)
    moment = f"{link.moment} {link.node}".strip()
    call = f"{moment}: {link.action}({gives}) → ({takes}), {link.mode}, {link.fail} {link.fail_action or ''}"
    yield Key("link", link.id), call.rstrip() + _only(link.when)


def _server_action(name: str, action: ServerAction) -> Iterator[Fact]:
    yield Key("server-roles", name), " ".join(action.roles)
    for parameter in action.parameters:
        yield Key("server-parameter", name, parameter.name), f"{parameter.type}{' required' * parameter.required}"
    for step in action.steps:
        if isinstance(step, Statement):
            yield Key("server-sql", name, step.name), f"{step.verb} rows={step.rows} {_sql(step)}"
        else:
            yield Key("server-fail", name, step.code), step.when.source
    for shape in action.data:
        yield Key("server-reply", name, shape.name), _without_places(shape)


def _sql(statement: Statement) -> str:
    texts = (part.text if isinstance(part, SqlText) else _without_places(part) for part in statement.body)
    return " ".join(" ".join(texts).split())


def _without_places(node: object) -> str:
    """A node of the model as text in which only its content counts, not where it stands."""
    if isinstance(node, Expression):
        return node.source
    if isinstance(node, tuple):
        return "(" + ", ".join(_without_places(part) for part in node) + ")"
    slots = getattr(node, "__slots__", ())
    if not slots or isinstance(node, str):
        return str(node)
    return "(" + ", ".join(_without_places(getattr(node, slot)) for slot in slots if slot != "span") + ")"


def _text(text: Text | None) -> str:
    return " ".join(text.source.split()) if text else ""


def _source(expression: Expression | None) -> str:
    return expression.source if expression else ""


def _only(when: Expression | None) -> str:
    return f" ? {when.source}" if when else ""
