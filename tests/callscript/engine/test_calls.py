"""Server calls: which are decided when, with which key and parameters; what a reply or a failure does."""

from __future__ import annotations

import pytest

from callscript import call_key, engine
from callscript.engine.events import Chose
from callscript.engine.steps import Ended, Failed, ServerCall, Wait
from callscript.model.links import Mode
from tests.callscript.engine.playing import BEGAN, Play
from tests.callscript.engine.scripts import SAVING, TAKING, YES_NO, program_of

SCRIPT = (
    YES_NO
    + '<exit id="no" key="x" action="refused">拒绝</exit>'
    + '<action id="a"><data><field name="x" type="decimal"/></data><next action="c" when="${x} = 7"/></action>'
    + '<action id="b"><data><field name="y" type="choice" options="yesno" special="dk"/></data></action>'
    + '<action id="c"><data><say>${quote.price}</say></data></action>'
    + '<end id="done" outcome="1.1"/><action id="manual"><data><say>m</say></data></action>'
    + '<end id="by_hand" outcome="1.2"/>'
    + '<end id="refused" outcome="2.11"/>'
)


def changes(call: ServerCall) -> list[tuple[str, object, bool]]:
    return [(each.field, each.special or each.value, each.on_path) for each in call.parameters["answers"]]


def quote(on: str, *, mode: str = "wait", fail: str = "", node: str = "a") -> str:
    return (
        f'<call id="quote" on="{on}" node="{node}" action="pack.slots" mode="{mode}" {fail}>'
        '<take name="quote" path=""/></call>'
    )


def test_the_start_waits_for_its_reply_and_types_it() -> None:
    play = Play(program_of(SCRIPT, TAKING))
    assert isinstance(play.view, Wait)
    call = play.view.call
    assert (call.action, call.mode, call.node, play.step.calls) == ("pack.take_case", Mode.WAIT, "", (call,))
    assert call.key == call_key.mint("i", 1, "next_case", BEGAN)
    play.reply({"contact": {"name": "王芳"}})
    assert play.place == "a"


def test_a_save_carries_what_changed_since_the_last_decided_save() -> None:
    play = Play(program_of(SCRIPT, SAVING))
    play.answer(x="1.50")
    play.answer(y={"special": "dk"})
    play.jump("a")
    play.answer(x=7)
    assert [changes(call) for call in play.calls] == [
        [("x", "1.5", True)],
        [("y", "dk", True)],
        [("x", "7", True), ("y", "dk", False)],
    ]
    play.answer()
    assert [(call.link, changes(call)) for call in play.step.calls] == [("finish", [])]
    assert play.calls[-1].parameters["outcome"] == "1.1"
    assert len({call.key for call in play.calls}) == 4


def test_leaving_without_a_change_saves_nothing() -> None:
    play = Play(program_of(SCRIPT, SAVING))
    play.answer(x=1)
    play.back()
    play.answer()
    assert play.step.calls == ()


def test_packs_that_save_are_each_told_everything_once() -> None:
    give = '<give name="a" value="${answers}"/>'
    other = f'<call id="own" on="end" node="*" action="pack2.save" mode="background">{give}</call>'
    play = Play(program_of(SCRIPT, SAVING + other))
    play.answer(x=7)
    play.answer()
    own = next(call for call in play.calls if call.link == "own")
    assert [each.field for each in own.parameters["a"]] == ["x"]


def test_a_wait_on_leaving_holds_the_way_until_its_reply() -> None:
    script = SCRIPT.replace('when="${x} = 7"', 'when="${quote.price} > 10"')
    play = Play(program_of(script, quote("leave")))
    play.answer(x=1)
    assert isinstance(play.view, Wait)
    play.answer(x=2)
    play.back()
    assert isinstance(play.view, Wait)  # while waiting nothing else happens
    play.reply({"price": "12.50"})
    assert (play.place, play.screen.items[0].text) == ("c", "12.5")  # type: ignore[union-attr]
    play.reply({"price": "1"})
    assert play.place == "c"  # the same reply twice is taken once


def test_what_is_taken_again_sends_the_interview_another_way() -> None:
    script = SCRIPT.replace('when="${x} = 7"', 'when="${quote.price} > 10"')
    play = Play(program_of(script, quote("leave")))
    play.answer(x=1)
    play.reply({"price": "12.50"})
    play.jump("a")
    play.answer(x=2)
    play.reply({"price": "1"})
    assert (play.place, play.path) == ("b", ["a", "b"])


@pytest.mark.parametrize(
    ("choice", "place"), [("go_on", "b"), ("retry", "Wait"), ("park", "Ended"), ("dance", "Failed")]
)
def test_a_failed_wait_is_named_and_the_agent_chooses(choice: str, place: str) -> None:
    play = Play(
        program_of(SCRIPT, quote("leave") + '<call id="park" on="command" action="pack.park" mode="background"/>')
    )
    play.answer(x=1)
    play.fail("down")
    assert isinstance(play.view, Failed)
    assert (play.view.code, play.view.call.node, play.view.choices) == ("down", "a", ("retry", "go_on", "park"))
    call = play.view.call
    play.do(Chose(at=play.tick(), choice=choice))
    assert play.place == place
    if choice == "retry":
        assert play.step.calls == (call,)  # the same call, the same key
    if choice == "park":
        assert isinstance(play.view, Ended)
        assert play.view.parked
        assert [each.link for each in play.step.calls] == ["park"]


@pytest.mark.parametrize(
    ("policy", "place"),
    [
        ('fail="go-on"', "b"),
        ('fail="park"', "Ended"),
        ('fail="go-to" fail-action="manual"', "manual"),
        ('fail="retry"', "Wait"),
    ],
)
def test_a_failed_wait_follows_its_policy(policy: str, place: str) -> None:
    play = Play(program_of(SCRIPT, quote("leave", fail=policy)))
    play.answer(x=1)
    play.fail("down")
    assert play.place == place
    if place == "Wait":
        assert len(play.step.calls) == 1
        play.fail("refused", retryable=False)
        assert isinstance(play.view, Failed)


def test_going_to_another_node_is_undone_by_going_back() -> None:
    play = Play(program_of(SCRIPT, quote("leave", fail='fail="go-to" fail-action="manual"')))
    play.answer(x=1)
    play.fail()
    assert play.path == ["a", "manual"]
    play.back()
    play.answer(x=2)
    play.reply({"price": "2"})
    assert play.path == ["a", "b"]


def test_a_background_call_refused_for_good_follows_its_policy() -> None:
    play = Play(program_of(SCRIPT, quote("leave", mode="background", fail='fail="go-to" fail-action="manual"')))
    play.answer(x=1)
    call = play.calls[-1]
    play.fail(call=call, retryable=True)
    assert play.place == "b"
    play.fail(call=call, retryable=False)
    assert (play.place, play.path) == ("manual", ["a", "b", "manual"])
    play.fail(call=call, retryable=False)
    assert play.place == "manual"


def test_a_start_that_fails_offers_only_another_try() -> None:
    play = Play(program_of(SCRIPT, TAKING))
    play.fail("no_case_due", retryable=False)
    assert isinstance(play.view, Failed)
    assert play.view.choices == ("retry",)
    play.do(Chose(at=play.tick(), choice="go_on"))
    assert isinstance(play.view, Failed)


def test_answers_of_a_call_that_was_given_up_go_with_the_next_save() -> None:
    links = SAVING.replace('id="save" on="leave" node="*" action="pack.save" mode="background"',
                           'id="save" on="leave" node="*" action="pack.save" mode="wait"')  # fmt: skip
    play = Play(program_of(SCRIPT, links))
    play.answer(x=1)
    play.fail()
    play.state = engine.load(engine.dump(play.state))
    play.do(Chose(at=play.tick(), choice="go_on"))
    play.answer(y="yes")
    assert changes(play.calls[-1]) == [("x", "1", True), ("y", "yes", True)]


def test_an_exit_calls_its_own_links() -> None:
    link = '<call id="log" on="exit" node="no" action="pack.save" mode="background"/>'
    play = Play(program_of(SCRIPT, link + SAVING))
    play.exit("no")
    assert [call.link for call in play.step.calls] == ["log", "finish"]
    assert play.ended.outcome == "2.11"


def test_a_condition_decides_whether_a_link_is_called() -> None:
    link = '<call id="log" on="leave" node="a" action="pack.save" mode="background" when="${x} > 3"/>'
    program = program_of(SCRIPT, link)
    assert [len(Play(program).answer(x=each).calls) for each in (2, 4)] == [0, 1]


def test_commands_are_calls_without_a_trace_in_the_state() -> None:
    give = '<give name="interview" value="${interview.id}"/>'
    dial = f'<call id="dial" on="command" action="pack.dial" mode="wait">{give}</call>'
    play = Play(program_of(SCRIPT, dial))
    call = engine.command_call(play.program, play.state, "dial", play.at)
    assert (call.action, call.parameters, call.node) == ("pack.dial", {"interview": "i"}, "a")
    assert engine.command_call(play.program, play.state, "dial", play.at + 999) == call
    assert engine.command_call(play.program, play.state, "dial", play.at + 1000).key != call.key
    assert engine.commands(play.program) == ("dial",)
    with pytest.raises(engine.UnknownCommand):
        engine.command_call(play.program, play.state, "dance", play.at)


def test_paradata_tells_how_often_and_how_long() -> None:
    give = '<give name="p" value="${paradata}"/>'
    link = f'<call id="p" on="end" node="*" action="pack.save" mode="background">{give}</call>'
    play = Play(program_of(SCRIPT, link))
    play.answer(x=1)
    play.back()
    play.answer(x=7)
    play.answer()
    rows = {row["place"]: row for row in play.calls[-1].parameters["p"]}
    assert (rows["a"]["entered"], rows["a"]["left"], rows["a"]["changed"], rows["a"]["ms"]) == (2, 2, 1, 2000)
    assert rows["a"]["fields"]["x"]["changed"] == 1
    assert (rows["b"]["entered"], rows["b"]["left"]) == (1, 0)
