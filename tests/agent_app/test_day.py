"""States, breaks, the agent's own day, notes, reports and parked interviews, as the desk makes them of keys."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from agent_app.desk import Desk
from agent_app.drawing import drawing
from agent_app.inputs import Input
from agent_app.sights import Choosing, Elsewhere, LaidAside, ParkedList, Resting, Sight
from agent_app.store.port import Store
from callscript.protocol import ActionRequest
from tests.agent_app import campaign
from tests.agent_app.fake_cloud import FakeCloud, problem
from tests.agent_app.making import sign_in
from tests.agent_app.sitting import Process, answer, begun, choose, screen, turn

STATES = [
    {"code": "ready", "kind": "ready", "title_zh": "就绪", "title_en": "Ready", "offered": True, "most_minutes": None},
    {"code": "lunch", "kind": "break", "title_zh": "午餐", "title_en": "Lunch", "offered": True, "most_minutes": 60},
    {"code": "talking", "kind": "talking", "title_zh": "通话中", "title_en": "Talking", "offered": False},
]
DAY = {"attempts": 7, "interviews": 3, "refusals": 1, "talk_seconds": 3700, "state": None, "state_seconds": None}


@pytest.fixture
def with_desk(process: Process, fake: FakeCloud) -> dict[str, Any]:
    """What the server says of the agent's day; a test may change it."""
    assert process.store.open_interview("a-1") is None
    campaign.publish(fake, campaign.WITH_DESK)
    campaign.with_cases(fake)
    day: dict[str, Any] = {**DAY}
    fake.replies["desk.my_day"] = lambda _: {"day": day, "states": STATES}
    return day


def entered(process: Process, fake: FakeCloud) -> list[str]:
    process.drain()
    return [request.parameters["state"] for request in campaign.requests_of(fake, "desk.enter_state")]


def sight(desk: Desk) -> Sight:
    """What is on the desk now; by a call, so that what held before is not believed any more."""
    return desk.sight


def press(desk: Desk, type_: str, **values: Any) -> None:
    desk.apply(Input(type=type_, turn=turn(desk), **values))


def ended(desk: Desk) -> None:
    press(desk, "exit", exit="wrong_number")
    answer(desk)


@pytest.mark.usefixtures("with_desk")
def test_states_follow_from_the_work(process: Process, fake: FakeCloud) -> None:
    desk = begun(process)
    ended(desk)
    choose(desk, "stop")
    assert entered(process, fake) == ["ready", "talking", "wrap_up", "ready"]
    talking = campaign.requests_of(fake, "desk.enter_state")[1]
    # A state is the agent's and not an interview's, but says during which it was.
    assert (talking.interview, bool(talking.parameters["interview"])) == (None, True)


@pytest.mark.usefixtures("with_desk")
def test_a_break_in_mid_interview_begins_after_it(process: Process, fake: FakeCloud) -> None:
    desk = begun(process)
    press(desk, "state", state="lunch")
    assert screen(desk).place == "consent"
    assert drawing(desk)["strip"]["after"] == "通话结束后：午餐"
    ended(desk)
    choose(desk, "next")
    assert isinstance(sight(desk), Resting)
    choose(desk, "ready")
    assert isinstance(sight(desk), Choosing)
    assert entered(process, fake) == ["ready", "talking", "wrap_up", "lunch", "ready"]
    assert fake.actions().count("outbound.next_case") == 1


@pytest.mark.usefixtures("with_desk")
def test_a_break_that_was_wanted_can_be_taken_back(process: Process) -> None:
    desk = begun(process)
    press(desk, "state", state="lunch")
    press(desk, "state", state="ready")
    ended(desk)
    choose(desk, "next")
    assert screen(desk).place == "consent"


@pytest.mark.usefixtures("with_desk")
def test_a_state_that_is_not_offered_is_not_entered(process: Process) -> None:
    desk = process.desk()
    press(desk, "state", state="talking")
    press(desk, "state", state="no_such")
    assert isinstance(sight(desk), Choosing)


def test_a_break_outlives_the_process(
    process: Process, fake: FakeCloud, with_desk: dict[str, Any], tmp_path: Path
) -> None:
    with_desk.update(state="lunch", state_seconds=90)
    another = Process(process.store, fake, tmp_path / "another", process.clock)
    desk = another.desk()
    assert isinstance(sight(desk), Resting)
    assert drawing(desk)["strip"]["seconds"] == 90
    assert entered(another, fake) == []
    another.gateway.close()


@pytest.mark.usefixtures("with_desk")
def test_a_break_holds_in_every_window(process: Process) -> None:
    one, two = process.desk(), process.desk()
    press(one, "state", state="lunch")
    assert two.look_again()
    assert isinstance(sight(two), Resting)
    choose(two, "ready")
    assert one.look_again()
    assert isinstance(sight(one), Choosing)


@pytest.mark.usefixtures("with_desk")
def test_states_wait_while_the_server_is_away(process: Process, fake: FakeCloud) -> None:
    desk = begun(process)
    process.drain()
    with fake.away():
        ended(desk)
        press(desk, "state", state="lunch")
        assert isinstance(sight(desk), Resting)
        process.clock.ms += 600_000
    assert entered(process, fake)[-2:] == ["wrap_up", "lunch"]


def test_the_day_is_shown_and_a_clock_of_the_agents_machine_plays_no_part(
    process: Process, with_desk: dict[str, Any]
) -> None:
    with_desk.update(
        appointment_at="2027-01-15T10:00:00+08:00", appointment_name="王芳", appointment_timezone="Asia/Shanghai"
    )
    desk = process.desk()
    process.clock.ms += 75_000
    strip = drawing(desk)["strip"]
    assert (strip["state"], strip["seconds"]) == ("就绪", 75)
    assert dict(strip["figures"]) == {
        "完成": "3", "拨打": "7", "拒访": "1", "通话": "1:01", "整理": "0:00", "休息": "0:00",
    }  # fmt: skip
    assert strip["appointment"] == "下一个预约 01-15 10:00 王芳"


def test_without_the_pack_the_desk_works_without_it(process: Process, fake: FakeCloud) -> None:
    desk = begun(process)
    assert drawing(desk)["tools"] == {"note": False, "report": False, "park": False}
    press(desk, "note", text="x")
    press(desk, "park", text="x")
    assert screen(desk).place == "consent"
    process.drain()
    assert {action for action in fake.actions() if action.startswith("desk.")} == set()


@pytest.mark.usefixtures("with_desk")
def test_a_note_is_kept_and_shown_again(process: Process, fake: FakeCloud) -> None:
    desk = begun(process)
    press(desk, "note", text=" 找王女士 ")
    assert (drawing(desk)["note"], drawing(desk)["notice"]) == ("找王女士", "备注已记下。")
    ended(desk)
    press(desk, "note", text="明天再打")
    process.drain()
    assert [one.parameters["note"] for one in campaign.requests_of(fake, "desk.write_note")] == ["找王女士", "明天再打"]
    assert process.store.backlog("a-1").waiting == 0


@pytest.mark.usefixtures("with_desk")
def test_a_report_names_node_and_release_and_the_agent_goes_on(process: Process, fake: FakeCloud) -> None:
    desk = begun(process)
    with fake.away():
        press(desk, "report", text="错字")
        answer(desk, consent="yes")
        assert screen(desk).place == "nps"
    process.drain()
    report = campaign.requests_of(fake, "desk.report_question")[0]
    assert (report.parameters["node"], report.parameters["comment"]) == ("consent", "错字")
    assert report.parameters["release"] == fake.current["csat"]


@pytest.fixture
def parking(fake: FakeCloud, with_desk: dict[str, Any]) -> list[ActionRequest]:
    """A server that keeps parked interviews."""
    kept: list[ActionRequest] = []

    def suspend(request: ActionRequest) -> dict[str, Any]:
        kept.append(request)
        return {}

    def resume(request: ActionRequest) -> Any:
        if not kept:
            return problem(409, "not_resumable", messages={"zh": "不能再接着访问"})
        given = kept[-1].parameters
        return {name: given[name] for name in ("interview", "release", "state", "place")}

    row = {"name": "王芳", "parked_at": "2026-11-23T10:00:00+08:00", "until": "2026-11-24T10:00:00+08:00", "mine": True}
    fake.replies["desk.suspend"] = suspend
    fake.replies["desk.resume"] = resume
    fake.replies["desk.parked"] = lambda _: {
        "parked": [
            {**row, **{name: one.parameters[name] for name in ("interview", "title", "progress")}} for one in kept
        ]
    }
    return kept


def parked_choice(desk: Desk) -> str:
    choose(desk, "parked")
    return str(drawing(desk)["view"]["choices"][0]["id"])


def test_a_parked_interview_goes_on_where_it_stopped(
    process: Process, fake: FakeCloud, parking: list[ActionRequest]
) -> None:
    desk = begun(process)
    answer(desk, consent="yes")
    press(desk, "park", text="三点后")
    assert isinstance(sight(desk), LaidAside)
    process.drain()
    assert (parking[0].parameters["place"], parking[0].parameters["note"]) == ("nps", "三点后")
    assert process.store.open_interview("a-1") is None
    choose(desk, parked_choice(desk))
    assert screen(desk).place == "nps"
    answer(desk, nps="9")
    answer(desk, again="no")
    process.drain()
    assert campaign.saved_answers(fake) == {"consent": "yes", "nps": 9, "again": "no"}
    assert len({request.interview for request in campaign.requests_of(fake, "outbound.finish")}) == 1


@pytest.mark.usefixtures("parking")
def test_parking_works_while_the_server_is_away(process: Process, fake: FakeCloud) -> None:
    desk = begun(process)
    with fake.away():
        answer(desk, consent="yes")
        press(desk, "park", text="")
        choose(desk, "parked")
        assert isinstance(sight(desk), ParkedList)
        assert drawing(desk)["view"]["tone"] == "trouble"
    process.drain()
    choose(desk, parked_choice(desk))
    assert screen(desk).place == "nps"


def test_what_a_colleague_resumed_cannot_be_resumed_twice(process: Process, parking: list[ActionRequest]) -> None:
    desk = begun(process)
    press(desk, "park", text="")
    process.drain()
    choice = parked_choice(desk)
    parking.clear()
    choose(desk, choice)
    assert drawing(desk)["view"]["lines"] == ["不能再接着访问"]
    choose(desk, "stop")
    assert isinstance(sight(desk), Choosing)


@pytest.mark.usefixtures("parking")
def test_an_old_window_does_not_park_what_went_on_elsewhere(process: Process) -> None:
    one = begun(process)
    two = process.desk()
    answer(one, consent="yes")
    press(two, "park", text="")
    assert process.store.open_interview("a-1") is not None
    assert screen(two).place == "nps"


@pytest.mark.usefixtures("with_desk")
def test_one_login_works_at_one_place(process: Process, store: Store, fake: FakeCloud) -> None:
    first = begun(process)
    process.clock.ms += 1000
    store.put_sign_in(sign_in("s-2"))
    second = process.desk("s-2")
    assert screen(second).place == "consent"
    answer(first, consent="no")
    assert isinstance(sight(first), Elsewhere)
    answer(second, consent="yes")
    choose(first, "here")
    assert screen(first).place == "nps"
    assert second.look_again()
    assert isinstance(sight(second), Elsewhere)
    assert drawing(second)["strip"] is None
    process.drain()
    assert campaign.saved_answers(fake) == {"consent": "yes"}


@pytest.mark.usefixtures("with_desk")
def test_an_event_sent_again_is_no_other_window(process: Process) -> None:
    desk = begun(process)
    pressed = Input(type="answer", turn=turn(desk), place="consent", values={"consent": "yes"})
    desk.apply(pressed)
    desk.apply(Input(type="answer", turn=pressed.turn, place="consent", values={"consent": "yes"}, again=1))
    assert screen(desk).place == "nps"
    assert drawing(desk)["notice"] == ""
