"""The picture itself: boxes down the spine, lanes beside it, every word with room to be read."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil
from xml.sax.saxutils import escape

from callscript.model.campaign import Campaign
from callscript.pictures.boxes import Box, Kind, boxes_of
from callscript.pictures.lanes import Lane, lanes_of

LINE, PAD, GAP, WIDTH, INDENT, TRACK, MARGIN = 18, 10, 22, 460, 26, 14, 24
CHARACTERS = 59
"""Columns of text in a box; a Chinese character takes two."""
COLOURS = ("#0b5cad", "#b3470b", "#1b7a3d", "#8a2b8f", "#8a6d00", "#00707a", "#a8123e", "#4b4fb5")
"""Told apart also by the colour-blind; a lane's target carries its lane's colour."""
_ROOM = dict.fromkeys("ijlI.,;:'|()[]{} !", 0.5) | dict.fromkeys('rft-/"', 0.7) | dict.fromkeys("mwMW@%=\u2003", 1.5)
"""Letters that take less or more room than others, in columns."""

STYLE = """
text{font:13px 'Noto Sans','Noto Sans CJK SC','PingFang SC','Microsoft YaHei',sans-serif;fill:#1b2430}
.id{font-weight:600}.soft{fill:#5b6675}.when{fill:#7a4b00}.way{font-weight:500}
.box{fill:#fff;stroke:#9aa6b4}.end{fill:#eef7f0;stroke:#1b7a3d}.round{fill:#f3f1fb;stroke:#6d5fb0}
.on{stroke:#9aa6b4;stroke-width:1.5;fill:none}.lane{stroke-width:2;fill:none;stroke-linejoin:round}
"""


@dataclass(frozen=True, slots=True)
class Placed:
    """A box with its place, in pixels."""

    box: Box
    x: int
    y: int
    height: int

    @property
    def heading(self) -> int:
        """Height at which lanes arrive."""
        return self.y + PAD + LINE // 2

    def way(self, number: int) -> int:
        """Height at which way `number` leaves."""
        return self.y + self.height - PAD - LINE * (len(self.box.ways) - number) + LINE // 2


def flow_picture(campaign: Campaign, language: str | None = None) -> str:
    """The way through `campaign` as an SVG document, with texts in `language` (the base language without one)."""
    boxes = boxes_of(campaign, language or campaign.local.language)
    lanes = lanes_of(boxes)
    colours = _colours(boxes, lanes)
    left = MARGIN + TRACK * (1 + max((lane.track for lane in lanes if lane.backward), default=-1)) + GAP
    placed = _place(boxes, left)
    edge = max((each.x + WIDTH for each in placed), default=left + WIDTH)
    right = edge + GAP + TRACK * (1 + max((lane.track for lane in lanes if not lane.backward), default=-1)) + MARGIN
    bottom = (placed[-1].y + placed[-1].height if placed else MARGIN) + MARGIN
    size = f'width="{right}" height="{bottom}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} viewBox="0 0 {right} {bottom}" role="img">',
        f"<title>{escape(campaign.id)}</title><style>{STYLE}</style>",
        f'<rect width="{right}" height="{bottom}" fill="#f7f9fb"/>',
        *_spine(placed),
        *(part for lane in lanes for part in _lane(lane, placed, edge, left, colours)),
        *(part for each in placed for part in _box(each, colours)),
        "</svg>\n",
    ]
    return "\n".join(parts)


def _place(boxes: Sequence[Box], left: int) -> list[Placed]:
    placed, y = [], MARGIN
    for box in boxes:
        lines = 1 + bool(box.when) + len(box.asks) + len(box.ways)
        placed.append(Placed(box, left + INDENT * box.depth, y, 2 * PAD + LINE * lines))
        y += placed[-1].height + GAP
    return placed


def _spine(placed: Sequence[Placed]) -> Iterator[str]:
    for here, following in pairwise(placed):
        if here.box.goes_on:
            x = max(here.x, following.x) + WIDTH // 3
            yield f'<path class="on" d="M{x} {here.y + here.height}V{following.y - 5}"/>'
            yield _head(x, following.y, "#9aa6b4", down=True)


def _lane(lane: Lane, placed: Sequence[Placed], edge: int, left: int, colours: Mapping[str, str]) -> Iterator[str]:
    target = placed[lane.target]
    colour = colours[target.box.id]
    x = left - GAP - TRACK * lane.track if lane.backward else edge + GAP + TRACK * lane.track
    side = 0 if lane.backward else WIDTH
    arrival = target.x + side + (-6 if lane.backward else 6)
    for box, way in lane.sources:
        start = placed[box]
        path = f"M{start.x + side} {start.way(way)}H{x}V{target.heading}H{arrival}"
        yield f'<path class="lane" stroke="{colour}" d="{path}"/>'
    yield _head(target.x + side, target.heading, colour, down=False, rightward=lane.backward)


def _head(x: int, y: int, colour: str, *, down: bool, rightward: bool = False) -> str:
    if down:
        return f'<path fill="{colour}" d="M{x} {y}l-4 -7h8z"/>'
    step = -8 if rightward else 8
    return f'<path fill="{colour}" d="M{x} {y}l{step} -4v8z"/>'


def _colours(boxes: Sequence[Box], lanes: Sequence[Lane]) -> dict[str, str]:
    """Each target's colour: neighbours down the spine differ."""
    targets = sorted({lane.target for lane in lanes})
    return {boxes[target].id: COLOURS[number % len(COLOURS)] for number, target in enumerate(targets)}


def _box(placed: Placed, colours: Mapping[str, str]) -> Iterator[str]:
    box, x, y = placed.box, placed.x, placed.y
    look = {Kind.END: "end", Kind.REPEAT: "round", Kind.SHUFFLE: "round"}.get(box.kind, "box")
    radius = 20 if box.kind is Kind.END else 6
    size = f'x="{x}" y="{y}" width="{WIDTH}" height="{placed.height}"'
    yield f'<g id="{escape(box.id)}"><rect class="{look}" {size} rx="{radius}"/>'
    baseline = y + PAD + LINE - 5
    exits = "".join(f"\u2002[{key}]" for key in box.exits)
    yield _heading(x + PAD, baseline, box.id, f"\u2002{box.title}{exits}")
    lines = [("when", f"? {box.when}")] if box.when else []
    lines += [("soft", ask) for ask in box.asks]
    for look, line in lines:
        baseline += LINE
        yield _words(x + PAD, baseline, line, look)
    for way in box.ways:
        baseline += LINE
        condition = f"\u2003{way.when}" if way.when else ""
        yield _words(x + PAD, baseline, f"→ {way.target}{condition}", "way", colours.get(way.target))
    yield "</g>"


def _heading(x: int, y: int, name: str, title: str) -> str:
    shown = _cut(title, CHARACTERS - _columns(name))
    spans = f'<tspan class="id">{escape(name)}</tspan><tspan class="soft">{escape(shown)}</tspan>'
    return f'<text x="{x}" y="{y}">{spans}</text>'


def _words(x: int, y: int, text: str, look: str, colour: str | None = None) -> str:
    shown = _cut(text, CHARACTERS)
    whole = f"<title>{escape(text)}</title>" if shown != text else ""
    paint = f' style="fill:{colour}"' if colour else ""
    return f'<text class="{look}" x="{x}" y="{y}"{paint}>{whole}{escape(shown)}</text>'


def _columns(text: str) -> int:
    """The room that `text` takes, in columns of an ordinary letter, rounded up."""
    return ceil(sum(_room(letter) for letter in text))


def _room(letter: str) -> float:
    if unicodedata.east_asian_width(letter) in "WF":
        return 2
    return _ROOM.get(letter, 1)


def _cut(text: str, columns: int) -> str:
    """`text`, or as much of it as fits with an ellipsis."""
    if _columns(text) <= columns:
        return text
    room, kept = columns - 1.0, ""
    for letter in text:
        room -= _room(letter)
        if room < 0:
            break
        kept += letter
    return kept + "…"
