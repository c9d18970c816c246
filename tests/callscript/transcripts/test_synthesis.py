"""Transcripts found by a search: every branch that can be reached, the same each time, and why not the others."""

from __future__ import annotations

import pytest

from callscript.expressions import compile_pattern
from callscript.places import NOWHERE
from callscript.transcripts import Setting, Synthesis, Theatre, play_all, synthesize, write_transcripts
from callscript.transcripts.samples import sample
from tests.callscript.transcripts.playing import SURVEY, VISITED, campaign


def found(body: str, *, calling: bool = False, options: bool = False) -> Synthesis:
    return synthesize(Theatre(campaign(body, calling=calling)), Setting(), options=options)


def missing(body: str, synthesis: Synthesis, *, calling: bool = False) -> list[tuple[object, bool]]:
    results, coverage = play_all(campaign(body, calling=calling), synthesis.transcripts, {})
    assert [str(problem) for result in results for problem in result.problems] == []
    return [point.hit for point in coverage.missing_branches]


def test_every_branch_is_found_behind_conditions_of_several_answers() -> None:
    synthesis = found(SURVEY)
    assert missing(SURVEY, synthesis) == []
    assert synthesis.unreached == ()


def test_every_option_is_chosen_where_that_is_wanted() -> None:
    _, coverage = play_all(campaign(), found(SURVEY, options=True).transcripts, {})
    assert coverage.missing_options == ()
    _, coverage = play_all(campaign(), found(SURVEY).transcripts, {})
    assert coverage.missing_branches == ()


def test_what_the_server_replies_is_varied_too() -> None:
    assert missing(VISITED, found(VISITED, calling=True), calling=True) == []


REPEATED = """
<options id="brands"><option value="a">甲</option><option value="b">乙</option><option value="c">丙</option></options>
<action id="which"><data><field name="owned" type="choices" options="brands"/></data></action>
<repeat id="each" over="owned">
  <action id="rate"><data><field name="score" type="integer" min="1" max="5" required="yes"/></data>
    <next action="why" when="${score} = 1"/><next action="after" when="${score} = 2 and position() = 3"/></action>
  <action id="fine"><data><say>好</say></data></action>
  <action id="why"><data><field name="reason" type="text" pattern="[A-Z]{2}-\\d{3}" required="yes"/></data></action>
</repeat>
<action id="after"><condition><when>sum(${score}) > 12</when></condition>
  <data><field name="on" type="date" required="yes"/></data>
  <next action="soon" when="${on} lt today() + 14 and ${on} >= today() + 7"/></action>
<end id="late" outcome="1.1"/>
<end id="soon" outcome="1.2"/>
"""


def test_repeats_sums_dates_and_patterns_are_seen_through() -> None:
    assert missing(REPEATED, found(REPEATED)) == []


def test_what_is_not_found_is_told_with_the_tries() -> None:
    body = """
<action id="a"><data><field name="n" type="integer" min="0" max="999999" required="yes"/></data>
  <next action="b" when="${n} mod 7919 = 4242 and ${n} > 100000"/></action>
<end id="z" outcome="1.1"/>
<action id="b"><data><field name="m" type="integer" required="yes"/></data><next action="z" when="${m} = 5"/></action>
<end id="y" outcome="1.1"/>
"""
    told = {each.point.key: (each.tries > 0, each.reads) for each in found(body).unreached}
    assert told == {
        ("a", "next", 0): (True, ("n",)),
        ("b", "next", 0): (False, ("m",)),
        ("b", "otherwise", 0): (False, ("m",)),
    }


def test_the_same_script_gives_the_same_transcripts() -> None:
    assert write_transcripts(found(REPEATED).transcripts) == write_transcripts(found(REPEATED).transcripts)


@pytest.mark.parametrize(
    "pattern",
    ["[A-Z]{2}-\\d{3}", "a|b", "(?:ab)+c?", "[^0-9]+", "\\w+@\\w+\\.com", "1[3-9]\\d{9}", ".*", "x{3,}", "[]a]+",
     "[[:alpha:]]{2}", "\\p{Han}{2,4}", "(?i)ab", "^(?P<year>\\d{4})/(a|b)(c|d)?$", "[^\\d\\s]x", "\\.\\*", ".{300}"],
)  # fmt: skip
def test_a_sample_matches_its_pattern(pattern: str) -> None:
    assert compile_pattern(pattern, NOWHERE).fullmatch(sample(pattern)) is not None


@pytest.mark.parametrize("pattern", ["(", "a{2000}", "[^a0A中 .-]"])
def test_a_pattern_without_a_sample_has_none(pattern: str) -> None:
    assert sample(pattern) == ""


def test_a_field_that_another_way_asks_is_tried_too() -> None:
    """`years` is asked only when the unit is years, and what it decides lies two screens on."""
    body = """
<options id="units"><option value="days">D</option><option value="years">Y</option></options>
<options id="efforts"><option value="run">R</option><option value="walk">W</option>
  <option value="rest">L</option></options>
<action id="a"><data><note>?</note><field name="unit" type="choice" options="units" required="yes"/>
  <field name="years" type="integer" min="1" max="120" required="yes" when="${unit} = 'years'"/></data></action>
<action id="b"><data><note>?</note><field name="effort" type="choice" options="efforts" required="yes"/>
  <field name="flat" type="text" when="${unit} = 'years' and ${years} >= 15 and ${effort} = 'rest'"/></data></action>
<end id="z" outcome="1.1"/>
"""
    assert found(body).unreached == ()


def test_special_answers_and_the_way_that_is_left_over_are_tried() -> None:
    """Nine options make more lists than are tried; the last `next` has no condition of its own."""
    options = "".join(f'<option value="o{number}">{number}</option>' for number in range(12))
    body = f"""<options id="many">{options}</options><options id="yn"><option value="y">Y</option></options>
<action id="a"><data><note>?</note><field name="m" type="choices" options="many" required="yes" special="dk"/></data>
  <next action="b" when="not(answered(${{m}}))"/><next action="z"/></action>
<action id="b"><data><note>?</note><field name="q" type="choice" options="yn" required="yes" special="dk"/></data>
  <next action="z" when="${{q}} = 'y'"/><next action="x"/></action>
<end id="x" outcome="2.11"/><end id="z" outcome="1.1"/>
"""
    assert found(body).unreached == ()
