"""Strange events: whatever reaches the engine, it never raises, and its state can always be stored."""

from __future__ import annotations

import random
from functools import cache
from typing import Any

from callscript import engine
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
from callscript.engine.steps import Ask, FieldView, MatrixView, Screen
from callscript.parser import load_campaign
from tests.callscript.scripts import campaigns, shipped

JUNK: list[Any] = [
    None, True, 0, -1, 1.5, float("nan"), float("inf"), 10**400, "", " ", "x" * 20_000, "\0", "\ud800", "９",
    [], ["a"], [["a"]], [None], {}, {"special": "dk"}, {"special": None}, {"special": ["dk"]}, {"a": 1},
]  # fmt: skip
RIGHT: dict[str, Any] = {
    "integer": 3, "decimal": 5, "date": "2030-01-02", "datetime": "2030-01-02 10:00", "boolean": True,
    "phone": "13800138000",
}  # fmt: skip
REPLIES: list[Any] = [
    None, [], {}, "x", 5, {"case": 5}, {"case": {"subject": [1]}, "contact": {"name": {}}, "calls": {}},
    {"case": {"subject_at": "2024-13-45"}, "contact": None},
]  # fmt: skip


def attempt(seed: int) -> None:
    """One interview with a shipped campaign."""
    chance = random.Random(seed)  # noqa: S311 - a test's seed
    wander(program(chance.choice(campaigns())), chance, events=20)


@cache
def program(campaign: str) -> engine.Program:
    return engine.prepare(load_campaign(shipped(campaign)).usable)


def wander(program: engine.Program, chance: random.Random, events: int) -> engine.State:
    """An interview of so many events; after each the state is stored and read again."""
    at = chance.choice([0, 1, 10**12, -5])
    begun = Begun(
        at=at, interview="i", seed=chance.choice([0, -1, 10**30]), agent="", release="",
        language=chance.choice(["zh", "en", "??"]), timezone=chance.choice(["Asia/Shanghai", "", "Nowhere/X"]),
    )  # fmt: skip
    state, step = engine.begin(program, begun)
    keys = [call.key for call in step.calls]
    places = [""]
    for _ in range(events):
        at += chance.choice([0, 1, 1000, -500, 10**9])
        event = strange(at, keys, places, chance)
        if isinstance(step.view, Ask):
            places.append(step.view.screen.place)
            if chance.random() < 0.6:
                values = inputs(step.view.screen, chance)
                engine.preview(program, state, values)
                event = Answered(at=at, values=values, confirmed=chance.random() < 0.5)
        state, step = engine.advance(program, state, event)
        keys += [call.key for call in step.calls]
        stored = engine.dump(state)
        reloaded = engine.load(stored)
        assert engine.dump(reloaded) == stored
        state = chance.choice([state, reloaded])
    return state


def inputs(screen: Screen, chance: random.Random) -> dict[str, Any]:
    fields: list[FieldView] = []
    for item in screen.items:
        fields += item.rows if isinstance(item, MatrixView) else [item] if isinstance(item, FieldView) else []
    return {field.name: _input(field, chance) for field in fields}


def _input(field: FieldView, chance: random.Random) -> Any:
    options = [option.value for option in field.options]
    if chance.random() < 0.25:
        return chance.choice(JUNK)
    return chance.choice(options) if options else RIGHT.get(field.field_type, "好的呢")


def strange(at: int, keys: list[str], places: list[str], chance: random.Random) -> Event:
    """An event that may mean something now, or not."""
    key = chance.choice(keys or [""])
    events: list[Event] = [
        WentBack(at=at),
        Jumped(at=at, place=chance.choice(["", "@", "a@b", "overall", "engineer", "x@1/2/3", *places])),
        TookExit(at=at, exit=chance.choice(["callback", "refusal", "", "silent"])),
        SwitchedLanguage(at=at, language=chance.choice(["zh", "en", "", "xx"])),
        Chose(at=at, choice=chance.choice(["retry", "go_on", "park", ""])),
        Replied(at=at, key=key, data=chance.choice(REPLIES)),
        CallFailed(at=at, key=key, code="x", retryable=chance.random() < 0.5),
    ]
    return chance.choice(events)
