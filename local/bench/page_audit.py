"""What became of the answers that agents at pages gave: stored as they were given, superfluous, or lost.

Superfluous: what was typed into a field that another answer of the same screen made needless (a time of one's own
beside a chosen slot) is no answer; the script's own condition, over what is stored of the interview, has to say so.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from callscript.expressions import FlatScope, Scope, compile_condition
from callscript.model.campaign import Campaign
from callscript.model.local import Action, Field, Matrix, Node, Repeat, Shuffle
from database.connection import Connection

_STORED = "SELECT interview_id::text, field, round, value::text, on_path FROM outbound.answers"
AS_GIVEN = frozenset({"boolean", "choice", "integer", "text"})
"""Types whose values are stored just as they were given; others are written in a form of their own."""

Place = tuple[str, str, str]
"""Interview, field, round."""


class Given(msgspec.Struct, frozen=True, kw_only=True):
    """An answer that the desk has taken: it went on to another question."""

    interview: str
    field: str
    round: str = ""
    type: str
    value: Any

    @property
    def place(self) -> Place:
        return self.interview, self.field, self.round


@dataclass(frozen=True, slots=True)
class Stored:
    value: Any
    on_path: bool = True


@dataclass(frozen=True, slots=True)
class Accounts:
    """How many answers are stored as given, and the others by name."""

    stored: int
    superfluous: Sequence[Place]
    lost: Sequence[Place]


Conditions = Mapping[str, Callable[[Scope], bool]]
"""Field -> whether it is asked, for those that are not always asked."""


def conditions(campaign: Campaign) -> Conditions:
    return {
        field.name: compile_condition(field.when) for field in _fields(campaign.local.nodes) if field.when is not None
    }


def stored_answers(connection: Connection) -> dict[Place, Stored]:
    rows = connection.fetch(_STORED)
    return {
        (interview, field, round_): Stored(None if value is None else msgspec.json.decode(value), on_path)
        for interview, field, round_, value, on_path in rows
    }


def audit(given: Collection[Given], stored: Mapping[Place, Stored], asked: Conditions) -> Accounts:
    """Judges every answer that was given; one that is stored with another value is lost, too."""
    by_interview: dict[str, dict[tuple[str, str], Any]] = {}
    for (interview, field, round_), found in stored.items():
        if found.on_path:
            by_interview.setdefault(interview, {})[field, round_] = found.value
    superfluous, lost, there = list[Place](), list[Place](), 0
    for one in given:
        if one.place in stored and _same(one, stored[one.place].value):
            there += 1
        elif one.place not in stored and not _is_asked(one, by_interview.get(one.interview, {}), asked):
            superfluous.append(one.place)
        else:
            lost.append(one.place)
    return Accounts(there, superfluous, lost)


# -- below -------------------------------------------------------------------------------------------------------------


def _same(given: Given, stored: Any) -> bool:
    if given.type == "choices":
        return isinstance(stored, list) and set(stored) == set(given.value)
    return stored == given.value if given.type in AS_GIVEN else stored is not None


def _is_asked(given: Given, answers: Mapping[tuple[str, str], Any], asked: Conditions) -> bool:
    condition = asked.get(given.field)
    if condition is None:
        return True
    # Within a round the names of that round, and those outside all rounds.
    values = {field: value for (field, round_), value in answers.items() if round_ in {"", given.round}}
    return condition(FlatScope(values))


def _fields(nodes: Sequence[Node]) -> Iterator[Field]:
    for node in nodes:
        match node:
            case Repeat() | Shuffle():
                yield from _fields(node.nodes)
            case Action():
                for item in node.items:
                    if isinstance(item, Field):
                        yield item
                    elif isinstance(item, Matrix):
                        yield from item.rows
            case _:
                pass
