"""What server actions reply without a server: a plausible value for everything that their `<data>` names."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from callscript.model.campaign import Campaign
from callscript.model.server import Record, Rows, Shape, Value
from callscript.model.values import ValueType
from callscript.places import Span
from callscript.problems import Problem
from callscript.transcripts import kinds
from callscript.transcripts.model import BEGIN_MS, Reply

_PERSON = "Robin Hill"
_PERSONS = {"zh": "王芳"}
"""Who is called in a play, by the campaign's language."""

Replies = Mapping[str, Any]
"""Server action -> part of its reply that is to differ from the derived one."""


def read_replies(data: bytes, file: str) -> tuple[Replies, tuple[Problem, ...]]:
    """A file of replies: JSON, by the action's name."""
    try:
        found = json.loads(data)
    except (ValueError, RecursionError) as mishap:
        return {}, (Problem(kinds.BAD_REPLIES, Span(file, getattr(mishap, "lineno", 1), 1), {"reason": str(mishap)}),)
    if not isinstance(found, dict):
        return {}, (Problem(kinds.BAD_REPLIES, Span(file, 1, 1), {"reason": "no object"}),)
    return found, ()


@dataclass
class Server:
    """Answers calls in a rehearsal. `given` is laid over what the types say, `replies` over both."""

    campaign: Campaign
    given: Replies = field(default_factory=dict)
    replies: tuple[Reply, ...] = ()
    begin: int = BEGIN_MS
    problems: list[Problem] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._failures = {reply.action: reply.fails for reply in self.replies if reply.fails}
        self._data: dict[str, Any] = {}
        for reply in self.replies:
            self._apply(reply)

    def failure(self, action: str) -> str:
        """The code with which it fails, or nothing."""
        return self._failures.get(action, "")

    def reply(self, action: str) -> Any:
        if action not in self._data:
            found = self.campaign.server_action(action)
            person = _PERSONS.get(self.campaign.local.language, _PERSON)
            derived = derive(found.data, self.begin, person) if found else {}
            self._data[action] = _laid_over(derived, self.given.get(action, {}))
        return self._data[action]

    def _apply(self, reply: Reply) -> None:
        action = self.campaign.server_action(reply.action)
        steps = reply.path.split(".") if reply.path else []
        shape = _shape_at(action.data, steps) if action and steps else None
        if action is None or (shape is None and not reply.fails):
            values = {"action": reply.action, "path": reply.path or "-"}
            self.problems.append(Problem(kinds.UNKNOWN_REPLY, reply.span, values))
        elif shape is not None:
            patched: Any = _typed(shape, reply.value)
            for step in reversed(steps):
                patched = {step: patched}
            self._data[reply.action] = _laid_over(self.reply(reply.action), patched)


def derive(shapes: Iterable[Shape], begin: int = BEGIN_MS, person: str = "") -> dict[str, Any]:
    """A reply of these shapes: one row in every list, and each value one that its type allows; `person` is called."""
    return {shape.name: _derived(shape, begin, person) for shape in shapes}


def _derived(shape: Shape, begin: int, person: str) -> Any:
    if isinstance(shape, Record):
        found = derive(shape.items, begin, person)
        return (
            {**found, "name": person} if shape.name == "contact" and person and found.get("name") == "name" else found
        )
    if isinstance(shape, Rows):
        return [derive(shape.items, begin, person)]
    return _value(shape, begin)


def _value(value: Value, begin: int) -> Any:
    tomorrow = datetime.fromtimestamp(begin / 1000, UTC) + timedelta(days=1)
    known: dict[ValueType, Any] = {
        ValueType.INTEGER: 1,
        ValueType.DECIMAL: "1.5",
        ValueType.BOOLEAN: True,
        ValueType.DATE: tomorrow.date().isoformat(),
        ValueType.TIME: "09:30",
        ValueType.DATETIME: tomorrow.isoformat(),
        ValueType.PHONE: "138****0001",
        ValueType.EMAIL: "name@example.com",
        ValueType.UUID: "00000000-0000-4000-8000-000000000001",
        ValueType.JSON: {},
        ValueType.CHOICES: [],
        ValueType.ANSWERS: [],
    }
    return known.get(value.type, value.name)


def _shape_at(shapes: Iterable[Shape], steps: list[str]) -> Shape | None:
    found = next((shape for shape in shapes if shape.name == steps[0]), None)
    if found is None or len(steps) == 1:
        return found
    if isinstance(found, Value):
        return found if found.type is ValueType.JSON else None
    return _shape_at(found.items, steps[1:]) if isinstance(found, Record) else None


def _typed(shape: Shape, text: str) -> Any:
    """What an author writes after `=`: JSON where it is some, nothing for null, else text."""
    plain = isinstance(shape, Value) and shape.type not in {ValueType.INTEGER, ValueType.BOOLEAN, ValueType.JSON}
    if not text:
        return None
    if plain and text[:1] not in {'"', "[", "{"}:
        return text
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _laid_over(below: Any, above: Any) -> Any:
    if isinstance(below, dict) and isinstance(above, dict):
        return {name: _laid_over(below.get(name), above.get(name, below.get(name))) for name in {**below, **above}}
    return above
