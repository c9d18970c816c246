"""Calls of the server: decided from links with a key of their own, remembered until answered, never made here."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

from callscript import call_key
from callscript.engine.paradata import paradata_of
from callscript.engine.program import PreparedGive, PreparedLink
from callscript.engine.sight import Sight, dig
from callscript.engine.state import Answer, Slot, Waiting
from callscript.engine.steps import ServerCall
from callscript.engine.working import Working, on_path
from callscript.expressions.scope import UNANSWERED
from callscript.expressions.values import decimal_text
from callscript.model.links import Mode, Moment
from callscript.model.values import ValueType
from callscript.protocol import AnswerChange


def call_links(moment: Moment, ids: tuple[str, ...], sight: Sight, goal: str = "") -> bool:
    """Call these links of a moment in order. False if one has to be waited for: the state then says what is left."""
    work, place, left = sight.work, sight.place, list(ids)
    while left:
        link = work.program.links[left.pop(0)]
        if (link.when is not None and not link.when(sight)) or _has_nothing_to_save(work, moment, link):
            continue
        call = decide(work, link, sight)
        if link.mode is Mode.WAIT:
            work.waiting = Waiting(call, link.id, moment, place, tuple(left), None, goal)
            return False
        work.remember(call, link.id, place)
    return True


def _has_nothing_to_save(work: Working, moment: Moment, link: PreparedLink) -> bool:
    """Leaving a node without a change need not trouble the server; an end is told in any case."""
    return (
        moment is Moment.LEAVE
        and link.saves
        and link.mode is Mode.BACKGROUND
        and next(_changes(work, link.pack), None) is None
    )


def decide(work: Working, link: PreparedLink, sight: Sight) -> ServerCall:
    """The call of `link` at this step, put among the step's calls."""
    number, key = 1, ""
    taken = {call.key for call in work.calls} | work.pending.keys()
    while not key or key in taken:  # the same link twice in one step: two calls, two keys
        key = call_key.mint(work.state.interview, work.step, link.id if number == 1 else f"{link.id}#{number}", work.at)
        number += 1
    call = _call(link, key, sight, lambda give: _given(work, link, give, sight))
    work.calls.append(call)
    return call


def command(work: Working, link: PreparedLink, sight: Sight) -> ServerCall:
    """The call of a command link, without any trace in the state."""
    key = call_key.mint(work.state.interview, work.step, link.id, work.at)
    return _call(link, key, sight, lambda give: _given(work, link, give, sight))


def _call(link: PreparedLink, key: str, sight: Sight, given: Callable[[PreparedGive], Any]) -> ServerCall:
    return ServerCall(
        key=key,
        link=link.id,
        action=link.action,
        mode=link.mode,
        node=str(sight.value("interview.node")),
        parameters={give.name: given(give) for give in link.gives},
        slow=link.slow,
    )


def _given(work: Working, link: PreparedLink, give: PreparedGive, sight: Sight) -> Any:
    if give.answers:
        return _unsent(work, link.pack)
    if give.paradata:
        return paradata_of(work)
    value = give.worth(sight) if give.worth is not None else None
    return _json(value, give.type)


def _json(value: Any, kind: ValueType | None) -> Any:
    """A value as it travels: decimals as text, 80 as `80` and not `80.0`; unanswered as null."""
    if value is None or value == UNANSWERED:
        return None
    if kind is ValueType.DECIMAL and isinstance(value, float):
        return decimal_text(value).removesuffix(".0") if math.isfinite(value) else None
    return value


def _unsent(work: Working, pack: str) -> list[AnswerChange]:
    """What changed since the last save that was decided for `pack`; from now on it counts as told."""
    changes = list(_changes(work, pack))
    work.unsent = {**work.unsent, pack: {}}
    return changes


def _changes(work: Working, pack: str) -> Iterator[AnswerChange]:
    for (place, name), (step, was_on) in work.unsent.get(pack, {}).items():
        owner = work.program.owners.get(name)
        record = work.record(owner.ordinal, place) if owner else None
        answer = record.answers.get(name) if record else None
        if owner is None or record is None:
            continue
        seen = on_path(record, name)
        if answer is None:
            if step and was_on:  # a compute that has no value any more
                gone = Answer(None, work.step, work.at - work.state.began_at)
                yield _change(work, (place, name), gone, owner.type, seen)
        elif (answer.step, seen) != (step, was_on) and (seen or step):
            yield _change(work, (place, name), answer, owner.type, seen)


def all_answers(work: Working) -> Iterator[AnswerChange]:
    """Everything that the records hold, told as a save would tell it."""
    for chunk in work.records:
        for place, record in chunk.items():
            for name, answer in record.answers.items():
                owner = work.program.owners.get(name)
                if owner is not None:
                    yield _change(work, (place, name), answer, owner.type, on_path(record, name))


def _change(work: Working, slot: Slot, answer: Answer, kind: ValueType, seen: bool) -> AnswerChange:
    place, name = slot
    node, _, rounds = place.partition("@")
    return AnswerChange(
        field=name,
        round=rounds,
        value=_json(answer.value, kind),
        special=answer.special or None,
        on_path=seen,
        node=node,
        step=answer.step,
        at=work.state.began_at + answer.at,
    )


def take_back(work: Working, call: ServerCall) -> None:
    """A call that carried answers was given up: the next save carries them again."""
    link = work.program.links.get(call.link)
    if link is None or not link.saves:
        return
    slots = dict(work.unsent.get(link.pack, {}))
    for value in call.parameters.values():
        for change in value if isinstance(value, list) else ():
            if isinstance(change, AnswerChange):
                place = f"{change.node}@{change.round}" if change.round else change.node
                slots[(place, change.field)] = (-1, not change.on_path)
    work.unsent = {**work.unsent, link.pack: slots}


def take(work: Working, link: PreparedLink, data: Any) -> None:
    """Parts of a reply become names; their readers are asked at the next step that moves."""
    for name, path in link.takes:
        part = dig(data, ".".join(path)) if path else data
        work.takes = {**work.takes, name: part}
        work.touch("", name)
