"""Which nodes read which names: what has to be asked again when an answer changes, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from callscript.engine.names import fields_of
from callscript.model.campaign import Campaign
from callscript.model.expression import Expression
from callscript.model.local import Action, Compute, End, Field, Local, Node, Repeat, Shuffle


def readers_of(campaign: Campaign, by_id: Mapping[str, int]) -> dict[str, tuple[int, ...]]:
    """Name (of a take: its first word too) -> ordinals of the nodes that read it, in document order.

    Texts do not count: they are written when they are shown.
    """
    readers: dict[str, set[int]] = {}
    for node in _flat(campaign.local.nodes):
        for name in _names_read(campaign.local, node):
            readers.setdefault(name, set()).add(by_id[node.id])
            first, dot, _ = name.partition(".")
            if dot:
                readers.setdefault(first, set()).add(by_id[node.id])
    return {name: tuple(sorted(nodes)) for name, nodes in readers.items()}


def _flat(nodes: Iterable[Node]) -> Iterator[Node]:
    for node in nodes:
        yield node
        if isinstance(node, Repeat | Shuffle):
            yield from _flat(node.nodes)


def _names_read(local: Local, node: Node) -> Iterator[str]:
    if isinstance(node, Action):
        yield from _of(node.when, *(check.test for check in node.checks), *(next_.when for next_ in node.nexts))
        for item in node.items:
            if isinstance(item, Compute):
                yield from item.value.names
            for field in fields_of(item):
                yield from _of_field(local, field)
    elif isinstance(node, Repeat):
        yield from _of(node.when, node.count)
        if node.over:
            yield node.over
    elif not isinstance(node, End):
        yield from _of(node.when)


def _of_field(local: Local, field: Field) -> Iterator[str]:
    yield from _of(field.when, field.minimum, field.maximum)
    found = local.options.get(field.options) if field.options else None
    if found is None:
        return
    if found.delivered:
        yield ".".join(found.delivered.source)
    for option in found.options:
        yield from _of(option.when)


def _of(*expressions: Expression | None) -> Iterator[str]:
    for expression in expressions:
        if expression is not None:
            yield from expression.names
