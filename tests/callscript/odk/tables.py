"""The tables of `docs/expressions.md`, which are tests."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from callscript.expressions import NameType, Value
from callscript.model.values import ValueType
from tests.callscript.odk.harness import Fields

PAGE = Path(__file__).parents[3] / "docs" / "expressions.md"
RAISES = "(raises)"

FIELDS = Fields(
    {
        "kids": NameType(ValueType.INTEGER),
        "cost": NameType(ValueType.DECIMAL),
        "code": NameType(ValueType.TEXT),
        "agree": NameType(ValueType.BOOLEAN),
        "calm": NameType(ValueType.BOOLEAN),
        "nick": NameType(ValueType.TEXT),
        "at": NameType(ValueType.TIME),
        "none": NameType(ValueType.TEXT),
        "paid": NameType(ValueType.DECIMAL),
        "brands": NameType(ValueType.CHOICES),
        "born": NameType(ValueType.DATE),
        "score": NameType(ValueType.INTEGER, repeats=("roster",)),
    }
)
ANSWERS: dict[str, Value] = {
    "kids": 3,
    "cost": 3.0,
    "code": "3.0",
    "agree": False,
    "nick": "😀a王",
    "at": "14:30:00",
    "paid": 12.5,
    "brands": ["acer", "dell"],
    "born": "2000-02-29",
    "score": [4, 5, 9],
}


@dataclass(frozen=True, slots=True)
class Row:
    """One example: an expression and what it gives, here and (in the tables of differences) in ODK."""

    source: str
    here: str
    kind: ValueType = ValueType.TEXT
    odk: str | None = None
    decision: str = ""


def rows() -> list[Row]:
    """Every example of the page's tables."""
    found = []
    for line in PAGE.read_text("utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")] if line.startswith("| ") else []
        row = _row(cells)
        if row is not None:
            found.append(row)
    return found


def _row(cells: list[str]) -> Row | None:
    if len(cells) == 2 and cells[0].startswith("`"):
        return Row(_code(cells[0]), _code(cells[1]))
    if len(cells) == 4 and cells[2].startswith("`"):
        return Row(_code(cells[2]), _code(cells[3]))
    if len(cells) == 5 and cells[1].startswith("`"):
        return Row(_code(cells[1]), _code(cells[2]), odk=_code(cells[3]), decision=cells[0])
    if len(cells) == 6 and cells[2].startswith("`"):
        return Row(_code(cells[2]), _code(cells[3]), ValueType(cells[1]), _code(cells[4]), cells[0])
    return None


def _code(cell: str) -> str:
    if cell == RAISES:
        return RAISES
    inner = re.fullmatch(r"`(.*)`", cell)
    assert inner is not None, cell
    return re.sub(r"\\u([0-9A-F]{4})", lambda match: chr(int(match[1], 16)), inner[1])
