"""Slips in passages that an author adds: where the call goes, fields, links, server actions."""

# ruff: noqa: E501 - a passage on one line shows at a glance what is wrong in it
from __future__ import annotations

from tests.callscript.checker.slips import at_the_server, at_the_start, in_a_text, in_an_action, linked
from tests.callscript.checker.slips_in_meaning import BEAT, INTERVIEW, NUMBER, UNREACHED, action, record, sql

FLOW = [
    at_the_start("unreachable-action", '<action id="ex"><data><say>一</say></data><next action="FIRST"/></action>\n  ▶<repeat id="exr" count="2"><action id="ex2"><data><say>二</say></data></action></repeat>'),
    at_the_start(
        "unreachable-action",
        '<action id="ex"><data><say>一</say></data><next action="FIRST"/></action>\n  ▶<action id="ex2"><data><say>二</say></data><next action="ex3"/></action>\n'
        '  <action id="ex3"><data><say>三</say></data><next action="ex2"/></action>',
    ),
    at_the_start("endless-loop", '▶<action id="ex"><data><say>一</say></data></action>\n  <action id="ex2"><data><say>二</say></data><next action="ex"/></action>', *UNREACHED),
    at_the_start("loop-never-changes", '<action id="ex"><data><say>一</say></data></action>\n  <action id="ex2"><data><say>二</say></data>▶<next action="ex" when="${contact.name} = \'x\'"/></action>'),
    at_the_start("read-before-set", '<action id="ex0"><condition><when>▶${ex_n} > 3</when></condition><data><say>您</say></data></action>' + NUMBER + "</action>"),
    at_the_start("read-before-set", '<action id="ex0"><data><compute name="ex_z" type="integer" value="▶${ex_n} * 2"/><say>${ex_z}</say></data></action>' + NUMBER + "</action>"),
    at_the_start("compute-circle", '<action id="ex"><data><say>x</say><compute name="ex_x" type="integer" value="▶${ex_x} + 1"/></data></action>'),
]  # fmt: skip

FIELDS = [
    in_an_action("empty-range", '▶<field name="ex_f" type="date" min="2024-12-31" max="2024-01-01"/>'),
    in_an_action("empty-range", '▶<field name="ex_f" type="time" min="18:00" max="09:00"/>'),
    in_an_action("empty-range", '▶<field name="ex_f" type="decimal" min="1.5" max="1.2"/>'),
    in_an_action("empty-range", '▶<field name="ex_f" type="integer" min="0.2" max="0.8"/>'),
    in_an_action("limit-unfit", '▶<field name="ex_f" type="boolean" length="2"/>'),
    in_an_action("wrong-type", '<field name="ex_f" type="integer" min="▶\'a\'"/>'),
    in_an_action("wrong-type", '<field name="ex_g" type="text"/><field name="ex_f" type="date" max="▶${ex_g}"/>'),
    in_an_action("reserved-name", '▶<field name="agent" type="text"/>'),
    in_an_action("name-taken", '▶<field name="contact" type="date"/>'),
    in_an_action("duplicate-id", '<field name="ex_f" type="text"/><matrix id="ex_mm" type="boolean">▶<row name="ex_f">甲</row></matrix>'),
    in_a_text("unknown-name", "甲▶${ex_q.name}乙"),
]  # fmt: skip

CALLS = [
    linked("unknown-server-action", f'▶<call id="ex" on="leave" node="refusal" action="outbound.parc">{INTERVIEW}</call>'),
    linked("missing-parameter", '▶<call id="ex" on="leave" node="refusal" action="outbound.park"></call>'),
    linked("unknown-parameter", f'<call id="ex" on="leave" node="refusal" action="outbound.park">{INTERVIEW}▶<give name="intervew" value="1"/></call>'),
    linked("unknown-reply-part", f'<call id="ex" on="leave" node="refusal" {BEAT}▶<take name="ex_until" path="lease_untill"/></call>'),
]  # fmt: skip

SERVERS = [
    at_the_server("unused-parameter", action('▶<param name="zz" type="integer"/><data/>')),
    at_the_server("phone-unmasked", action(record('▶<value name="a" type="phone"/>'))),
    at_the_server("default-unfit", action('▶<param name="p" type="date" default="heute"/><data/>', select="SELECT :p AS a")),
    at_the_server("default-unfit", action('▶<param name="p" type="boolean" default="ja"/><data/>', select="SELECT :p AS a")),
    sql("sql-unknown-name", "SELECT 1 AS a WHERE ▶:sesion.agent = 'x'"),
    sql("sql-unterminated", 'SELECT ▶"a AS a'),
    sql("sql-several", "SELECT 1 AS a▶; SELECT 2"),
]  # fmt: skip

IN_PASSAGES = [*FLOW, *FIELDS, *CALLS, *SERVERS]
