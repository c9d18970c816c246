"""Quotas by answer as a script asks for them: the engine decides the calls, the business function counts the places."""

from __future__ import annotations

import time
import uuid
from typing import Any

import msgspec

from admin.calling import apply_calling
from callscript.checker import check_calling, check_files
from callscript.engine import advance, begin, prepare
from callscript.engine.events import Answered, Begun, Replied
from tests.callscript.scripts import shipped
from tests.functions.business.desks import Desk
from tests.functions.business.test_shipped_pack import outbound

__all__ = ["outbound"]

LOCAL = b"""<local xmlns="urn:waihu:local:1" campaign="csat" language="en" uses="outbound">
  <options id="sexes"><option value="m">Man</option><option value="f">Woman</option></options>
  <action id="screen">
    <data>
      <say>May I ask two things about you?</say>
      <field name="sex" type="choice" options="sexes" required="yes" label="Sex"/>
      <field name="age" type="integer" min="18" max="110" required="yes" label="Age"/>
      <compute name="age_group" type="text" value="if(${age} lt 30, '18-29', '30+')"/>
    </data>
  </action>
  <action id="vote">
    <condition><when>${place.open}</when></condition>
    <data><say>Will you vote?</say><field name="vote" type="boolean" required="yes" label="Votes"/></data>
    <next action="done"/>
  </action>
  <end id="full" outcome="4.80"/>
  <end id="done" outcome="1.1"/>
  <include block="outbound.exits"/>
</local>"""
LINKS = b"""<links xmlns="urn:waihu:links:1">
  <call id="place" on="leave" node="screen" action="outbound.take_places" mode="wait" fail="ask">
    <give name="interview" value="${interview.id}"/>
    <take name="place" path=""/>
  </call>
</links>"""
CALLING = b"""<calling xmlns="urn:waihu:calling:1" campaign="csat">
  <window days="mon-sun" from="00:00" to="24:00"/>
  <quota id="who" answer="sex age_group">
    <cell name="young women" value="f|18-29" target="1"/><cell name="young men" value="m|18-29" target="5"/>
  </quota>
</calling>"""
FILES = {**shipped("csat"), "local.xml": LOCAL, "links.xml": LINKS}
FILES.pop("translations/en.po")
COUNTS = "SELECT name, complete, running FROM quota_cells ORDER BY id"


class Agent:
    """Works through an interview by the engine, and sends each call that it decides to the business function."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.interview, self.at = desk, str(uuid.uuid4()), int(time.time() * 1000)
        campaign = check_files(FILES).campaign
        assert campaign is not None
        self.program = prepare(campaign)
        asked = Begun(
            at=self.at, interview=self.interview, seed=1, agent=desk.user.name, language="en", release=desk.release
        )
        self.state, step = begin(self.program, asked)
        self._send(step)

    def answer(self, **values: Any) -> str:
        self.state, step = advance(self.program, self.state, Answered(at=self.at, values=values))
        return self._send(step)

    def _send(self, step: Any) -> str:
        calls = list(step.calls)
        while calls:
            call = calls.pop(0)
            given = msgspec.to_builtins(call.parameters)
            replied = self.desk.call(call.action, given, key=call.key, interview=self.interview)
            assert replied.status == 200, (call.action, replied.body)
            event = Replied(at=self.at, key=call.key, data=replied.json)
            self.state, step = advance(self.program, self.state, event)
            calls += step.calls
        return str(step.view.node if hasattr(step.view, "node") else step.view.screen.node)


def test_a_cell_by_answer_fills_up_and_the_script_hears_of_it(outbound: Desk) -> None:
    assert not [problem for problem in check_files(FILES).problems if problem.is_error]
    apply_calling(CALLING, campaign="csat", connection=outbound.admin, who="chen")
    first = Agent(outbound)
    assert first.answer(sex="f", age=20) == "vote"
    assert outbound.admin.fetch(COUNTS) == [("young women", 0, 1), ("young men", 0, 0)]
    assert first.answer(vote=True) == "done"
    assert outbound.admin.fetch(COUNTS) == [("young women", 1, 0), ("young men", 0, 0)]
    assert outbound.admin.fetch("SELECT count(*) FROM answers") == [(4,)]
    second = Agent(outbound)
    assert second.answer(sex="f", age=29) == "full"
    assert outbound.admin.fetch(COUNTS) == [("young women", 1, 0), ("young men", 0, 0)]


def test_its_calling_xml_is_sound_beside_the_questionnaire() -> None:
    campaign = check_files(FILES).campaign
    assert [problem.code for problem in check_calling(CALLING, campaign=campaign).problems] == ["window-at-night"]
