"""Which node comes next: document order, next, conditions, repeats, shuffles, loops, exits."""

from __future__ import annotations

import pytest

from callscript import engine
from tests.callscript.engine.playing import Play
from tests.callscript.engine.scripts import YES_NO, program_of


def node(name: str, inner: str = "", *, field: str | None = None) -> str:
    return f'<action id="{name}">{inner}<data><field name="{field or "f_" + name}" type="text"/></data></action>'


def asked(name: str, after: str) -> str:
    return f'<action id="{name}"><data><field name="f_{name}" type="text"/></data>{after}</action>'


def number(name: str) -> str:
    return f'<action id="{name}"><data><field name="{name}" type="integer"/></data></action>'


END = '<end id="done" outcome="1.1"/>'


def test_document_order_is_the_flow() -> None:
    play = Play(program_of(node("a") + node("b") + END))
    play.answer(f_a="1")
    assert play.place == "b"
    play.answer()
    assert (play.ended.node, play.ended.outcome) == ("done", "1.1")
    assert play.path == ["a", "b", "done"]


def test_the_first_next_that_holds_wins() -> None:
    ways = '<next action="c" when="${f_a} = \'x\'"/><next action="b"/>'
    program = program_of(asked("a", ways) + node("b") + node("c") + END)
    play = Play(program)
    assert [Play(program).answer(f_a=each).view.screen.place for each in ("x", "y")] == ["c", "b"]  # type: ignore[union-attr]
    play.answer(f_a="x")
    assert play.place == "c"


def test_a_condition_passes_a_node_over_and_does_not_follow_its_next() -> None:
    passed = asked("b", '<condition><when>${f_a} = 1</when></condition><next action="d"/>')
    play = Play(program_of(node("a") + passed.replace("<data>", "<data>", 1) + node("c") + node("d") + END))
    play.answer(f_a="2")
    assert play.place == "c"


def test_a_changed_answer_lands_on_the_first_node_that_needs_attention() -> None:
    ways = '<next action="c" when="${f_a} = \'skip\'"/>'
    play = Play(program_of(asked("a", ways) + node("b") + node("c") + node("d") + END))
    play.answer(f_a="skip")
    play.answer(f_c="3")
    play.jump("a")
    play.answer(f_a="all")
    assert play.place == "b"
    assert play.on_path == {"f_a": "all"}
    play.answer(f_b="2")
    assert play.place == "d"  # c was answered before, and stays answered
    assert play.on_path == {"f_a": "all", "f_b": "2", "f_c": "3"}


def test_off_path_answers_return_when_the_path_does() -> None:
    ways = '<next action="c" when="${f_a} = \'skip\'"/>'
    play = Play(program_of(asked("a", ways) + node("b") + node("c") + END))
    play.answer(f_a="all")
    play.answer(f_b="kept")
    play.jump("a")
    play.answer(f_a="skip")
    assert (play.place, play.on_path) == ("c", {"f_a": "skip"})
    play.jump("a")
    play.answer(f_a="all")
    assert (play.place, play.on_path) == ("c", {"f_a": "all", "f_b": "kept"})


def test_a_repeat_over_chosen_options_asks_each_in_the_lists_order() -> None:
    play = Play(
        program_of(
            '<options id="o"><option value="a">甲</option><option value="b">乙</option></options>'
            '<action id="pick"><data><field name="pick" type="choices" options="o"/></data></action>'
            '<repeat id="each" over="pick"><action id="grade"><title>${each}</title>'
            '<data><say>${each}，第 ${grade_no} 个</say><field name="grade" type="integer"/>'
            '<compute name="grade_no" type="integer" value="position()"/></data></action></repeat>'
            '<action id="sum"><data><compute name="total" type="integer" value="sum(${grade})"/><say>共 ${total}</say>'
            "</data></action>" + END
        )
    )
    play.answer(pick=["b", "a"])
    assert (play.place, play.screen.title) == ("grade@a", "甲")
    assert play.screen.items[0].text == "甲，第 1 个"  # type: ignore[union-attr]
    play.answer(grade=3)
    assert play.place == "grade@b"
    play.answer(grade=2)
    assert play.screen.items[0].text == "共 5"  # type: ignore[union-attr]
    play.jump("pick")
    play.answer(pick=["a"])
    assert play.screen.items[0].text == "共 3"  # type: ignore[union-attr]
    assert play.on_path == {"pick": ["a"], "grade@a": 3, "grade_no@a": 1, "total": 3}


def test_nested_repeats_have_rounds_of_rounds() -> None:
    play = Play(
        program_of(
            number("n")
            + '<repeat id="house" count="${n}">'
            + number("people")
            + '<repeat id="person" count="${people}">'
            + number("age")
            + '</repeat><action id="max"><data><compute name="oldest" type="integer" value="max(${age})"/>'
            + "</data></action>"
            + '</repeat><action id="all"><data><compute name="all" type="integer" value="count(${age})"/>'
            + "<say>${all}</say></data></action>"
            + END
        )
    )
    play.answer(n=2)
    play.answer(people=2)
    play.answer(age=30)
    play.answer(age=40)
    play.answer(people=1)
    assert play.place == "age@2/1"
    play.answer(age=7)
    assert play.on_path["oldest@1"] == 40
    assert play.on_path["oldest@2"] == 7
    assert play.on_path["all"] == 3


@pytest.mark.parametrize("count", [0, -3, None])
def test_a_repeat_without_rounds_is_passed(count: int | None) -> None:
    script = (
        '<action id="n"><data><field name="n" type="integer"/></data></action>'
        '<repeat id="r" count="${n}">' + node("x") + "</repeat>" + node("after") + END
    )
    play = Play(program_of(script))
    play.answer(n=count)
    assert play.place == "after"


def test_a_shuffle_has_one_order_for_a_seed_and_others_for_others() -> None:
    names = [f"n{number}" for number in range(6)]
    program = program_of('<shuffle id="s">' + "".join(map(node, names)) + "</shuffle>" + END)
    orders = set()
    for seed in range(8):
        play = Play(program, seed=seed)
        while play.place != "Ended":
            play.answer()
        orders.add(tuple(play.path))
        assert sorted(play.path[:-1]) == names
    assert len(orders) > 1
    again = Play(program, seed=3)
    again.answer()
    assert again.path[:1] == list(next(each for each in orders if each[0] == again.path[0]))[:1]


def test_a_loop_with_a_question_asks_it_again() -> None:
    again = '<next action="a" when="${f_b} = \'again\'"/>'
    play = Play(program_of(node("a") + asked("b", again) + END))
    play.answer(f_a="1")
    play.answer(f_b="again")
    assert (play.place, play.fields["f_a"].value) == ("a", "1")
    play.answer(f_a="2")
    assert (play.place, play.fields["f_b"].value) == ("b", "again")
    play.answer(f_b="enough")
    assert play.ended.node == "done"


def test_a_loop_without_a_question_is_cut_and_named() -> None:
    silent = (
        '<action id="x"><data><compute name="c" type="integer" value="1"/></data><next action="y"/></action>'
        '<action id="y"><next action="x" when="${f_a} != \'way out\'"/></action>'
    )
    play = Play(program_of(node("a") + silent + END))
    play.answer(f_a="round")
    assert (play.place, play.codes) == ("y", ["endless-loop"])
    play.answer()
    assert (play.place, play.codes) == ("y", ["endless-loop"])
    play.back()
    assert play.place == "a"
    play.answer(f_a="way out")
    assert play.ended.node == "done"


def test_an_exit_leads_out_from_any_node_and_back_undoes_it() -> None:
    script = (
        '<exit id="later" key="l" action="later">再打</exit><exit id="no" key="x" action="no">拒绝</exit>'
        + node("a") + node("b") + END + node("later", "") + '<end id="called" outcome="2.21"/>'
        '<end id="no" outcome="2.11"/>'
    )  # fmt: skip
    play = Play(program_of(script))
    play.answer(f_a="1")
    play.exit("later")
    assert play.place == "later"
    play.back()
    assert play.place == "b"
    play.answer(f_b="2")
    assert play.ended.outcome == "1.1"
    play = Play(program_of(script))
    play.exit("later")
    play.exit("no")  # the wrong key first: the second exit replaces it
    assert (play.ended.outcome, play.path) == ("2.11", ["a", "no"])
    play.exit("later")
    assert play.ended.outcome == "2.11"


def test_progress_never_falls_on_the_way_forward() -> None:
    ways = '<next action="c" when="${f_a} = \'skip\'"/>'
    play = Play(program_of(asked("a", ways) + node("b") + node("c") + node("d") + END))
    seen = [play.screen.progress]
    for _ in range(3):
        play.answer()
        seen.append(play.screen.progress)
    assert seen == sorted(seen)
    assert 0 <= seen[0] < seen[-1] < 1


def test_visits_are_all_places_of_the_path_in_order() -> None:
    play = Play(program_of("".join(node(f"n{number}") for number in range(30)) + END))
    for _ in range(29):
        play.answer()
    assert [visit.place for visit in engine.visits(play.program, play.state)] == [f"n{number}" for number in range(30)]
    assert [visit.place for visit in play.screen.visits] == [f"n{number}" for number in range(10, 30)]


def test_a_script_that_runs_out_ends_all_the_same() -> None:
    play = Play(program_of(YES_NO + node("a")))
    play.answer()
    assert play.ended.outcome == ""
