"""The security review's references: each file and test that it names is there, each point names one or says why not."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "security-review.md").read_text(encoding="utf-8")
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in PAGE.splitlines()
    if line.startswith("| ") and not line.startswith("| point")
]
WITHOUT = {"V17 WebRTC", "SEC 9 data in transit"}
"""Rows that say themselves that there is nothing to show, or where it is shown."""
ROOMS = ("tests", "infra", "agent_app", "admin", "functions", "database", "callscript", "local", "docs")


def places(name: str) -> list[Path]:
    """Files and folders that a reference can mean: a path of the checkout, or a file by its name alone."""
    if "*" in name:
        return sorted(ROOT.glob(name))
    if "/" in name:
        return [ROOT / name] if (ROOT / name).exists() else []
    return [path for room in ROOMS for path in (ROOT / room).rglob(name)]


def references() -> list[tuple[str, str]]:
    """(file or folder, test in it or empty); `::test` alone is of the file named before it."""
    found, last = [], ""
    for cells in ROWS:
        for quoted in re.findall(r"`([^`]+)`", cells[-1]):
            file, _, test = quoted.partition("::")
            if not re.search(r"[./]", file) and not test:
                continue  # a word of the template, such as `disable_o_auth`
            last = file or last
            found.append((last, test))
    return found


@pytest.mark.parametrize(("name", "test"), references())
def test_what_is_named_is_there(name: str, test: str) -> None:
    found = places(name)

    assert found, f"{name} does not exist"
    assert len(found) == 1 or "*" in name, f"{name} can mean {found}"
    if test:
        assert re.search(rf"^ *def {test}\(", found[0].read_text(encoding="utf-8"), re.MULTILINE), (
            f"{name} has no {test}"
        )


def test_each_point_names_what_shows_it() -> None:
    silent = [cells[0] for cells in ROWS if len(cells) == 3 and not re.search(r"`|\]\(", cells[-1])]

    assert set(silent) == WITHOUT
    assert len(ROWS) > 30


def test_tests_named_in_the_text_are_there() -> None:
    text = "".join(file.read_text() for file in (ROOT / "tests" / "infra").glob("test_*.py"))
    named = re.findall(r"\(`(test_\w+)…?`\)", PAGE)
    assert len(named) >= 3
    assert [name for name in named if f"def {name}" not in text] == []
