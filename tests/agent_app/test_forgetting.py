"""Whoever is erased is gone from the desk's own store, too: the open interview, what waits, what was set aside."""

from __future__ import annotations

from typing import Any

import pytest

from agent_app.forgetting import FORGOTTEN, Forgetting
from agent_app.inputs import Input
from agent_app.sights import Choosing
from callscript.protocol import ActionRequest
from tests.agent_app.fake_cloud import FakeCloud, problem
from tests.agent_app.making import AGENT, interview, queued
from tests.agent_app.sitting import Process, answer, begun, turn


@pytest.fixture
def forgetting(process: Process) -> Forgetting:
    return Forgetting(process.store, process.access, process.gateway, process.clock, process.days.agents)


def erased(fake: FakeCloud, *gone: str) -> None:
    def told(request: ActionRequest) -> dict[str, Any]:
        return {"forgotten": [{"interview": one} for one in request.parameters["interviews"] if one in gone]}

    fake.replies[FORGOTTEN] = told


def test_an_open_interview_is_gone_with_all_that_waited(
    process: Process, fake: FakeCloud, forgetting: Forgetting
) -> None:
    desk = begun(process)
    answer(desk, consent="yes")
    open_one = process.store.open_interview(AGENT)
    assert open_one is not None
    process.store.begin_interview(interview("i-2", agent="a-2"), [queued(1, interview="i-2", agent="a-2")])
    erased(fake, open_one.id)

    assert forgetting.look() == 1

    assert process.store.kept() == {"a-2": ["i-2"]}
    process.drain()
    assert "outbound.save_answers" not in fake.actions()
    # What the agent types now falls on nothing, and the desk offers the campaigns.
    desk.apply(Input(type="answer", turn=turn(desk), values={"nps": "9"}))
    assert isinstance(desk.sight, Choosing)


def test_nothing_is_forgotten_where_nobody_was_erased(
    process: Process, fake: FakeCloud, forgetting: Forgetting
) -> None:
    begun(process)
    erased(fake)
    before = process.store.kept()
    assert forgetting.look() == 0
    assert process.store.kept() == before != {}


def test_a_server_that_does_not_tell_is_asked_again(process: Process, fake: FakeCloud, forgetting: Forgetting) -> None:
    begun(process)
    (open_one,) = process.store.kept()[AGENT]
    erased(fake, open_one)
    fake.refusals.append(problem(503, "busy", retryable=True))
    assert forgetting.look() == 0
    assert forgetting.look() == 1
    assert process.store.kept() == {}


def test_colleagues_ask_for_an_agent_who_left(process: Process, fake: FakeCloud, forgetting: Forgetting) -> None:
    process.store.begin_interview(interview("i-9", agent="a-left"), [])
    erased(fake, "i-9")
    assert forgetting.look() == 0
    process.desk()
    assert forgetting.look() == 1
    assert process.store.kept() == {}
