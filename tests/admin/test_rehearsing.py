"""`waihu test` and `waihu synth` as an author types them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from admin.application import run

TRANSCRIPTS = Path("campaigns") / "reminder" / "transcripts"

WRONG = """\
== Wrong number ==
at greeting
  says 请问是
  person = wrong
at wrong_number
end wrong_person 4.10
"""


@pytest.fixture
def folder(scripts: Path) -> Path:
    """The transcripts' folder of a copy of the reminder, empty."""
    folder = scripts / TRANSCRIPTS
    for file in folder.glob("*"):
        file.unlink()
    folder.mkdir(exist_ok=True)
    return folder


def test_transcripts_that_pass_are_counted_and_what_is_not_covered_is_named_by_line(
    scripts: Path, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "mine.txt").write_text(WRONG, encoding="utf-8")
    assert run(["test", "reminder", "--scripts", str(scripts)]) == 0
    told = capsys.readouterr().out
    assert "1 of 1 transcripts pass" in told
    assert "local.xml:50:5 decision: its next no. 1 taken" in told


def test_a_difference_is_told_with_place_and_line(
    scripts: Path, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "mine.txt").write_text(WRONG.replace("= wrong", "= self"), encoding="utf-8")
    assert run(["test", "reminder", "--scripts", str(scripts)]) == 1
    told = capsys.readouterr().out
    assert "mine.txt:5:1: error elsewhere" in told
    assert "     5 │ at wrong_number" in told


def test_too_few_branches_fail(scripts: Path, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "mine.txt").write_text(WRONG, encoding="utf-8")
    assert run(["test", "reminder", "--scripts", str(scripts), "--min-branches", "100"]) == 1
    assert run(["test", "reminder", "--scripts", str(scripts), "--min-branches", "1"]) == 0


def test_what_synth_writes_passes_and_covers_everything(
    scripts: Path, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["synth", "reminder", "--scripts", str(scripts), "--options"]) == 0
    first = (folder / "synth.txt").read_bytes()
    assert run(["synth", "reminder", "--scripts", str(scripts), "--options"]) == 0
    assert (folder / "synth.txt").read_bytes() == first
    capsys.readouterr()
    arguments = ["test", "reminder", "--scripts", str(scripts), "--min-branches", "100", "--format", "json"]
    assert run(arguments) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["missing"] == {"nodes": [], "branches": [], "options": []}


def test_a_script_with_errors_is_not_played(scripts: Path, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    local = folder.parent / "local.xml"
    local.write_bytes(local.read_bytes().replace(b'<next action="moved"/>', b'<next action="movd"/>'))
    for command in ("test", "synth", "play"):
        assert run([command, "reminder", "--scripts", str(scripts)]) == 1
        assert "unknown-action" in capsys.readouterr().err


def test_replies_come_from_a_file_too(scripts: Path, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "mine.txt").write_text(WRONG.replace("请问是", "请问是李雷吗"), encoding="utf-8")
    assert run(["test", "reminder", "--scripts", str(scripts)]) == 1
    (folder / "replies.json").write_text('{"outbound.next_case": {"contact": {"name": "李雷"}}}', encoding="utf-8")
    assert run(["test", "reminder", "--scripts", str(scripts)]) == 0
    (folder / "replies.json").write_text("{nonsense", encoding="utf-8")
    capsys.readouterr()
    assert run(["test", "reminder", "--scripts", str(scripts)]) == 1
    assert "transcript-replies-file" in capsys.readouterr().err


def test_in_chinese(scripts: Path, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from admin import language

    language.use("zh")
    (folder / "mine.txt").write_text(WRONG, encoding="utf-8")
    assert run(["test", "reminder", "--scripts", str(scripts)]) == 0
    assert "1 份记录，1 份通过" in capsys.readouterr().out
