"""One small campaign for each kind of problem between the documents. `▶` stands where it must be reported."""

# ruff: noqa: E501 - a script on one line shows at a glance what is wrong in it

from __future__ import annotations

from tests.callscript.checker.defects import (
    ASK,
    END,
    LOCAL_DEFECTS,
    SAVE,
    YES_NO,
    Defect,
    in_links,
    in_local,
    in_server,
)
from tests.callscript.scripts import local

LINKS = [
    in_links("unknown-server-action", '▶<call id="l" on="end" action="c.sav"/>', actions=SAVE),
    in_links("missing-parameter", '▶<call id="l" on="end" action="c.save"/>', actions=SAVE),
    in_links(
        "unknown-parameter",
        '<call id="l" on="end" action="c.save"><give name="v" value="1"/>▶<give name="other" value="1"/></call>',
        actions=SAVE,
    ),
    in_links(
        "wrong-type", '<call id="l" on="end" action="c.save"><give name="v" value="▶\'abc\'"/></call>', actions=SAVE
    ),
    in_links(
        "answers-unsaved",
        '<call id="l" on="end" action="c.keep">▶<give name="v" value="${answers}"/></call>',
        actions='<action id="keep" roles="agent"><param name="v" type="json"/>'
        '<select name="s" rows="0..n">SELECT :v AS one</select><data/></action>',
    ),
    in_links(
        "missing-attribute",
        '<call id="l" on="end" action="c.keep"><give name="v" value="${answers}"/></call>',
        actions='<action id="keep" roles="agent">▶<param name="v"/><select name="s" rows="0..n">SELECT 1 AS one</select><data/></action>',
    ),
    in_links(
        "unknown-reply-part",
        '<call id="l" on="enter" node="ask" action="c.save"><give name="v" value="1"/>▶<take name="t" path="r.tow"/></call>',
        actions=SAVE,
        extra="",
    ),
    in_links(
        "unused-take",
        '<call id="l" on="enter" node="ask" action="c.save"><give name="v" value="1"/>▶<take name="t" path="r"/></call>',
        actions=SAVE,
    ),
    in_links("link-node-unfit", '▶<call id="l" on="command" node="ask" action="c.begin"/>'),
    in_links("link-node-kind", '▶<call id="l" on="leave" node="done" action="c.begin"/>'),
    in_links("link-node-kind", '▶<call id="l" on="end" node="ask" action="c.begin"/>'),
    in_links("unknown-action", '▶<call id="l" on="leave" node="asked" action="c.begin"/>'),
    in_links("unknown-exit", '▶<call id="l" on="exit" node="gone" action="c.begin"/>'),
    in_links("fail-action-missing", '▶<call id="l" on="enter" mode="wait" fail="go-to" action="c.begin"/>'),
    in_links(
        "fail-action-unfit", '▶<call id="l" on="enter" mode="wait" fail="park" fail-action="ask" action="c.begin"/>'
    ),
    in_links("fail-needs-wait", '▶<call id="l" on="leave" mode="background" fail="park" action="c.begin"/>'),
    in_links(
        "take-in-background",
        '<call id="l" on="leave" node="ask" action="c.save"><give name="v" value="1"/>▶<take name="t" path="r"/></call>',
        "unused-take",
        actions=SAVE,
    ),
    in_links(
        "role-cannot-call",
        '▶<call id="l" on="command" action="c.boss"/>',
        actions='\n<action id="boss" roles="admin"><select name="s">SELECT 1 AS a</select><data/></action>',
    ),
    in_links(
        "read-before-set",
        '<call id="l" on="start" action="c.save"><give name="v" value="▶${late}"/></call>',
        actions=SAVE,
        extra='</action><action id="b"><data><say>?</say><field name="late" type="integer"/></data>',
    ),
    in_links(
        "unknown-delivery",
        "",
        extra='</action>▶<options id="l" from="rows"/><action id="b"><data><say>?</say><field name="f" type="choice" options="l"/></data>',
    ),
    in_links(
        "unknown-delivered-value",
        '<call id="l" on="start" action="c.rows"><take name="rows" path="rows"/></call>',
        actions='\n<action id="rows" roles="agent"><select name="q" rows="0..n">SELECT 1 AS a</select><data><list name="rows" from="q"><value name="a" type="text"/></list></data></action>',
        extra='</action>▶<options id="l" from="rows" value="a" label="b"/><action id="b"><data><say>?</say><field name="f" type="choice" options="l"/></data>',
    ),
    in_links("unknown-link", '▶<call id="l" off="yes"/>'),
    in_links(
        "duplicate-id",
        '<call id="l" on="end" action="c.begin"/><call ▶id="l" on="exit" action="c.begin"/>'.replace(
            '<call ▶id="', '<call id="▶'
        ),
    ),
    Defect("nothing-at-start", {"local.xml": ("▶" + local(YES_NO + ASK + "</action>" + END).decode()).encode()}),
]


def _action(inside: str, attributes: str = 'id="x" roles="agent"', select: str = "SELECT 1 AS a") -> str:
    return f'<action {attributes}><select name="q" rows="0..n">{select}</select>{inside}</action>'


SERVERS = [
    in_server(
        "unknown-statement", _action('<data>▶<record name="r" from="qq"><value name="a" type="text"/></record></data>')
    ),
    in_server("unknown-name", _action('<fail when="▶${taken.id} = 1" code="no"/><data/>')),
    in_server("column-needs-statement", _action('<data>▶<value name="a" type="text"/></data>')),
    in_server(
        "column-with-statement",
        _action('<data><record name="r" from="q">▶<value name="a" type="text" column="q.a"/></record></data>'),
    ),
    in_server(
        "mask-unfit",
        _action('<data><record name="r" from="q">▶<value name="a" type="integer" mask="yes"/></record></data>'),
    ),
    in_server(
        "phone-unmasked", _action('<data><record name="r" from="q">▶<value name="a" type="phone"/></record></data>')
    ),
    in_server(
        "dialler-unfit",
        _action('<data><record name="r" from="q">▶<value name="a" type="phone" mask="dialler"/></record></data>'),
    ),
    in_server(
        "dialler-in-list",
        _action(
            '<data><list name="r" from="q">▶<value name="a" type="phone" mask="dialler"/></list></data>',
            'id="x" roles="agent" reveals="yes"',
        ),
    ),
    in_server("reveals-nothing", "▶" + _action("<data/>", 'id="x" roles="agent" reveals="yes"')),
    in_server(
        "nesting-unfit",
        _action(
            '<data><list name="r" from="q">▶<list name="s" from="q"><value name="a" type="text"/></list></list></data>'
        ),
    ),
    in_server(
        "nesting-unfit",
        _action(
            '<data><list name="r" from="q"><value name="b" type="text"/>'
            '▶<record name="s" from="q" on="a" to="b"><value name="a" type="text"/></record></list></data>'
        ),
    ),
    in_server(
        "nesting-unfit", _action('<data>▶<list name="r" from="q" on="a"><value name="a" type="text"/></list></data>')
    ),
    in_server("unused-parameter", _action('▶<param name="p" type="text"/><data/>')),
    in_server(
        "default-unfit", _action('▶<param name="p" type="integer" default="drei"/><data/>', select="SELECT :p AS a")
    ),
    in_server(
        "default-never-used",
        _action('▶<param name="p" type="integer" required="yes" default="3"/><data/>', select="SELECT :p AS a"),
    ),
    in_server(
        "rows-unfit",
        '<action id="x" roles="agent">▶<select name="q" rows="3..1">SELECT 1 AS a</select><data/></action>',
    ),
    in_server("nothing-done", '▶<action id="x" roles="agent"><data/></action>'),
    in_server(
        "duplicate-id",
        _action("<data/>") + '\n<action id="▶x" roles="agent"><select name="q">SELECT 1 AS a</select><data/></action>',
    ),
    in_server("duplicate-id", _action('▶<select name="q" rows="0..n">SELECT 2 AS a</select><data/>')),
]


def _po(body: str) -> bytes:
    return ('msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n\n' + body).encode()


_OTHERS = "".join(
    f'msgctxt "{key}"\nmsgid "{text}"\nmsgstr "{told}"\n\n'
    for key, text, told in (("options/yn/yes", "是", "Yes"), ("options/yn/no", "否", "No"))
)
_SAY = 'msgctxt "ask/say/1"\nmsgid "好吗？"\nmsgstr "All right?"\n\n'


def _translated(
    code: str, body: str, local_body: str = YES_NO + ASK + "</action>" + END, language: str = "en"
) -> Defect:
    files = in_local(code, local_body).files
    return Defect(code, {**files, f"translations/{language}.po": _po(body)})


TRANSLATIONS = [
    _translated("missing-translation", _OTHERS, YES_NO + ASK.replace("好吗", "▶好吗") + "</action>" + END),
    _translated("stale-translation", _OTHERS + "▶" + _SAY.replace("好吗", "行吗")),
    _translated("unknown-translation", _OTHERS + _SAY + "▶" + _SAY.replace("ask/say/1", "ask/say/9")),
    _translated("repeated-translation", _OTHERS + _SAY + "▶" + _SAY),
    _translated("translation-differs", _OTHERS + "▶" + _SAY.replace("All right", "All right ${ok}")),
    _translated("bad-translation-file", _OTHERS + _SAY + "▶garbage\n"),
    _translated("bad-translation-file", _OTHERS + 'msgctxt "ask/say/1"\nmsgid "好吗？"\n▶msgstr "All right?\n'),
    Defect(
        "translation-into-base",
        {**in_local("", YES_NO + ASK + "</action>" + END).files, "translations/zh.po": "▶".encode() + _po("")},
    ),
]

DEFECTS = [*LOCAL_DEFECTS, *LINKS, *SERVERS, *TRANSLATIONS]
