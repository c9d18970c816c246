"""`waihu play`: typed line by line, and once in a terminal of its own."""

from __future__ import annotations

import io
import os
import pty
import select
import subprocess
import sys
import time
from pathlib import Path

import pytest

from admin.application import run
from callscript.transcripts import Transcript, read_transcripts

ROOT = Path(__file__).parents[2]


def play(monkeypatch: pytest.MonkeyPatch, scripts: Path, typed: str, *arguments: str) -> int:
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    save = ["--save", str(scripts / "played.txt")]
    return run(["play", "reminder", "--scripts", str(scripts), *save, *arguments])


def saved(scripts: Path) -> tuple[Transcript, ...]:
    read = read_transcripts((scripts / "played.txt").read_text(encoding="utf-8"), "played.txt")
    assert read.problems == ()
    return read.transcripts


def replayed(scripts: Path, campaign: str = "reminder") -> int:
    folder = scripts / "campaigns" / campaign / "transcripts"
    folder.mkdir(exist_ok=True)
    for file in folder.glob("*"):
        file.unlink()
    (scripts / "played.txt").rename(folder / "played.txt")
    return run(["test", campaign, "--scripts", str(scripts)])


def test_a_walk_with_back_jump_exit_language_and_checks_is_saved_and_passes_again(
    scripts: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    typed = ["?", "1", ":b", "", "2", "2019-01-01", "1", "2027-01-10", "n", "2027-01-10", "y", "Moved far"]
    assert play(monkeypatch, scripts, "\n".join(typed) + "\n") == 0
    out = capsys.readouterr().out
    assert ":quit (:q)" in out
    assert [each.title for each in saved(scripts)] == ["Moved far"]
    words = [line.word.value for block in saved(scripts)[0].blocks for line in block.lines]
    assert [word for word in words if word != "="] == ["back", "complains", "complains", "complains", "confirm"]
    assert replayed(scripts) == 0


def test_an_exit_and_another_language(
    scripts: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    typed = [":x", ":l fr", ":l en", ":j", ":x x", "4", "1", "1", "Refused"]
    assert play(monkeypatch, scripts, "\n".join(typed) + "\n") == 0
    out = capsys.readouterr().out
    assert ":exit x" in out
    assert "Languages: zh en" in out
    assert "Kangchi" in out
    assert "■ End refused, outcome 2.11" in out
    assert replayed(scripts) == 0


def test_a_reply_can_be_given_or_fail(
    scripts: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert play(monkeypatch, scripts, ":q\n", "--reply", "outbound.next_case contact.name = 王芳") == 0
    assert "王芳" in capsys.readouterr().out
    assert play(monkeypatch, scripts, "retry\n:q\n", "--reply", "outbound.next_case fails no_case_due") == 0
    assert capsys.readouterr().out.count("no_case_due") == 2
    assert play(monkeypatch, scripts, "", "--reply", "outbound.nobody x = 1") == 2
    assert "transcript-reply" in capsys.readouterr().err
    assert play(monkeypatch, scripts, "", "--speak", "fr") == 2


def test_brackets_in_texts_are_no_markup(
    scripts: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    local = scripts / "campaigns" / "reminder" / "local.xml"
    text = local.read_text(encoding="utf-8").replace("<title>开场</title>", "<title>开场[/x]</title>")
    local.write_text(text.replace(">本人</option>", ">[red]本人</option>"), encoding="utf-8")
    assert play(monkeypatch, scripts, ":q\n") == 0
    out = capsys.readouterr().out
    assert ("开场[/x]" in out, "[red]本人" in out) == (True, True)


def test_the_end_of_the_input_ends_the_play(scripts: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert play(monkeypatch, scripts, "") == 0
    assert play(monkeypatch, scripts, "1\n2\nxx\n") == 0
    assert not (scripts / "played.txt").exists()


def test_in_a_terminal(scripts: Path) -> None:
    leader, follower = pty.openpty()
    command = [sys.executable, "-m", "admin", "play", "reminder", "--scripts", str(scripts), "--speak", "en"]
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "100", "LANG": "C.UTF-8"}
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdin=follower, stdout=follower, stderr=follower, close_fds=True
    )
    os.close(follower)
    try:
        told = _until(leader, "person>")
        assert "Kangchi" in told
        os.write(leader, b"3\n")
        _until(leader, "go on")
        os.write(leader, b"\n")
        _until(leader, "Title")
        os.write(leader, b"\n")
        assert process.wait(30) == 0
    finally:
        process.kill()
        os.close(leader)


def _until(leader: int, word: str) -> str:
    """What the terminal showed until `word` came."""
    told, end = "", time.monotonic() + 60
    while word not in told:
        ready, _, _ = select.select([leader], [], [], max(0.0, end - time.monotonic()))
        assert ready, told
        told += os.read(leader, 65536).decode(errors="replace")
    return told
