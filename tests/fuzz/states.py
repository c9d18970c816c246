"""Stored states that are damaged: refused, or the interview goes on; and none is read as more than it may be."""

from __future__ import annotations

import copy
import json
import random
from functools import cache
from typing import Any

from callscript import engine
from callscript.engine import StateUnusable
from callscript.engine.events import Answered, CallFailed, Jumped, WentBack
from tests.callscript.scripts import campaigns
from tests.fuzz.events import JUNK, program, wander
from tests.fuzz.slips import mutated

STORED = 12
"""Sound states of each campaign to begin from."""


def attempt(seed: int) -> None:
    """One state, damaged as bytes or as JSON."""
    chance = random.Random(seed)  # noqa: S311 - a test's seed
    campaign = chance.choice(campaigns())
    data = _stored(campaign, chance.randrange(STORED))
    damage = _bytes if chance.random() < 0.5 else _members
    try:
        state = engine.load(damage(data, chance))
    except StateUnusable:
        return
    for event in (
        WentBack(at=1),
        Answered(at=2),
        Jumped(at=3, place="overall"),
        CallFailed(at=4, key="", code="", retryable=False),
    ):
        try:
            engine.show(program(campaign), state)
            state, _ = engine.advance(program(campaign), state, event)
        except StateUnusable:
            return


@cache
def _stored(campaign: str, number: int) -> bytes:
    return engine.dump(wander(program(campaign), random.Random(number), events=5 + 5 * number))  # noqa: S311


def _bytes(data: bytes, chance: random.Random) -> bytes:
    for _ in range(chance.choice([1, 1, 2, 5])):
        data = mutated(data, chance)
    return data


def _members(data: bytes, chance: random.Random) -> bytes:
    document: Any = json.loads(data)
    for _ in range(chance.choice([1, 1, 3])):
        part = document
        while isinstance(part, dict | list) and part:
            keys = list(part) if isinstance(part, dict) else list(range(len(part)))
            key = chance.choice(keys)
            if not isinstance(part[key], dict | list) or chance.random() < 0.2:
                part[key] = chance.choice([*JUNK[:9], "王", 10**12, 99, "q@1", *(_any(document, chance),)])
                break
            part = part[key]
    return json.dumps(document).encode("utf-8", "surrogatepass")


def _any(document: Any, chance: random.Random) -> Any:
    """Some other part of the document."""
    while isinstance(document, dict | list) and document and chance.random() < 0.8:
        document = chance.choice(list(document.values()) if isinstance(document, dict) else document)
    return copy.deepcopy(document)
