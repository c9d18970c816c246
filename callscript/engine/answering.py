"""The agent leaves a node with inputs: read, judged, and accepted as a whole or kept as typed with the complaints."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from msgspec.structs import replace

from callscript.engine.events import Answered
from callscript.engine.judging import judge_checks, judge_fields
from callscript.engine.messages import message
from callscript.engine.offers import in_list_order
from callscript.engine.program import ActionStep, PreparedField
from callscript.engine.seeing import see
from callscript.engine.sight import Sight, sight_at
from callscript.engine.state import Answer, Doubt, Entry, Record, Watch
from callscript.engine.steps import Complaint
from callscript.engine.working import Working
from callscript.expressions import InputProblem, read_input
from callscript.expressions.reading import MAX_TEXT
from callscript.expressions.scope import UNANSWERED

MOST_CHOSEN = 1_000


@dataclass
class Tried:
    """What the inputs came to."""

    inputs: dict[str, Any]
    """As typed, for the screen."""
    answers: dict[str, tuple[Any, str]] = field(default_factory=dict)
    """Value (None: left empty) and special of each field that could be read."""
    unreadable: list[Complaint] = field(default_factory=list)


def try_inputs(work: Working, step: ActionStep, values: Mapping[str, Any], earlier: Mapping[str, Any]) -> Tried:
    """Read what was typed now, and what was typed before and could not be accepted then."""
    inputs = {name: raw for name, raw in earlier.items() if name in step.by_name}
    for name in step.by_name:
        if name in values:
            inputs[name] = plain_input(values[name])
    tried = Tried(inputs)
    for name, raw in inputs.items():
        _read(work, step.by_name[name], raw, tried)
    return tried


def plain_input(raw: Any) -> Any:
    """`raw` as the state can keep it: text, number, truth, list of these, a special; anything else is left empty."""
    if isinstance(raw, str):
        return raw[: MAX_TEXT + 1].replace("\0", "").encode("utf-8", "ignore").decode()
    if isinstance(raw, int):  # a truth value too
        return raw if abs(raw) < 1 << 63 else "9" * 30
    if isinstance(raw, float):
        return raw if math.isfinite(raw) else None
    if isinstance(raw, list | tuple):
        return [plain_input(each) for each in raw[:MOST_CHOSEN] if isinstance(each, str | int)]
    if isinstance(raw, dict) and isinstance(raw.get("special"), str):
        return {"special": plain_input(raw["special"])[:20]}
    return None


def _read(work: Working, asked: PreparedField, raw: Any, tried: Tried) -> None:
    if isinstance(raw, dict):
        special = raw["special"]
        if special in asked.specials:
            tried.answers[asked.name] = (None, special)
        else:
            said = message("special-not-offered", work.language)
            tried.unreadable.append(Complaint(code="special-not-offered", message=said, field=asked.name))
        return
    value = read_input(raw, asked.type, work.language, work.state.timezone)
    if isinstance(value, InputProblem):
        said = value.message(work.language)
        tried.unreadable.append(Complaint(code=value.code, message=said, field=asked.name))
    elif value == UNANSWERED:
        tried.answers[asked.name] = (None, "")
    elif isinstance(value, list) and asked.options is not None:
        tried.answers[asked.name] = (in_list_order(asked.options, value, work.takes), "")
    else:
        tried.answers[asked.name] = (value, "")


def write_answers(work: Working, entry: Entry, step: ActionStep, sight: Sight, tried: Tried) -> list[str]:
    """Put what could be read into the node's record; the names whose answer changed. Hidden fields keep theirs."""
    before = work.record_of(entry)
    answers = dict(before.answers)
    at = work.at - work.state.began_at
    for name, (value, special) in tried.answers.items():
        held = answers.get(name)
        if not _same(held, value, special):
            answers[name] = Answer(value, work.step, at, special)
    work.put(entry.ordinal, entry.place, replace(before, answers=answers))
    see(work, entry, step, sight)
    record = work.record_of(entry)
    if record.hidden:
        _restore(work, entry, before, record)
    changed = [name for name in step.by_name if before.answers.get(name) is not work.record_of(entry).answers.get(name)]
    for name in changed:
        work.touch(entry.place, name)
    if changed:
        work.resend(entry.ordinal, entry.place, changed)
    return changed


def _same(held: Answer | None, value: Any, special: str) -> bool:
    if held is None:
        return value is None and not special
    return held.special == special and held.value == value and held.value.__class__ is value.__class__


def _restore(work: Working, entry: Entry, before: Record, record: Record) -> None:
    """What was typed into a field that is not asked (any more) is no answer: the one before it stays, out of sight."""
    answers = dict(record.answers)
    for name in record.hidden:
        held = before.answers.get(name)
        if held is not None:
            answers[name] = held
        else:
            answers.pop(name, None)
    work.put(entry.ordinal, entry.place, replace(record, answers=answers))


def answer(work: Working, event: Answered) -> Doubt | None:
    """Answer the node at the cursor. None: accepted, the record says so; else why not: throw `work` away."""
    entry = work.entry(work.cursor)
    step = work.program.nodes[entry.ordinal]
    if not isinstance(step, ActionStep):
        return Doubt()
    sight = sight_at(work, entry, work.cursor)
    doubt = work.doubt or Doubt()
    unknown = [name for name in event.values if name not in step.by_name]
    if unknown:
        said = message("unknown-field", work.language, field=str(unknown[0])[:60])
        return replace(doubt, complaints=(Complaint(code="unknown-field", message=said),))
    shown = _asked(step, _shown_record(work, entry, step, sight, doubt))
    tried = try_inputs(work, step, event.values, doubt.inputs)
    changed = write_answers(work, entry, step, sight, tried)
    appeared = _asked(step, work.record_of(entry)) - shown - event.values.keys()
    doubted = _judge(event, entry, sight, tried, appeared)
    if doubted is None:
        _accept(work, event, entry, changed)
    return doubted


def _shown_record(work: Working, entry: Entry, step: ActionStep, sight: Sight, doubt: Doubt) -> Record:
    """The record as the screen showed it: with what was typed before and not accepted yet."""
    if not doubt.inputs or not step.conditional:
        return work.record_of(entry)
    trial = Working(work.program, work.state, work.at)
    write_answers(trial, entry, step, sight_at(trial, entry, sight.limit), try_inputs(trial, step, {}, doubt.inputs))
    return trial.record_of(entry)


def _asked(step: ActionStep, record: Record) -> set[str]:
    return step.by_name.keys() - set(record.hidden)


def _judge(event: Answered, entry: Entry, sight: Sight, tried: Tried, appeared: set[str]) -> Doubt | None:
    work = sight.work
    step, record = work.program.nodes[entry.ordinal], work.record_of(entry)
    if not isinstance(step, ActionStep):
        return None
    complaints = [each for each in tried.unreadable if each.field not in record.hidden]
    wrong = {each.field for each in complaints}
    complaints += [each for each in judge_fields(step, record, sight) if each.field not in wrong]
    if complaints:
        return Doubt(tried.inputs, tuple(_but_new(complaints, appeared)))
    if appeared:
        return Doubt(tried.inputs)
    if event.confirmed and work.doubt is not None and work.doubt.doubted:
        marks = tuple(dict.fromkeys((*record.confirmed, *work.doubt.doubted)))
        record = work.change(entry, confirmed=marks[-20:])
    complaints, marks = judge_checks(step, record, sight)
    return Doubt(tried.inputs, tuple(complaints), marks) if complaints else None


def _but_new(complaints: list[Complaint], appeared: set[str]) -> list[Complaint]:
    """A question that has only just appeared is not complained about, unless nothing else explains why we stay."""
    return [each for each in complaints if each.field not in appeared or each.code != "required"]


def _accept(work: Working, event: Answered, entry: Entry, changed: list[str]) -> None:
    record = work.record_of(entry)
    before = work.state.record(entry.ordinal, entry.place)
    again = [name for name in changed if name in before.answers]
    watch = record.watch
    fields = _field_watches(record, event, again)
    work.change(
        entry,
        attended=True,
        exit_to="",
        fail_to="",
        watch=replace(
            watch,
            left=watch.left + 1,
            changed=watch.changed + bool(again),
            confirmed=watch.confirmed + (record.confirmed != before.confirmed),
        ),
        fields=fields,
    )
    work.doubt = None
    if (before.exit_to or before.fail_to) and work.cursor < work.length - 1:
        work.cut(work.cursor + 1)


def _field_watches(record: Record, event: Answered, again: list[str]) -> dict[str, Watch]:
    """Fields have a row of their own only once they were changed, or where the app timed them."""
    spent = {name: ms for name, ms in event.spent.items() if name in record.answers and 0 <= ms < 1 << 40}
    if not again and not spent:
        return record.fields
    fields = dict(record.fields)
    for name in {*again, *spent}:
        watch = fields.get(name, Watch())
        entered = record.watch.entered
        fields[name] = replace(
            watch,
            entered=entered,
            left=record.watch.left + 1,
            changed=watch.changed + (name in again),
            spent=watch.spent + spent.get(name, 0),
        )
    return fields
