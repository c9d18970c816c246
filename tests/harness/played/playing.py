"""Plays a transcript: each move becomes an event, each difference from what was written a line of words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec

from callscript import engine
from callscript.engine import Program, State
from callscript.engine.events import Answered, Begun, Event, Jumped, Replied, SwitchedLanguage, TookExit, WentBack
from callscript.engine.steps import Ask, Ended, FieldView, MatrixView, NoteView, SayView, Screen, ServerCall, Step, View
from callscript.protocol import AnswerChange
from tests.harness.played.form import Ending, Move, Transcript

MOVE_MS = 5000
_SPECIALS = {"#dk": "dk", "#refused": "refused", "#na": "na"}


@dataclass(frozen=True, slots=True)
class Played:
    """What came of a transcript."""

    differences: tuple[str, ...]
    """In words, in order; empty where everything was as written."""
    steps: tuple[tuple[str, str], ...]
    """Each way gone forward by an answer: node left, node reached."""
    answered: tuple[tuple[str, Any], ...]
    """Field and value of each answer that was accepted."""


@dataclass
class _Playing:
    program: Program
    transcript: Transcript
    reload: bool
    at: int = 0
    state: State | None = None
    view: View | None = None
    calls: list[ServerCall] = field(default_factory=list)
    differences: list[str] = field(default_factory=list)
    steps: list[tuple[str, str]] = field(default_factory=list)
    answered: list[tuple[str, Any]] = field(default_factory=list)

    def play(self) -> Played:
        self.at = int(datetime.fromisoformat(self.transcript.began).timestamp() * 1000)
        begun = Begun(
            at=self.at, interview="00000000-0000-4000-8000-000000000000", seed=self.transcript.seed, agent="agent",
            language=self.transcript.language, release="0" * 64,
        )  # fmt: skip
        self.state, step = engine.begin(self.program, begun)
        self._settle(step)
        for number, move in enumerate(self.transcript.moves, 1):
            if not self._move(number, move):
                break
        else:
            self._compare_end(self.transcript.end)
        return Played(tuple(self.differences), tuple(self.steps), tuple(self.answered))

    def _do(self, event: Event) -> Step:
        assert self.state is not None
        if self.reload:
            self.state = engine.load(engine.dump(self.state))
        self.state, step = engine.advance(self.program, self.state, event)
        return step

    def _settle(self, step: Step) -> None:
        """Every call is answered at once."""
        while True:
            self.calls += step.calls
            self.view = step.view
            if not step.calls:
                return
            for call in step.calls[:-1]:
                self._reply(call)
            step = self._reply(step.calls[-1])

    def _reply(self, call: ServerCall) -> Step:
        data = self.transcript.replies.get(call.action, {})
        return self._do(Replied(at=self.at, key=call.key, data=data))

    def _move(self, number: int, move: Move) -> bool:
        screen = self._screen()
        where = f"move {number}"
        if screen is None or screen.place != move.at:
            self._differ(where, "place", move.at, screen.place if screen else self._where())
            return False
        self._compare_screen(where, move, screen)
        self.at += MOVE_MS
        self._settle(self._do(self._event(move)))
        after = self._screen()
        complaints = [complaint.code for complaint in after.complaints] if after else []
        if complaints != move.complains:
            self._differ(where, "complaints", move.complains, complaints)
        elif move.answer is not None and not complaints:
            self.steps.append((screen.node, self._node()))
            self.answered += move.answer.items()
        return True

    def _event(self, move: Move) -> Event:
        if move.back:
            return WentBack(at=self.at)
        if move.exit:
            return TookExit(at=self.at, exit=move.exit)
        if move.jump:
            return Jumped(at=self.at, place=move.jump)
        if move.speak:
            return SwitchedLanguage(at=self.at, language=move.speak)
        values = {name: _typed(value) for name, value in (move.answer or {}).items()}
        return Answered(at=self.at, values=values, confirmed=move.confirmed)

    def _compare_screen(self, where: str, move: Move, screen: Screen) -> None:
        texts = list(_texts(screen.items))
        for said in move.says:
            if said not in texts:
                self._differ(where, "says", said, texts)
        asked = [name for name, _ in _fields(screen)]
        if move.asks is not None and asked != move.asks:
            self._differ(where, "asks", move.asks, asked)

    def _compare_end(self, end: Ending) -> None:
        view = self.view
        if not isinstance(view, Ended):
            self._differ("end", "place", end.at, self._where())
            return
        if (view.node, view.outcome) != (end.at, end.outcome):
            self._differ("end", "place", f"{end.at} {end.outcome}", f"{view.node} {view.outcome}")
        texts = list(_texts(view.items))
        for said in end.says:
            if said not in texts:
                self._differ("end", "says", said, texts)
        values = self._values()
        if values != end.values:
            wrong = {
                name: values.get(name) for name in {*values, *end.values} if values.get(name) != end.values.get(name)
            }
            self._differ("end", "values", {name: end.values.get(name) for name in wrong}, wrong)
        calls = [call.action for call in self.calls if not _only_saves(call)]
        if end.calls and calls != end.calls:
            self._differ("end", "calls", end.calls, calls)

    def _values(self) -> dict[str, Any]:
        """What the server was told of answers that are on the path: later word goes before earlier."""
        told: dict[str, Any] = {}
        for call in self.calls:
            for given in call.parameters.get("answers") or ():
                change = msgspec.convert(given, AnswerChange, from_attributes=True)
                name = f"{change.field}[{change.round}]" if change.round else change.field
                told.pop(name, None)
                if change.on_path and (change.value is not None or change.special):
                    told[name] = f"#{change.special}" if change.special else change.value
        return told

    def _screen(self) -> Screen | None:
        return self.view.screen if isinstance(self.view, Ask) else None

    def _node(self) -> str:
        return self.view.screen.node if isinstance(self.view, Ask) else getattr(self.view, "node", self._where())

    def _where(self) -> str:
        return f"{type(self.view).__name__} {getattr(self.view, 'node', '')}".strip()

    def _differ(self, where: str, what: str, written: object, found: object) -> None:
        self.differences.append(f"{where}: {what}: {written!r} was written, {found!r} came")


def play(program: Program, transcript: Transcript, *, reload: bool = False) -> Played:
    """Plays `transcript`; with `reload` the state is stored and read again before every event."""
    return _Playing(program, transcript, reload).play()


def _typed(value: Any) -> Any:
    special = _SPECIALS.get(value) if isinstance(value, str) else None
    return {"special": special} if special else value


def _texts(items: Any) -> Iterator[str]:
    return (item.text for item in items if isinstance(item, SayView | NoteView))


def _fields(screen: Screen) -> Iterator[tuple[str, FieldView]]:
    for item in screen.items:
        if isinstance(item, MatrixView):
            yield from ((row.name, row) for row in item.rows)
        elif isinstance(item, FieldView):
            yield item.name, item


def _only_saves(call: ServerCall) -> bool:
    """A call that gives nothing but the interview and its answers."""
    return set(call.parameters) <= {"interview", "answers"} and "answers" in call.parameters
