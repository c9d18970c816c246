"""Cuts a file of SQL into its statements, each with the line where it begins."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_TOKEN = re.compile(
    r"""
    --[^\n]*                                     # comment to the end of the line
  | /\*                                          # comment that may nest: read on below
  | [eE]'(?:[^'\\]|''|\\.)*'                     # text with escapes
  | '(?:[^']|'')*'
  | "(?:[^"]|"")*"
  | \$(?P<tag>[A-Za-z_\x80-\U0010ffff][\w]*)?\$  # dollar quote: read on below
  | [A-Za-z_\x80-\U0010ffff][\w$]*               # a word: its $ opens no quote
  | ;
  | .
    """,
    re.VERBOSE | re.DOTALL,
)
_COMMENT_MARK = re.compile(r"/\*|\*/")


@dataclass(frozen=True, slots=True)
class FileStatement:
    line: int
    """Of its first word, from 1."""
    text: str


def split_statements(sql: str) -> Iterator[FileStatement]:
    """The statements of `sql` without the semicolons that part them.

    Bodies of functions must be dollar-quoted; `BEGIN ATOMIC` bodies would be cut.
    """
    begin: int | None = None
    at = end = 0
    while match := _TOKEN.match(sql, at):
        start, at = at, _end_of_token(sql, match)
        word = match[0]
        if word == ";":
            if begin is not None:
                yield _statement(sql, begin, end)
            begin = None
        elif not word.isspace() and not word.startswith(("--", "/*")):
            begin = start if begin is None else begin
            end = at
    if begin is not None:
        yield _statement(sql, begin, end)


def _end_of_token(sql: str, match: re.Match[str]) -> int:
    word = match[0]
    if word == "/*":
        depth, at = 1, match.end()
        while depth and (mark := _COMMENT_MARK.search(sql, at)):
            depth += 1 if mark[0] == "/*" else -1
            at = mark.end()
        return at if not depth else len(sql)
    if word.startswith("$") and word.endswith("$") and len(word) > 1:
        closing = sql.find(word, match.end())
        return len(sql) if closing < 0 else closing + len(word)
    return match.end()


def _statement(sql: str, begin: int, end: int) -> FileStatement:
    return FileStatement(sql.count("\n", 0, begin) + 1, sql[begin:end])
