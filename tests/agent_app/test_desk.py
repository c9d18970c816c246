"""The desk over the real engine, the stores and a server on a real socket."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from agent_app.access import Access
from agent_app.client import Gateway
from agent_app.desk import Choosing, Desk, QueueEmpty, SignedOut, Trouble, Working
from agent_app.drawing import drawing
from agent_app.inputs import Input
from agent_app.interviewing import Interviewing
from agent_app.outbox import Drained, Outbox, Sender
from agent_app.releases import Releases
from agent_app.store.memory import MemoryStore
from agent_app.store.port import Store
from callscript.engine.steps import Ask, Ended, Failed, Screen
from tests.agent_app import campaign
from tests.agent_app.fake_cloud import FakeCloud, problem
from tests.agent_app.making import AGENT, NOW, sign_in
from tests.agent_app.test_outbox import Clock, Pool


class Process:
    """One app process around a store; several may share it."""

    def __init__(self, store: Store, fake: FakeCloud, cache: Path, clock: Clock) -> None:
        self.store, self.clock = store, clock
        self.gateway = Gateway(fake.url, timeout_seconds=5)
        self.access = Access(store, Pool(), self.gateway, clock.seconds)  # type: ignore[arg-type]
        self.sender = Sender(self.access, self.gateway)
        self.outbox = Outbox(store, self.sender, clock)
        self.releases = Releases(cache, self.gateway)

    def desk(self, sign_in_id: str = "s-1") -> Desk:
        interviewing = Interviewing(
            agent=AGENT,
            sign_in_id=sign_in_id,
            store=self.store,
            access=self.access,
            sender=self.sender,
            outbox=self.outbox,
            releases=self.releases,
            now=self.clock,
        )
        desk = Desk(interviewing, self.store, self.access, self.clock, "zh")
        desk.open()
        return desk

    def drain(self) -> None:
        """What the background thread would do until nothing is due any more."""
        self.clock.ms += 60_000
        while due := self.store.interviews_due(self.clock.ms, 10):
            if all(self.outbox.drain(one) is not Drained.DONE for one in due):
                return


@pytest.fixture
def process(store: Store, fake: FakeCloud, tmp_path: Path) -> Iterator[Process]:
    store.put_sign_in(sign_in())
    campaign.publish(fake)
    campaign.with_cases(fake)
    made = Process(store, fake, tmp_path / "releases", Clock())
    yield made
    made.gateway.close()


def screen(desk: Desk) -> Screen:
    assert isinstance(desk.sight, Working), desk.sight
    assert isinstance(desk.sight.shown.view, Ask), desk.sight.shown.view
    return desk.sight.shown.view.screen


def turn(desk: Desk) -> int:
    return desk.sight.shown.turn if isinstance(desk.sight, Working) else 0


def choose(desk: Desk, choice: str) -> None:
    desk.apply(Input(type="choose", turn=turn(desk), choice=choice))


def answer(desk: Desk, *, confirmed: bool = False, **values: Any) -> None:
    place = screen(desk).place
    desk.apply(Input(type="answer", turn=turn(desk), place=place, values=values, confirmed=confirmed))


def begun(process: Process) -> Desk:
    desk = process.desk()
    choose(desk, "campaign:csat")
    return desk


def test_the_campaigns_are_offered_first(process: Process) -> None:
    desk = process.desk()
    assert isinstance(desk.sight, Choosing)
    assert [one.id for one in desk.sight.campaigns] == ["csat"]
    assert drawing(desk, "tel")["view"]["choices"] == [{"id": "campaign:csat", "label": "满意度回访", "key": "1"}]


def test_a_case_is_taken_and_its_first_question_shown(process: Process) -> None:
    desk = begun(process)
    assert screen(desk).place == "consent"
    drawn = drawing(desk, "tel")
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


def test_without_any_server_the_interview_goes_on_and_a_reload_finds_it(process: Process, fake: FakeCloud) -> None:
    desk = begun(process)
    with fake.away():
        answer(desk, consent="yes")
        answer(desk, nps="5")
        reloaded = process.desk()
        assert screen(reloaded).place == "why"
        answer(reloaded, why="等太久")
        process.drain()
        assert process.store.backlog(AGENT).answers == 3
        assert process.outbox.server_away
    answer(reloaded, again="no")
    process.drain()
    assert campaign.saved_answers(fake) == {"consent": "yes", "nps": 5, "why": "等太久", "again": "no"}
    keys = [key for _, _, key in fake.ran]
    assert len(keys) == len(set(keys))


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
    answer(desk, refusal_reason="busy", never_again="no")
    process.drain()
    assert campaign.requests_of(fake, "outbound.finish")[0].parameters["outcome"] == "2.11"


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
    assert drawing(desk, "tel")["view"]["lines"] == ["现在没有到时间的个案"]
    assert process.store.open_interview(AGENT) is None
    campaign.with_cases(fake)
    choose(desk, "again")
    assert screen(desk).place == "consent"


def test_an_outage_while_taking_a_case_is_said_and_leaves_nothing_behind(process: Process, fake: FakeCloud) -> None:
    desk = process.desk()
    with fake.away():
        choose(desk, "campaign:csat")
        assert isinstance(desk.sight, Trouble)
        assert desk.sight.code == "server_unreachable"
        assert process.store.open_interview(AGENT) is None
    choose(desk, "again")
    assert screen(desk).place == "consent"


def test_a_reply_that_was_lost_is_fetched_again(process: Process, fake: FakeCloud) -> None:
    desk = process.desk()
    fake.refusals.append("cut")
    choose(desk, "campaign:csat")
    assert isinstance(desk.sight, QueueEmpty)
    assert desk.sight.nothing.refusal.retryable
    choose(desk, "again")
    assert screen(desk).place == "consent"


def test_a_call_refused_for_good_is_named_and_the_rest_arrives(process: Process, fake: FakeCloud) -> None:
    desk = begun(process)
    answer(desk, consent="yes")
    fake.refusals.append(problem(422, "wrong_parameter"))
    process.drain()
    answer(desk, nps="9")
    answer(desk, again="yes")
    process.drain()
    assert [(one.queued.call.node, one.code) for one in desk.set_aside()] == [("consent", "wrong_parameter")]
    assert campaign.saved_answers(fake) == {"nps": 9, "again": "yes"}
    desk.dismiss_set_aside()
    assert desk.set_aside() == []


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


def test_a_forged_release_is_not_run(process: Process, fake: FakeCloud) -> None:
    release = fake.current["csat"]
    genuine = fake.releases[release]
    forged = {**genuine.files, "local.xml": genuine.files["local.xml"].replace("谢谢", "付款")}
    fake.releases[release] = type(genuine)(campaign="csat", release=release, manifest=genuine.manifest, files=forged)
    desk = begun(process)
    assert isinstance(desk.sight, Trouble)
    assert desk.sight.code == "broken_release"


def test_the_number_goes_to_the_dialler_alone(process: Process) -> None:
    desk = begun(process)
    desk.apply(Input(type="dial", turn=turn(desk)))
    drawn = drawing(desk, "tel")
    assert drawn["dial"]["href"] == "tel:+8613812341234"
    del drawn["dial"]
    assert "13812341234" not in str(drawn)
    desk.apply(Input(type="dial", turn=turn(desk)))
    assert drawing(desk, "sip")["dial"] == {"serial": 2, "href": "sip:+8613812341234", "text": "号码已交给拨号器。"}


def test_parking_is_told_to_the_server(process: Process, fake: FakeCloud, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = begun(process)
    with monkeypatch.context() as broken:
        broken.setattr("agent_app.interviewing.advance", lambda *_: 1 / 0)
        answer(desk, consent="yes")
    assert isinstance(desk.sight, Trouble)
    assert desk.sight.interview_open
    choose(desk, "park")
    assert screen(desk).place == "consent"
    process.drain()
    assert fake.actions().count("outbound.park") == 1


def test_an_interview_that_cannot_be_read_does_not_hold_the_agent(process: Process, fake: FakeCloud) -> None:
    desk = begun(process)
    answer(desk, consent="yes")
    held = process.store.open_interview(AGENT)
    assert held is not None
    process.store.save_interview(replace(held, state=b'{"version": 999}', turn=held.turn + 1), [])
    broken = process.desk()
    assert drawing(broken, "tel")["view"]["choices"][1]["id"] == "park"
    choose(broken, "park")
    assert isinstance(broken.sight, Choosing)
    choose(broken, "campaign:csat")
    assert screen(broken).place == "consent"
    process.drain()
    assert campaign.saved_answers(fake) == {"consent": "yes"}


def test_the_next_case_waits_for_what_the_last_one_has_to_tell(process: Process, fake: FakeCloud) -> None:
    desk = begun(process)
    desk.apply(Input(type="exit", turn=turn(desk), exit="wrong_number"))
    answer(desk)
    choose(desk, "next")
    assert screen(desk).place == "consent"
    assert fake.actions()[-2:] == ["outbound.finish", "outbound.next_case"]


def test_after_trouble_the_same_question_can_be_tried_again(process: Process, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = begun(process)
    with monkeypatch.context() as broken:
        broken.setattr("agent_app.interviewing.advance", lambda *_: 1 / 0)
        answer(desk, consent="yes")
    choose(desk, "retry")
    assert screen(desk).place == "consent"


def test_signing_out_ends_every_window(process: Process) -> None:
    desk = begun(process)
    process.store.put_sign_in(sign_in(closed_at=NOW // 1000))
    answer(desk, consent="yes")
    assert isinstance(desk.sight, SignedOut)
    assert isinstance(process.desk().sight, SignedOut)
    process.store.put_sign_in(sign_in("s-2"))
    assert screen(process.desk("s-2")).place == "consent"


def test_an_expired_sign_in_stops_the_next_case_but_not_the_open_interview(process: Process) -> None:
    desk = begun(process)
    expired = replace(sign_in(at=NOW // 1000 - 11 * 365 * 86400), refresh_token="worthless")
    process.store.put_sign_in(expired)
    answer(desk, consent="yes")
    answer(desk, nps="9")
    answer(desk, again="yes")
    process.drain()
    assert process.store.backlog(AGENT).waiting > 0
    choose(desk, "next")
    assert isinstance(desk.sight, SignedOut)
    process.store.put_sign_in(sign_in("s-2"))
    process.drain()
    assert process.store.backlog(AGENT).waiting == 0


def test_the_questionnaires_language_changes_in_mid_question(process: Process) -> None:
    desk = begun(process)
    before = turn(desk)
    desk.switch_language("en")
    assert desk.language == "en"
    # This campaign has no English: its texts stay, the interface changes.
    assert turn(desk) == before
    assert drawing(desk, "tel")["texts"]["next"] == "Next"


def test_jumping_lists_every_answered_question(process: Process) -> None:
    desk = begun(process)
    answer(desk, consent="yes")
    answer(desk, nps="7")
    desk.apply(Input(type="visits", turn=turn(desk)))
    assert [one["place"] for one in drawing(desk, "tel")["visits"]][:2] == ["consent", "nps"]
    answer(desk, why="还行")
    assert drawing(desk, "tel")["visits"] == []


def test_a_failed_wait_offers_three_ways(process: Process, fake: FakeCloud) -> None:
    """An awaited call in mid-interview: by the campaign's own link."""
    campaign.publish(
        fake,
        links='<links xmlns="urn:waihu:links:1"><call id="look" on="leave" node="consent" action="outbound.heartbeat" '
        'mode="wait"><give name="interview" value="${interview.id}"/></call></links>',
    )
    desk = begun(process)
    with fake.away():
        answer(desk, consent="yes")
        assert isinstance(desk.sight, Working)
        failed = desk.sight.shown.view
        assert isinstance(failed, Failed)
        assert set(failed.choices) == {"retry", "go_on", "park"}
        choose(desk, "retry")
        assert isinstance(desk.sight.shown.view, Failed)
        choose(desk, "go_on")
        assert screen(desk).place == "nps"
    answer(desk, nps="9")
    answer(desk, again="no")
    process.drain()
    assert campaign.saved_answers(fake) == {"consent": "yes", "nps": 9, "again": "no"}
    assert fake.actions().count("outbound.heartbeat") == 0


def test_the_memory_of_a_release_outlives_the_server(process: Process, fake: FakeCloud, tmp_path: Path) -> None:
    begun(process)
    with fake.away():
        fresh = Process(process.store, fake, tmp_path / "releases", process.clock)
        assert screen(fresh.desk()).place == "consent"
        fresh.gateway.close()


def test_what_a_browser_sends_is_never_trusted() -> None:
    from agent_app.inputs import read_input

    for raw in (None, 7, {}, {"type": "answer"}, {"type": 1, "turn": 1}, {"type": "answer", "turn": "x"}):
        assert read_input(raw) is None


def test_memory_store_is_a_store() -> None:
    store: Store = MemoryStore()
    assert store.open_interview(AGENT) is None
