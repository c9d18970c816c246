"""Transcripts played on the engine: what goes as written passes, and every difference is told at its line."""

from __future__ import annotations

import pytest

from tests.callscript.transcripts.playing import VISITED, differences, played

GOOD = """\
== Old enough ==
at first
  says 您几岁
  asks age
  hides school
  age = 30
  value adult = yes
at eats
  offers eaten = apple, pear, none
  eaten = apple, pear
at last
  back
at eats
at last
  happy = #refused
end done 1.1
  says 谢谢
== A child ==
at first
  age = 11
  asks school
  school = 实验小学
end done 1.1
== No ==
at first
  exit refusal
end refused 2.11
== Doubtful ==
at first
  age = 200
  complains too-large age
at first
  age = 44
  complains hard-check
at first
  age = 99
  complains soft-check
  confirm
at eats
  jump first
at first
  age = 15
  school = 二中
at last
  happy = yes
end done
"""


def test_an_interview_that_goes_as_written_passes() -> None:
    assert differences(GOOD) == []


@pytest.mark.parametrize(
    ("was", "now", "expected"),
    [
        ("says 您几岁", "says 您多大", [("not-said", 3)]),
        ("says 您几岁", "says-not 您几岁", [("said", 3)]),
        ("asks age", "asks school", [("not-asked", 4)]),
        ("hides school", "hides age", [("asked", 5)]),
        ("value adult = yes", "value adult = no", [("other-value", 7)]),
        ("offers eaten = apple, pear, none", "offers eaten = pear, apple, none", [("offers-others", 9)]),
        ("end done 1.1\n  says", "end done 1.2\n  says", [("other-end", 16)]),
        ("age = 30", "age = 300", [("refused", 2), ("other-value", 7), ("elsewhere", 8)]),
        ("complains too-large age", "complains too-small", [("not-refused", 31)]),
        ("confirm\n", "says-not 谢谢\n", [("elsewhere", 39)]),
        ("end refused 2.11\n", "", [("unfinished", 25)]),
        ("end refused", "end done", [("elsewhere", 27)]),
    ],
)
def test_what_goes_otherwise_is_told_at_its_line(was: str, now: str, expected: list[tuple[str, int]]) -> None:
    assert was in GOOD
    assert differences(GOOD.replace(was, now, 1)) == expected


CALLED = "== a ==\nreply c.take contact.visits = 9\nat first\n  says 王芳，您好\n  a = yes\nend often\n"


def test_replies_are_derived_from_their_types_and_can_be_said() -> None:
    assert differences(CALLED, VISITED, calling=True) == []
    assert differences(CALLED.replace("visits = 9", "visits = 2"), VISITED, calling=True) == [("elsewhere", 6)]


def test_a_reply_that_the_script_does_not_have_is_told() -> None:
    assert differences(CALLED.replace("contact.visits", "contact.visit"), VISITED, calling=True) == [
        ("transcript-reply", 2),
        ("elsewhere", 6),
    ]


def test_a_call_that_fails_is_chosen_about() -> None:
    text = "== a ==\nreply c.take fails gone\nfailed gone\n  calls c.take\n  choose retry\nfailed gone\n"
    assert differences(text, VISITED, calling=True) == [("unfinished", 6)]


def test_calls_are_compared_with_their_parameters() -> None:
    body = VISITED.replace('<end id="seldom" outcome="1.1"/>', '<end id="seldom" outcome="1.1"/>')
    text = "== a ==\nat first\n  a = yes\n  calls c.take interview=nobody\nend seldom\n"
    assert differences(text, body, calling=True) == [("not-called", 4)]


def test_coverage_is_counted_from_what_happened() -> None:
    _, coverage = played("== No ==\nat first\n  exit refusal\nend refused 2.11\n")
    assert [name for name, _ in coverage.missing_nodes] == ["eats", "last", "done"]
    assert coverage.shares["branches"][0] == 1
    assert coverage.shares["options"] == (0, 6)


def test_coverage_names_what_is_missing_by_line() -> None:
    _, coverage = played(GOOD)
    missing = [(point.key, point.outcome, point.span.line) for point in coverage.missing_branches]
    assert missing == [(("eats", "next", 0), True, 21)]
    assert [option for option, _ in coverage.missing_options] == [("eaten", "none"), ("happy", "no")]


def test_what_no_answers_can_reach_does_not_count() -> None:
    body = """
<options id="yn"><option value="yes">是</option><option value="no">否</option></options>
<action id="a"><data><field name="q" type="choice" options="yn" required="yes"/></data>
  <next action="x" when="${q} = 'yes'"/><next action="y" when="${q} = 'no'"/></action>
<end id="x" outcome="1.1"/>
<end id="y" outcome="1.1"/>
"""
    _, coverage = played("== a ==\nat a\n  q = yes\nend x\n== b ==\nat a\n  q = no\nend y\n", body)
    assert [point.key for point in coverage.points.impossible] == [("a", "otherwise", 0)]
    assert coverage.shares["branches"] == (2, 2)
