"""Every name that a campaign's expressions may read, with its type: fields, computes, takes and system names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from callscript.expressions.scope import Names, NameType
from callscript.model.campaign import Campaign
from callscript.model.links import Take
from callscript.model.local import Action, Compute, Field, Local, Matrix, Node, Repeat, Shuffle
from callscript.model.server import Record, Rows, ServerAction, Shape, Value
from callscript.model.values import ValueType

SYSTEM: Mapping[str, NameType] = {
    **{
        name: NameType(ValueType.TEXT, may_be_unanswered=False)
        for name in (
            "interview.id",
            "interview.release",
            "interview.language",
            "interview.node",
            "agent.id",
            "campaign.id",
        )
    },
    "interview.outcome": NameType(ValueType.TEXT),
}
ONLY_GIVEN: Mapping[str, NameType] = {
    "answers": NameType(ValueType.ANSWERS, may_be_unanswered=False),
    "paradata": NameType(ValueType.JSON, may_be_unanswered=False),
}
"""Names that only `<give>` may read."""


def names_of(campaign: Campaign) -> Names:
    """All names of `campaign`; where one is given twice, fields win over computes, and these over takes."""
    names: dict[str, NameType] = dict(SYSTEM)
    for link in campaign.links:
        action = campaign.server_action(link.action)
        for take in link.takes:
            names.update(_taken(take, action))
    names.update(_asked(campaign.local, campaign.local.nodes, ()))
    return names


def _asked(local: Local, nodes: Iterable[Node], repeats: tuple[str, ...]) -> Iterator[tuple[str, NameType]]:
    for node in nodes:
        if isinstance(node, Action):
            for item in node.items:
                if isinstance(item, Compute):
                    yield item.name, NameType(item.type, repeats=repeats)
                for field in fields_of(item):
                    yield field.name, _field_type(local, field, repeats)
        elif isinstance(node, Repeat):
            yield node.id, _round_type(local, node, (*repeats, node.id))
            yield from _asked(local, node.nodes, (*repeats, node.id))
        elif isinstance(node, Shuffle):
            yield from _asked(local, node.nodes, repeats)


def _round_type(local: Local, repeat: Repeat, repeats: tuple[str, ...]) -> NameType:
    """Inside a repeat its id is the name of the round: the chosen option, or the number from 1."""
    if repeat.over is None:
        return NameType(ValueType.INTEGER, repeats=repeats, may_be_unanswered=False)
    field = _field_named(repeat.over, local.nodes)
    options = _field_type(local, field, ()).options if field else None
    return NameType(ValueType.CHOICE, options, repeats=repeats, may_be_unanswered=False)


def _field_named(name: str, nodes: Iterable[Node]) -> Field | None:
    for node in nodes:
        if isinstance(node, Repeat | Shuffle):
            found = _field_named(name, node.nodes)
            if found is not None:
                return found
        elif isinstance(node, Action):
            for field in (each for item in node.items for each in fields_of(item)):
                if field.name == name:
                    return field
    return None


def fields_of(item: object) -> tuple[Field, ...]:
    """The fields that an item of a node asks: one, a matrix's rows, or none."""
    if isinstance(item, Field):
        return (item,)
    return item.rows if isinstance(item, Matrix) else ()


def _field_type(local: Local, field: Field, repeats: tuple[str, ...]) -> NameType:
    found = local.options.get(field.options) if field.options else None
    options = None if found is None or found.delivered else frozenset(option.value for option in found.options)
    return NameType(field.type, options, field.specials, repeats)


def _taken(take: Take, action: ServerAction | None) -> dict[str, NameType]:
    """The names under `take.name`, typed by the `<data>` of the action that replies."""
    if action is None:
        return {}
    if not take.path:
        return _shapes(take.name, action.data, ())
    shapes: tuple[Shape, ...] = action.data
    repeats: tuple[str, ...] = ()
    found: Shape | None = None
    for step in take.path:
        found = next((shape for shape in shapes if shape.name == step), None)
        if found is None or isinstance(found, Value):
            break
        shapes = found.items
    if found is None:
        return {}
    return _shape(take.name, found, repeats)


def _shapes(prefix: str, shapes: Iterable[Shape], repeats: tuple[str, ...]) -> dict[str, NameType]:
    names: dict[str, NameType] = {}
    for shape in shapes:
        names.update(_shape(f"{prefix}.{shape.name}", shape, repeats))
    return names


def _shape(name: str, shape: Shape, repeats: tuple[str, ...]) -> dict[str, NameType]:
    if isinstance(shape, Record):
        return _shapes(name, shape.items, repeats)
    if isinstance(shape, Rows):
        return _shapes(name, shape.items, (*repeats, name))
    return {name: NameType(shape.type, repeats=repeats)}
