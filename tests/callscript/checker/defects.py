"""One small campaign for each kind of problem. `▶` stands in a script where the problem must be reported."""

# ruff: noqa: E501 - a script on one line shows at a glance what is wrong in it

from __future__ import annotations

from dataclasses import dataclass

from callscript.checker.checking import MOST_NODES
from tests.callscript.scripts import links, local, server

MARK = "▶"

END = '\n<end id="done" outcome="1.1"/>'
YES_NO = '<options id="yn"><option value="yes">是</option><option value="no">否</option></options>\n'
ASK = '<action id="ask"><data><say>好吗？</say><field name="ok" type="choice" options="yn" required="yes"/></data>'
NUMBER = (
    '<action id="ask"><data><say>几个？</say><field name="n" type="integer" min="0" max="10" required="yes"/></data>'
)
TAKE_CASE = links('<call id="begin" on="start" action="c.begin"/>')
BEGIN = '<action id="begin" roles="agent"><select name="s" rows="0..n">SELECT 1 AS one</select><data/></action>'


@dataclass(frozen=True)
class Defect:
    code: str
    files: dict[str, bytes]
    also: tuple[str, ...] = ()
    """Other problems that truly are there, too."""

    def unmarked(self) -> tuple[dict[str, bytes], list[tuple[str, str, int, int]]]:
        """The files without marks, and the expected problems: code, file, line, column."""
        clean, expected = {}, []
        for file, data in self.files.items():
            text = data.decode()
            while (at := text.find(MARK)) >= 0:
                line = text.count("\n", 0, at) + 1
                expected.append((self.code, file, line, at - text.rfind("\n", 0, at)))
                text = text[:at] + text[at + 1 :]
            clean[file] = text.encode()
        return clean, expected


def in_local(code: str, body: str, *also: str, attributes: str = 'campaign="c" language="zh"', **more: bytes) -> Defect:
    """A campaign whose local.xml has `body`; it has a server and a start link, so that nothing else is wrong."""
    files = {"local.xml": local(body, attributes=attributes), "server.xml": server(BEGIN), "links.xml": TAKE_CASE}
    return Defect(
        code, {**files, **{name.replace("__", "/").replace("_", "."): data for name, data in more.items()}}, also
    )


def in_server(code: str, body: str, *also: str) -> Defect:
    """A campaign whose server.xml has `body` after an action that a link calls at start."""
    good = local(YES_NO + ASK + "</action>" + END)
    return Defect(code, {"local.xml": good, "server.xml": server(BEGIN + "\n" + body), "links.xml": TAKE_CASE}, also)


def in_links(code: str, body: str, *also: str, actions: str = "", extra: str = "") -> Defect:
    """A campaign whose links.xml has `body` after the start link; `extra` goes into local.xml."""
    files = {
        "local.xml": local(YES_NO + ASK + extra + "</action>" + END),
        "server.xml": server(BEGIN + actions),
        "links.xml": links('<call id="begin" on="start" action="c.begin"/>\n' + body),
    }
    return Defect(code, files, also)


SAVE = (
    '\n<action id="save" roles="agent"><param name="v" type="integer" required="yes"/>'
    '<select name="s" rows="1">SELECT :v AS two</select>'
    '<data><record name="r" from="s"><value name="two" type="integer"/></record></data></action>'
)

NAMES = [
    in_local("unknown-action", YES_NO + ASK + '▶<next action="dome"/></action>' + END),
    in_local("unknown-action", ASK + '</action>\n▶<exit id="x" key="x" action="gone">走</exit>' + YES_NO + END),
    in_local(
        "unknown-options",
        '<action id="a"><data><say>?</say>▶<field name="f" type="choice" options="ny"/></data></action>' + END,
    ),
    in_local("duplicate-id", YES_NO + ASK + '</action>\n▶<action id="ask"><data><say>又</say></data></action>' + END),
    in_local(
        "duplicate-id",
        YES_NO
        + ASK
        + '</action>\n<action id="b"><data><say>又</say>▶<field name="ok" type="text"/></data></action>'
        + END,
    ),
    in_local(
        "duplicate-id",
        '<options id="yn"><option value="a">甲</option>▶<option value="a">乙</option></options>\n'
        + ASK
        + "</action>"
        + END,
    ),
    in_local(
        "duplicate-id", YES_NO + '▶<options id="yn"><option value="a">甲</option></options>\n' + ASK + "</action>" + END
    ),
    in_local(
        "duplicate-id",
        YES_NO
        + ASK
        + '</action><exit id="x" key="x" action="done">走</exit>▶<exit id="x" key="y" action="done">走</exit>'
        + END,
    ),
    in_local(
        "name-taken",
        YES_NO
        + ASK
        + '</action>\n<action id="b">\n<data><say>又</say>▶<compute name="ok" type="integer" value="1"/></data></action>'
        + END,
    ),
    in_local(
        "reserved-name", '<action id="a"><data><say>?</say>▶<field name="interview" type="text"/></data></action>' + END
    ),
    in_local("reserved-name", '▶<action id="server"><data><say>?</say></data></action>' + END),
    in_local(
        "key-taken",
        YES_NO
        + ASK
        + '</action><exit id="x" key="x" action="done">走</exit>▶<exit id="y" key="X" action="done">走</exit>'
        + END,
    ),
    in_local("key-reserved", YES_NO + ASK + '</action>▶<exit id="x" key="1" action="done">走</exit>' + END),
    in_local("key-reserved", YES_NO + ASK + '</action>▶<exit id="x" key="c" action="done">走</exit>' + END),
    in_local(
        "unused-options",
        YES_NO + '▶<options id="lonely"><option value="a">甲</option></options>\n' + ASK + "</action>" + END,
    ),
]

FIELDS = [
    in_local(
        "options-missing", '<action id="a"><data><say>?</say>▶<field name="f" type="choice"/></data></action>' + END
    ),
    in_local(
        "options-unfit",
        YES_NO + '<action id="a"><data><say>?</say>▶<field name="f" type="text" options="yn"/></data></action>' + END,
    ),
    in_local("empty-options", '▶<options id="yn"/>\n' + ASK + "</action>" + END),
    in_local(
        "delivered-and-written",
        '▶<options id="yn" from="slots" value="id" label="text"><option value="a">甲</option></options>\n'
        + ASK
        + "</action>"
        + END,
    ),
    in_local(
        "exclusive-unfit",
        '<options id="yn"><option value="a">甲</option>▶<option value="b" exclusive="yes">乙</option></options>'
        + ASK
        + "</action>"
        + END,
    ),
    in_local(
        "limit-unfit", '<action id="a"><data><say>?</say>▶<field name="f" type="text" min="3"/></data></action>' + END
    ),
    in_local(
        "limit-unfit",
        '<action id="a"><data><say>?</say>▶<field name="f" type="integer" length="3"/></data></action>' + END,
    ),
    in_local(
        "limit-unfit",
        '<action id="a"><data><say>?</say>▶<field name="f" type="date" pattern="x"/></data></action>' + END,
    ),
    in_local(
        "empty-range",
        '<action id="a"><data><say>?</say>▶<field name="f" type="integer" min="3" max="-3"/></data></action>' + END,
    ),
    in_local(
        "empty-range",
        '<action id="a"><data><say>?</say>▶<field name="f" type="text" length="9..3"/></data></action>' + END,
    ),
    in_local(
        "empty-range",
        YES_NO
        + '<action id="a"><data><say>?</say>▶<field name="f" type="choices" options="yn" length="3"/></data></action>'
        + END,
    ),
    in_local(
        "bad-pattern",
        '<action id="a"><data><say>?</say>▶<field name="f" type="text" pattern="(a"/></data></action>' + END,
    ),
    in_local(
        "pattern-message-alone",
        '<action id="a"><data><say>?</say><field name="f" type="text" pattern-message="▶请改"/></data></action>' + END,
    ),
    in_local(
        "other-elsewhere",
        '<options id="yn">▶<option value="a" other="which">甲</option></options>\n' + ASK + "</action>" + END,
    ),
    in_local("field-without-words", '<action id="a"><data>▶<field name="f" type="text"/></data></action>' + END),
    in_local("repeat-unclear", '▶<repeat id="r"><action id="a"><data><say>?</say></data></action></repeat>' + END),
    in_local(
        "repeat-unclear",
        '<action id="z"><data><say>?</say><field name="f" type="integer" required="yes"/></data></action>\n▶<repeat id="r" count="${f}" over="f"><action id="a"><data><say>?</say></data></action></repeat>'
        + END,
    ),
    in_local(
        "unknown-field", '▶<repeat id="r" over="gone"><action id="a"><data><say>?</say></data></action></repeat>' + END
    ),
    in_local(
        "repeat-over-unfit",
        YES_NO
        + ASK
        + '</action>\n▶<repeat id="r" over="ok"><action id="a"><data><say>?</say></data></action></repeat>'
        + END,
    ),
    in_local("empty-node", YES_NO + ASK + '</action>\n▶<action id="nothing"/>' + END),
]

WRITTEN_OTHERWISE = [
    in_local("unknown-name", NUMBER + '<next action="done" when="${n} &lt; 3 and ▶${x} = 1"/></action>' + END),
    in_local("unknown-name", NUMBER + '<next action="done" when="${n} &lt; 3\n and ▶${x} = 1"/></action>' + END),
    in_local("unknown-name", NUMBER + '<next action="done" when="${n} > 3\nand ▶${x} = 1"/></action>' + END),
    in_local("bare-word", NUMBER + '<next action="done" when="${n} &lt;= 3 and ▶x = 1"/></action>' + END),
    in_local("unknown-name", NUMBER.replace("几个？", "R&amp;D 几个？▶${x}") + "</action>" + END),
    in_local("unknown-name", NUMBER.replace("几个？", "<![CDATA[A < B]]>\n  ▶${x}") + "</action>" + END),
    in_local(
        "unknown-name",
        NUMBER
        + '</action><action id="b"><condition><when>${n} &lt; 3 and ▶${x} = 1</when></condition><data><say>?</say></data></action>'
        + END,
    ),
    in_local("unclosed-pipe", NUMBER.replace("几个？", "R&amp;D 几个？▶${x") + "</action>" + END),
]

VALUES = [
    in_local(
        "read-before-set",
        '<action id="a"><data><say>您说${▶ok}</say></data></action>\n'.replace("${▶", "▶${")
        + YES_NO
        + ASK
        + "</action>"
        + END,
    ),
    in_local(
        "read-before-set",
        "<action id=\"a\"><condition><when>▶${ok} = 'yes'</when></condition><data><say>?</say></data></action>\n"
        + YES_NO
        + ASK
        + "</action>"
        + END,
    ),
    in_local(
        "never-asked",
        '<action id="a"><data><say>?</say><field name="x" type="integer" when="▶${x} > 0"/></data></action>' + END,
    ),
    in_local(
        "compute-circle",
        '<action id="a"><data><say>?</say><compute name="x" type="integer" value="▶${y} + 1"/><compute name="y" type="integer" value="${x} + 1"/></data></action>'
        + END,
    ),
    in_local("unknown-name", '<action id="a"><data><say>您好▶${nobody}</say></data></action>' + END),
    in_local(
        "not-a-condition",
        NUMBER
        + '<next action="done" when="${n} ▶+ 1"/></action>\n<action id="b"><data><say>?</say></data></action>'
        + END,
    ),
]

FLOW = [
    in_local(
        "too-many-actions",
        YES_NO
        + ASK
        + "</action>\n"
        + '<action id="a"><data><say>x</say></data></action>' * (MOST_NODES - 2)
        + END
        + '▶<end id="z" outcome="1.1"/>',
    ),
    in_local("unknown-outcome", YES_NO + ASK + '</action>\n▶<end id="done" outcome="2.1"/>'),
    Defect(
        "no-actions",
        {
            "local.xml": b'\xe2\x96\xb6<local xmlns="urn:waihu:local:1" campaign="c" language="zh"/>',
            "server.xml": server(BEGIN),
            "links.xml": TAKE_CASE,
        },
    ),
    in_local("runs-off-the-end", YES_NO + "▶" + ASK + "</action>"),
    in_local(
        "unreachable-action",
        YES_NO
        + ASK
        + '<next action="done"/></action>\n▶<action id="b"><data><say>?</say></data></action>\n<action id="b2"><data><say>?</say></data></action>'
        + END,
    ),
    in_local(
        "unreachable-action",
        YES_NO
        + ASK
        + '<next action="done" when="${ok} = \'yes\'"/><next action="done" when="${ok} = \'no\'"/></action>\n▶<action id="b"><data><say>?</say></data></action>'
        + END,
    ),
    in_local(
        "endless-loop",
        YES_NO + "▶" + ASK + '</action>\n<action id="b"><data><say>?</say></data><next action="ask"/></action>\n' + END,
        "unreachable-action",
    ),
    in_local(
        "loop-never-changes",
        NUMBER
        + '</action>\n<action id="b"><data><say>?</say></data>▶<next action="b" when="${n} > 3"/></action>'
        + END,
    ),
    in_local(
        "shadowed-next",
        YES_NO + ASK + '<next action="done"/>▶<next action="ask" when="${ok} = \'yes\'"/></action>' + END,
    ),
    in_local(
        "shadowed-next",
        NUMBER
        + '<next action="b" when="${n} > 3"/>▶<next action="done" when="${n} > 5"/></action>\n<action id="b"><data><say>?</say></data></action>'
        + END,
    ),
    in_local(
        "next-into-repeat",
        YES_NO
        + ASK
        + '▶<next action="in" when="${ok} = \'no\'"/></action>\n<repeat id="r" count="2"><action id="in"><data><say>?</say></data></action></repeat>'
        + END,
    ),
    in_local(
        "never-holds",
        NUMBER
        + '<next action="done" when="▶${n} > 3 and ${n} le 2"/></action>\n<action id="b"><data><say>?</say></data></action>'
        + END,
    ),
    in_local(
        "never-holds",
        NUMBER
        + '<next action="done" when="▶${n} > 10"/></action>\n<action id="b"><data><say>?</say></data></action>'
        + END,
    ),
    in_local(
        "never-holds",
        YES_NO
        + ASK
        + '<next action="b" when="${ok} = \'no\'"/></action>\n<action id="m"><data><say>?</say></data><next action="done"/></action>\n'
        "<action id=\"b\"><condition><when>▶${ok} = 'yes'</when></condition><data><say>?</say></data></action>" + END,
    ),
    in_local(
        "always-holds",
        NUMBER
        + '</action>\n<action id="b"><condition><when>▶${n} >= 0</when></condition><data><say>?</say></data></action>'
        + END,
    ),
    in_local(
        "check-never-passes",
        NUMBER.replace("<data>", '<condition><check test="▶${n} > 10">大于十</check></condition><data>')
        + "</action>"
        + END,
    ),
]

LOCAL_DEFECTS = [*WRITTEN_OTHERWISE, *NAMES, *FIELDS, *VALUES, *FLOW]
