"""`waihu translate` as an author types it."""

from __future__ import annotations

from pathlib import Path

import polib
import pytest

from admin.application import run


def po(scripts: Path, language: str = "en", place: str = "campaigns/reminder") -> Path:
    return scripts / place / "translations" / f"{language}.po"


def test_shipped_translations_are_up_to_date_to_the_byte(scripts: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = po(scripts).read_bytes()
    assert run(["translate", "reminder", "en", "--scripts", str(scripts)]) == 0
    assert run(["translate", "outbound", "en", "--check", "--scripts", str(scripts)]) == 0
    assert po(scripts).read_bytes() == before
    assert "0 missing, 0 stale" in capsys.readouterr().out


def test_a_new_language_lists_what_is_to_be_translated_and_what_the_pack_lacks(
    scripts: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["translate", "reminder", "fr", "--scripts", str(scripts), "--show", "2"]) == 0
    told = capsys.readouterr().out
    assert "0 of 39 texts translated, 39 missing" in told
    assert "local.xml:7:26 options/person/self: 本人" in told
    assert "waihu translate outbound fr" in told
    assert len(polib.pofile(str(po(scripts, "fr")))) == 39
    assert run(["translate", "outbound", "fr", "--scripts", str(scripts)]) == 0
    assert po(scripts, "fr", "outbound").is_file()


def test_a_pack_that_is_written_in_the_language_lacks_nothing(
    scripts: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["--language", "en", "new", "teahouse", "--scripts", str(scripts)]) == 0
    assert run(["translate", "teahouse", "zh", "--scripts", str(scripts)]) == 0
    told = capsys.readouterr().out
    assert " texts translated" in told
    assert "lacks" not in told


def test_a_changed_text_is_stale_in_the_file_and_for_the_checker(
    scripts: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    local = scripts / "campaigns" / "reminder" / "local.xml"
    local.write_text(local.read_text(encoding="utf-8").replace("到时候见，再见！", "到时候见！"), encoding="utf-8")
    assert run(["translate", "reminder", "en", "--check", "--scripts", str(scripts)]) == 1
    assert "fuzzy" not in po(scripts).read_text(encoding="utf-8")
    assert run(["translate", "reminder", "en", "--scripts", str(scripts)]) == 0
    assert "38 of 39 texts translated, 0 missing, 1 stale" in capsys.readouterr().out
    assert [each.msgctxt for each in polib.pofile(str(po(scripts))).fuzzy_entries()] == ["confirmed/say/1"]
    run(["check", "reminder", "--scripts", str(scripts)])
    assert "stale-translation" in capsys.readouterr().out


def test_what_cannot_be_done_is_said(scripts: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["translate", "reminder", "zh", "--scripts", str(scripts)]) == 1
    assert run(["translate", "reminder", "../x", "--scripts", str(scripts)]) == 2
    assert run(["translate", "nobody", "en", "--scripts", str(scripts)]) == 1
    po(scripts).write_text('msgid "unclosed\n', encoding="utf-8")
    capsys.readouterr()
    assert run(["translate", "reminder", "en", "--scripts", str(scripts)]) == 1
    assert "bad-translation-file" in capsys.readouterr().err
