"""Whatever reaches the engine, it never raises, and its state can always be stored: strange events, shipped scripts."""

from __future__ import annotations

import random
from functools import cache
from pathlib import Path
from typing import Any

import pytest

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

BUCKET = Path(__file__).parents[3] / "scripts_bucket"
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


@cache
def shipped(campaign: str) -> engine.Program:
    folder = BUCKET / "campaigns" / campaign
    files = {"local.xml": (folder / "local.xml").read_bytes()}
    files |= {f"packs/outbound/{name}.xml": (BUCKET / "outbound" / f"{name}.xml").read_bytes()
              for name in ("server", "links", "blocks")}  # fmt: skip
    return engine.prepare(load_campaign(files).usable)


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


def strange(at: int, keys: list[str], chance: random.Random) -> Event:
    key = chance.choice(keys or [""])
    events: list[Event] = [
        WentBack(at=at),
        Jumped(at=at, place=chance.choice(["", "@", "a@b", "overall", "engineer", "x@1/2/3"])),
        TookExit(at=at, exit=chance.choice(["callback", "refusal", "", "silent"])),
        SwitchedLanguage(at=at, language=chance.choice(["zh", "en", "", "xx"])),
        Chose(at=at, choice=chance.choice(["retry", "go_on", "park", ""])),
        Replied(at=at, key=key, data=chance.choice(REPLIES)),
        CallFailed(at=at, key=key, code="x", retryable=chance.random() < 0.5),
    ]
    return chance.choice(events)


@pytest.mark.parametrize("campaign", ["csat", "reminder"])
@pytest.mark.parametrize("seed", range(12))
def test_no_event_raises_and_every_state_can_be_stored(campaign: str, seed: int) -> None:
    chance, program = random.Random(seed), shipped(campaign)  # noqa: S311
    at = chance.choice([0, 1, 10**12, -5])
    begun = Begun(
        at=at, interview="i", seed=chance.choice([0, -1, 10**30]), agent="", release="",
        language=chance.choice(["zh", "en", "??"]), timezone=chance.choice(["Asia/Shanghai", "", "Nowhere/X"]),
    )  # fmt: skip
    state, step = engine.begin(program, begun)
    keys = [call.key for call in step.calls]
    for _ in range(60):
        at += chance.choice([0, 1, 1000, -500, 10**9])
        event = strange(at, keys, chance)
        if isinstance(step.view, Ask) and chance.random() < 0.6:
            values = inputs(step.view.screen, chance)
            engine.preview(program, state, values)
            event = Answered(at=at, values=values, confirmed=chance.random() < 0.5)
        state, step = engine.advance(program, state, event)
        keys += [call.key for call in step.calls]
        stored = engine.dump(state)
        reloaded = engine.load(stored)
        assert engine.dump(reloaded) == stored
        state = chance.choice([state, reloaded])
