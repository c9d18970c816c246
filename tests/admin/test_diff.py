"""`waihu diff` as an author types it, against scripts on disk and releases in the bucket."""

from __future__ import annotations

import pytest

from admin.application import run
from tests.admin.conftest import Deployment


def edit(deployment: Deployment, old: str, new: str) -> None:
    file = deployment.scripts / "campaigns" / "reminder" / "local.xml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_what_publishing_would_change(deployment: Deployment, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["publish", "reminder", "--scripts", str(deployment.scripts)]) == 0
    edit(deployment, "您好", "早上好")
    capsys.readouterr()

    assert run(["diff", "reminder", "--scripts", str(deployment.scripts)]) == 0
    said = capsys.readouterr().out
    assert "Changed: what is said in" in said
    assert "早上好" in said


def test_a_folder_against_itself_has_no_changes(deployment: Deployment, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["diff", "csat", "csat", "--scripts", str(deployment.scripts)]) == 0
    assert "csat → csat: 0 changes." in capsys.readouterr().out


def test_a_release_that_is_not_there_says_how_to_find_one(
    deployment: Deployment, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["diff", "csat@ffff", "csat", "--scripts", str(deployment.scripts)]) == 1
    assert "waihu status" in capsys.readouterr().err
