"""Slips that nobody had foreseen when they were tried: what authors copy, rename, mistype and forget.

Each was missed, told in the wrong line, or brought a second and false problem before it was put here.
"""

# ruff: noqa: E501 - a passage on one line shows at a glance what is wrong in it
from __future__ import annotations

from tests.callscript.checker.slips import (
    ASKED,
    BLOCKS,
    LINKS,
    SERVER,
    Slip,
    at_the_server,
    at_the_start,
    in_a_condition,
    in_a_text,
)

DOCUMENTS = [
    Slip("wrong-namespace", r'<local xmlns="urn:waihu:local:1"', '▶<local xmlns="urn:waihu:local:1 "'),
    Slip("unclosed-attribute", r'(<next action="[a-z_]+" when=")([^"]*)"/>', r"\1▶\2/>"),
    Slip("unclosed-attribute", r'(<say when=")([^"]*)">', r"\1▶\2>"),
    Slip("unclosed-attribute", r'(<give name="interview" value=")([^"]*)"/>', r"\1▶\2/>", LINKS),
    Slip("missing-attribute", r'<include block="outbound.exits"/>', "▶<include/>"),
    Slip("bad-value", r'block="outbound.exits"', 'block="▶exits"'),
    Slip("bad-value", r'uses="outbound desk supervision"', 'uses="▶outbound, desk, supervision"'),
    Slip("missing-attribute", r'<repeat id="product" over="products">', '▶<repeat over="products">'),
    Slip("missing-attribute", r'<action id="(?:move|booking)">', "▶<action>"),
    Slip("bad-value", r'over="products"', 'over="▶${products}"'),
    Slip("unknown-attribute", r'<repeat id="product" over="products"', '<repeat id="product" foreach="▶products"'),
    Slip("empty-text", r"<when>[^<]*</when>", "▶<when> </when>"),
    Slip("bad-value", r'(<call id="finish" [^>]*)action="outbound.finish"', r'\1action="▶finish"', LINKS),
    Slip("bad-value", r'(<call id="finish" )on="end"', r'\1on="▶end-node"', LINKS),
    Slip("unknown-attribute", r'<give name="interview" value="(\$\{interview.id\})"', r'<give name="interview" from="▶\1"', LINKS),
]  # fmt: skip

NEW_KEYS = ("unknown-translation", "missing-translation", "stale-translation")
"""What follows of necessity where texts belong to another name now."""

COPIED = [
    Slip("duplicate-id", r'<end id="not_served"', '▶<end id="done"', also=NEW_KEYS),
    Slip("duplicate-id", r'<action id="(?:charge|cancel)">', '▶<action id="greeting">', also=NEW_KEYS),
    Slip("duplicate-id", r'<field name="manager_when"', '▶<field name="manager_call"', also=NEW_KEYS),
    Slip("duplicate-id", r'<field name="new_half_day"', '▶<field name="new_date"', also=NEW_KEYS),
    Slip("duplicate-id", r'<options id="homes">', '▶<options id="ages">', also=NEW_KEYS),
    Slip("duplicate-id", r'<option value="later">现在', '▶<option value="yes">现在', also=NEW_KEYS),
    Slip("name-taken", r'<compute name="product_score"', '▶<compute name="overall"', also=NEW_KEYS),
    Slip("name-taken", r'<repeat id="product" ', '▶<repeat id="products" ', also=NEW_KEYS),
    Slip("name-taken", r'<field name="last_words"', '▶<field name="case"', also=NEW_KEYS),
    Slip("key-taken", r"<include ", '▶<exit id="ex" key="x" action="greeting">小孩</exit>\n  <include ', also=NEW_KEYS),
    Slip("duplicate-id", r"<include ", '▶<exit id="refusal" key="k" action="refusal">不</exit>\n  <include ', also=NEW_KEYS),
    at_the_start("duplicate-id", '▶<options id="callback_kinds"><option value="a">甲</option></options>'),
    Slip("repeat-over-unfit", r'over="products"', 'over="product_rating"', more=(("local.xml", '<repeat id="product"', '▶<repeat id="product"'),)),
    Slip("wrong-type", r'<repeat id="product" over="products"', '<repeat id="product" count="▶${products}"'),
    Slip("endless-loop", r'<action id="callback">', '▶<action id="callback">', BLOCKS, more=((BLOCKS, r'<next action="called_back"/>', '<next action="callback"/>'),)),
]  # fmt: skip

EXPRESSIONS = [
    *in_a_condition("foreign-operator", "${ex_n} ▶≥ 3"),
    *in_a_condition("foreign-operator", "${ex_n} ▶=> 3"),
    *in_a_condition("foreign-operator", "${ex_n} > 3 ▶AND ${ex_b}"),
    *in_a_condition("foreign-operator", "${ex_n} ▶% 2 = 0"),
    *in_a_condition("foreign-operator", "${ex_n} ▶/ 2 > 1"),
    *in_a_condition("full-width-character", "${ex_n▶｝ > 3"),
    *in_a_condition("chained-comparison", "1 &lt; ${ex_n} ▶&lt; 5"),
    *in_a_condition("chained-comparison", "${ex_d} le today() ▶> ${ex_d}"),
    in_a_text("odd-pipe", "甲▶$(ex_n)乙"),
    in_a_text("odd-pipe", "甲▶{{ex_n}}乙"),
    in_a_text("odd-pipe", "甲▶$ex_n 乙"),
    in_a_text("odd-pipe", "甲 ▶%ex_n%乙"),
    Slip("read-before-set", r"<say>我们从头说起", "<say>▶${product_rating}我们从头说起", also=("stale-translation",)),
    at_the_start("needs-aggregate", ASKED + '<action id="ex"><data><say>补</say><field name="ex_f" type="date" max="▶${ex_s}"/></data></action>'),
]  # fmt: skip

RENAMED_ACTION = '<action id="{0}" roles="agent"><param name="ex_p" type="text" required="yes"/><select name="ex_s" rows="0..n">SELECT :ex_p AS id, 1 AS words</select><data><list name="{1}" from="ex_s"><value name="id" type="text"/><value name="words" type="text"/></list></data></action>'
LIST = '<options id="ex_list" from="ex_rows" value="id" label="words"/><action id="ex_asks"><data><say>哪个？</say><field name="ex_f" type="choice" options="ex_list" required="yes"/></data></action>\n  <action id="{0}"'
CALL = '<call id="ex_call" on="enter" node="ex_asks" mode="wait" fail="go-on" action="outbound.{0}"><give name="{1}" value="\'x\'"/><take name="ex_rows" path="ex_rows"/></call>'


def renamed(code: str, action: str, call: str, listed: str, *also: str) -> Slip:
    """A list delivered by an action of the pack; one of the three was renamed and the others were forgotten."""
    body = listed.replace("\\", "\\\\")
    return Slip(
        code,
        r"</server>",
        action + "\n</server>",
        SERVER,
        ("missing-translation", *also),
        (
            ("local.xml", r'<action id="(greeting)"', body.replace("{0}", r"\1")),
            ("links.xml", r"</links>", call + "\n</links>"),
        ),
    )


GOOD_ACTION, GOOD_CALL = RENAMED_ACTION.format("ex_rows", "ex_rows"), CALL.format("ex_rows", "ex_p")
LINKED = [
    renamed("unknown-server-action", RENAMED_ACTION.format("ex_spares", "ex_rows"), "▶" + GOOD_CALL, LIST),
    renamed("unknown-reply-part", RENAMED_ACTION.format("ex_rows", "ex_spares"), GOOD_CALL.replace("<take", "▶<take"), LIST),
    renamed("unknown-parameter", GOOD_ACTION.replace("ex_p", "number"), GOOD_CALL.replace("<give", "▶<give"), LIST),
    renamed("unknown-delivery", GOOD_ACTION, GOOD_CALL, "▶" + LIST.replace('from="ex_rows"', 'from="ex_spares"')),
    renamed("unknown-delivery", GOOD_ACTION, GOOD_CALL, "▶" + LIST.replace('from="ex_rows"', 'from="ex_rowz"')),
    renamed("unknown-delivered-value", GOOD_ACTION, GOOD_CALL, "▶" + LIST.replace('value="id"', 'value="code"')),
    renamed("unknown-delivered-value", GOOD_ACTION, GOOD_CALL, "▶" + LIST.replace('label="words"', 'label="word"')),
    renamed("read-before-set", GOOD_ACTION, GOOD_CALL.replace('node="ex_asks"', 'node="greeting"'), LIST.replace("<field", "▶<field")),
    at_the_server("duplicate-id", '<action id="ex" roles="agent"><select name="s" rows="0..n">SELECT 1 AS a</select>▶<select name="s" rows="0..n">SELECT 2 AS a</select><data><list name="l" from="other"><value name="a" type="integer"/></list></data></action>'),
    at_the_server("unknown-name", '<action id="ex" roles="agent"><select name="found" rows="0..n">SELECT 1 AS a</select><fail when="▶not(answered(${fund.a}))" code="none">没有</fail><data/></action>', "missing-translation"),
]  # fmt: skip

UNFORESEEN = [*DOCUMENTS, *COPIED, *EXPRESSIONS, *LINKED]
