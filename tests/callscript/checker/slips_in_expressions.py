"""Slips in expressions and piped texts, among questions of every type."""

from __future__ import annotations

from callscript.expressions.lexer import MAX_LENGTH
from callscript.expressions.parser import MAX_DEPTH
from tests.callscript.checker.slips import ASKED, Slip, at_the_start, in_a_condition, in_a_text, in_an_action

_CONDITIONS = {
    "expression-too-long": "▶${ex_n} = 1" + " or ${ex_n} = 1" * (MAX_LENGTH // 14),
    "expression-too-deep": "▶" + "not(" * (MAX_DEPTH + 5) + "${ex_b}" + ")" * (MAX_DEPTH + 5),
    "strange-character": "${ex_n} ▶# 3",
    "bare-dot": "▶. > 3",
    "foreign-operator": "answered(${ex_n}) ▶&amp;&amp; answered(${ex_t})",
    "full-width-character": "${ex_n} ▶＞ 3",
    "unclosed-quote": "${ex_q} = ▶'a",
    "unclosed-name": "▶${ex_n > 3",
    "bad-name": "▶${3n} > 3",
    "unexpected-in-expression": "(${ex_n} > 3▶",
    "bare-word": "${ex_q} = ▶a",
    "unknown-function": "▶contain(${ex_t}, 'x')",
    "argument-count": "▶selected(${ex_m})",
    "pattern-not-literal": "regex(${ex_t}, ▶${ex_t})",
    "bad-pattern": "regex(${ex_t}, ▶'(a')",
    "unknown-name": "▶${ex_nn} > 3",
    "needs-aggregate": "▶${ex_s} > 3",
    "needs-name": "count(▶1) > 2",
    "position-outside-repeat": "▶position() > 1",
    "not-a-condition": "${ex_n} ▶+ 1",
    "not-a-number": "▶${ex_t} - 1 > 2",
    "never-a-number": "${ex_n} ▶= 'viel'",
    "number-in-quotes": "${ex_n} ▶= '3'",
    "not-a-date": "${ex_d} ▶> 'gestern'",
    "date-with-number": "${ex_d} ▶> 30",
    "incomparable": "${ex_m} ▶> ${ex_d}",
    "no-common-option": "${ex_q} ▶= ${ex_x}",
    "truth-as-text": "${ex_b} ▶= 'yes'",
    "unknown-option": "${ex_q} ▶= 'c'",
    "special-not-option": "${ex_q} ▶= 'dk'",
    "unknown-special": "special(${ex_q}) ▶= 'na'",
    "not-a-choice": "selected(▶${ex_n}, 'a')",
    "choices-compared": "${ex_m} ▶= 'a'",
    "true-when-unanswered": "${ex_q} ▶!= 'a'",
    "unknown-date-code": "format-date(${ex_d}, ▶'%Q') = 'x'",
    "opaque-value": "${contact.attributes} ▶= 1",
}

IN_EXPRESSIONS: list[Slip] = [
    *(slip for code, when in _CONDITIONS.items() for slip in in_a_condition(code, when)),
    in_a_text("empty-expression", "甲${▶}乙"),
    in_a_text("unclosed-pipe", "甲▶${ex_n乙"),
    in_a_text("odd-pipe", "甲▶{ex_n}乙"),
    in_a_text("unknown-name", "甲▶${ex_nn}乙"),
    in_an_action("wrong-type", '<compute name="ex_c" type="integer" value="▶\'abc\'"/><note>${ex_c}</note>'),
    at_the_start(
        "wrong-type",
        ASKED
        + '<action id="ex"><data><say>补充</say><field name="ex_f" type="integer" min="▶${ex_t}"/></data></action>',
    ),
]
