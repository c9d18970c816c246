"""Small campaigns and transcripts for these tests."""

from __future__ import annotations

from callscript.checker import check_files
from callscript.model.campaign import Campaign
from callscript.transcripts import Coverage, Result, play_all, read_transcripts
from tests.callscript.scripts import links, local, server

SURVEY = """
<options id="yn"><option value="yes">是</option><option value="no">否</option></options>
<options id="fruit"><option value="apple">苹果</option><option value="pear">梨</option>
  <option value="none" exclusive="yes">都不是</option></options>
<exit id="refusal" key="x" action="refused">拒绝</exit>
<action id="first">
  <condition><check test="${age} le 90" level="soft">真的？</check>
    <check test="${age} != 44" level="hard">不行</check></condition>
  <data>
    <say>您好，您几岁？</say>
    <field name="age" type="integer" min="0" max="120" required="yes" special="dk"/>
    <field name="school" type="text" length="2..9" required="yes" when="${age} lt 18"/>
    <compute name="adult" type="boolean" value="${age} >= 18"/>
  </data>
  <next action="done" when="${age} lt 12"/>
</action>
<action id="eats">
  <condition><when>${adult}</when></condition>
  <data><field name="eaten" type="choices" options="fruit" required="yes"/></data>
  <next action="done" when="selected(${eaten}, 'apple') and selected(${eaten}, 'pear') and ${age} >= 65"/>
</action>
<action id="last">
  <data><field name="happy" type="choice" options="yn" special="refused" required="yes"/></data></action>
<end id="done" outcome="1.1"><say>谢谢</say></end>
<end id="refused" outcome="2.11"/>
"""

SERVER = """
<action id="take" roles="agent">
  <param name="interview" type="text"/>
  <select name="found" rows="1">SELECT 1 AS visits, 'x' AS name</select>
  <data><record name="contact" from="found">
    <value name="visits" type="integer"/><value name="name" type="text"/></record>
  </data>
</action>
"""

LINKS = """
<call id="take" on="start" action="c.take" mode="wait">
  <give name="interview" value="${interview.id}"/><take name="contact" path="contact"/></call>
"""

VISITED = """
<action id="first"><data><say>${contact.name}，您好</say><field name="a" type="boolean" required="yes"/></data>
  <next action="often" when="${contact.visits} > 7"/></action>
<end id="seldom" outcome="1.1"/>
<end id="often" outcome="1.1"/>
"""


def campaign(body: str = SURVEY, *, calling: bool = False) -> Campaign:
    files = {"local.xml": local(body)}
    if calling:
        files |= {"server.xml": server(SERVER), "links.xml": links(LINKS)}
    checked = check_files(files)
    assert checked.campaign is not None, [str(problem) for problem in checked.problems]
    return checked.campaign


def played(text: str, body: str = SURVEY, *, calling: bool = False) -> tuple[list[Result], Coverage]:
    read = read_transcripts(text, "t.txt")
    assert read.problems == ()
    return play_all(campaign(body, calling=calling), read.transcripts, {})


def differences(text: str, body: str = SURVEY, *, calling: bool = False) -> list[tuple[str, int]]:
    """Code and line of each difference."""
    results, _ = played(text, body, calling=calling)
    return [(problem.code, problem.span.line) for result in results for problem in result.problems]
