"""What may be answered: constraints, specials, checks, conditional and follow-up fields, options."""

from __future__ import annotations

from typing import Any

import pytest

from callscript import engine
from tests.callscript.engine.playing import Play
from tests.callscript.engine.scripts import TAKING, YES_NO, program_of

END = '<action id="after"><data><say>over</say></data></action><end id="done" outcome="1.1"/>'


def one(field: str, checks: str = "", options: str = YES_NO) -> Play:
    """An interview at a node with these fields, and nothing after it that asks."""
    condition = f"<condition>{checks}</condition>" if checks else ""
    return Play(program_of(f'{options}<action id="q">{condition}<data>{field}</data></action>{END}'))


@pytest.mark.parametrize(
    ("attributes", "given", "code"),
    [
        ('type="text" required="yes"', None, "required"),
        ('type="text" required="yes"', "   ", "required"),
        ('type="text" length="2..4"', "a", "too-short"),
        ('type="text" length="2..4"', "abcde", "too-long"),
        ('type="text" pattern="[A-Z]{2}"', "ABC", "pattern"),
        ('type="integer"', "seven", "not-a-number"),
        ('type="integer"', 7.5, "not-whole"),
        ('type="integer" min="0" max="10"', 11, "too-large"),
        ('type="integer" min="0" max="10"', -1, "too-small"),
        ('type="decimal" min="0.5"', "0.4", "too-small"),
        ("type='date' min=\"'2024-05-01'\"", "2024-04-30", "too-early"),
        ('type="date" max="today()"', "2024-05-02", "too-late"),
        ('type="choice" options="yesno"', "maybe", "not-an-option"),
        ('type="choices" options="yesno" length="2..2"', ["yes"], "too-few"),
        ('type="choice" options="yesno" special="dk"', {"special": "refused"}, "special-not-offered"),
        ('type="email"', "nobody", "not-an-email"),
        ('type="phone"', "call me", "not-a-phone"),
        ('type="boolean"', "perhaps", "not-yes-or-no"),
    ],
)
def test_a_wrong_input_stays_with_its_complaint(attributes: str, given: Any, code: str) -> None:
    play = one(f'<field name="x" {attributes}/>')
    play.answer(x=given)
    assert (play.place, play.codes, play.screen.complaints[0].field) == ("q", [code], "x")
    assert play.on_path == {}


@pytest.mark.parametrize(
    ("attributes", "given", "held"),
    [
        ('type="integer" min="0" max="10"', "１０", 10),
        ('type="decimal"', "0.50", "0.5"),
        ('type="date"', "2024/5/1", "2024-05-01"),
        ('type="datetime"', "2024-05-01 9:30", "2024-05-01T09:30:00.000+08:00"),
        ('type="choice" options="yesno" special="dk"', {"special": "dk"}, "dk"),
        ('type="choices" options="yesno"', ["no", "yes", "no"], ["yes", "no"]),  # as the list has them: ADR 0027
        ('type="boolean"', "是", True),
        ('type="text"', " 你好\0 ", "你好"),
    ],
)
def test_an_input_is_kept_as_its_type(attributes: str, given: Any, held: Any) -> None:
    play = one(f'<field name="x" {attributes}/>')
    play.answer(x=given)
    assert (play.place, play.on_path) == ("after", {"x": held})


def test_what_was_typed_stays_on_the_screen_until_it_is_right() -> None:
    play = one('<field name="x" type="integer" required="yes"/><field name="y" type="text"/>')
    play.answer(x="many", y="kept")
    assert (play.fields["x"].value, play.fields["y"].value) == ("many", "kept")
    play.answer(x=3)
    assert play.on_path == {"x": 3, "y": "kept"}


def test_a_soft_check_is_confirmed_for_the_very_answers_that_it_doubted() -> None:
    play = one('<field name="x" type="integer"/>', '<check test="${x} lt 10" level="soft">${x}？</check>')
    play.answer(x=20)
    assert [(each.code, each.soft, each.message) for each in play.screen.complaints] == [("soft-check", True, "20？")]
    play.answer(x=30, confirmed=True)
    assert play.codes == ["soft-check"]  # another answer than the one that was doubted
    play.answer(confirmed=True)
    assert play.place == "after"
    assert play.state.record(play.program.by_id["q"], "q").watch.confirmed == 1


def test_a_confirmation_before_any_doubt_confirms_nothing() -> None:
    play = one('<field name="x" type="integer"/>', '<check test="${x} lt 10" level="soft">？</check>')
    play.answer(x=20, confirmed=True)
    assert play.codes == ["soft-check"]


def test_a_hard_check_must_hold() -> None:
    play = one('<field name="x" type="integer"/>', '<check test="${x} lt 10" level="hard">不行</check>')
    play.answer(x=20, confirmed=True)
    play.answer(confirmed=True)
    assert (play.place, play.codes) == ("q", ["hard-check"])


@pytest.mark.parametrize(
    ("test", "codes"),
    [
        ("${x} lt 10", []),  # nothing was answered: nothing to doubt
        ("answered(${x}) or answered(${y})", ["hard-check"]),
        ("${x} != ''", ["hard-check"]),
        ("not(${x} = 1 and ${y} = 2)", []),
    ],
)
def test_a_check_is_judged_only_where_what_it_compares_is_answered(test: str, codes: list[str]) -> None:
    fields = '<field name="x" type="integer"/><field name="y" type="integer"/>'
    play = one(fields, f'<check test="{test}" level="hard">!</check>')
    play.answer()
    assert (play.codes if play.place == "q" else []) == codes


def test_a_field_appears_when_its_condition_holds_and_is_asked_before_the_node_is_left() -> None:
    follow = '<field name="y" type="text" when="${x} = \'yes\'"/>'
    play = one(f'<field name="x" type="choice" options="yesno"/>{follow}')
    assert list(play.fields) == ["x"]
    play.answer(x="yes")
    assert (play.place, list(play.fields), play.codes) == ("q", ["x", "y"], [])
    play.answer()
    assert play.place == "after"
    play.back()
    play.answer(x="no", y="not asked")
    assert play.on_path == {"x": "no"}


def test_a_preview_shows_what_would_appear_without_an_event() -> None:
    play = one('<field name="x" type="choice" options="yesno"/><field name="y" type="text" when="${x} = \'yes\'"/>')
    before = engine.dump(play.state)
    seen = engine.preview(play.program, play.state, {"x": "yes"})
    assert seen is not None
    assert [getattr(each, "name", None) for each in seen.items] == ["x", "y"]
    assert engine.dump(play.state) == before


def test_other_specify_is_asked_where_its_option_is_chosen() -> None:
    options = '<options id="o"><option value="a">A</option><option value="z" other="which">别的</option></options>'
    fields = '<field name="x" type="choice" options="o"/><field name="which" type="text" required="yes"/>'
    play = one(fields, options=options)
    play.answer(x="z")
    assert list(play.fields) == ["x", "which"]
    play.answer(which="Q")
    assert play.on_path == {"x": "z", "which": "Q"}


def test_an_exclusive_option_stands_alone() -> None:
    options = '<options id="o"><option value="a">A</option><option value="n" exclusive="yes">都不</option></options>'
    play = one('<field name="x" type="choices" options="o"/>', options=options)
    play.answer(x=["a", "n"])
    assert play.codes == ["exclusive-option"]


def test_filtered_options_follow_earlier_answers_and_a_kept_answer_is_asked_again() -> None:
    script = (
        YES_NO + '<options id="o"><option value="a">甲</option><option value="b" when="${first} = \'yes\'">乙</option>'
        '</options><action id="first"><data><field name="first" type="choice" options="yesno"/></data></action>'
        '<action id="q"><data><field name="x" type="choice" options="o"/></data></action>' + END
    )
    play = Play(program_of(script))
    play.answer(first="yes")
    assert [each.value for each in play.fields["x"].options] == ["a", "b"]
    play.answer(x="b")
    play.jump("first")
    play.answer(first="no")
    assert (play.place, play.codes) == ("q", ["option-gone"])
    assert [each.value for each in play.fields["x"].options] == ["a"]
    play.jump("first")
    play.answer(first="yes")
    assert play.place == "after"  # what made it wrong has gone


def test_delivered_options_come_from_a_reply() -> None:
    script = (
        '<options id="slots" from="slots.rows" value="id" label="text"/><action id="q"><data>'
        '<field name="x" type="choice" options="slots" required="yes"/><say>${x}</say></data></action>'
    )
    links = '<call id="slots" on="enter" node="q" action="pack.slots" mode="wait"><take name="slots" path=""/></call>'
    play = Play(program_of(script + END, links))
    play.reply({"rows": [{"id": 1, "text": "上午"}, {"id": "pm", "text": "下午"}, {"id": None}], "price": "1.50"})
    assert [(each.value, each.label) for each in play.fields["x"].options] == [("1", "上午"), ("pm", "下午")]
    play.answer(x="2")
    assert play.codes == ["not-an-option"]
    assert play.screen.items[-1].text == "2"  # type: ignore[union-attr]
    play.answer(x="pm")
    assert play.place == "after"


def test_a_matrix_has_a_field_for_each_row_in_an_order_from_the_seed() -> None:
    rows = "".join(f'<row name="r{number}">行{number}</row>' for number in range(5))
    matrix = f'<matrix id="m" type="choice" options="yesno" required="yes" special="na" random="yes">{rows}</matrix>'
    program = program_of(f'{YES_NO}<action id="q"><data>{matrix}</data></action>{END}')
    orders = {tuple(Play(program, seed=seed).fields) for seed in range(6)}
    assert len(orders) > 1
    play = Play(program)
    play.answer(r0="yes", r1={"special": "na"})
    assert sorted(each.field or "" for each in play.screen.complaints) == ["r2", "r3", "r4"]
    play.answer(r2="no", r3="no", r4="no")
    assert play.on_path == {"r0": "yes", "r1": "na", "r2": "no", "r3": "no", "r4": "no"}


def test_an_answer_to_a_screen_that_is_gone_is_not_taken_for_the_next() -> None:
    from callscript.engine.events import Answered

    play = one('<field name="x" type="integer"/>')
    event = Answered(at=play.tick(), values={"x": 1}, place="q")
    play.do(event)
    play.do(event)
    assert play.place == "after"
    play.do(Answered(at=play.tick(), values={"x": 1}))
    assert (play.place, play.codes) == ("after", ["unknown-field"])


def test_texts_are_written_in_the_language_of_the_moment() -> None:
    script = (
        YES_NO
        + '<action id="a"><data><field name="x" type="choice" options="yesno"/><field name="d" type="date"/></data>'
        '</action><action id="b"><title>标题</title><data>'
        "<say>${x}，${d}，${contact.name}，${contact.debt}</say></data></action>"
        '<end id="done" outcome="1.1"/>'
    )
    english = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n\n' + "".join(
        f'msgctxt "{key}"\nmsgid "{source}"\nmsgstr "{text}"\n\n'
        for key, source, text in [
            ("options/yesno/yes", "是", "Yes"),
            ("b/title", "标题", "Title"),
            ("b/say/1", "${x}，${d}，${contact.name}，${contact.debt}", "${x}, ${d}, ${contact.name}, ${contact.debt}"),
        ]
    )
    from callscript.engine.events import SwitchedLanguage

    play = Play(program_of(script, TAKING, {"en": english}), reply={"contact": {"name": "王芳", "debt": "12.50"}})
    play.answer(x="yes", d="2024-05-01")
    assert (play.screen.title, play.screen.items[0].text) == ("标题", "是，2024年5月1日，王芳，12.5")  # type: ignore[union-attr]
    play.do(SwitchedLanguage(at=play.tick(), language="en"))
    assert (play.screen.title, play.screen.items[0].text) == ("Title", "Yes, 1 May 2024, 王芳, 12.5")  # type: ignore[union-attr]
    play.do(SwitchedLanguage(at=play.tick(), language="xx"))
    assert (play.screen.language, play.codes) == ("en", ["unknown-language"])
