"""An agent who answers whatever question the desk shows, and remembers what the desk has taken."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from local.bench.page_audit import Given, Place

PREFERRED = ("campaign:csat", "next", "again", "retry", "go_on", "ready", "here")
"""Choices of panels, the most wanted first."""
PLAIN = {
    "text": "回答",
    "decimal": "1.5",
    "date": "2026-06-01",
    "time": "10:00",
    "datetime": "2027-06-01T10:00",
    "phone": "13912345678",
    "email": "someone@example.com",
    "boolean": True,
}
"""What is typed into fields without options."""
FIRST_OPTION = 0.8
"""How often: it tends to lead on through the interview."""


@dataclass(slots=True)
class PageAgent:
    """`event` is the next thing to do on a drawing; `saw` takes what came of it."""

    chance: random.Random
    taken: dict[Place, Given] = field(default_factory=dict)
    """The last answer in each place that the desk has taken: it has gone on to another question."""
    _answered: tuple[str, str, list[Given]] | None = None
    _refused: int = 0

    def event(self, drawing: dict[str, Any]) -> dict[str, Any]:
        """What to do now."""
        view, turn = drawing["view"], drawing["turn"]
        self._answered = None
        if view["type"] != "ask":
            return {"type": "choose", "turn": turn, "choice": self._choice(view)}
        screen = view["screen"]
        if self._refused > 2 and view["exits"]:
            return {"type": "exit", "turn": turn, "exit": self.chance.choice(view["exits"])["id"]}
        place, interview = screen["place"], drawing["interview"]
        fields = list(_fields(screen["items"]))
        values = {item["name"]: self._value(item) for item in fields}
        round_ = place.partition("@")[2]
        given = [
            Given(interview=interview, field=name, round=round_, type=item["field_type"], value=values[name])
            for item in fields
            if values[name := item["name"]] is not None
        ]
        self._answered = (interview, place, given)
        return {"type": "answer", "turn": turn, "place": place, "values": values, "confirmed": True}

    def saw(self, drawing: dict[str, Any]) -> None:
        """What the desk shows after the event."""
        view = drawing["view"]
        if self._answered is None:
            self._refused = 0
            return
        interview, place, given = self._answered
        same = view["type"] == "ask" and view["screen"]["place"] == place and drawing["interview"] == interview
        self._refused = self._refused + 1 if same else 0
        if not same:
            self.taken |= {one.place: one for one in given}

    def _choice(self, view: dict[str, Any]) -> str:
        offered = [str(choice["id"]) for choice in view.get("choices", ())]
        wanted = next((choice for choice in PREFERRED if choice in offered), None)
        if wanted is None and not offered:
            return "again"
        return wanted or self.chance.choice(offered)

    def _value(self, item: dict[str, Any]) -> Any:
        options = [option["value"] for option in item.get("options") or ()]
        if options:
            lead = self.chance.random() < FIRST_OPTION and not self._refused
            picked = options[0] if lead else self.chance.choice(options)
            return [picked] if item["field_type"] == "choices" else picked
        if item["field_type"] == "integer":
            return int(item["minimum"] if item["minimum"] is not None else 1)
        return PLAIN.get(item["field_type"])


def _fields(items: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Every field of a screen, the rows of its tables too."""
    for item in items:
        if item["type"] == "field":
            yield item
        elif item["type"] == "matrix":
            yield from item["rows"]
