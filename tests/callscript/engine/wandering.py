"""A state machine that wanders about in an interview as agents do, and holds it against the reference after each step.

`machine(check)` makes the test class; `known_bad` runs the same one against engines with a defect.
"""

from __future__ import annotations

import random
from typing import Any

import hypothesis.strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from callscript import engine
from callscript.engine.events import Answered, Begun, CallFailed, Chose, Event, Jumped, Replied, SwitchedLanguage
from callscript.engine.program import ActionStep
from callscript.engine.steps import Ask, Ended, FieldView
from callscript.expressions.values import decimal_text
from callscript.protocol import AnswerChange
from tests.callscript.engine.playing import BEGAN, Play
from tests.callscript.engine.reference import Given, Reference
from tests.callscript.engine.scripts import wanderer

JUNK: st.SearchStrategy[Any] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=8),
    st.lists(st.text(max_size=3), max_size=3),
    st.dictionaries(st.sampled_from(["special", "x"]), st.text(max_size=4), max_size=2),
    st.sampled_from([10**400, "9" * 400, [["a"]], {"special": {}}, "\0", "\ud800"]),
)
_RIGHT: dict[str, list[Any]] = {
    "integer": [0, 1, 2, 12, 13, 40, 110, 111],
    "decimal": [0.0, 50.0, 99.5, 120.0],
    "text": ["ab", "甲乙", "x"],
    "date": ["2024-05-02", "2024-06-01"],
}


class Wandering(RuleBasedStateMachine):
    """Rules are what agents, servers and double clicks do; invariants are what must hold after every one."""

    def __init__(self) -> None:
        super().__init__()
        self.campaign = wanderer()
        self.program = engine.prepare(self.campaign)
        steps = [step for step in self.program.nodes if isinstance(step, ActionStep)]
        self.orders = {
            field.name: list(field.options.by_value) for step in steps for field in step.fields if field.options
        }
        self.given: Given = {}
        self.exits: dict[str, str] = {}
        self.confirmed: set[tuple[str, int, str]] = set()
        self.typed: dict[str, Any] = {}
        self.server: dict[str, AnswerChange] = {}
        self.seen = 0
        """Calls that the server has had."""

    @initialize(seed=st.integers(0, 5))
    def begin(self, seed: int) -> None:
        self.play = Play(self.program, seed=seed, reply={"contact": {"name": "王芳", "visits": 2}})

    # --- what the agent does -----------------------------------------------------------------------------------------
    def is_asking(self) -> bool:
        return isinstance(self.play.view, Ask)

    @precondition(lambda self: self.is_asking())
    @rule(data=st.data(), confirmed=st.booleans())
    def answer(self, data: st.DataObject, confirmed: bool) -> None:
        values = {name: data.draw(self._right(view), label=name) for name, view in self.play.fields.items()}
        self._answer(values, confirmed=confirmed)

    @precondition(lambda self: self.is_asking())
    @rule(seed=st.integers(0, 1 << 32), screens=st.integers(2, 25))
    def go_ahead(self, seed: int, screens: int) -> None:
        """Several screens on with answers by chance, so that wandering gets deep into the script."""
        chance = random.Random(seed)  # noqa: S311
        for _ in range(screens):
            if self.is_asking():
                self._answer_by(chance)

    @precondition(lambda self: self.is_asking())
    @rule(seed=st.integers(0, 1 << 32), times=st.integers(1, 12))
    def revise(self, seed: int, times: int) -> None:
        """Answers here and there on the path are changed."""
        chance = random.Random(seed)  # noqa: S311
        for _ in range(times):
            if self.is_asking():
                self.jump(chance.randrange(30), junk=False)
                self._answer_by(chance)

    def _answer_by(self, chance: random.Random) -> None:
        place = self.play.place
        values = {name: _any_right(view, chance) for name, view in self.play.fields.items()}
        values |= {name: "ab" for name in self._not_asked() if chance.random() < 0.3}
        if chance.random() < 0.2:
            values = {}  # Enter alone
        self._answer(values, confirmed=chance.random() < 0.7)
        if self.is_asking() and self.play.place == place and chance.random() < 0.7:
            self._answer({}, confirmed=True)
        self.follows_the_reference()
        self.saves_tell_the_whole_truth()

    @precondition(lambda self: self.is_asking())
    @rule(data=st.data(), names=st.sets(st.integers(0, 3), max_size=3))
    def answer_badly(self, data: st.DataObject, names: set[int]) -> None:
        known = list(self.play.fields) or ["nothing"]
        self._answer({known[number % len(known)]: data.draw(JUNK) for number in names}, confirmed=False, junk=True)

    def _answer(self, values: dict[str, Any], *, confirmed: bool, junk: bool = False) -> None:
        place, left = self.play.place, self._left()
        doubted = self._doubted() if confirmed else set()
        self._do(Answered(at=self.play.tick(), values=values, confirmed=confirmed))
        self.typed |= values
        if self._left(place) == left:
            return
        self._accepted(place, junk=junk)
        self.confirmed |= doubted

    def _doubted(self) -> set[tuple[str, int, str]]:
        """The soft checks that stand on the screen: what a confirmation confirms."""
        if not any(complaint.soft for complaint in self.play.screen.complaints):
            return set()
        place = self.play.place
        typed = {name: (self._listed(name, view.value), view.special or "") for name, view in self.play.fields.items()}
        given = {**self.given, place: {**self.given.get(place, {}), **typed}}
        exits = {at: name for at, name in self.exits.items() if at != place}  # an answer here undoes the exit
        raised = Reference(self.campaign, given, exits, self.confirmed, BEGAN).walk().raised
        return {mark for mark in raised if mark[0] == place}

    def _accepted(self, place: str, *, junk: bool) -> None:
        old = self.given.get(place, {})
        plain = {name: _plain(self._listed(name, value)) for name, value in self.typed.items()}
        typed = self._held(place) if junk else plain
        self.given[place] = {**old, **typed}
        self.exits.pop(place, None)
        hidden = self._reference().hidden.get(place, set())
        self.given[place] = {
            **{name: value for name, value in old.items() if name in hidden},
            **{name: value for name, value in self.given[place].items() if name not in hidden},
        }
        self.typed = {}

    def _listed(self, name: str, value: Any) -> Any:
        """Several choices in their list's order, as the engine keeps them (ADR 0027)."""
        order = self.orders.get(name)
        return sorted(value, key=order.index) if isinstance(value, list) and order else value

    def _held(self, place: str) -> dict[str, tuple[Any, str]]:
        """What the engine made of junk that it accepted: reading inputs has tests of its own."""
        changes = engine.answers(self.program, self.play.state)
        owned = self.program.owners
        return {
            each.field: (float(each.value) if owned[each.field].type == "decimal" else each.value, each.special or "")
            for each in changes
            if (f"{each.node}@{each.round}" if each.round else each.node) == place
            and each.field in self.program.nodes[self.program.by_id[each.node]].by_name  # type: ignore[union-attr]
        }

    @precondition(lambda self: self.is_asking())
    @rule()
    def back(self) -> None:
        path, place = self.play.path, self.play.place
        self.play.back()
        expected = path[max(0, path.index(place) - 1)]
        assert self.play.place == expected, (path, place)
        if expected != place:
            self.typed = {}
            self._shows_what_was_given()

    def _shows_what_was_given(self) -> None:
        """Back forgets nothing: every field holds what it held."""
        held = self.given.get(self.play.place, {})
        for name, view in self.play.fields.items():
            assert (view.value, view.special or "") == held.get(name, (None, "")), name

    @precondition(lambda self: self.is_asking())
    @rule(number=st.integers(0, 30), junk=st.booleans())
    def jump(self, number: int, junk: bool) -> None:
        path, place = self.play.path, self.play.place
        target = "nowhere@9" if junk else path[number % len(path)]
        self._do(Jumped(at=self.play.tick(), place=target))
        assert self.play.place == (place if junk else target)
        if not junk:
            self.typed = {}

    @precondition(lambda self: self.is_asking())
    @rule(name=st.sampled_from(["unknown", "unknown", "unknown", "later", "later", "refuse"]))
    def take_exit(self, name: str) -> None:
        path = self.play.path
        self.play.exit(name)
        if name == "unknown":
            assert "unknown-exit" in self.play.codes
            return
        at = next((place for place in path if place in self.exits), path[-1])
        self.exits[at] = name
        self.typed = {}

    @rule(language=st.sampled_from(["zh", "xx"]))
    def switch(self, language: str) -> None:
        self._do(SwitchedLanguage(at=self.play.tick(), language=language))

    # --- what goes wrong ---------------------------------------------------------------------------------------------
    @rule(key=st.sampled_from(["", "00000000-0"]), data=JUNK, number=st.integers(0, 3))
    def strange_events(self, key: str, data: Any, number: int) -> None:
        at = self.play.tick()
        events: list[Event] = [
            Replied(at=at, key=key, data=data),
            CallFailed(at=at, key=key, code="x", retryable=bool(number % 2)),
            Chose(at=at, choice=str(data)),
            Begun(at=at, interview="x", seed=1, agent="", language="", release=""),
        ]
        view = self.play.view
        self._do(events[number])
        assert _without_complaints(self.play.view) == _without_complaints(view)

    @rule(number=st.integers(0, 50), retryable=st.booleans())
    def background_call_fails(self, number: int, retryable: bool) -> None:
        call = self.play.calls[number % len(self.play.calls)]
        view = self.play.view
        self.play.fail(call=call, retryable=retryable)
        assert _without_complaints(self.play.view) == _without_complaints(view)

    @rule()
    def reload(self) -> None:
        stored = engine.dump(self.play.state)
        state = engine.load(stored)
        assert engine.dump(state) == stored
        shown = engine.show(self.program, state)
        assert _without_complaints(shown) == _without_complaints(self.play.view)
        assert engine.show(self.program, self.play.state) == shown
        self.play.state = state

    def _do(self, event: Event) -> None:
        before = engine.dump(self.play.state)
        old = self.play.state
        self.play.do(event)
        assert engine.dump(old) == before  # the state given is never changed

    # --- what must hold ----------------------------------------------------------------------------------------------
    @invariant()
    def follows_the_reference(self) -> None:
        reference = self._reference()
        assert self.play.path == reference.path
        assert self.play.on_path == {name: _sent(value) for name, value in reference.on_path.items()}
        if isinstance(self.play.view, Ended):
            assert self.play.view.outcome == reference.outcome

    @invariant()
    def saves_tell_the_whole_truth(self) -> None:
        """After every save the server's answers on the path are the interview's."""
        calls, self.seen = self.play.calls[self.seen :], len(self.play.calls)
        for call in calls:
            for change in call.parameters.get("answers", ()):
                self.server[f"{change.field}@{change.round}" if change.round else change.field] = change
        told = {
            name: change.special or change.value
            for name, change in self.server.items()
            if change.on_path and (change.special or change.value is not None)
        }
        if any(call.link in {"save", "finish"} for call in calls):
            assert told == self.play.on_path

    def _reference(self) -> Reference:
        return Reference(self.campaign, self.given, self.exits, self.confirmed, BEGAN).walk()

    def _left(self, place: str | None = None) -> int:
        place = place or self.play.place
        node = place.partition("@")[0]
        return self.play.state.record(self.program.by_id[node], place).watch.left

    def _not_asked(self) -> list[str]:
        """Text fields of this node that are not on the screen."""
        step = self.program.nodes[self.program.by_id[self.play.screen.node]]
        assert isinstance(step, ActionStep)
        return [each.name for each in step.fields if each.type == "text" and each.name not in self.play.fields]

    def _right(self, view: FieldView) -> st.SearchStrategy[Any]:
        specials = [{"special": each} for each in view.specials]
        options = [option.value for option in view.options]
        if view.field_type == "choice":
            return st.sampled_from([*options, *specials])
        if view.field_type == "choices":
            several = st.lists(st.sampled_from([each for each in options if each != "none"]), min_size=1, unique=True)
            return st.one_of(several, st.sampled_from([["none"], *specials]))
        return st.sampled_from([*_RIGHT[view.field_type], *specials])


def _any_right(view: FieldView, chance: random.Random) -> Any:
    specials = [{"special": each} for each in view.specials]
    options = [option.value for option in view.options]
    if view.field_type == "choices" and chance.random() < 0.7:
        several = [each for each in options if each != "none"]
        return chance.sample(several, chance.choice([1, 1, 1, 2, 2, len(several)]))
    offered: list[Any] = options or _RIGHT[view.field_type]
    if view.maximum is not None:
        offered = [each for each in offered if view.minimum <= each <= view.maximum and each != 13]
    if view.field_type == "choices":
        return ["none"]
    return chance.choice([*offered, *offered, *specials])


def _plain(value: Any) -> tuple[Any, str]:
    return (None, value["special"]) if isinstance(value, dict) else (value, "")


def _sent(value: Any) -> Any:
    """Decimals travel as text."""
    return decimal_text(value).removesuffix(".0") if isinstance(value, float) else value


def _without_complaints(view: Any) -> Any:
    if isinstance(view, Ask):
        return view.screen.place, view.screen.items, view.screen.progress
    return view
