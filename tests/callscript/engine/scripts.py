"""Scripts for the engine's tests, as authors write them."""

from __future__ import annotations

from functools import cache

from callscript.engine import Program, prepare
from callscript.model.campaign import Campaign
from callscript.parser import load_campaign

YES_NO = '<options id="yesno"><option value="yes">是</option><option value="no">否</option></options>'

SERVER = b"""<server xmlns="urn:waihu:server:1" pack="pack">
  <action id="take_case" roles="agent">
    <param name="interview" type="uuid" required="yes"/>
    <select name="taken" rows="0..1">SELECT 1</select>
    <data><record name="case" from="taken"><value name="id" type="text"/></record>
      <record name="contact" from="taken"><value name="name" type="text"/><value name="visits" type="integer"/>
        <value name="debt" type="decimal"/><value name="since" type="date"/></record></data>
  </action>
  <action id="save" roles="agent">
    <param name="answers" type="answers"/><param name="amount" type="decimal"/>
    <select name="done" rows="0..n">SELECT 1</select><data/>
  </action>
  <action id="finish" roles="agent">
    <param name="outcome" type="text"/><param name="answers" type="answers"/>
    <select name="done" rows="0..n">SELECT 1</select><data/>
  </action>
  <action id="slots" roles="agent">
    <param name="day" type="date"/>
    <select name="found" rows="0..n">SELECT 1</select>
    <data><list name="rows" from="found"><value name="id" type="text"/><value name="text" type="text"/></list>
    <value name="price" type="decimal" column="found.price"/></data>
  </action>
  <action id="dial" roles="agent"><param name="interview" type="uuid"/>
    <select name="done" rows="0..n">SELECT 1</select><data/></action>
  <action id="park" roles="agent"><param name="interview" type="uuid"/>
    <select name="done" rows="0..n">SELECT 1</select><data/></action>
</server>"""

TAKING = """
  <call id="next_case" on="start" action="pack.take_case" mode="wait"><take name="contact" path="contact"/></call>"""
SAVING = """
  <call id="save" on="leave" node="*" action="pack.save" mode="background">
    <give name="answers" value="${answers}"/></call>
  <call id="finish" on="end" node="*" action="pack.finish" mode="background">
    <give name="outcome" value="${interview.outcome}"/><give name="answers" value="${answers}"/></call>"""


def campaign_of(body: str, links: str = "", translations: dict[str, str] | None = None) -> Campaign:
    """The campaign whose local.xml holds `body` and whose links.xml holds `links`; both must be right."""
    head = '<local xmlns="urn:waihu:local:1" campaign="test" language="zh" uses="pack">'
    files = {
        "local.xml": f"{head}{body}</local>".encode(),
        "links.xml": f'<links xmlns="urn:waihu:links:1">{links}</links>'.encode(),
        "packs/pack/server.xml": SERVER,
        **{f"translations/{name}.po": text.encode() for name, text in (translations or {}).items()},
    }
    return load_campaign(files).usable


def program_of(body: str, links: str = "", translations: dict[str, str] | None = None) -> Program:
    return prepare(campaign_of(body, links, translations))


@cache
def wanderer() -> Campaign:
    """A script for wandering about: branches, a repeat over a count, one over options in it, computes, checks."""
    return campaign_of(
        YES_NO
        + """
  <options id="brands"><option value="a">甲</option><option value="b">乙</option>
    <option value="c" when="${own} = 'yes'">丙</option><option value="other" other="brand_other">别的</option>
    <option value="none" exclusive="yes">都没有</option></options>
  <options id="grades"><option value="1">差</option><option value="2">中</option><option value="3">好</option></options>
  <exit id="refuse" key="x" action="refused">拒绝</exit>
  <exit id="later" key="l" action="later">再打</exit>

  <options id="owning"><option value="yes">有</option><option value="no">没有</option>
    <option value="some">有一些</option></options>
  <action id="own"><data><field name="own" type="choice" options="owning" required="yes"/></data>
    <next action="age" when="${own} = 'no'"/></action>
  <action id="brands"><data><field name="brands" type="choices" options="brands" required="yes" special="refused"/>
      <field name="brand_other" type="text" required="yes" length="1..20"/>
      <compute name="brand_count" type="integer" value="count-selected(${brands})"/></data></action>
  <repeat id="brand" over="brands" when="not(selected(${brands}, 'none'))">
    <action id="grade"><title>${brand}</title><data><say>${brand}怎么样？</say>
      <field name="grade" type="choice" options="grades" required="yes" special="dk"/></data>
      <next action="times" when="${grade} = '3'"/></action>
    <action id="why"><data><field name="why" type="text" required="yes"/></data></action>
    <action id="times"><data><field name="times" type="integer" min="0" max="2" required="yes"/></data></action>
    <repeat id="visit" count="${times}">
      <action id="cost"><data><field name="cost" type="decimal" min="0" required="yes"/>
        <compute name="dear" type="boolean" value="${cost} > 100 and ${grade} != '1'"/></data></action>
    </repeat>
  </repeat>
  <action id="sums"><data>
    <compute name="total" type="decimal" value="sum(${cost})"/>
    <compute name="rounds" type="integer" value="count(${grade})"/>
    <compute name="reasons" type="text" value="join('|', ${why})"/></data>
    <next action="rich" when="${total} > 150"/></action>
  <action id="age"><condition><check test="${age} lt 100 or ${own} = 'no'" level="soft">真的？</check>
      <check test="${age} != 13" level="hard">不行</check></condition>
    <data><field name="age" type="integer" min="10" max="120" required="yes" special="dk refused"/>
      <compute name="seen" type="text" value="concat(${brand_count}, '/', ${brand_other}, '/', ${rich})"/>
      <field name="guardian" type="text" when="${age} lt 18" required="yes"/></data>
    <next action="minor" when="${age} lt 18"/><next action="done" when="${own} = 'no'"/></action>
  <action id="rich"><condition><when>${total} > 150</when></condition>
    <data><field name="rich" type="choice" options="yesno" required="yes"/>
      <compute name="echo" type="text" value="concat(${brand_other}, '/', ${why2}, '/', ${age})"/></data>
    <next action="done" when="${rich} = 'yes'"/></action>
  <action id="closing"><condition><when>${rich} != 'yes'</when></condition><data><say>谢谢</say>
      <field name="why2" type="text"/></data></action>
  <end id="done" outcome="1.1"><say>共 ${total} 元</say></end>
  <action id="minor"><data><field name="minor" type="choice" options="yesno" required="yes"/></data></action>
  <end id="young" outcome="4.70"/>
  <action id="later"><data><field name="when" type="date" required="yes"/></data><next action="called_back"/></action>
  <end id="called_back" outcome="2.21"/>
  <end id="refused" outcome="2.11"/>""",
        TAKING + SAVING,
    )
