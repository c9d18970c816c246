"""A file of SQL is cut where its statements end, and nowhere else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from database.migrate import FOLDER
from database.statements import split_statements


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("", []),
        (" ;; \n;", []),
        ("SELECT 1", [(1, "SELECT 1")]),
        ("SELECT 1;\n\nSELECT 2 ;", [(1, "SELECT 1"), (3, "SELECT 2")]),
        ("-- a; b\nSELECT 1; -- c;\n", [(2, "SELECT 1")]),
        ("/* a; /* nested; */ b; */ SELECT 1;", [(1, "SELECT 1")]),
        ("SELECT ';', 'it''s;', E'\\';', \"a;b\";", [(1, "SELECT ';', 'it''s;', E'\\';', \"a;b\"")]),
        ("SELECT $$a;'b$$; SELECT $x$ $$; $y$ $x$", [(1, "SELECT $$a;'b$$"), (1, "SELECT $x$ $$; $y$ $x$")]),
        ("SELECT a$b$c; SELECT $1;", [(1, "SELECT a$b$c"), (1, "SELECT $1")]),
        ("SELECT 1 /* unfinished ;", [(1, "SELECT 1")]),
        ("SELECT 中文;", [(1, "SELECT 中文")]),
    ],
)
def test_cut(sql: str, expected: list[tuple[int, str]]) -> None:
    assert [(statement.line, statement.text) for statement in split_statements(sql)] == expected


@given(st.lists(st.sampled_from(["SELECT 1", "'a;b'", "$$ ; $$", "--;\nx", "/*;*/y", '";"', "E'\\';'"]), max_size=8))
def test_as_many_as_were_joined(parts: list[str]) -> None:
    assert len(list(split_statements(";\n".join(parts)))) == len(parts)


def test_agrees_with_postgresqls_own_scanner() -> None:
    pglast = pytest.importorskip("pglast")
    for path in FOLDER.glob("*.sql"):
        text = path.read_text()
        expected = [statement.rstrip() for statement in pglast.split(text, only_slices=False)]
        ours = [statement.text for statement in split_statements(text)]
        assert len(ours) == len(expected)
        assert all(theirs.endswith(mine) for mine, theirs in zip(ours, expected, strict=True))
