"""Sound scripts that use the language in full: not one problem, not even a warning."""

# ruff: noqa: E501 - scripts in lines as an author has them
from __future__ import annotations

import pytest

from callscript.checker import check_files
from tests.callscript.checker.sound_scripts import SOUND
from tests.callscript.scripts import links, local, server

LISTS = """
<options id="brands"><option value="a">甲</option><option value="b">乙</option><option value="none" exclusive="yes">都没有</option></options>
<options id="scale" random="yes"><option value="1">差</option><option value="2">好</option><option value="9" other="scale_other">其他</option></options>
<options id="yn"><option value="yes">是</option><option value="no">否</option></options>
<options id="slots" from="slots.rows" value="id" label="text"/>
"""

EVERYTHING = (
    LISTS
    + """
<exit id="busy" key="b" action="later">改天</exit>
<action id="start"><title>开始</title><data><say>您好，${contact.name}。</say>
  <field name="brands" type="choices" options="brands" required="yes" length="1..2"><label>用过哪些</label></field></data>
  <next action="bye" when="selected(${brands}, 'none')"/></action>
<repeat id="each" over="brands"><action id="rate"><data><say>${each}怎么样？第 ${position()} 个</say>
  <field name="score" type="integer" min="0" max="10" required="yes" special="dk"/>
  <field name="why" type="text" when="${score} le 6" label="为什么"/>
  <compute name="low" type="boolean" value="${score} le 6"/></data></action>
  <repeat id="again" count="2"><action id="deep"><data><say>又 ${again}</say><field name="deeper" type="decimal" min="0.5"/></data></action></repeat>
</repeat>
<shuffle id="mixed"><action id="m1"><data><say>一</say>
  <field name="one" type="choice" options="scale" special="dk refused"/><field name="scale_other" type="text" label="哪一个"/></data></action>
  <action id="m2"><data><matrix id="grid" type="choice" options="yn" required="yes"><label>表</label><row name="g1">甲</row><row name="g2">乙</row></matrix></data></action></shuffle>
<action id="sums"><condition><when>count(${score}) > 0</when>
  <check test="${total} le 20" level="soft">总分 ${total} 很高</check></condition>
  <data><compute name="total" type="decimal" value="sum(${score})"/><note>总分 ${total}</note>
  <field name="born" type="date" max="today()" label="生日"/><field name="slot" type="choice" options="slots" label="时段"/>
  <field name="email" type="email" label="邮箱"/><field name="phone" type="phone" label="电话"/></data>
  <next action="start" when="${slot} = 'again'"/></action>
<action id="quiet"><data><compute name="segment" type="text" value="if(${one} = '2', 'good', 'other')"/></data></action>
<action id="last"><condition><when>${segment} = 'good' or special(${one}) = 'dk'</when></condition><data><say>谢谢</say></data></action>
<end id="bye" outcome="1.1"><say>再见</say></end>
<action id="later"><data><say>什么时候？</say><field name="at" type="datetime" required="yes"/></data></action>
<end id="postponed" outcome="2.21"/>"""
)

SERVER = """
<action id="begin" roles="agent"><param name="agent" type="text" required="yes"/>
  <select name="c" rows="0..1">SELECT name, phone FROM t WHERE agent = :agent</select>
  <select name="s" rows="0..n">SELECT id, text FROM slots</select>
  <fail when="not(answered(${c.name}))" code="none">没有</fail>
  <data><record name="contact" from="c"><value name="name" type="text"/><value name="phone" type="phone" mask="yes"/></record>
    <list name="rows" from="s"><value name="id" type="text"/><value name="text" type="text"/></list></data></action>
<action id="save" roles="agent"><param name="answers" type="answers" required="yes"/><param name="score" type="decimal"/>
  <param name="tags" type="text" many="yes"/>
  <insert name="i" rows="0..n" when="answered(${score})">INSERT INTO t SELECT * FROM jsonb_array_elements(:answers)
   <where><if test="answered(${score})">AND a = :score</if></where><foreach over="tags" item="tag" open="(" close=")">:tag</foreach></insert><data/></action>
"""

LINKS = """
<call id="begin" on="start" action="c.begin"><give name="agent" value="${agent.id}"/><take name="contact" path="contact"/><take name="slots"/></call>
<call id="save" on="leave" node="sums" action="c.save"><give name="answers" value="${answers}"/><give name="score" value="${total}"/></call>
<call id="done" on="end" node="bye" action="c.save"><give name="answers" value="${answers}"/></call>
<call id="out" on="exit" node="busy" action="c.save"><give name="answers" value="${answers}"/></call>
"""


def test_a_script_that_uses_everything_is_sound() -> None:
    files = {"local.xml": local(EVERYTHING), "server.xml": server(SERVER), "links.xml": links(LINKS)}
    assert [str(problem) for problem in check_files(files).problems] == []


ASK = '<action id="ask"><data><say>?</say><field name="ok" type="choice" options="yn" required="yes"/></data>'
YN = '<options id="yn"><option value="yes">是</option><option value="no">否</option></options>'
BEGIN = server('<action id="begin" roles="agent"><select name="s">SELECT 1 AS one</select><data/></action>')
NUMBER = '<action id="n"><data><say>?</say><field name="n" type="integer" min="0" max="10" required="yes"/></data>'


@pytest.mark.parametrize(
    "body",
    [
        # a loop that its own question can end
        YN + ASK + "<next action=\"ask\" when=\"${ok} = 'no'\"/></action>" + '<end id="e" outcome="1.1"/>',
        # a condition that only some ways make true
        YN + ASK + "<next action=\"b\" when=\"${ok} = 'no'\"/></action>" + NUMBER + "</action>"
        '<action id="b"><condition><when>${n} > 3</when></condition><data><say>多</say></data></action><end id="e" outcome="1.1"/>',
        # an answer of another way, read where the ways meet
        YN + ASK + "<next action=\"b\" when=\"${ok} = 'no'\"/></action>" + NUMBER + "</action>"
        '<action id="b"><data><say when="${n} > 3">多</say><say>完</say></data></action><end id="e" outcome="1.1"/>',
        # ranges that touch but do not overlap
        NUMBER + '<next action="low" when="${n} le 3"/><next action="mid" when="${n} > 3 and ${n} le 6"/></action>'
        '<end id="high" outcome="1.1"/><end id="low" outcome="1.1"/><end id="mid" outcome="1.1"/>',
        # a special answer keeps a way open that the values alone would close
        YN + ASK.replace('required="yes"', 'required="yes" special="dk"')
        + "<next action=\"e\" when=\"${ok} = 'yes'\"/><next action=\"e\" when=\"${ok} = 'no'\"/></action>"
        '<action id="unsure"><data><say>不确定</say></data></action><end id="e" outcome="1.1"/>',
    ],
)  # fmt: skip
def test_a_sound_flow_raises_no_false_alarm(body: str) -> None:
    files = {
        "local.xml": local(body),
        "server.xml": BEGIN,
        "links.xml": links('<call id="b" on="start" action="c.begin"/>'),
    }
    assert [str(problem) for problem in check_files(files).problems] == []


@pytest.mark.parametrize("campaign", SOUND)
def test_a_campaign_of_another_shape_is_sound(campaign: str) -> None:
    assert [str(problem) for problem in check_files(SOUND[campaign]).problems] == []


@pytest.mark.parametrize("wrong", ["%Q", "%B %Y"])
def test_an_expression_of_a_translation_alone_is_checked(wrong: str) -> None:
    files = {**SOUND["trip"]}
    po = files["translations/en.po"].decode()
    assert "%b %Y" in po
    files["translations/en.po"] = po.replace("%b %Y", wrong).encode()
    assert [problem.span.file for problem in check_files(files).errors] == ["translations/en.po"]
