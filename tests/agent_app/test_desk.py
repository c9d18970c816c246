"""The desk over the real engine, the stores and a server on a real socket."""

from __future__ import annotations

from pathlib import Path

from agent_app.dialler import LinkDialler
from agent_app.drawing import drawing
from agent_app.inputs import Input
from agent_app.sights import Choosing, QueueEmpty, Working
from callscript.engine.steps import Ended
from tests.agent_app import campaign
from tests.agent_app.fake_cloud import FakeCloud, problem
from tests.agent_app.making import AGENT
from tests.agent_app.sitting import Process, answer, begun, choose, screen, turn


def test_the_campaigns_are_offered_first(process: Process) -> None:
    desk = process.desk()
    assert isinstance(desk.sight, Choosing)
    assert [one.id for one in desk.sight.campaigns] == ["csat"]
    assert drawing(desk)["view"]["choices"] == [{"id": "campaign:csat", "label": "满意度回访", "key": "1"}]


def test_a_case_is_taken_and_its_first_question_shown(process: Process) -> None:
    desk = begun(process)
    assert screen(desk).place == "consent"
    drawn = drawing(desk)
    assert drawn["case"]["name"] == "王芳"
    assert drawn["view"]["screen"]["items"][0] == {"type": "say", "text": "您好，王芳"}
    assert drawn["can_dial"]


def test_a_whole_interview_reaches_the_server_once_and_in_order(process: Process, fake: FakeCloud) -> None:
    desk = begun(process)
    answer(desk, consent="yes")
    answer(desk, nps="7")
    answer(desk, why="太慢了")
    answer(desk, again="yes")
    assert isinstance(desk.sight, Working)
    assert isinstance(desk.sight.shown.view, Ended)
    process.drain()
    assert fake.actions()[0] == "outbound.next_case"
    assert fake.actions()[-1] == "outbound.finish"
    assert campaign.saved_answers(fake) == {"consent": "yes", "nps": 7, "why": "太慢了", "again": "yes"}
    assert campaign.requests_of(fake, "outbound.finish")[0].parameters["outcome"] == "1.1"
    assert process.store.open_interview(AGENT) is None
    assert process.store.backlog(AGENT).waiting == 0


def test_another_process_goes_on_at_the_same_question(process: Process, fake: FakeCloud, tmp_path: Path) -> None:
    desk = begun(process)
    answer(desk, consent="yes")
    other = Process(process.store, fake, tmp_path / "elsewhere", process.clock)
    taken_over = other.desk()
    assert screen(taken_over) == screen(desk)
    answer(taken_over, nps="9")
    assert screen(taken_over).place == "thanks"
    other.gateway.close()


def test_an_answer_off_the_path_is_not_kept_by_the_server(process: Process, fake: FakeCloud) -> None:
    desk = begun(process)
    answer(desk, consent="yes")
    answer(desk, nps="5")
    answer(desk, why="慢")  # too short: complained about
    assert [one.code for one in screen(desk).complaints] == ["too-short"]
    answer(desk, why="很慢")
    desk.apply(Input(type="back", turn=turn(desk)))
    desk.apply(Input(type="jump", turn=turn(desk), place="nps"))
    answer(desk, nps="10")
    assert screen(desk).place == "thanks"
    answer(desk, again="yes")
    process.drain()
    assert campaign.saved_answers(fake) == {"consent": "yes", "nps": 10, "again": "yes"}


def test_a_soft_check_is_confirmed_once(process: Process) -> None:
    desk = begun(process)
    answer(desk, consent="yes")
    answer(desk, nps="1")
    assert [one.soft for one in screen(desk).complaints] == [True]
    answer(desk, nps="1", confirmed=True)
    assert screen(desk).place == "why"


def test_an_exit_leads_to_its_end(process: Process, fake: FakeCloud) -> None:
    desk = begun(process)
    desk.apply(Input(type="exit", turn=turn(desk), exit="refusal"))
    assert screen(desk).place == "refusal"
    answer(desk, refused_by="household", refusal_reason="busy", never_again="no")
    process.drain()
    assert campaign.requests_of(fake, "outbound.finish")[0].parameters["outcome"] == "2.111"


def test_two_windows_do_not_answer_twice(process: Process, fake: FakeCloud) -> None:
    one = begun(process)
    two = process.desk()
    answer(one, consent="yes")
    answer(two, consent="no")
    assert screen(two).place == "nps"
    assert isinstance(two.sight, Working)
    assert two.sight.shown.overtaken
    process.drain()
    assert campaign.saved_answers(fake) == {"consent": "yes"}


def test_a_key_pressed_twice_is_one_event(process: Process) -> None:
    desk = begun(process)
    pressed = Input(type="answer", turn=turn(desk), place="consent", values={"consent": "yes"})
    desk.apply(pressed)
    desk.apply(pressed)
    assert screen(desk).place == "nps"


def test_an_empty_queue_says_why_and_can_be_asked_again(process: Process, fake: FakeCloud) -> None:
    fake.replies["outbound.next_case"] = lambda _: problem(409, "no_case_due", messages={"zh": "现在没有到时间的个案"})
    desk = begun(process)
    assert isinstance(desk.sight, QueueEmpty)
    assert drawing(desk)["view"]["lines"] == ["现在没有到时间的个案"]
    assert process.store.open_interview(AGENT) is None
    campaign.with_cases(fake)
    choose(desk, "again")
    assert screen(desk).place == "consent"


def test_an_interview_keeps_its_release_and_the_next_case_takes_the_new_one(process: Process, fake: FakeCloud) -> None:
    desk = begun(process)
    first = fake.current["csat"]
    second = campaign.publish(fake, campaign.LOCAL.replace("SAY_NPS", "新的问法"))
    answer(desk, consent="yes")
    assert screen(desk).items[0].text == "SAY_NPS"  # type: ignore[union-attr]
    answer(desk, nps="9")
    answer(desk, again="no")
    choose(desk, "next")
    answer(desk, consent="yes")
    assert screen(desk).items[0].text == "新的问法"  # type: ignore[union-attr]
    process.drain()
    releases = [request.release for request in campaign.requests_of(fake, "outbound.next_case")]
    assert releases == [first, second]


def test_the_number_goes_to_the_dialler_alone(process: Process) -> None:
    desk = begun(process)
    desk.apply(Input(type="dial", turn=turn(desk)))
    drawn = drawing(desk)
    assert drawn["dial"]["href"] == "tel:+8613812341234"
    del drawn["dial"]
    assert "13812341234" not in str(drawn)
    desk.dialler = LinkDialler("sip")
    desk.apply(Input(type="dial", turn=turn(desk)))
    assert drawing(desk)["dial"] == {"serial": 2, "href": "sip:+8613812341234", "text": "号码已交给拨号器。"}


def test_the_next_case_waits_for_what_the_last_one_has_to_tell(process: Process, fake: FakeCloud) -> None:
    desk = begun(process)
    desk.apply(Input(type="exit", turn=turn(desk), exit="wrong_number"))
    answer(desk)
    choose(desk, "next")
    assert screen(desk).place == "consent"
    assert fake.actions()[-2:] == ["outbound.finish", "outbound.next_case"]


def test_the_questionnaires_language_changes_in_mid_question(process: Process) -> None:
    desk = begun(process)
    before = turn(desk)
    desk.switch_language("en")
    assert desk.language == "en"
    # This campaign has no English: its texts stay, the interface changes.
    assert turn(desk) == before
    assert drawing(desk)["texts"]["next"] == "Next"


def test_jumping_lists_every_answered_question(process: Process) -> None:
    desk = begun(process)
    answer(desk, consent="yes")
    answer(desk, nps="7")
    desk.apply(Input(type="visits", turn=turn(desk)))
    assert [one["place"] for one in drawing(desk)["visits"]][:2] == ["consent", "nps"]
    answer(desk, why="还行")
    assert drawing(desk)["visits"] == []
