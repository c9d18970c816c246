"""What the transcripts of a campaign have been through: its nodes, the ways out of each, the options of its choices."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from callscript.model.campaign import Campaign
from callscript.model.local import Action, End, Field, Item, Matrix, Node, Repeat, Shuffle
from tests.harness.played.playing import Played


@dataclass(frozen=True, slots=True)
class Coverage:
    """What was not come through; empty tuples where everything was."""

    nodes: tuple[str, ...]
    ways: tuple[tuple[str, str], ...]
    """(node, goal of one of its `next`s) that no transcript took."""
    options: tuple[tuple[str, str], ...]
    """(field, option) that no transcript chose."""
    share: float
    """Of nodes and ways, 0 to 1."""


def coverage_of(campaign: Campaign, played: Iterable[Played]) -> Coverage:
    """What of `campaign` the played transcripts have left out."""
    runs = tuple(played)
    nodes = [node for node in _flat(campaign.local.nodes) if isinstance(node, Action | End)]
    reached = {goal for run in runs for _, goal in run.steps} | {start for run in runs for start, _ in run.steps}
    taken = {step for run in runs for step in run.steps}
    ways = [(node.id, way.action) for node in nodes if isinstance(node, Action) for way in node.nexts]
    chosen = {(name, one) for run in runs for name, value in run.answered for one in _each(value)}
    options = [
        (asked.name, option.value)
        for node in nodes
        if isinstance(node, Action)
        for asked in _asked(node.items)
        if asked.options in campaign.local.options
        for option in campaign.local.options[asked.options or ""].options
    ]
    left_nodes = tuple(node.id for node in nodes if node.id not in reached)
    left_ways = tuple(dict.fromkeys(way for way in ways if way not in taken))
    all_parts = len(nodes) + len(set(ways))
    share = 1 - (len(left_nodes) + len(left_ways)) / all_parts if all_parts else 1.0
    return Coverage(left_nodes, left_ways, tuple(each for each in options if each not in chosen), share)


def _flat(nodes: Iterable[Node]) -> Iterator[Node]:
    for node in nodes:
        yield node
        if isinstance(node, Repeat | Shuffle):
            yield from _flat(node.nodes)


def _asked(items: Iterable[Item]) -> Iterator[Field]:
    for item in items:
        if isinstance(item, Matrix):
            yield from item.rows
        elif isinstance(item, Field):
            yield item


def _each(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]
