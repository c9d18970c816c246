"""A campaign out of its files: packs, blocks, overrides, interfaces, translations."""

from __future__ import annotations

import pytest

from callscript.checker import check_files
from callscript.parser import interface_of, load_campaign, read_server
from callscript.problems import ScriptError
from callscript.release import complete
from tests.callscript.scripts import campaigns, codes, links, local, places, server, shipped

PACK_LINKS = links('<call id="a" on="start" action="p.x"/><call id="b" on="end" action="p.x"/>')
PACK_SERVER = server('<action id="x" roles="agent"><select name="s">SELECT secret FROM t</select><data/></action>', "p")
BLOCK = """<blocks xmlns="urn:waihu:blocks:1" pack="p" language="zh"><block id="b">
<options id="o"><option value="1">一</option></options><exit id="e" key="x" action="gone">走</exit>
<end id="gone" outcome="2.11"><say>再见</say></end></block></blocks>""".encode()
PO = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n\n'


def campaign(
    body: str = '<action id="a"/>', more: dict[str, bytes] | None = None, language: str = "zh"
) -> dict[str, bytes]:
    attributes = f'campaign="c" language="{language}" uses="p"'
    files = {"packs/p/links.xml": PACK_LINKS, "packs/p/server.xml": PACK_SERVER, "packs/p/blocks.xml": BLOCK}
    return {"local.xml": local(body, attributes=attributes), **files, **(more or {})}


@pytest.mark.parametrize("name", campaigns())
def test_a_shipped_campaign_is_sound_with_its_sql_and_without(name: str) -> None:
    files = shipped(name)
    assert [str(problem) for problem in check_files(files).problems] == []
    agents = {path: data for path, data in complete(files).items() if not path.endswith("server.xml")}
    loaded = load_campaign(agents)
    assert codes(loaded.problems) == []
    assert all(server.interface for server in loaded.usable.servers.values())


def test_a_packs_links_are_the_default() -> None:
    assert [link.id for link in load_campaign(campaign()).usable.links] == ["a", "b"]


def test_a_campaign_replaces_a_link_by_its_id_and_switches_another_off() -> None:
    own = links('<call id="a" on="start" action="p.x" mode="background"/><call id="b" off="yes"/>')
    found = load_campaign(campaign(more={"links.xml": own})).usable.links
    assert [(link.id, link.mode, link.span.file) for link in found] == [("a", "background", "links.xml")]


def test_a_block_brings_nodes_lists_and_exits_in_its_place() -> None:
    found = load_campaign(campaign('<include block="p.b"/><action id="a"/>')).usable.local
    assert [node.id for node in found.nodes] == ["gone", "a"]
    assert (list(found.options), [each.id for each in found.exits]) == (["o"], ["e"])
    assert found.nodes[0].span.file == "packs/p/blocks.xml"


def test_a_block_speaks_the_campaigns_language_where_the_pack_is_translated() -> None:
    po = PO + 'msgctxt "exits/e"\nmsgid "走"\nmsgstr "Leave"\n\nmsgctxt "gone/say/1"\nmsgid "再见"\nmsgstr "Bye"\n'
    body = '<include block="p.b"/>'
    files = campaign(body, {"packs/p/translations/en.po": po.encode(), "translations/zh.po": PO.encode()}, "en")
    found = load_campaign(files).usable
    assert found.local.exits[0].label.source == "Leave"
    assert found.translations["zh"].texts["exits/e"].source == "走"


def test_a_translation_is_shown_only_while_its_base_text_stands() -> None:
    body = '<action id="a"><data><say>您好</say><note>新</note></data></action>'
    po = PO + 'msgctxt "a/say/1"\nmsgid "您好"\nmsgstr "Hello"\n\nmsgctxt "a/note/1"\nmsgid "旧"\nmsgstr "Old"\n'
    found = load_campaign(campaign(body, {"translations/en.po": po.encode()})).usable.translations["en"]
    assert list(found.texts) == ["a/say/1"]
    assert found.sources == {"a/say/1": "您好", "a/note/1": "旧"}


def test_a_campaign_with_an_error_is_a_draft_only() -> None:
    loaded = load_campaign(campaign("<acton id='a'/>"))
    assert loaded.campaign is None
    assert loaded.draft is not None
    assert [node.id for node in loaded.draft.local.nodes] == ["a"]
    with pytest.raises(ScriptError) as caught:
        _ = loaded.usable
    assert places(caught.value.problems) == [("unknown-element", 2, 1)]


def test_an_interface_has_no_sql_and_the_same_shape() -> None:
    text = interface_of(shipped("csat")["packs/outbound/server.xml"])
    assert b"SELECT" not in text.upper()
    assert b"CONSTRAINT" not in text.upper()
    whole = read_server(shipped("csat")["packs/outbound/server.xml"], "s").usable
    part = read_server(text, "s").usable
    assert {name: [p.name for p in a.parameters] for name, a in whole.actions.items()} == {
        name: [p.name for p in a.parameters] for name, a in part.actions.items()
    }
    assert [len(a.data) for a in whole.actions.values()] == [len(a.data) for a in part.actions.values()]
    assert part.interface
