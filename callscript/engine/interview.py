"""The engine's face: `begin`, `advance`, `show` and what the app asks beside. Pure; no event raises."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from callscript.engine import flow, paradata
from callscript.engine.answering import answer
from callscript.engine.calls import all_answers, command
from callscript.engine.events import (
    Answered,
    Begun,
    CallFailed,
    Chose,
    Event,
    Jumped,
    Replied,
    SwitchedLanguage,
    TookExit,
    WentBack,
)
from callscript.engine.messages import message
from callscript.engine.program import Program
from callscript.engine.screens import preview_of, previous, view_of, visits_of
from callscript.engine.sight import Sight
from callscript.engine.state import CHUNK_BITS, OFF, Chunk, Rounds, State
from callscript.engine.steps import Complaint, Screen, ServerCall, Step, View, Visit
from callscript.engine.working import Working
from callscript.model.links import Moment
from callscript.protocol import AnswerChange


class UnknownCommand(Exception):
    """The campaign has no command link of this id."""


def begin(program: Program, event: Begun) -> tuple[State, Step]:
    """Take up an interview: its `start` links are called, then the first node is shown."""
    state = State(
        interview=event.interview,
        campaign=program.campaign,
        release=event.release,
        agent=event.agent,
        language=event.language if event.language in program.languages else program.language,
        timezone=event.timezone,
        seed=event.seed,
        began_at=event.at,
        at=event.at,
        records=tuple(Chunk() for _ in range((len(program.nodes) >> CHUNK_BITS) + 1)),
    )
    work = Working(program, state, event.at)
    flow.start(work)
    return _done(work)


def advance(program: Program, state: State, event: Event) -> tuple[State, Step]:
    """The state and step after `event`. An event that means nothing now (late, doubled, unknown) changes nothing but
    the step's number, or is complained about in the step."""
    work = Working(program, state, event.at)
    if isinstance(event, Replied):
        flow.reply(work, event.key, event.data)
    elif isinstance(event, CallFailed):
        flow.fail(work, event.key, event.code, event.detail, retryable=event.retryable)
    elif isinstance(event, SwitchedLanguage):
        return _done(work, _switch(work, event.language))
    elif isinstance(event, Chose):
        _choose(work, event.choice)
    elif not isinstance(event, Begun) and _is_asking(work):
        return _moved(work, event)
    return _done(work)


def show(program: Program, state: State) -> View:
    """What the agent is to see: the same as in the step that led to `state`. For redrawing after a reload."""
    return view_of(Working(program, state, state.at))


def preview(program: Program, state: State, values: Mapping[str, Any]) -> Screen | None:
    """The screen as it would be with these inputs, without an event: follow-up fields appear while the agent types.

    None where no node is being asked.
    """
    work = Working(program, state, state.at)
    return preview_of(work, values) if _is_asking(work) else None


def visits(program: Program, state: State) -> tuple[Visit, ...]:
    """Every node on the path that can be jumped to; a screen carries only the nearest ones."""
    work = Working(program, state, state.at)
    return visits_of(work, work.length)


def answers(program: Program, state: State) -> tuple[AnswerChange, ...]:
    """Every answer and compute that the interview holds, on the path and off it, in the script's order."""
    return tuple(all_answers(Working(program, state, state.at)))


def path(state: State) -> tuple[str, ...]:
    """Places on the path that the agent saw or sees, and the end, in order."""
    last = state.length - 1
    return tuple(
        each.place for number, each in enumerate(state.entries()) if each.shown or (state.over and number == last)
    )


def command_call(program: Program, state: State, link_id: str, at: int) -> ServerCall:
    """The call of a command of the desk, such as `dial`. The state does not change: the app stores and sends the call.

    The same command within one second and one step is the same call (a double click dials once).

    Raises:
        UnknownCommand: the campaign has no such command link; `commands` tells which there are.
    """
    link = program.links.get(link_id)
    if link is None or link.moment is not Moment.COMMAND:
        raise UnknownCommand(link_id)
    work = Working(program, state, at)
    ordinal: int = OFF
    rounds: Rounds = ()
    if 0 <= work.cursor < work.length:
        entry = work.entry(work.cursor)
        ordinal, rounds = entry.ordinal, entry.rounds
    return command(work, link, Sight(work, ordinal, rounds, work.length - 1, work.over.outcome if work.over else ""))


def commands(program: Program) -> tuple[str, ...]:
    """Ids of the campaign's command links."""
    return tuple(link.id for link in program.links.values() if link.moment is Moment.COMMAND)


# --- events ----------------------------------------------------------------------------------------------------------
def _is_asking(work: Working) -> bool:
    return work.over is None and work.waiting is None and 0 <= work.cursor < work.length


def _done(work: Working, complaints: tuple[Complaint, ...] = ()) -> tuple[State, Step]:
    calls = tuple(work.calls)
    return work.finished(), Step(view=view_of(work, complaints), calls=calls)


def _moved(work: Working, event: Event) -> tuple[State, Step]:
    if isinstance(event, Answered):
        return _answered(work, event)
    complaint = ""
    if isinstance(event, WentBack):
        index = previous(work, work.cursor)
        complaint = "nothing-before" if index is None else _see(work, index)
    elif isinstance(event, Jumped):
        index = _index_of(work, event.place)
        complaint = "no-such-place" if index is None else _see(work, index)
    elif isinstance(event, TookExit):
        if event.exit in work.program.exits:
            work.doubt = None
            flow.take_exit(work, event.exit)
        else:
            complaint = "unknown-exit"
    return _done(work, _complaints(work, complaint))


def _complaints(work: Working, code: str) -> tuple[Complaint, ...]:
    return (Complaint(code=code, message=message(code, work.language)),) if code else ()


def _answered(work: Working, event: Answered) -> tuple[State, Step]:
    if event.place and event.place != work.entry(work.cursor).place:
        return _done(work)  # the screen that was answered is gone: a key pressed twice
    doubt = answer(work, event)
    if doubt is not None:
        fresh = Working(work.program, work.state, event.at)
        fresh.doubt = doubt
        return _done(fresh)
    flow.leave(work)
    return _done(work)


def _see(work: Working, index: int) -> str:
    """Go to an entry of the path."""
    paradata.depart(work)
    work.doubt = None
    work.cursor = index
    flow.enter(work)
    return ""


def _index_of(work: Working, place: str) -> int | None:
    ordinal = work.program.by_id.get(place.partition("@")[0])
    if ordinal is None:
        return None
    index = work.record(ordinal, place).index
    return index if 0 <= index < work.length and work.entry(index).shown else None


def _switch(work: Working, language: str) -> tuple[Complaint, ...]:
    if language not in work.program.languages:
        return _complaints(work, "unknown-language") if work.waiting is None else ()
    work.language = language
    return ()


def _choose(work: Working, choice: str) -> None:
    waiting = work.waiting
    if waiting is None or waiting.failed is None or choice not in flow.choices(waiting):
        return
    deeds: dict[str, Callable[[], None]] = {
        "retry": lambda: flow.retry(work, waiting),
        "go_on": lambda: flow.give_up(work, waiting),
        "park": lambda: flow.park(work),
    }
    deeds[choice]()
