"""What the agent sees of the state: one node with its texts written, its fields with what they hold, its complaints."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from callscript.engine.answering import try_inputs, write_answers
from callscript.engine.flow import choices
from callscript.engine.judging import limit_of
from callscript.engine.messages import message
from callscript.engine.offers import option_views, shuffled
from callscript.engine.program import (
    ActionStep,
    EndStep,
    PreparedField,
    PreparedItem,
    PreparedMatrix,
    PreparedText,
    Texts,
)
from callscript.engine.sight import Sight, sight_at
from callscript.engine.state import Doubt, Entry, Over, Record
from callscript.engine.steps import (
    Ask,
    Complaint,
    Ended,
    ExitView,
    Failed,
    FieldView,
    ItemView,
    MatrixView,
    NoteView,
    SayView,
    Screen,
    View,
    Visit,
    Wait,
)
from callscript.engine.working import Working

NEAREST_VISITS = 20
"""Visits that a screen carries; `visits` gives all. A screen must not cost more the longer the interview is."""


def view_of(work: Working, complaints: tuple[Complaint, ...] = ()) -> View:
    """What to show now; `complaints` of this very event come before those that the state keeps."""
    waiting = work.waiting
    if work.over is not None:
        return _ended(work, work.over)
    if waiting is None:
        return Ask(screen=screen_of(work, work.doubt or Doubt(), complaints))
    if waiting.failed is None:
        return Wait(call=waiting.call)
    code, detail = waiting.failed
    return Failed(call=waiting.call, code=code, detail=detail, choices=choices(waiting))


def _ended(work: Working, over: Over) -> Ended:
    step = work.program.nodes[work.program.by_id[over.node]] if over.node in work.program.by_id else None
    items: tuple[ItemView, ...] = ()
    if isinstance(step, EndStep) and not over.parked and work.length:
        sight = Sight(work, step.ordinal, (), work.length - 1, step.outcome)
        items = tuple(_text_view(item, sight) for item in step.items if item.when is None or item.when(sight))
    return Ended(node=over.node, outcome=over.outcome, items=items, parked=over.parked)


def screen_of(work: Working, doubt: Doubt, complaints: tuple[Complaint, ...] = ()) -> Screen:
    """The node at the cursor, with what was typed there and not accepted yet."""
    entry = work.entry(work.cursor)
    step = work.program.nodes[entry.ordinal]
    trial, raw = _with_inputs(work, entry, step, doubt.inputs) if doubt.inputs else (work, {})
    sight = sight_at(trial, entry, work.cursor)
    record = trial.record_of(entry)
    items = _items(step, record, sight, raw) if isinstance(step, ActionStep) else ()
    if work.stalled == entry.place and work.cursor == work.length - 1:
        said = message("endless-loop", work.language, node=step.id)
        complaints = (*complaints, Complaint(code="endless-loop", message=said))
    return Screen(
        place=entry.place,
        node=step.id,
        title=_title(work, entry, sight),
        language=work.language,
        items=items,
        complaints=(*complaints, *doubt.complaints),
        exits=_exits(work, sight),
        can_go_back=previous(work, work.cursor) is not None,
        visits=visits_of(work, NEAREST_VISITS),
        progress=entry.reach,
    )


def preview_of(work: Working, values: Mapping[str, Any]) -> Screen:
    """The screen as it would be with these inputs: which fields appear, which options are offered."""
    entry = work.entry(work.cursor)
    step = work.program.nodes[entry.ordinal]
    doubt = work.doubt or Doubt()
    if not isinstance(step, ActionStep):
        return screen_of(work, doubt)
    inputs = try_inputs(work, step, values, doubt.inputs).inputs
    return screen_of(work, Doubt(inputs, doubt.complaints, doubt.doubted))


def _with_inputs(
    work: Working, entry: Entry, step: object, inputs: Mapping[str, Any]
) -> tuple[Working, dict[str, Any]]:
    """A trial copy in which the inputs are answers, and the inputs that could not be read, to be shown as typed."""
    if not isinstance(step, ActionStep):
        return work, {}
    trial = Working(work.program, work.finished(), work.at)
    tried = try_inputs(trial, step, inputs, {})
    write_answers(trial, entry, step, sight_at(trial, entry, work.cursor), tried)
    return trial, {name: raw for name, raw in tried.inputs.items() if name not in tried.answers}


# --- items -----------------------------------------------------------------------------------------------------------
def _items(step: ActionStep, record: Record, sight: Sight, raw: Mapping[str, Any]) -> tuple[ItemView, ...]:
    views: list[ItemView] = []
    for item in step.items:
        view = _item(item, record, sight, raw)
        if view is not None:
            views.append(view)
    return tuple(views)


def _item(item: PreparedItem, record: Record, sight: Sight, raw: Mapping[str, Any]) -> ItemView | None:
    if isinstance(item, PreparedText):
        return _text_view(item, sight) if item.when is None or item.when(sight) else None
    if isinstance(item, PreparedMatrix):
        asked = [row for row in item.rows if row.name not in record.hidden]
        rows = shuffled(asked, sight.work.state.seed, item.id, sight.place) if item.shuffled else asked
        views = tuple(_field_view(row, record, sight, raw) for row in rows)
        return MatrixView(id=item.id, label=_written(item.label, sight), rows=views) if views else None
    return None if item.name in record.hidden else _field_view(item, record, sight, raw)


def _text_view(item: PreparedText, sight: Sight) -> SayView | NoteView:
    text = item.texts[sight.language](sight)
    return NoteView(text) if item.note else SayView(text)


def _written(texts: Texts | None, sight: Sight) -> str:
    return texts[sight.language](sight) if texts is not None else ""


def _field_view(field: PreparedField, record: Record, sight: Sight, raw: Mapping[str, Any]) -> FieldView:
    answer = record.answers.get(field.name)
    value, special = (answer.value, answer.special or None) if answer is not None else (None, None)
    if field.name in raw:
        value, special = raw[field.name], None
        if isinstance(value, dict):
            value = None
    return FieldView(
        name=field.name,
        field_type=field.type.value,
        label=_written(field.label, sight),
        hint=_written(field.hint, sight),
        value=value,
        special=special,
        required=field.required,
        specials=field.specials,
        minimum=limit_of(field, field.minimum, sight),
        maximum=limit_of(field, field.maximum, sight),
        length=field.length,
        options=option_views(field, sight) if field.options is not None else (),
    )


# --- around the node -------------------------------------------------------------------------------------------------
def _exits(work: Working, sight: Sight) -> tuple[ExitView, ...]:
    program = work.program
    if work.language in program.exit_views:
        return program.exit_views[work.language]
    return tuple(
        ExitView(id=name, key=key, label=label[work.language](sight)) for name, key, label in program.exit_texts
    )


def _title(work: Working, entry: Entry, sight: Sight) -> str:
    step = work.program.nodes[entry.ordinal]
    return _written(step.title, sight) if isinstance(step, ActionStep) else ""


def previous(work: Working, index: int) -> int | None:
    """The entry that was on the screen before entry `index`."""
    return next((number for number in range(index - 1, -1, -1) if work.entry(number).shown), None)


def visits_of(work: Working, most: int) -> tuple[Visit, ...]:
    """The last `most` nodes on the path that can be jumped to, in the path's order."""
    found: list[Visit] = []
    plain = work.program.plain_visits[work.language]
    for index in range(work.length - 1, -1, -1):
        if len(found) == most:
            break
        entry = work.entry(index)
        if entry.shown:
            found.append(plain.get(entry.place) or _visit(work, entry, index))
    return tuple(reversed(found))


def _visit(work: Working, entry: Entry, index: int) -> Visit:
    title = _title(work, entry, sight_at(work, entry, index))
    return Visit(place=entry.place, title=title or work.program.nodes[entry.ordinal].id)
