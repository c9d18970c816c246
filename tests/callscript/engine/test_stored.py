"""The state as bytes: the same after any number of reloads, refused when newer or damaged, small."""

from __future__ import annotations

import json
from typing import Any

import pytest

from callscript import engine
from callscript.engine import StateTooNew, StateUnusable, stored
from tests.callscript.engine.playing import Play
from tests.callscript.engine.scripts import SAVING, TAKING, program_of

NODES = "".join(
    f'<action id="q{number}"><data><field name="f{number}" type="integer"/></data></action>' for number in range(100)
)
SCRIPT = NODES + '<end id="done" outcome="1.1"/>'


def played(answers: int) -> Play:
    play = Play(program_of(SCRIPT, TAKING + SAVING), reply={"contact": {"name": "王芳", "visits": 2}})
    for number in range(answers):
        play.answer(**{f"f{number}": number})  # type: ignore[arg-type]
        play.reply({})
    return play


def test_a_reloaded_state_goes_on_as_if_nothing_had_happened() -> None:
    straight, reloading = played(40), played(0)
    for number in range(40):
        reloading.state = engine.load(engine.dump(reloading.state))
        reloading.answer(**{f"f{number}": number})  # type: ignore[arg-type]
        reloading.state = engine.load(engine.dump(reloading.state))
        reloading.reply({})
    assert engine.dump(reloading.state) == engine.dump(straight.state)
    assert engine.show(straight.program, reloading.state) == straight.view


def test_a_state_is_small() -> None:
    assert len(engine.dump(played(100).state)) < 100 * 100


def changed(data: bytes, **parts: Any) -> bytes:
    return json.dumps({**json.loads(data), **parts}).encode()


def test_a_newer_state_is_refused_with_both_versions_named() -> None:
    data = changed(engine.dump(played(1).state), version=engine.VERSION + 1)
    with pytest.raises(StateTooNew, match=f"{engine.VERSION + 1}.*{engine.VERSION}"):
        engine.load(data)


def test_an_older_state_is_migrated(monkeypatch: pytest.MonkeyPatch) -> None:
    data = engine.dump(played(3).state)
    monkeypatch.setattr(stored, "VERSION", 2)
    monkeypatch.setitem(stored.MIGRATIONS, 1, lambda document: {**document, "version": 2, "language": "en"})
    assert engine.load(data).language == "en"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b"[]",
        b"\xff",
        b'{"version":"1"}',
        b'{"version":0}',
        b"[" * 5000,
    ],
)
def test_what_is_no_state_is_refused(data: bytes) -> None:
    with pytest.raises(StateUnusable):
        engine.load(data)


def test_a_state_in_a_language_that_the_campaign_lacks_goes_on_in_the_campaigns_own() -> None:
    play = played(1)
    state = engine.load(changed(engine.dump(play.state), language="xx"))
    assert engine.show(play.program, state) == play.view


def test_a_state_that_contradicts_itself_is_refused() -> None:
    data = engine.dump(played(3).state)
    nowhere = changed(data, cursor=-1, trace=[], records=[])
    for broken in (changed(data, cursor=99), changed(data, records=[]), changed(data, trace=[[["q7", 7]]]), nowhere):
        with pytest.raises(StateUnusable):
            engine.load(broken)
