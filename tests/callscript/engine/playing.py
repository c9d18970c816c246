"""Driving interviews in tests: events with a clock of their own, replies given at once."""

from __future__ import annotations

from typing import Any

from callscript import engine
from callscript.engine import Program, State
from callscript.engine.events import Answered, Begun, CallFailed, Event, Jumped, Replied, TookExit, WentBack
from callscript.engine.steps import Ask, Ended, FieldView, MatrixView, Screen, ServerCall, Step, View

BEGAN = 1_714_500_000_000
"""2024-05-01 02:00 in Shanghai, in milliseconds."""


class Play:
    """One interview; `step` is the last step, `calls` all that were decided."""

    def __init__(self, program: Program, *, seed: int = 7, language: str = "zh", reply: Any = None) -> None:
        self.program, self.at = program, BEGAN
        self.calls: list[ServerCall] = []
        begun = Begun(
            at=self.at, interview="i", seed=seed, agent="lin", language=language, release="r", timezone="Asia/Shanghai"
        )
        self.state: State
        self.step: Step
        self.state, self.step = engine.begin(program, begun)
        self.calls += self.step.calls
        if reply is not None:
            self.reply(reply)

    def do(self, event: Event) -> Step:
        self.state, self.step = engine.advance(self.program, self.state, event)
        self.calls += self.step.calls
        return self.step

    def tick(self) -> int:
        self.at += 1000
        return self.at

    def answer(self, *, confirmed: bool = False, **values: Any) -> Step:
        return self.do(Answered(at=self.tick(), values=values, confirmed=confirmed))

    def back(self) -> Step:
        return self.do(WentBack(at=self.tick()))

    def jump(self, place: str) -> Step:
        return self.do(Jumped(at=self.tick(), place=place))

    def exit(self, name: str) -> Step:
        return self.do(TookExit(at=self.tick(), exit=name))

    def reply(self, data: Any, call: ServerCall | None = None) -> Step:
        return self.do(Replied(at=self.tick(), key=(call or self.calls[-1]).key, data=data))

    def fail(self, code: str = "down", *, retryable: bool = True, call: ServerCall | None = None) -> Step:
        key = (call or self.calls[-1]).key
        return self.do(CallFailed(at=self.tick(), key=key, code=code, retryable=retryable))

    # --- what is seen ------------------------------------------------------------------------------------------------
    @property
    def view(self) -> View:
        return self.step.view

    @property
    def screen(self) -> Screen:
        assert isinstance(self.view, Ask), self.view
        return self.view.screen

    @property
    def place(self) -> str:
        return self.screen.place if isinstance(self.view, Ask) else type(self.view).__name__

    @property
    def codes(self) -> list[str]:
        return [complaint.code for complaint in self.screen.complaints]

    @property
    def ended(self) -> Ended:
        assert isinstance(self.view, Ended), self.view
        return self.view

    @property
    def fields(self) -> dict[str, FieldView]:
        found: dict[str, FieldView] = {}
        for item in self.screen.items:
            if isinstance(item, FieldView):
                found[item.name] = item
            elif isinstance(item, MatrixView):
                found.update({row.name: row for row in item.rows})
        return found

    @property
    def path(self) -> list[str]:
        return list(engine.path(self.state))

    @property
    def on_path(self) -> dict[str, Any]:
        """`field` or `field@round` -> value or special, of all that is on the path."""
        return {
            f"{each.field}@{each.round}" if each.round else each.field: each.special or each.value
            for each in engine.answers(self.program, self.state)
            if each.on_path and (each.special or each.value is not None)
        }
