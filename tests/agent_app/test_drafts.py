"""Drafts of scripts, and findings beside their lines."""

from __future__ import annotations

import io
import zipfile

import pytest

from agent_app.administering.drafts import Draft, NotScripts
from agent_app.administering.marked import MarkedLine, marked
from agent_app.administering.state import Bench
from callscript.scripts_protocol import Finding, KeptDraft, OpenReply

FILES = {"local.xml": "<local/>\n", "packs/p/server.xml": "<server/>\n", "translations/en.po": ""}
DRAFT = Draft("c", "r1", FILES, FILES)


def finding(line: int, column: int = 1) -> Finding:
    return Finding(code="x", error=True, file="local.xml", line=line, column=column, what="", mend="")


def test_what_changed_is_named_and_can_be_undone() -> None:
    changed = DRAFT.with_file("local.xml", "<local></local>\n").with_file("new.xml", "")
    assert changed.changed == ["local.xml", "new.xml"]
    assert changed.undone() == DRAFT
    assert DRAFT.changed == []


def test_a_draft_is_told_from_every_other() -> None:
    prints = {
        DRAFT.print,
        DRAFT.with_file("local.xml", "").print,
        DRAFT.with_file("a", "bc").print,
        DRAFT.with_file("ab", "c").print,
    }
    assert len(prints) == 4


def test_a_draft_comes_back_from_its_archive() -> None:
    changed = DRAFT.with_file("local.xml", "<local> 中文 </local>\n")
    assert DRAFT.with_upload("c.zip", changed.as_zip()) == changed


def test_a_packed_folder_is_read_as_what_is_in_it() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("mine/local.xml", "<local>1</local>")
        archive.writestr("mine/notes.txt", "no script")
    assert DRAFT.with_upload("mine.zip", packed.getvalue()).changed == ["local.xml"]


def test_single_files_find_their_place() -> None:
    assert DRAFT.with_upload("local.xml", b"\xef\xbb\xbf<local>\r\n</local>").files["local.xml"] == "<local>\n</local>"
    assert DRAFT.with_upload("en.po", b"# x").changed == ["translations/en.po"]


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("notes.txt", b"x"),
        ("local.xml", "说明".encode("gb18030")),
        ("broken.zip", b"PK\x03\x04 and no more"),
        ("local.xml", b" " * (4 * 1024 * 1024 + 1)),
    ],
)
def test_what_is_no_script_is_refused_by_name(name: str, body: bytes) -> None:
    with pytest.raises(NotScripts, match=name):
        DRAFT.with_upload(name, body)


def test_an_archive_cannot_point_out_of_itself() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("local.xml", "")
        archive.writestr("../../evil.xml", "")
    with pytest.raises(NotScripts, match="evil"):
        DRAFT.with_upload("c.zip", packed.getvalue())


def test_findings_stand_beside_their_lines() -> None:
    source = "\n".join(f"line {number}" for number in range(1, 21))
    found = finding(10)
    shown = marked(source, [found, finding(11)])
    assert [line.number for line in shown] == [0, 8, 9, 10, 11, 12, 13, 0]
    assert shown[3] == MarkedLine(10, "line 10", (found,))


def test_a_finding_outside_of_the_file_is_not_lost() -> None:
    assert [line.findings for line in marked("one\ntwo", [finding(0), finding(99)])] == [
        (finding(0),),
        (finding(99),),
    ]
    assert marked("", [finding(3)])[0].findings == (finding(3),)


def reply(release: str, files: dict[str, str], draft: KeptDraft | None = None) -> OpenReply:
    return OpenReply(campaign="c", release=release, files=files, history=[], draft=draft)


def test_a_kept_draft_is_taken_up_again_and_need_not_be_kept() -> None:
    bench = Bench({})
    kept = KeptDraft(base="r1", files={"local.xml": "<mine/>"}, kept_at="2026-11-23T08:00:00Z")
    bench.begin_from(reply("r1", FILES, kept))
    assert bench.draft("c") == Draft("c", "r1", FILES, {**FILES, "local.xml": "<mine/>"})
    assert bench.kept_at(bench.draft("c")) == kept.kept_at


def test_a_draft_of_an_older_release_keeps_its_base() -> None:
    """What others published since is not undone unseen: publishing compares the base with what is in force."""
    bench = Bench({})
    kept = KeptDraft(base="r1", files={"local.xml": "<mine/>"}, kept_at="2026-11-23T08:00:00Z")
    now = reply("r2", {**FILES, "local.xml": "<theirs/>"}, kept)
    bench.begin_from(now, base=reply("r1", FILES, kept))
    assert (bench.draft("c").base, bench.draft("c").changed) == ("r1", ["local.xml"])
    bench.begin_from(now, keep=False)
    assert bench.draft("c") == Draft("c", "r2", now.files, now.files)
    assert bench.kept_at(bench.draft("c")) is None  # the keeper has to be told


def test_every_change_has_to_be_kept_and_so_has_its_end() -> None:
    bench = Bench({})
    bench.begin_from(reply("r1", FILES))
    assert bench.kept_at(bench.draft("c")) == ""
    changed = bench.draft("c").with_file("local.xml", "<mine/>")
    bench.put(changed, typed=True)
    assert bench.kept_at(changed) is None
    bench.mark_kept(changed, "now")
    assert bench.kept_at(changed) == "now"
    assert bench.kept_at(changed.with_file("local.xml", "<more/>")) is None
    assert bench.kept_at(changed.undone()) is None
    published = Draft("c", "r2", changed.files, changed.files)
    assert bench.kept_at(published) is None
