"""`docs/expressions.md` says what is so: its examples, its functions, its decisions."""

from __future__ import annotations

import re

import pytest

from callscript.expressions import compile_field, parse
from callscript.expressions.signatures import SIGNATURES
from callscript.expressions.values import answer_text
from callscript.model.values import ValueType
from callscript.places import NOWHERE
from tests.callscript.odk.scopes import Answers
from tests.callscript.odk.tables import ANSWERS, FIELDS, PAGE, Row, rows

ROWS = rows()


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.kind}: {row.source}")
def test_example(row: Row) -> None:
    expression = parse(row.source, NOWHERE)
    kept = compile_field(expression, row.kind)(Answers(FIELDS.types, ANSWERS))
    assert answer_text(kept) == row.here


def test_page_has_its_tables() -> None:
    assert len(ROWS) > 120
    assert sum(bool(row.decision) for row in ROWS) > 40
    assert {row.kind for row in ROWS} >= {ValueType.TEXT, ValueType.INTEGER, ValueType.DATE}


def test_every_function_is_on_the_page() -> None:
    shown = {match[1] for match in re.finditer(r"^\| `([a-z-]+)\(", PAGE.read_text("utf-8"), re.MULTILINE)}
    assert shown == set(SIGNATURES) & shown
    assert set(SIGNATURES) - shown == set()


def test_page_says_what_every_function_does_with_unanswered() -> None:
    asked = {name for row in ROWS if not row.decision for name in SIGNATURES if f"{name}(" in row.source}
    unanswered = {
        name
        for row in ROWS
        if "${none}" in row.source and not row.decision
        for name in SIGNATURES
        if f"{name}(" in row.source
    }
    assert set(SIGNATURES) - unanswered == {"now", "position", "false"}
    assert set(SIGNATURES) - asked == {"position"}
