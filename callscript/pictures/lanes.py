"""Lanes beside the spine: every node that is jumped to has one, from its farthest source to itself.

Lanes of one side never overlap: the shorter ones lie nearer, as on a map of railways.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from callscript.pictures.boxes import Box


@dataclass(frozen=True, slots=True)
class Lane:
    target: int
    """Index of the box that it leads to."""
    sources: tuple[tuple[int, int], ...]
    """Where it is entered: index of a box, and which of its ways."""
    backward: bool
    """Leads up again; drawn on the left."""
    track: int
    """0 is nearest to the spine."""

    @property
    def first(self) -> int:
        return min(self.target, *(box for box, _ in self.sources))

    @property
    def last(self) -> int:
        return max(self.target, *(box for box, _ in self.sources))


def lanes_of(boxes: Sequence[Box]) -> tuple[Lane, ...]:
    """The lanes of all ways that do more than go on to the very next box; ways to unknown nodes have none."""
    index = {box.id: number for number, box in enumerate(boxes)}
    entered: dict[tuple[int, bool], list[tuple[int, int]]] = {}
    for number, box in enumerate(boxes):
        for way_number, way in enumerate(box.ways):
            target = index.get(way.target)
            if target is not None:
                entered.setdefault((target, target <= number), []).append((number, way_number))
    lanes = [Lane(target, tuple(sources), backward, 0) for (target, backward), sources in entered.items()]
    return tuple(_on_tracks(sorted(lanes, key=lambda lane: (lane.last - lane.first, lane.first))))


def _on_tracks(lanes: Sequence[Lane]) -> list[Lane]:
    placed: list[Lane] = []
    for lane in lanes:
        taken = {
            other.track
            for other in placed
            if other.backward == lane.backward and other.first <= lane.last and lane.first <= other.last
        }
        track = next(number for number in range(len(lanes) + 1) if number not in taken)
        placed.append(Lane(lane.target, lane.sources, lane.backward, track))
    return placed
