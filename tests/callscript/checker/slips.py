"""Putting slips into real scripts: where, what, and what must be found there.

A slip is a pattern in a file and what an author might write there instead; `▶` stands where it must be reported.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from tests.callscript.checker.defects import MARK, Defect
from tests.callscript.scripts import links, shipped

CAMPAIGNS = ("csat", "reminder")
MOST_OF_A_SLIP = 2
BLOCKS, LINKS, SERVER = "packs/outbound/blocks.xml", "packs/outbound/links.xml", "packs/outbound/server.xml"
OWN_LINKS, ENGLISH = "links.xml", "translations/en.po"

UNTRANSLATED = ("missing-translation",)
"""What follows of necessity when an author adds a text."""


@dataclass(frozen=True)
class Slip:
    code: str
    pattern: str
    written: str
    file: str = "local.xml"
    also: tuple[str, ...] = ()
    """What follows from it of necessity: a changed text makes its translation stale."""
    more: tuple[tuple[str, str, str], ...] = ()
    """Further changes without a problem of their own: file, pattern, what is written."""

    def __str__(self) -> str:
        return f"{self.code} {self.file}"


@cache
def _as_shipped(campaign: str) -> dict[str, bytes]:
    return shipped(campaign)


def placed(slip: Slip) -> Iterator[tuple[str, Defect]]:
    """The slip in each shipped campaign, at most twice in each."""
    for campaign in CAMPAIGNS:
        files = {**_as_shipped(campaign)}
        for file in (slip.file, *(file for file, _, _ in slip.more)):
            files.setdefault(file, links("") if file == OWN_LINKS else b"")
        for file, pattern, written in slip.more:
            files[file] = re.sub(pattern, written, files[file].decode(), count=1, flags=re.DOTALL).encode()
        text = files[slip.file].decode()
        found = list(re.finditer(slip.pattern, text, re.DOTALL))
        for match in found[:: max(1, len(found) // MOST_OF_A_SLIP)][:MOST_OF_A_SLIP]:
            written = match.expand(slip.written)
            changed = text[: match.start()] + written + text[match.end() :]
            if any(MARK in each for each in (changed, *(files[file].decode() for file, _, _ in slip.more))):
                defect = Defect(slip.code, {**files, slip.file: changed.encode()}, slip.also)
                yield f"{campaign}-{match.start()}", defect


# --- whole passages that an author adds ------------------------------------------------------------------------------
FIRST = r'\A(?P<head>(?:(?!\n  <action ).)*)\n  <action id="(?P<first>\w+)"'
"""Up to the first action of a campaign."""


def at_the_start(code: str, passage: str, *also: str, more: tuple[tuple[str, str, str], ...] = ()) -> Slip:
    """A passage before the first action; `FIRST` in it stands for that action's id."""
    body = passage.replace("\\", "\\\\").replace("FIRST", r"\g<first>")
    written = rf'\g<head>\n  {body}\n  <action id="\g<first>"'
    return Slip(code, FIRST, written, also=(*UNTRANSLATED, *also), more=more)


def in_an_action(code: str, items: str, *also: str) -> Slip:
    """An action more, with these things in its <data>."""
    return at_the_start(code, f'<action id="ex"><data><say>补充</say>\n    {items}</data></action>', *also)


ASKED = """<options id="ex_ab"><option value="a">甲</option><option value="b">乙</option></options>
  <options id="ex_xy"><option value="x">丙</option><option value="y">丁</option></options>
  <action id="ex_asked"><data><say>几个补充问题</say>
    <field name="ex_n" type="integer" min="0" max="10"/><field name="ex_t" type="text"/><field name="ex_d" type="date"/>
    <field name="ex_q" type="choice" options="ex_ab" special="dk"/><field name="ex_x" type="choice" options="ex_xy"/>
    <field name="ex_m" type="choices" options="ex_ab"/><field name="ex_b" type="boolean"/></data></action>
  <repeat id="ex_each" count="2"><action id="ex_round"><data><say>每一轮</say>
    <field name="ex_s" type="integer"/></data></action></repeat>
  """


def in_a_condition(code: str, when: str, *also: str) -> list[Slip]:
    """The expression as the condition of a sentence and of an action, after questions of every type."""
    say = f'<action id="ex"><data><say>补充</say><say when="{when}">再补充</say></data></action>'
    whole = f'<action id="ex"><condition><when>{when}</when></condition><data><say>补充</say></data></action>'
    return [at_the_start(code, ASKED + say, *also), at_the_start(code, ASKED + whole, *also)]


def in_a_text(code: str, text: str, *also: str) -> Slip:
    return at_the_start(code, f'{ASKED}<action id="ex"><data><say>{text}</say></data></action>', *also)


def at_the_server(code: str, actions: str, *also: str) -> Slip:
    """Server actions more, at the end of the pack's."""
    return Slip(code, r"</server>", actions.replace("\\", "\\\\") + "\n</server>", SERVER, also)


def linked(code: str, calls: str, *also: str, more: tuple[tuple[str, str, str], ...] = ()) -> Slip:
    """Calls more, in a links.xml of the campaign's own."""
    return Slip(code, r"</links>", calls + "\n</links>", OWN_LINKS, also, more)
