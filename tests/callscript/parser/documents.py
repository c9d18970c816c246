"""Documents that are wrong as such, one for each kind of problem. `▶` stands where the problem must be reported."""

# ruff: noqa: E501 - a script on one line shows at a glance what is wrong in it

from __future__ import annotations

from callscript.parser.document import MAX_ATTRIBUTES, MAX_BYTES, MAX_DEPTH, MAX_ELEMENTS, MAX_LINES, MAX_VALUE
from callscript.parser.structure import MOST_PROBLEMS
from tests.callscript.checker.defects import ASK, BEGIN, END, TAKE_CASE, YES_NO, Defect, in_local, in_server
from tests.callscript.scripts import links, local, server

GOOD = {"server.xml": server(BEGIN), "links.xml": TAKE_CASE}
LOCAL = '<local xmlns="urn:waihu:local:1" campaign="c" language="zh">'


def whole(code: str, text: str | bytes, *also: str) -> Defect:
    """A whole local.xml, beside a good server and a start link."""
    return Defect(code, {"local.xml": text.encode() if isinstance(text, str) else text, **GOOD}, also)


def in_sql(sql: str) -> Defect:
    text = f'<server xmlns="urn:waihu:server:1" pack="c">\n{BEGIN}\n<action id="x" roles="agent">\n<select name="q">{sql}</select></action></server>'
    files = {"local.xml": local(YES_NO + ASK + "</action>" + END), "server.xml": text.encode(), "links.xml": TAKE_CASE}
    return Defect("raw-less-than", files)


WHOLE_FILES = [
    in_local("unknown-file", YES_NO + ASK + "</action>" + END, link_xml="▶<links/>".encode()),
    whole("file-too-big", "▶" + LOCAL + " " * MAX_BYTES + "</local>"),
    whole("not-utf8", b"\xe2\x96\xb6<?xml version='1.0' encoding='gb2312'?>" + LOCAL.encode() + b"</local>"),
    whole("not-xml-1", b"\xe2\x96\xb6<?xml version='2.0'?>" + LOCAL.encode() + b"</local>"),
    whole(
        "doctype-refused",
        '<?xml version="1.0"?>\n▶<!DOCTYPE local [<!ENTITY a "b"><!ENTITY c "&a;&a;">]>\n' + LOCAL + "</local>",
    ),
    whole("unknown-entity", LOCAL + "\n<action id='a'><data><say>您好▶&nbsp;</say></data></action></local>"),
    whole(
        "xinclude-refused",
        LOCAL
        + '\n▶<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd"/>'
        + ASK
        + "</action>"
        + YES_NO
        + END
        + "</local>",
    ),
    whole("too-many-lines", LOCAL + "\n" * MAX_LINES + "▶\n</local>"),
    whole(
        "too-many-elements",
        LOCAL
        + "<options id='o'>"
        + '<option value="a">x</option>' * (MAX_ELEMENTS - 2)
        + '▶<option value="b">x</option>'
        + "</options></local>",
    ),
    whole("too-deep", LOCAL + '<repeat id="r">' * (MAX_DEPTH - 1) + '▶<repeat id="r">'),
    whole(
        "too-many-attributes",
        LOCAL + "\n▶<action " + " ".join(f'a{n}="x"' for n in range(MAX_ATTRIBUTES + 1)) + "/></local>",
    ),
    whole("value-too-long", LOCAL + '\n▶<action id="a" title="' + "x" * (MAX_VALUE + 1) + '"/></local>'),
    whole("not-well-formed", LOCAL + "\n<action id='a' ▶title/></local>".replace("▶title/", "title▶/")),
    whole("not-well-formed", "▶"),
    whole("raw-ampersand", LOCAL + "\n<action id='a'><data><say>研▶&发</say></data></action></local>"),
    whole("raw-ampersand", LOCAL + "\n<action id='a' title='R▶&D x'/></local>"),
    whole(
        "tag-mismatch", LOCAL + "\n<action id='a'><data><say>您好</say></data>\n</▶acton></local>".replace("</▶", "▶</")
    ),
    whole("unclosed-element", LOCAL + "\n▶<action id='a'><data/>\n"),
    whole("unclosed-attribute", LOCAL + '\n<action id="a"><next action="▶a when=\n</action></local>'),
    whole("duplicate-attribute", LOCAL + "\n<action id='a' ▶id='b'/></local>"),
]

RAW_LESS_THAN = [
    whole("raw-less-than", LOCAL + '\n<action id="a"><next action="a" when="${n} ▶< 3"/></action></local>'),
    whole("raw-less-than", LOCAL + '\n<action id="a"><condition><when>${n} ▶<= 3</when></condition></action></local>'),
    whole("raw-less-than", LOCAL + '\n<action id="a"><data><say>少于▶<3 个</say></data></action></local>'),
    whole(
        "raw-less-than",
        LOCAL
        + """\n<action id="a"><next action="a" when="if(${a} = 'x', ${n} ▶&lt; 3, 1)"/></action></local>""".replace(
            "&lt;", "<"
        ),
    ),
    in_sql("SELECT 1 AS a WHERE 1 ▶< 2"),
    in_sql("SELECT 1 AS a WHERE 1 ▶<= 2"),
    in_sql("SELECT 1 AS a WHERE 1 ▶<> 2"),
    in_sql("SELECT 1 AS a\nFROM t WHERE a ▶<b AND c = 3"),
    in_sql("SELECT 1 AS a\nFROM t WHERE a ▶<b> c"),
    in_sql("<![CDATA[SELECT 1 AS a WHERE 1 < 2]]> AND 2 ▶< 3"),
    in_sql('SELECT 1 AS a <where><if test="answered(${x})">AND x ▶< 3</if></where>'),
    in_sql('SELECT 1 AS a <if test="${x} ▶< 3">AND true</if>'),
    in_sql("SELECT 1 AS a -- ▶<- old\n"),
]

STRUCTURE = [
    whole("wrong-root", '▶<routing xmlns="urn:waihu:local:1"/>'),
    whole("wrong-root", "▶" + LOCAL.replace("<local", "<lokal") + YES_NO + ASK + "</action>" + END + "</lokal>"),
    whole("wrong-namespace", "▶" + LOCAL.replace("local:1", "local:2") + YES_NO + ASK + "</action>" + END + "</local>"),
    whole("wrong-namespace", '▶<local campaign="c" language="zh">' + YES_NO + ASK + "</action>" + END + "</local>"),
    in_local("unknown-element", '▶<acton id="a"><data><say>?</say></data></acton>' + END),
    in_local("unknown-element", YES_NO + ASK + "▶<video/></action>" + END),
    in_local(
        "unknown-element", '<action id="a"><data>▶<question/><say>?</say></data></action>' + END, "missing-attribute"
    ),
    in_local("unknown-attribute", YES_NO + ASK.replace('type="choice"', 'tpye="▶choice"') + "</action>" + END),
    in_local("unknown-attribute", YES_NO + ASK.replace('id="ask"', 'id="ask" colour="▶red"') + "</action>" + END),
    in_local("missing-attribute", YES_NO + ASK + "▶<next/></action>" + END),
    in_local("missing-attribute", '<action id="a"><data><say>?</say>▶<field name="f"/></data></action>' + END),
    in_server(
        "missing-element",
        '<action id="x" roles="agent"><select name="q">SELECT 1 AS a ▶<choose><otherwise>x</otherwise></choose></select></action>',
    ),
    in_local("missing-element", '<action id="a"><data><say>?</say>▶<matrix id="m" type="text"/></data></action>' + END),
    in_local("repeated-element", YES_NO + ASK + "▶<data><say>又</say></data></action>" + END),
    in_local("stray-text", YES_NO + ASK + "\n  ▶顺便</action>" + END),
    in_local("empty-text", YES_NO + ASK.replace("<say>", "▶<say/><say>") + "</action>" + END),
    in_local("empty-text", YES_NO + ASK.replace("<say>", "▶<say> \n </say><say>") + "</action>" + END),
    in_local("bad-value", YES_NO + ASK.replace('required="yes"', 'required="▶ja"') + "</action>" + END),
    in_local("bad-value", YES_NO + ASK.replace('type="choice"', 'type="▶chioce"') + "</action>" + END),
    in_local("bad-value", YES_NO + ASK + '</action>\n<end id="x" outcome="▶ok"/>' + END),
    in_local(
        "text-said-twice",
        YES_NO + ASK.replace('<action id="ask">', '<action id="ask" title="▶甲"><title>乙</title>') + "</action>" + END,
    ),
    whole(
        "too-many-problems",
        LOCAL + YES_NO + ASK + "</action>" + END + "<junk/>\n" * MOST_PROBLEMS + "▶<junk/><junk/></local>",
        "unknown-element",
    ),
]

FILES = [
    in_local("unknown-file", YES_NO + ASK + "</action>" + END, link_xml="▶<links/>".encode()),
    whole("unknown-pack", LOCAL.replace(">", ' uses="▶outbond">') + YES_NO + ASK + "</action>" + END + "</local>"),
    in_local(
        "unknown-block",
        YES_NO + ASK + '</action><include block="▶outbound.exit"/>' + END,
        attributes='campaign="c" language="zh"',
    ),
    Defect(
        "pack-name-differs",
        {
            "local.xml": local(YES_NO + ASK + "</action>" + END),
            "server.xml": ("▶" + server(BEGIN, "d").decode()).encode(),
            "links.xml": TAKE_CASE,
        },
    ),
    Defect(
        "include-in-block",
        {
            "local.xml": local(
                YES_NO + ASK + "</action>" + END + '<include block="p.b"/>',
                attributes='campaign="c" language="zh" uses="p"',
            ),
            "packs/p/blocks.xml": b'<blocks xmlns="urn:waihu:blocks:1" pack="p"><block id="b">\xe2\x96\xb6<include block="p.b"/></block></blocks>',
            **GOOD,
        },
    ),
    Defect(
        "missing-attribute",
        {
            "local.xml": local(YES_NO + ASK + "</action>" + END),
            "server.xml": server(BEGIN),
            "links.xml": links('<call id="begin" on="start" action="c.begin"/>\n▶<call id="x" on="end"/>'),
        },
    ),
    in_local("unclosed-pipe", YES_NO + ASK.replace("好吗", "好吗▶${ok") + "</action>" + END),
    in_local("odd-pipe", YES_NO + ASK.replace("好吗", "好吗▶{ok}") + "</action>" + END),
]

DOCUMENT_DEFECTS = [*WHOLE_FILES, *RAW_LESS_THAN, *STRUCTURE, *FILES]
