"""What `waihu diff` says: each kind of change by one small edit of a shipped campaign."""

from __future__ import annotations

import pytest

from callscript.changes import changes
from callscript.changes.facts import facts_of
from callscript.changes.words import PHRASES
from callscript.model.campaign import Campaign
from callscript.parser import load_campaign
from tests.callscript.scripts import campaigns, shipped

LOCAL = """<local xmlns="urn:waihu:local:1" campaign="tea" language="zh">
  <options id="yesno"><option value="yes">是</option><option value="no">否</option></options>
  <action id="a"><title>甲</title>
    <condition><check test="${x} lt 9" level="soft">太大</check></condition>
    <data><say>你好</say><field name="x" type="integer" min="0" max="10" required="yes"/></data>
    <next action="done" when="${x} = 0"/>
  </action>
  <action id="b"><data><field name="y" type="choice" options="yesno"/></data></action>
  <end id="done" outcome="1.1"/>
</local>"""

GOODBYE = '<action id="c"><data><say>再见</say></data></action>'


def campaign(local: str) -> Campaign:
    loaded = load_campaign({"local.xml": local.encode()})
    assert loaded.campaign is not None, [str(problem) for problem in loaded.problems]
    return loaded.campaign


def told(old: str, new: str) -> list[tuple[str, str, str]]:
    assert old in LOCAL
    return [(c.sort, c.aspect, c.subject) for c in changes(campaign(LOCAL), campaign(LOCAL.replace(old, new)))]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("你好", "您好", [("changed", "say", "a")]),
        ('max="10"', 'max="11"', [("changed", "maximum", "x")]),
        ('min="0" ', "", [("changed", "minimum", "x")]),
        ("是</option>", "是的</option>", [("changed", "option", "yesno/yes")]),
        (
            '<option value="no">否</option>',
            "",
            [("changed", "option-order", "yesno"), ("removed", "option", "yesno/no")],
        ),
        ('when="${x} = 0"', 'when="${x} = 1"', [("changed", "next", "a")]),
        ("lt 9", "lt 8", [("changed", "check", "a")]),
        ('outcome="1.1"', 'outcome="1.2"', [("changed", "outcome", "done")]),
        ('<action id="b">', GOODBYE + '<action id="b">', [("added", "node", "c"), ("added", "say", "c")]),
        ('required="yes"', 'required="no"', [("changed", "required", "x")]),
    ],
)  # fmt: skip
def test_one_edit_is_one_change(old: str, new: str, expected: list[tuple[str, str, str]]) -> None:
    assert told(old, new) == expected


def test_two_nodes_that_change_places_have_moved() -> None:
    ended = '<end id="done"'
    three = LOCAL.replace(ended, GOODBYE + ended)
    swapped = LOCAL.replace('<action id="b">', GOODBYE + '<action id="b">')

    assert [(c.aspect, c.subject) for c in changes(campaign(three), campaign(swapped))] == [
        ("after", "c"),
        ("after", "b"),
        ("after", "done"),
    ]


def test_nothing_changed_says_nothing() -> None:
    moved_down = campaign("\n\n" + LOCAL)

    assert changes(campaign(LOCAL), moved_down) == ()


def test_both_languages_say_old_and_new() -> None:
    [change] = changes(campaign(LOCAL), campaign(LOCAL.replace("你好", "您好")))

    assert change.sentence("en") == "Changed: what is said in a (text 1): “你好” → “您好”"
    assert change.sentence("zh") == "修改：a 的话术（第 1 段）：“你好” → “您好”"


@pytest.mark.parametrize("name", campaigns())
def test_every_fact_of_a_shipped_campaign_can_be_said(name: str) -> None:
    loaded = load_campaign(shipped(name)).usable

    assert {key.aspect for key in facts_of(loaded)} <= set(PHRASES)
    assert changes(loaded, loaded) == ()
