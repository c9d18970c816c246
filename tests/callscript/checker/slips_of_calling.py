"""Slips that a person makes in `calling.xml`: what stands there, what is written instead, what must be told at that line
(codes with spaces between)."""

# ruff: noqa: E501 - a slip on one line shows at a glance what is wrong

from __future__ import annotations

WHOLE = """<calling xmlns="urn:waihu:calling:1" campaign="poll">
  <window days="mon-fri" from="09:00" to="12:00"/>
  <window days="mon-fri" from="13:30" to="20:30"/>
  <window days="sat sun" from="10:00" to="18:00"/>
  <holiday date="2026-10-01" name="国庆节"/>
  <holiday date="2026-12-25" name="Christmas"/>
  <part name="morning" days="mon-fri" from="09:00" to="12:00"/>
  <part name="afternoon" days="mon-fri" from="13:30" to="17:30"/>
  <part name="evening" days="mon-fri" from="17:30" to="20:30"/>
  <part name="weekend" days="sat sun" from="10:00" to="18:00"/>
  <limits attempts="8" per-number="4" per-day="2" per-part="3" spread="1" gap="2h"/>
  <appointments wait="10m" late="15m" slot="30m" places="10"/>
  <lease seconds="55"/>
  <outcome code="2.11" final="no" retry="7d" times="1" skill="conversion" other-agent="yes"/>
  <outcome code="3.12" final="no" retry="3h"/>
  <outcome code="3.13" final="no" retry="4h" next-number="yes"/>
  <outcome code="2.30" final="yes"/>
  <quota id="region" attribute="region"><cell value="north" target="200"/>
    <cell value="south" target="150"/></quota>
  <quota id="who" answer="sex group"><cell name="young women" value="f|18-29" target="50"/>
    <cell name="young men" value="m|18-29" target="50"/></quota>
  <quota id="votes" answer="vote"><cell value="true" target="400"/>
    <cell value="false" target="100"/></quota>
  <quota id="home" answer="people"><cell value="1" target="300"/>
    <cell value="2" target="300"/></quota>
</calling>"""

LOCAL = b"""<local xmlns="urn:waihu:local:1" campaign="poll" language="en" uses="outbound">
  <options id="sexes"><option value="m">Man</option><option value="f">Woman</option></options>
  <action id="screen">
    <data>
      <say>May I ask some things about you?</say>
      <field name="sex" type="choice" options="sexes" required="yes" label="Sex"/>
      <field name="age" type="integer" min="18" max="110" required="yes" label="Age"/>
      <field name="people" type="integer" min="1" max="20" required="yes" label="People at home"/>
      <field name="media" type="choices" required="yes" label="Media"><option value="tv">TV</option><option value="web">Web</option></field>
      <field name="income" type="decimal" min="0" special="refused" label="Income"/>
      <field name="vote" type="boolean" required="yes" label="Votes"/>
      <compute name="group" type="text" value="if(${age} lt 30, '18-29', '30+')"/>
    </data>
  </action>
  <action id="thanks">
    <condition><when>${place.open}</when></condition>
    <data><say>Thank you!</say></data>
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

BAD = "bad-value"
_MORNING, _NOON, _WEEKEND = (
    f'<window days="{days}" from="{hour}"'
    for days, hour in (("mon-fri", "09:00"), ("mon-fri", "13:30"), ("sat sun", "10:00"))
)
_PART = '<part name="afternoon" days="mon-fri" from="13:30"'
_BUSY = '<outcome code="3.12" final="no" retry="3h"/>'

SLIPS: list[tuple[str, str, str]] = [
    # hours
    (_MORNING, '<window days="mon-fri" from="9:00"', BAD),
    (_MORNING, '<window days="mon-fri" from="09.00"', BAD),
    (_MORNING, '<window days="mon-fri" from="09：00"', BAD),
    (_MORNING, '<window days="mon-fri" from="9am"', BAD),
    (_MORNING, '<window days="mon-fri" from="09:60"', BAD),
    (_MORNING, '<window days="mon-fri" from="25:00"', BAD),
    (_MORNING, '<window days="mon-fri" from="12:30"', "empty-hours"),
    (_MORNING, '<window days="mon-fri" from="12:00"', "empty-hours"),
    (_NOON, '<window days="mon-fri" from="01:30"', "hours-overlap window-at-night"),
    (_NOON, '<window days="mon-fri" from="11:30"', "hours-overlap"),
    (_NOON + ' to="20:30"', _NOON + ' to="08:30"', "empty-hours"),
    (_WEEKEND + ' to="18:00"', '<window days="sat sun" from="02:00" to="18:00"', "window-at-night"),
    (_WEEKEND + ' to="18:00"', '<window days="sat sun" from="10:00" to="24:00"', "window-at-night"),
    (_WEEKEND, '<window days="fri sat sun" from="10:00"', "hours-overlap"),
    (_WEEKEND, '<window days="Sat Sun" from="10:00"', BAD),
    (_WEEKEND, '<window days="sat, sun" from="10:00"', BAD),
    (_WEEKEND, '<window days="saturday sunday" from="10:00"', BAD),
    (_WEEKEND, '<window days="6 7" from="10:00"', BAD),
    (_WEEKEND, '<window days="周六 周日" from="10:00"', BAD),
    (_WEEKEND, '<window days="sat–sun" from="10:00"', BAD),
    (_WEEKEND, '<window days="weekend" from="10:00"', BAD),
    (_WEEKEND, '<window days="" from="10:00"', BAD),
    (_MORNING, '<window days="mon-wed-fri" from="09:00"', BAD),
    (_WEEKEND, '<window from="10:00"', "missing-attribute"),
    (_WEEKEND, '<window day="sat sun" from="10:00"', "unknown-attribute"),
    (_WEEKEND + ' to="18:00"', '<window days="sat sun" start="10:00" to="18:00"', "unknown-attribute"),
    ('<window days="sat sun"', '<windows days="sat sun"', "unknown-element"),
    # holidays
    ("2026-12-25", "2026-12-32", "no-such-date"),
    ("2026-12-25", "2025-02-29", "no-such-date"),
    ("2026-12-25", "25.12.2026", BAD),
    ("2026-12-25", "2026/12/25", BAD),
    ("2026-12-25", "2026-1-1", BAD),
    ("2026-12-25", "12-25", BAD),
    ("2026-12-25", "2026-10-01", "calling-twice"),
    ('<holiday date="2026-12-25"', '<holiday day="2026-12-25"', "unknown-attribute"),
    # parts
    (_PART, '<part name="morning" days="mon-fri" from="13:30"', "calling-twice"),
    (_PART, '<part name="after noon" days="mon-fri" from="13:30"', BAD),
    (_PART, '<part name="下午" days="mon-fri" from="13:30"', BAD),
    (_PART, '<part name="afternoon" days="mon-fri" from="11:30"', "hours-overlap"),
    ('<part name="weekend" days="sat sun" from="10:00" to="18:00"/>', '<part name="weekend" days="sat sun" from="18:00" to="21:00"/>', "part-never-open"),
    ('<part name="weekend" days="sat sun" from="10:00"', '<part name="weekend" days="sat sun" from="19:00"', "empty-hours"),
    # limits
    ('attempts="8"', 'attempts="0"', BAD),
    ('attempts="8"', 'attempts="-1"', BAD),
    ('attempts="8"', 'attempts="eight"', BAD),
    ('attempts="8"', 'attempts="８"', BAD),
    ('attempts="8"', 'attempts="8.5"', BAD),
    ('attempts="8"', 'attempts="20"', "attempts-never-reached"),
    ('per-number="4"', 'per-number="40"', "limit-never-reached"),
    ('per-day="2"', 'per-day="9"', "limit-never-reached"),
    ('per-day="2"', 'per-day="7"', "day-too-short"),
    ('per-part="3"', 'per-part="30"', "limit-never-reached"),
    ('spread="1"', 'spread="9"', "limit-never-reached"),
    ('spread="1"', 'spread="yes"', BAD),
    ('gap="2h"', 'gap="120"', BAD),
    ('gap="2h"', 'gap="2 h"', BAD),
    ('gap="2h"', 'gap="-2h"', BAD),
    ('gap="2h"', 'gap="2hours"', BAD),
    ('gap="2h"', 'gap="1.5h"', BAD),
    ('gap="2h"', 'gap="2H"', BAD),
    ('gap="2h"', 'gap="02:00"', BAD),
    ('gap="2h"', 'gap="1w"', BAD),
    ('per-day="2"', 'per_day="2"', "unknown-attribute"),
    ('<limits attempts', '<limit attempts', "unknown-element"),
    # appointments and lease
    ('wait="10m"', 'wait="10h"', "late-before-free"),
    ('wait="10m"', 'wait="10"', BAD),
    ('late="15m"', 'late="5m"', "late-before-free"),
    ('late="15m"', 'late="15d"', "setting-out-of-range"),
    ('slot="30m"', 'slot="30h"', "setting-out-of-range"),
    ('slot="30m"', 'slot="1m"', "setting-out-of-range"),
    ('places="10"', 'places="0"', BAD),
    ('seconds="55"', 'seconds="55s"', BAD),
    ('seconds="55"', 'seconds="5"', "setting-out-of-range"),
    ('seconds="55"', 'seconds="55000"', "setting-out-of-range"),
    ('seconds="55"', 'seconds="20"', "lease-too-short"),
    # outcomes
    ('code="3.12"', 'code="3.1.2"', "unknown-outcome"),
    ('code="3.12"', 'code="3.17"', "unknown-outcome"),
    ('code="3.12"', 'code="busy"', BAD),
    ('code="3.12"', 'code="312"', BAD),
    ('code="3.13"', 'code="3.12"', "calling-twice"),
    (_BUSY, '<outcome code="3.12" final="no" retry="20m"/>', "retry-within-gap"),
    (_BUSY, '<outcome code="3.12" final="no" retry="-20m"/>', BAD),
    (_BUSY, '<outcome code="3.12" final="no" retry="0m"/>', "retry-missing"),
    (_BUSY, '<outcome code="3.12" final="no" retry="9999d"/>', "setting-out-of-range"),
    (_BUSY, '<outcome code="3.12" final="yes" retry="3h"/>', "nothing-after-final"),
    (_BUSY, '<outcome code="3.12" final="false" retry="3h"/>', BAD),
    (_BUSY, '<outcome code="3.12" retry="3h" times="9"/>', "limit-never-reached"),
    (_BUSY, '<outcome code="3.12" retry="3h" times="0"/>', BAD),
    ('code="2.30" final="yes"', 'code="2.30" retry="2d"', "nothing-after-final"),
    ('code="2.30" final="yes"', 'code="2.30" final="yes" other-agent="yes"', "nothing-after-final"),
    ('code="2.30" final="yes"', 'code="2.30" final="no"', "retry-missing"),
    ('code="2.30" final="yes"', 'code="1.1" final="no" retry="30d"', "interviewed-again"),
    ('code="2.11" final="no" retry="7d"', 'code="2.11" retry="7d"', "nothing-after-final"),
    # quotas
    ('value="south"', 'value="north"', "calling-twice"),
    ('value="south"', 'name="s" value="north"', "same-cell"),
    ('value="south"', 'value="south|east"', "quota-one-value"),
    ('value="south"', 'value=" "', "quota-values"),
    ('target="150"', 'target="0"', "cell-closed"),
    ('target="150"', 'target="15%"', BAD),
    ('target="150"', 'target="-150"', BAD),
    ('<quota id="region" attribute="region">', '<quota id="region" attribute="region,town">', "quota-names"),
    ('<quota id="region" attribute="region">', '<quota id="region">', "quota-source"),
    ('<quota id="who"', '<quota id="region"', "calling-twice"),
    ('value="m|18-29"', 'value="m"', "quota-values"),
    ('value="m|18-29"', 'value="m｜18-29"', "quota-values"),
    ('value="m|18-29"', 'value="m/18-29"', "quota-values"),
    ('value="m|18-29"', 'value="m|"', "quota-values"),
    ('value="m|18-29"', 'value="M|18-29"', "unknown-option"),
    ('value="m|18-29"', 'value="男|18-29"', "unknown-option"),
    ('name="young men" value="m|18-29"', 'name="young men" value="f|18-29"', "same-cell"),
    ('answer="sex group"', 'answer="sex agegroup"', "unknown-field"),
    ('answer="sex group"', 'answer="sexx group"', "unknown-field"),
    ('answer="sex group"', 'answer="sex sex"', "calling-twice"),
    ('answer="sex group"', 'answer="sex,group"', BAD),
    ('value="false"', 'value="no"', "quota-value-unfit"),
    ('value="2" target="300"', 'value="2-3" target="300"', "quota-value-unfit"),
    ('answer="people"', 'answer="media"', "quota-field"),
    ('answer="people"', 'answer="income"', "quota-field"),
    ('attempts="8"', 'attempts="13"', "attempts-never-reached"),
    ('per-day="2"', 'per-day="8"', "day-too-short"),
    ('seconds="55"', 'seconds="39"', "lease-too-short"),
    ('code="3.13" final="no" retry="4h"', 'code="3.13" retry="90m"', "retry-within-gap"),
    ('code="2.30" final="yes"', 'code="1.2" final="no" retry="90d"', "interviewed-again"),
    ('<quota id="region" attribute="region">', '<quota id="region" attribute="region;town">', "quota-names"),
    ('value="south"', 'value="south | west"', "quota-one-value"),
    ('target="400"', 'target="0"', "cell-closed"),
    ('value="true"', 'value="1"', "quota-value-unfit"),
    # the document
    ('campaign="poll"', 'campaign="pol"', "campaign-in-other-folder"),
    ("urn:waihu:calling:1", "urn:waihu:local:1", "wrong-namespace"),
    ('<lease seconds="55"/>', '<lease seconds="55"//>', "not-well-formed"),
    ('name="Christmas"', 'name=“Christmas”', "not-well-formed"),
]  # fmt: skip

WITHOUT: list[tuple[str, str, int]] = [
    ("<window", "no-window", 1),
    ("<part", "spread-without-parts", 7),
    (' per-part="3" spread="1"', "parts-without-limit", 7),
]
"""Lines with this are left out (what begins with a space is left out alone); what is told, and at which line."""

SOUND = {
    "nothing but hours": '<window days="mon-sun" from="08:00" to="21:00"/>',
    "one lunch break": '<window days="mon-fri" from="09:00" to="12:00"/><window days="mon-fri" from="14:00" to="18:00"/><limits attempts="3"/>',
    "one call a day": '<window days="mon-sat" from="10:00" to="20:00"/><limits attempts="5" per-day="1" gap="1d"/>',
    "gap of a week": '<window days="mon-fri" from="09:00" to="18:00"/><limits attempts="6" gap="7d"/>',
    "callbacks": '<window days="mon-fri" from="09:00" to="17:00"/><appointments wait="15m" late="15m" slot="1h" places="3"/>',
    "short reminders": '<window days="mon-sun" from="08:30" to="20:00"/><limits attempts="4" per-number="2" per-day="3" gap="30m"/><outcome code="3.12" final="no" retry="30m"/>',
    "shipped outcomes repeated": '<window days="mon-fri" from="09:00" to="20:00"/><outcome code="3.13" next-number="yes"/><outcome code="2.12" times="2"/><outcome code="4.31" final="yes"/>',
    "last call sunday": '<window days="fri-mon" from="12:00" to="20:00"/><holiday date="2028-02-29" name="leap"/>',
    "parts by weekday": '<window days="mon-fri" from="09:00" to="20:00"/><part name="early" days="mon-wed" from="09:00" to="20:00"/><part name="late" days="thu fri" from="09:00" to="20:00"/><limits attempts="4" per-part="2"/>',
    "crossed attributes": '<window days="mon-fri" from="09:00" to="20:00"/><quota id="q" attribute="省份 gender"><cell value="江苏|f" target="10"/><cell value="江苏|m" target="10"/></quota><quota id="age" attribute="age_group"><cell value="18-29" target="9"/><cell value="60+" target="9"/></quota>',
    "part-time window left out of parts": '<window days="mon-fri" from="09:00" to="20:00"/><part name="evening" days="mon-fri" from="18:00" to="20:00"/><limits attempts="9" per-part="2"/>',
    "dead numbers": '<window days="mon-fri" from="09:00" to="20:00"/><outcome code="4.32" final="yes" next-number="yes"/><outcome code="4.33" retry="3d" times="2"/>',
}  # fmt: skip
"""Bodies of files with nothing wrong in them."""
