"""What the picture of a flow shows, before anything has a place: one box for each node, in document order.

Document order is the flow, so it is the spine of the picture; only what leaves it is drawn beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from callscript.model.campaign import Campaign
from callscript.model.expression import Text
from callscript.model.local import Action, Compute, End, Field, Matrix, Node, Repeat, Shuffle


class Kind(StrEnum):
    ACTION = "action"
    REPEAT = "repeat"
    SHUFFLE = "shuffle"
    END = "end"


@dataclass(frozen=True, slots=True)
class Way:
    """A `<next>`: where it goes, and the condition as written (empty: always)."""

    target: str
    when: str


@dataclass(frozen=True, slots=True)
class Box:
    id: str
    kind: Kind
    title: str
    depth: int
    """How many repeats and shuffles stand around it."""
    when: str
    """Passed over unless this holds; empty: always asked."""
    asks: tuple[str, ...]
    """One line for each field, matrix and compute."""
    ways: tuple[Way, ...]
    exits: tuple[str, ...]
    """Keys of the exits that lead here."""
    goes_on: bool
    """Whether the next box follows when no way is taken."""


def boxes_of(campaign: Campaign, language: str) -> tuple[Box, ...]:
    """The boxes of `campaign` with its texts in `language` (the base language where a text is not translated)."""
    return tuple(_boxes(campaign.local.nodes, campaign, language, 0))


def _boxes(nodes: Iterable[Node], campaign: Campaign, language: str, depth: int) -> Iterator[Box]:
    for node in nodes:
        match node:
            case Action():
                yield _action(node, campaign, language, depth)
            case End():
                yield _box(node.id, Kind.END, campaign, depth, title=node.outcome, goes_on=False)
            case Repeat():
                over = f"↻ {node.over}" if node.over else f"↻ × {node.count.source if node.count else ''}"
                yield _box(node.id, Kind.REPEAT, campaign, depth, title=over, when=_source(node.when))
                yield from _boxes(node.nodes, campaign, language, depth + 1)
            case Shuffle():
                yield _box(node.id, Kind.SHUFFLE, campaign, depth, title="⤮", when=_source(node.when))
                yield from _boxes(node.nodes, campaign, language, depth + 1)


def _action(action: Action, campaign: Campaign, language: str, depth: int) -> Box:
    ways = tuple(Way(way.action, _source(way.when)) for way in action.nexts)
    return _box(
        action.id,
        Kind.ACTION,
        campaign,
        depth,
        title=_text(action.title, campaign, language),
        when=_source(action.when),
        asks=tuple(_asks(action, campaign)),
        ways=ways,
        goes_on=all(way.when for way in ways),
    )


def _box(
    node: str, kind: Kind, campaign: Campaign, depth: int, *, title: str, when: str = "", asks: tuple[str, ...] = (),
    ways: tuple[Way, ...] = (), goes_on: bool = True,
) -> Box:  # fmt: skip
    exits = tuple(way_out.key for way_out in campaign.local.exits if way_out.action == node)
    return Box(node, kind, title, depth, when, asks, ways, exits, goes_on)


def _asks(action: Action, campaign: Campaign) -> Iterator[str]:
    for item in action.items:
        match item:
            case Field():
                yield f"{item.name} · {_kind(item, campaign)}" + _only(item)
            case Matrix():
                yield f"{item.id} · {len(item.rows)} × {_kind(item.rows[0], campaign)}" if item.rows else item.id
            case Compute():
                yield f"{item.name} = {item.value.source}"
            case _:
                pass


def _kind(field: Field, campaign: Campaign) -> str:
    found = campaign.local.options.get(field.options or "")
    if found is None or not found.options:
        return str(field.type)
    return f"{field.type} ({' '.join(option.value for option in found.options)})"


def _only(field: Field) -> str:
    return f"\u2003? {field.when.source}" if field.when else ""


def _source(expression: object) -> str:
    return str(getattr(expression, "source", "") or "")


def _text(text: Text | None, campaign: Campaign, language: str) -> str:
    if text is None:
        return ""
    translation = campaign.translations.get(language)
    translated = translation.texts.get(text.key) if translation else None
    return (translated or text).source
