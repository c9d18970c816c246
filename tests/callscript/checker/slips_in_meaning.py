"""Slips that only meaning shows: names, fields, flow, links, server actions, SQL, translations."""

# ruff: noqa: E501 - a passage on one line shows at a glance what is wrong in it
from __future__ import annotations

from callscript.checker.checking import MOST_NODES
from tests.callscript.checker.slips import (
    BLOCKS,
    ENGLISH,
    LINKS,
    SERVER,
    UNTRANSLATED,
    Slip,
    at_the_server,
    at_the_start,
    in_an_action,
    linked,
)

AB = '<options id="ex_ab"><option value="a">甲</option><option value="b">乙</option></options>\n  '
LIST = '<action id="ex"><data><say>补充</say><field name="ex_q" type="choice" options="ex_ab"/></data></action>'
NUMBER = (
    '<action id="ex"><data><say>几个？</say><field name="ex_n" type="integer" min="0" max="10" required="yes"/></data>'
)
AFTER = '\n  <action id="ex2"><data><say>又</say></data></action>'
UNREACHED = ("unreachable-action",)

NAMES = [
    at_the_start(
        "unknown-field",
        '▶<repeat id="ex" over="ex_gone"><action id="ex_a"><data><say>一</say></data></action></repeat>',
    ),
    in_an_action("reserved-name", '▶<field name="interview" type="text"/>'),
    in_an_action("name-taken", '<field name="ex_f" type="text"/>▶<compute name="ex_f" type="integer" value="1"/>'),
    Slip("key-taken", r'(<exit id="refusal" key=)"x"', r'▶\1"B"', BLOCKS),
    Slip("pack-name-differs", r'<blocks ([^>]*)pack="outbound"', r'▶<blocks \1pack="outbond"', BLOCKS),
    Slip("key-reserved", r'(<exit id="refusal" key=)"x"', r'▶\1"1"', BLOCKS),
    at_the_start("unused-options", "▶" + AB.strip()),
]

FIELDS = [
    at_the_start("options-unfit", AB + LIST.replace('ex_ab"/>', 'ex_ab"/>▶<field name="ex_f" type="text" options="ex_ab"/>')),
    at_the_start("empty-options", '▶<options id="ex_ab"/>\n  ' + LIST),
    at_the_start("delivered-and-written", "▶" + AB.replace('id="ex_ab"', 'id="ex_ab" from="calls" value="agent" label="agent"') + LIST),
    at_the_start("exclusive-unfit", AB.replace('<option value="b"', '▶<option value="b" exclusive="yes"') + LIST),
    in_an_action("limit-unfit", '▶<field name="ex_f" type="date" pattern="x"/>'),
    in_an_action("empty-range", '▶<field name="ex_f" type="text" length="9..3"/>'),
    in_an_action("pattern-message-alone", '<field name="ex_f" type="text" pattern-message="▶请改"/>'),
    at_the_start("other-elsewhere", AB.replace('<option value="b"', '▶<option value="b" other="ex_which"') + LIST),
    at_the_start("field-without-words", '<action id="ex"><data>▶<field name="ex_f" type="text"/></data></action>'),
    at_the_start("repeat-unclear", '▶<repeat id="ex"><action id="ex_a"><data><say>一</say></data></action></repeat>'),
    at_the_start("repeat-over-unfit", NUMBER + '</action>▶<repeat id="ex_r" over="ex_n"><action id="ex_a"><data><say>一</say></data></action></repeat>'),
    at_the_start("empty-node", '▶<action id="ex"/>'),
]  # fmt: skip

FLOW = [
    at_the_start("read-before-set", '<action id="ex0"><data><say>您说▶${ex_n}</say></data></action>' + NUMBER + "</action>"),
    in_an_action("not-a-choice", '<field name="ex_x" type="choices"><option value="a">甲</option></field><field name="ex_y" type="text" when="selected(▶\'a\', ${ex_x})"/>'),
    in_an_action("unknown-date-code", '<field name="ex_x" type="date"/><compute name="ex_y" type="text" value="format-date(${ex_x}, ▶\'yyyy-mm-dd\')"/>'),
    in_an_action("never-asked", '<field name="ex_x" type="integer" when="▶${ex_x} > 0"/>'),
    in_an_action("never-asked", '<field name="ex_x" type="integer" when="▶${ex_y} > 0"/><field name="ex_y" type="integer" when="answered(${ex_x}) and today() > date(\'2026-01-01\')"/>'),
    in_an_action("compute-circle", '<compute name="ex_x" type="integer" value="▶${ex_y} + 1"/><compute name="ex_y" type="integer" value="${ex_x} + 1"/>'),
    at_the_start("too-many-actions", '<action id="ex"><data><say>x</say></data></action>' * MOST_NODES + '▶<action id="ex_last"/>', "duplicate-id"),
    Slip("no-actions", r"<local ([^>]*)>.*</local>", r"▶<local \1></local>", also=("unknown-action", "unknown-exit", "unknown-translation", "unknown-name")),
    at_the_start("unreachable-action", '<action id="ex"><data><say>一</say></data><next action="FIRST"/></action>\n  ▶<action id="ex2"><data><say>二</say></data></action>'),
    at_the_start("endless-loop", NUMBER + '<next action="FIRST" when="${ex_n} > 3"/></action>\n  ▶<action id="ex2"><data><say>二</say></data><next action="ex2"/></action>'),
    at_the_start("loop-never-changes", NUMBER + '</action>\n  <action id="ex2"><data><say>二</say></data>▶<next action="ex2" when="${ex_n} > 3"/></action>'),
    at_the_start("shadowed-next", NUMBER + '<next action="ex2" when="${ex_n} > 3"/>▶<next action="FIRST" when="${ex_n} > 5"/></action>' + AFTER),
    at_the_start("next-into-repeat", NUMBER + '▶<next action="ex_a" when="${ex_n} > 3"/></action><repeat id="ex_r" count="2"><action id="ex_a"><data><say>一</say></data></action></repeat>'),
    at_the_start("never-holds", NUMBER + '<next action="FIRST" when="▶${ex_n} > 3 and ${ex_n} le 2"/></action>' + AFTER),
    at_the_start("never-holds", NUMBER + '<next action="FIRST" when="▶${ex_n} > 10"/></action>' + AFTER),
    at_the_start("always-holds", NUMBER + "</action>" + AFTER.replace("<data>", "<condition><when>▶${ex_n} >= 0</when></condition><data>")),
    at_the_start("check-never-passes", NUMBER.replace("<data>", '<condition><check test="▶${ex_n} > 10">大于十</check></condition><data>') + "</action>"),
]  # fmt: skip

INTERVIEW = '<give name="interview" value="${interview.id}"/>'
PARK = f'action="outbound.park">{INTERVIEW}'
BEAT = f'action="outbound.heartbeat" mode="wait">{INTERVIEW}'
CALLS = [
    linked("nothing-at-start", '<call id="next_case" off="yes"/>', "unknown-name", "true-when-unanswered", more=(("local.xml", r"<local ", "▶<local "),)),
    linked("unknown-exit", f'▶<call id="ex" on="exit" node="refusals" {PARK}</call>'),
    linked("unknown-action", f'▶<call id="ex" on="leave" node="refusals" {PARK}</call>'),
    Slip("wrong-type", r'<give name="answers" value="\$\{answers\}"/>', '<give name="answers" value="▶\'abc\'"/>', LINKS),
    linked("unused-take", f'<call id="ex" on="leave" node="refusal" {BEAT}▶<take name="ex_until" path="lease_until"/></call>'),
    linked("link-node-unfit", f'▶<call id="ex" on="command" node="refusal" {PARK}</call>'),
    linked("link-node-kind", f'▶<call id="ex" on="end" node="refusal" {PARK}</call>'),
    linked("fail-action-missing", f'▶<call id="ex" on="enter" node="refusal" mode="wait" fail="go-to" {PARK}</call>'),
    linked("fail-action-unfit", f'▶<call id="ex" on="enter" node="refusal" mode="wait" fail="park" fail-action="silent" {PARK}</call>'),
    linked("take-in-background", f'<call id="ex" on="leave" node="refusal" mode="background" action="outbound.heartbeat">{INTERVIEW}▶<take name="ex_until" path="lease_until"/></call>', "unused-take"),
    linked("role-cannot-call", '▶<call id="ex" on="command" action="outbound.ex"/>', more=((SERVER, r"</server>", '<action id="ex" roles="admin"><select name="q">SELECT 1 AS a</select><data/></action></server>'),)),
]  # fmt: skip


def action(inside: str, attributes: str = 'id="ex" roles="agent"', select: str = "SELECT 1 AS a") -> str:
    return f'  <action {attributes}>\n    <select name="q" rows="0..n">{select}</select>{inside}</action>'


def record(value: str) -> str:
    return f'<data><record name="r" from="q">{value}</record></data>'


SERVERS = [
    at_the_server("column-needs-statement", action('<data>▶<value name="a" type="text"/></data>')),
    at_the_server("column-with-statement", action(record('▶<value name="a" type="text" column="q.a"/>'))),
    at_the_server("dialler-unfit", action(record('▶<value name="a" type="phone" mask="dialler"/>'))),
    at_the_server("dialler-in-list", action('<data><list name="r" from="q">▶<value name="a" type="phone" mask="dialler"/></list></data>', 'id="ex" roles="agent" reveals="yes"')),
    Slip("reveals-nothing", r'<action id="park" roles="agent"', '▶<action id="park" roles="agent" reveals="yes"', SERVER),
    at_the_server("nesting-unfit", action('<data><list name="r" from="q">▶<list name="s" from="q"><value name="a" type="text"/></list></list></data>')),
    at_the_server("default-unfit", action('▶<param name="p" type="integer" default="drei"/><data/>', select="SELECT :p AS a")),
    at_the_server("default-never-used", action('▶<param name="p" type="integer" required="yes" default="3"/><data/>', select="SELECT :p AS a")),
    Slip("rows-unfit", r'<update (name="[a-z]+") rows="0..1"', r'▶<update \1 rows="3..1"', SERVER),
    at_the_server("nothing-done", '  ▶<action id="ex" roles="agent"><data/></action>'),
]  # fmt: skip


def sql(code: str, select: str, inside: str = "<data/>", *also: str) -> Slip:
    return at_the_server(code, action(inside, select=select), *also)


def refused(code: str, select: str, *, as_a_whole: bool = False) -> Slip:
    """What PostgreSQL's parser refuses is told at the text, or at the statement if it is against it as a whole."""
    opening = '<select name="q" rows="0..n">'
    told = f"▶{opening}{select}" if as_a_whole else f"{opening}▶{select}"
    return at_the_server(code, f'  <action id="ex" roles="agent">\n    {told}</select><data/></action>')


MANY_IFS = "".join(f'<if test="${{p}} = {n}"> + {n}</if>' for n in range(11))
SQL = [
    sql("sql-pasted", "SELECT ▶${ex} AS a"),
    sql("sql-unterminated", "SELECT ▶'a AS a"),
    sql("sql-positional", "SELECT ▶$1 AS a"),
    sql("sql-several", "SELECT 1 AS a▶; DELETE FROM t"),
    at_the_server("sql-too-long", f'  <action id="ex" roles="agent">▶<select name="q" rows="0..n">SELECT {"1 + " * 5000} 1 AS a</select><data/></action>'),
    at_the_server("sql-empty", '  <action id="ex" roles="agent">▶<select name="q" rows="0..n"> -- nothing\n</select><data/></action>'),
    sql("sql-unknown-name", "SELECT ▶:colour AS a"),
    sql("sql-needs-column", "SELECT 1 AS a", '<select name="s" rows="0..n">SELECT ▶:q AS b</select><data/>'),
    sql("sql-no-member", "SELECT ▶:session.colour AS a"),
    sql("sql-phone-in-clear", "SELECT ▶:p AS a", '<param name="p" type="phone"/><data/>'),
    sql("sql-not-a-list", 'SELECT 1 AS a WHERE 1 IN ▶<foreach over="p" item="i" open="(" close=")">:i</foreach>', '<param name="p" type="integer"/><data/>'),
    at_the_server("sql-shadowed", '  <action id="ex" roles="agent">▶<select name="q">SELECT :q AS a</select><param name="q" type="integer"/><data/></action>'),
    refused("sql-syntax", "SELEC 1 AS a"),
    refused("sql-forbidden-statement", "LOCK TABLE outbound.cases", as_a_whole=True),
    refused("sql-forbidden-function", "SELECT pg_sleep(9) AS a"),
    refused("sql-forbidden-relation", "SELECT 1 AS a FROM platform.journal"),
    refused("sql-other-verb", "DELETE FROM outbound.cases", as_a_whole=True),
    refused("sql-lock-in-read", "SELECT 1 AS a FROM outbound.cases FOR UPDATE", as_a_whole=True),
    at_the_server("sql-too-many-texts", f'  <action id="ex" roles="agent"><param name="p" type="integer"/>▶<select name="q" rows="0..n">SELECT 1{MANY_IFS} AS a</select><data/></action>'),
]  # fmt: skip

ENTRY = r'msgctxt "([a-z_]+/say/1)"\nmsgid "([^"$]+)"\nmsgstr "([^"$]+)"\n'
TRANSLATIONS = [
    Slip("stale-translation", ENTRY, r'▶msgctxt "\1"\nmsgid "旧\2"\nmsgstr "\3"\n', ENGLISH),
    Slip("unknown-translation", ENTRY, r'\g<0>\n▶msgctxt "\g<1>x"\nmsgid "\2"\nmsgstr "\3"\n', ENGLISH),
    Slip("translation-differs", ENTRY, r'▶msgctxt "\1"\nmsgid "\2"\nmsgstr "\3 ${contact.name}"\n', ENGLISH),
    Slip("repeated-translation", ENTRY, r"\g<0>\n▶\g<0>", ENGLISH),
    Slip("bad-translation-file", ENTRY, r"\g<0>\n▶garbage\n", ENGLISH, also=UNTRANSLATED),
    Slip("translation-into-base", r"\Z", '▶msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\\\n"\n', "translations/zh.po"),
]  # fmt: skip

IN_MEANING: list[Slip] = [*NAMES, *FIELDS, *FLOW, *CALLS, *SERVERS, *SQL, *TRANSLATIONS]
