"""What a node works out by itself: which of its fields are asked, and what its computes are worth.

Both start from nothing each time (no conditional field asked, no compute known), so that the result hangs on the
answers alone and never on what was seen before.
"""

from __future__ import annotations

from msgspec.structs import replace

from callscript.engine.program import ActionStep, PreparedField
from callscript.engine.sight import Sight
from callscript.engine.state import Answer, Entry, Record
from callscript.engine.working import Working
from callscript.expressions.scope import UNANSWERED


def see(work: Working, entry: Entry, step: ActionStep, sight: Sight) -> None:
    """Bring hidden fields and computes of `entry` up to date, and tell readers and saves what changed."""
    if not step.worked_out:
        return
    before = work.record_of(entry)
    _work_out(work, entry, step, sight, before)
    if step.computes and len(step.worked_out) > 1:
        _pass(work, entry, step, sight, before)  # again, for those that read what stands below them
    after = work.record_of(entry)
    changed = set(before.hidden) ^ set(after.hidden)
    changed.update(name for name in step.computes if before.answers.get(name) is not after.answers.get(name))
    for name in (name for name in step.names if name in changed):  # in the script's order, the same on every machine
        if name in after.answers or name in before.answers:
            work.touch(entry.place, name)
            work.resend(entry.ordinal, entry.place, (name,))


def _work_out(work: Working, entry: Entry, step: ActionStep, sight: Sight, before: Record) -> None:
    answers = before.answers
    if step.computes:
        answers = {name: answer for name, answer in answers.items() if name not in step.computes}
    work.put(entry.ordinal, entry.place, replace(before, hidden=step.conditional, answers=answers))
    _pass(work, entry, step, sight, before)


def _pass(work: Working, entry: Entry, step: ActionStep, sight: Sight, before: Record) -> None:
    for each in step.worked_out:
        record = work.record_of(entry)
        if isinstance(each, PreparedField):
            asked = each.when is None or each.when(sight)
            hidden = {*record.hidden} - {each.name} if asked else {*record.hidden, each.name}
            if len(hidden) != len(record.hidden):
                kept = tuple(name for name in step.conditional if name in hidden)
                work.put(entry.ordinal, entry.place, replace(record, hidden=kept))
            continue
        value = each.worth(sight)
        answer = _kept(before.answers.get(each.name), None if value == UNANSWERED else value, work)
        if answer is not record.answers.get(each.name) and answer is not None:
            work.put(entry.ordinal, entry.place, replace(record, answers={**record.answers, each.name: answer}))


def _kept(held: Answer | None, value: object, work: Working) -> Answer | None:
    """The answer as it was if its value is the same, so that it keeps its step and time."""
    if held is None:
        return None if value is None else Answer(value, work.step, work.at - work.state.began_at)
    if held.value == value and held.value.__class__ is value.__class__:
        return held
    return Answer(value, work.step, work.at - work.state.began_at)
