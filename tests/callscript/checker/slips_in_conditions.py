"""Slips that only reasoning shows: conditions, checks and branches that can never, or must always, hold.

Every question of the passage must be answered, so that no answer is missing where one is compared.
"""

# ruff: noqa: E501 - a condition on one line shows at a glance what is wrong in it
from __future__ import annotations

from tests.callscript.checker.slips import Slip, at_the_start

QUESTIONS = """<options id="ex_ab"><option value="a">甲</option><option value="b">乙</option><option value="c">丙</option></options>
  <action id="ex_q"><data><say>问</say>
  <field name="ex_n" type="integer" min="0" max="10" required="yes"/><field name="ex_k" type="integer" min="0" max="10" required="yes"/>
  <field name="ex_c" type="choice" options="ex_ab" required="yes"/><field name="ex_s" type="choice" options="ex_ab" special="dk"/>
  <field name="ex_m" type="choices" options="ex_ab" required="yes"/><field name="ex_b" type="boolean" required="yes"/>
  <field name="ex_d" type="date" required="yes"/><field name="ex_e" type="date" required="yes"/>
  <field name="ex_f" type="date" min="2024-01-01" max="2024-12-31" required="yes"/>
  <field name="ex_t" type="text" required="yes"/><field name="ex_x" type="decimal" min="0" max="1" required="yes"/>
  <field name="ex_h" type="time" required="yes"/><compute name="ex_sum" type="integer" value="${ex_n} + ${ex_k}"/>
  <compute name="ex_group" type="text" value="if(${ex_n} > 5, 'high', 'low')"/></data></action>
  """
_AFTER = '<action id="ex1"><data><say>一</say></data></action>\n  <action id="ex2"><data><say>二</say></data></action>'


def _changed(before: str, after: str) -> str:
    assert before in QUESTIONS, before
    return QUESTIONS.replace(before, after)


def asked(code: str, when: str, *also: str) -> Slip:
    """The expression as the condition of an action after the questions."""
    whole = f'<action id="ex"><condition><when>{when}</when></condition><data><say>补</say></data></action>'
    return at_the_start(code, QUESTIONS + whole, *also)


def checked(code: str, test: str) -> Slip:
    """The expression as a check on the questions' answers."""
    check = f'<condition><check test="{test}">不行</check></condition>'
    return at_the_start(code, _changed("<data><say>问", f"{check}<data><say>问"))


def branching(code: str, nexts: str, after: str = _AFTER, *also: str) -> Slip:
    """Branches at the end of the questions' action, and what is written after it."""
    return at_the_start(code, _changed("</data></action>", f"</data>{nexts}</action>") + after, *also)


NEVER = [
    asked("never-holds", "▶${ex_n} > 5 and ${ex_n} lt 5"),
    asked("never-holds", "▶${ex_n} = 3 and ${ex_n} = 4"),
    asked("never-holds", "▶${ex_c} = 'a' and ${ex_c} = 'b'"),
    asked("never-holds", "▶${ex_x} > 1"),
    asked("never-holds", "▶${ex_n} > ${ex_k} and ${ex_k} > ${ex_n}"),
    asked("never-holds", "▶${ex_d} > ${ex_e} and ${ex_e} > ${ex_d}"),
    asked("never-holds", "▶${ex_d} lt ${ex_e} and ${ex_d} >= ${ex_e}"),
    asked("never-holds", "▶${ex_f} > '2024-12-31'"),
    asked("never-holds", "▶${ex_f} lt '2023-06-01'"),
    asked("never-holds", "▶${ex_s} = 'a' and special(${ex_s}) = 'dk'"),
    asked("never-holds", "▶not(selected(${ex_m}, 'a')) and selected(${ex_m}, 'a')"),
    asked("never-holds", "▶${ex_b} and not(${ex_b})"),
    asked("never-holds", "▶${ex_t} = 'x' and ${ex_t} = 'y'"),
    asked("never-holds", "▶not(answered(${ex_n}))"),
    asked("never-holds", "▶${ex_n} &lt; 0 or ${ex_n} > 10"),
    asked("never-holds", "▶${ex_n} + 1 > 20"),
    asked("never-holds", "▶${ex_n} + ${ex_k} > 20"),
    asked("never-holds", "▶${ex_n} - ${ex_k} lt -10"),
    asked("never-holds", "▶(${ex_n} + ${ex_k}) div 2 > 10"),
    asked("never-holds", "▶count-selected(${ex_m}) > 3"),
    asked("never-holds", "▶count-selected(${ex_m}) = 0"),
    asked("never-holds", "▶${ex_d} lt today() and ${ex_d} > today()"),
    asked("never-holds", "▶${ex_h} >= '21:00' and ${ex_h} le '07:00'"),
    asked("never-holds", "▶${ex_sum} > 20"),
    asked("never-holds", "▶${ex_group} = 'hihg'"),
]

ALWAYS = [
    asked("always-holds", "▶answered(${ex_n})"),
    asked("always-holds", "▶${ex_n} le 10"),
    asked("always-holds", "▶${ex_n} > 3 or ${ex_n} le 3"),
    asked("always-holds", "▶${ex_c} = 'a' or ${ex_c} = 'b' or ${ex_c} = 'c'"),
    asked("always-holds", "▶${ex_b} or not(${ex_b})"),
    asked("always-holds", "▶${ex_f} >= '2024-01-01'"),
    asked("always-holds", "▶count-selected(${ex_m}) >= 1"),
    asked("always-holds", "▶${ex_n} + ${ex_k} >= 0"),
    asked("always-holds", "▶${ex_d} > ${ex_e} or ${ex_d} le ${ex_e}"),
    asked("always-holds", "▶${ex_n} * 2 le 20"),
    checked("always-holds", "▶${ex_n} >= 0"),
]

CHECKS = [
    checked("check-never-passes", "▶${ex_n} > 5 and ${ex_n} lt 3"),
    checked("check-never-passes", "▶${ex_n} lt 0"),
    checked("check-never-passes", "▶${ex_d} lt ${ex_e} and ${ex_d} > ${ex_e}"),
    checked("check-never-passes", "▶${ex_f} > '2025-01-01'"),
]

BRANCHES = [
    branching("shadowed-next", "<next action=\"ex1\" when=\"${ex_c} = 'a' or ${ex_c} = 'b'\"/>▶<next action=\"ex2\" when=\"${ex_c} = 'b'\"/>"),
    branching("shadowed-next", '<next action="ex1" when="${ex_n} le 5"/><next action="ex2" when="${ex_n} > 5"/>▶<next action="ex1"/>'),
    branching("shadowed-next", '<next action="ex1" when="${ex_d} > ${ex_e}"/>▶<next action="ex2" when="${ex_d} > ${ex_e} and ${ex_b}"/>'),
    branching("shadowed-next", '<next action="ex1" when="${ex_n} > ${ex_k}"/>▶<next action="ex2" when="${ex_k} lt ${ex_n}"/>'),
    branching("shadowed-next", '<next action="ex1" when="${ex_b}"/>▶<next action="ex2" when="${ex_b} and ${ex_n} > 3"/>'),
    branching("never-holds", '<next action="ex2" when="▶${ex_n} > 7 and ${ex_n} lt 8"/>'),
    branching(
        "never-holds",
        '<next action="ex9" when="${ex_n} > 5"/>',
        '<action id="ex"><condition><when>▶${ex_n} > 7</when></condition><data><say>补</say></data></action>\n  <action id="ex9"><data><say>九</say></data></action>',
    ),
    branching(
        "always-holds",
        "<next action=\"ex9\" when=\"${ex_c} = 'a'\"/>",
        "<action id=\"ex\"><data><say when=\"▶${ex_c} != 'a'\">补</say></data></action>\n  <action id=\"ex9\"><data><say>九</say></data></action>",
    ),
    branching("unreachable-action", '<next action="FIRST" when="${ex_b}"/><next action="FIRST" when="not(${ex_b})"/>', '▶<action id="ex2"><data><say>二</say></data></action>'),
    branching(
        "next-into-repeat",
        '▶<next action="ex_in" when="${ex_b}"/>',
        '<shuffle id="ex_sh"><action id="ex_in"><data><say>一</say></data></action><action id="ex_in2"><data><say>二</say></data></action></shuffle>',
    ),
]  # fmt: skip

SORTS = [
    asked("unknown-option", "${ex_c} ▶= 'A'"),
    asked("unknown-option", "selected(${ex_m}, ▶'d')"),
    asked("not-a-number", "▶${ex_t} + 1 > 2"),
    asked("date-with-number", "${ex_d} ▶> 2024"),
    asked("number-in-quotes", "${ex_n} ▶>= '5'"),
    asked("truth-as-text", "${ex_b} ▶= ${ex_d}"),
    asked("unknown-name", "▶${ex_cc} = 'a'"),
    asked("not-a-date", "${ex_d} ▶= '2024-13-01'"),
    asked("argument-count", "▶answered(${ex_c}, ${ex_n})"),
    asked("unknown-special", "special(${ex_s}) ▶= 'refused'"),
    asked("unknown-special", "special(${ex_c}) ▶= 'dk' and ${ex_c} = 'a'"),
    asked("not-a-condition", "${ex_n} ▶* 2"),
]

IN_CONDITIONS = [*NEVER, *ALWAYS, *CHECKS, *BRANCHES, *SORTS]
