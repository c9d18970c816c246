"""The page about the command names every command and every variable."""

from __future__ import annotations

from pathlib import Path

from admin.application import app
from admin.commands import load
from admin.contacts.columns import HEADINGS
from admin.settings import AdminSettings

PAGE = (Path(__file__).parents[2] / "docs" / "admin.md").read_text(encoding="utf-8")


def test_every_command_is_on_the_page() -> None:
    load()
    names = [name for name in app if not name.startswith("-")]
    assert [name for name in names if f"`waihu {name}" not in PAGE] == []
    assert len(names) >= 9


def test_every_variable_is_on_the_page() -> None:
    words = set(PAGE.replace("`", " ").replace(",", " ").split())
    missing = [
        variable
        for variable in AdminSettings.variables()
        if variable not in words and f"_{variable.rpartition('_')[2]}" not in words
    ]
    assert missing == ["WAIHU_CONNECT_TIMEOUT_SECONDS"]


def test_every_column_is_on_the_page() -> None:
    assert [field for field in HEADINGS if field not in PAGE] == []
