"""Slips in a document as such: what an editor, a merge or an attacker leaves in a file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from callscript.parser.document import MAX_ATTRIBUTES, MAX_BYTES, MAX_DEPTH, MAX_ELEMENTS, MAX_LINES, MAX_VALUE
from callscript.parser.size import MOST, parts_of
from callscript.parser.structure import MOST_PROBLEMS
from tests.callscript.checker.slips import BLOCKS, CAMPAIGNS, SERVER, Slip, at_the_start, in_an_action, linked
from tests.callscript.scripts import shipped

_MANY = " ".join(f'a{number}="x"' for number in range(MAX_ATTRIBUTES + 1))
_WHOLE = r"<local (.*)</local>"

AS_DOCUMENTS = [
    Slip("not-utf8", r'\A<\?xml version="1.0" encoding="UTF-8"', r'▶<?xml version="1.0" encoding="GBK"'),
    Slip("not-xml-1", r'\A<\?xml version="1.0"', r'▶<?xml version="1.1"'),
    Slip("doctype-refused", r"<local ", '▶<!DOCTYPE local SYSTEM "local.dtd">\n<local '),
    at_the_start("unknown-entity", '<action id="ex"><data><say>甲▶&hellip;</say></data></action>'),
    at_the_start(
        "xinclude-refused", '▶<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd"/>'
    ),
    at_the_start("too-deep", '<repeat id="r" count="1">' * (MAX_DEPTH - 1) + '▶<repeat id="r" count="1">'),
    at_the_start("too-many-attributes", f"▶<action {_MANY}/>"),
    at_the_start("value-too-long", f'▶<action id="ex" title="{"x" * (MAX_VALUE + 1)}"/>'),
    at_the_start("too-many-problems", "<junk/>" * MOST_PROBLEMS + "▶<junk/><junk/>", "unknown-element"),
    at_the_start("not-well-formed", '<action id="ex" title▶/>'),
    Slip("unclosed-element", _WHOLE, r"▶<local \1"),
    Slip("duplicate-attribute", r'<action id="(\w+)"', r'<action id="\1" ▶id="\1"'),
    Slip("wrong-root", _WHOLE, r"▶<routing \1</routing>"),
    Slip("wrong-namespace", r'<local xmlns="urn:waihu:local:1"', '▶<local xmlns="urn:waihu:local:2"'),
    in_an_action("missing-element", '▶<matrix id="ex_m" type="text"/>'),
    in_an_action("repeated-element", '<field name="ex_f" type="text"><label>甲</label>▶<label>乙</label></field>'),
    in_an_action("text-said-twice", '<field name="ex_f" type="text" label="▶甲"><label>乙</label></field>'),
    in_an_action("stray-text", '<field name="ex_f" type="text">▶甲</field>'),
    Slip("unknown-pack", r'uses="outbound', 'uses="▶outbond', also=("nothing-at-start",)),
    Slip("unknown-block", r'<include block="outbound.exits"/>', '<include block="▶outbound.exist"/>'),
    Slip("pack-name-differs", r'<server (xmlns="[^"]*") pack="outbound"', r'▶<server \1 pack="outbond"', SERVER),
    Slip("unknown-file", r"\Z", "▶<links/>", "link.xml"),
    Slip("include-in-block", r'<block id="exits">', '<block id="exits">▶<include block="outbound.exits"/>', BLOCKS),
    linked("unknown-link", '▶<call id="next_cases" off="yes"/>'),
]


@dataclass(frozen=True)
class Bulky:
    """A file that is not there, or is too much; the place is counted."""

    code: str
    campaign: str
    files: dict[str, bytes]
    expected: list[tuple[str, str, int, int]]


def bulky() -> Iterator[Bulky]:
    for campaign in CAMPAIGNS:
        files = shipped(campaign)
        text = files["local.xml"].decode()
        without = {name: data for name, data in files.items() if name != "local.xml"}
        for code, changed, line, column in _changed(text):
            expected = [(code, "local.xml", line, column)]
            others = {} if code == "too-many-elements" else files  # with packs the campaign would be too large
            yield Bulky(code, campaign, {**others, "local.xml": changed.encode()}, expected)
        yield Bulky("missing-file", campaign, without, [("missing-file", "local.xml", 1, 1)])
        yield _too_large(campaign, files)
        yield _undecided(campaign, files)


def _too_large(campaign: str, files: dict[str, bytes]) -> Bulky:
    """The line that passes the limit is counted from the end: it is the one with which the rest would fit."""
    room = MOST - sum(parts_of(name, data) for name, data in files.items() if name.endswith(".xml"))
    head, tail = files["local.xml"].decode().split("</local>")
    added = "<!-- ${a} -->\n" * (room // 4 + 1)
    line = head.count("\n") + 1 + room // 4
    changed = {**files, "local.xml": f"{head}\n{added}</local>{tail}".encode()}
    return Bulky("campaign-too-large", campaign, changed, [("campaign-too-large", "local.xml", line + 1, 1)])


def _undecided(campaign: str, files: dict[str, bytes]) -> Bulky:
    """150 questions with jumps back and forth over all of them, before the campaign's own."""
    text = files["local.xml"].decode()
    ask = '<field name="ex{0}" type="boolean"/></data>{1}</action>'
    jump = '<next action="ex{0}" when="${{ex{1}}}"/>'
    tangle = "".join(
        f'<action id="ex{n}"><data><note>?</note>' + ask.format(n, jump.format(n * 37 % 150, n * 11 % 150) * (n > 75))
        for n in range(150)
    )
    at = re.search(r"\n  <action ", text)
    assert at is not None
    changed = text[: at.start()] + tangle + text[at.start() :]
    line, column = _place_of(text, "<local ")
    return Bulky("flow-undecided", campaign, {**files, "local.xml": changed.encode()},
                 [("flow-undecided", "local.xml", line, column)])  # fmt: skip


def _place_of(text: str, what: str) -> tuple[int, int]:
    at = text.index(what)
    return text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)


def _changed(text: str) -> Iterator[tuple[str, str, int, int]]:
    head, tail = text.split("</local>")
    yield "file-too-big", text + " " * MAX_BYTES, 1, 1
    yield "too-many-lines", head + "\n" * MAX_LINES + "</local>" + tail, MAX_LINES + 1, 1
    elements = len(re.findall(r"<\w", re.sub(r"<!--.*?-->", "", head, flags=re.DOTALL)))
    option = '<option value="a">x</option>\n'
    more = '<options id="ex">\n' + option * MAX_ELEMENTS + "</options></local>"
    yield "too-many-elements", head + more, head.count("\n") + 2 + MAX_ELEMENTS - elements - 1, 1
