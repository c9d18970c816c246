"""The desk when something fails: the agent goes on, nothing is lost or doubled."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from agent_app.drawing import drawing
from agent_app.panels import view_of
from agent_app.sights import Choosing, QueueEmpty, SignedOut, Trouble, Working
from agent_app.store.port import Store
from callscript.engine.steps import Failed
from tests.agent_app import campaign
from tests.agent_app.fake_cloud import FakeCloud, problem
from tests.agent_app.making import AGENT, NOW, sign_in
from tests.agent_app.memory_store import MemoryStore
from tests.agent_app.sitting import Process, answer, begun, choose, screen


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


def test_who_took_many_cases_is_told_so_and_not_of_an_empty_queue(process: Process, fake: FakeCloud) -> None:
    fake.refusals.append(problem(429, "too_many_cases", detail="一分钟内领取的个案过多，请稍候。", retryable=True))
    desk = begun(process)
    assert fake.asked[-1][1]["accept-language"] == "zh"
    assert view_of(desk)["lines"] == ["一分钟内领取的个案过多，请稍候。"]
    desk.switch_language("en")
    assert view_of(desk)["lines"] == ["The server gave no contact. Look again in a moment."]


def test_a_forged_release_is_not_run(process: Process, fake: FakeCloud) -> None:
    release = fake.current["csat"]
    genuine = fake.releases[release]
    forged = {**genuine.files, "local.xml": genuine.files["local.xml"].replace("谢谢", "付款")}
    fake.releases[release] = type(genuine)(campaign="csat", release=release, manifest=genuine.manifest, files=forged)
    desk = begun(process)
    assert isinstance(desk.sight, Trouble)
    assert desk.sight.code == "broken_release"


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
    assert drawing(broken)["view"]["choices"][1]["id"] == "park"
    choose(broken, "park")
    assert isinstance(broken.sight, Choosing)
    choose(broken, "campaign:csat")
    assert screen(broken).place == "consent"
    process.drain()
    assert campaign.saved_answers(fake) == {"consent": "yes"}


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
