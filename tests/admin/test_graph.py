"""`waihu graph` as an author types it."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from admin.application import run


def test_a_campaign_becomes_a_picture(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    picture = tmp_path / "flow.svg"

    assert run(["graph", "reminder", "--texts", "en", "--output", str(picture)]) == 0
    assert ET.parse(picture).getroot().tag == "{http://www.w3.org/2000/svg}svg"  # noqa: S314 - our own
    assert str(picture.name) in capsys.readouterr().out


def test_a_script_that_cannot_be_read_is_told_with_its_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "campaigns" / "broken"
    folder.mkdir(parents=True)
    (folder / "local.xml").write_text('<local xmlns="urn:waihu:local:1" campaign="broken">\n<action>', encoding="utf-8")

    assert run(["graph", str(folder), "--scripts", str(tmp_path), "--output", str(tmp_path / "x.svg")]) == 1
    assert "local.xml:2" in capsys.readouterr().err
    assert not (tmp_path / "x.svg").exists()
