"""Where a name stands to be bound in SQL, and where a colon is only a colon."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callscript.places import Span
from callscript.sql.lexer import Reference, scan

HERE = Span("server.xml", 10, 5)


def names(text: str) -> list[str]:
    return [str(piece) for piece in scan(text, HERE).pieces if isinstance(piece, Reference)]


def codes(text: str) -> list[str]:
    return [problem.code for problem in scan(text, HERE).problems]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SELECT :a, :b.c", ["a", "b.c"]),
        ("SELECT :session.agent::text", ["session.agent"]),
        ("SELECT x::int", []),
        ("SELECT ':a', E'\\':a', ':a'':b'", []),
        ('SELECT ":a", "x"":b"', []),
        ("SELECT $$ :a $$, $tag$ :b $$ :c $tag$, :d", ["d"]),
        ("SELECT 1 -- :a\n, :b", ["b"]),
        ("SELECT /* :a /* :b */ :c */ :d", ["d"]),
        ("SELECT a[1:2], a[i:j], a[f(x):g(y)], a[b[1]:c]", []),
        ("SELECT a[:n], a[:i : :j], a[:i::int:k]", ["n", "i", "j", "i"]),
        ("SELECT f(x := :a)", ["a"]),
        ("SELECT '12:30'::time, e':a', U&':a'", []),
        ("SELECT tabl:e", ["e"]),
        ("SELECT :é", []),
        ("SELECT CASE WHEN :a THEN 1 END;", ["a"]),
    ],
)
def test_names(text: str, expected: list[str]) -> None:
    assert expected == names(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SELECT ${a}", ["sql-pasted"]),
        ("SELECT '${a}'", ["sql-pasted"]),
        ("SELECT 'a", ["sql-unterminated"]),
        ('SELECT "a', ["sql-unterminated"]),
        ("SELECT $x$ a", ["sql-unterminated"]),
        ("SELECT /* /* */", ["sql-unterminated"]),
        ("SELECT E'a\\'", ["sql-unterminated"]),
        ("SELECT $1", ["sql-positional"]),
        ("SELECT 1; DROP TABLE x; SELECT 2", ["sql-several"]),
        ("SELECT 1; -- the end\n", []),
        ("SELECT ';'", []),
    ],
)
def test_refused(text: str, expected: list[str]) -> None:
    assert expected == codes(text)


def test_places_count_lines_and_columns() -> None:
    pieces = scan("SELECT :a,\n  :b", HERE).pieces
    assert [Span("server.xml", 10, 12), Span("server.xml", 11, 3)] == [
        piece.span for piece in pieces if isinstance(piece, Reference)
    ]


def test_comments_are_dropped_and_nothing_else() -> None:
    pieces = scan("SELECT 1 -- x\n+ /* y */ ':a -- no'", HERE).pieces
    assert pieces == ("SELECT 1  \n+   ':a -- no'",)


@given(st.text(alphabet="ab :'\"$-/*\n[]();.,\\E0", max_size=60))
def test_every_text_is_read_to_its_end(text: str) -> None:
    scanned = scan(text, HERE)
    kept = "".join(piece if isinstance(piece, str) else f":{piece}" for piece in scanned.pieces)
    if not scanned.problems and not any(mark in text for mark in ("--", "/*", ";")):
        assert text == kept
