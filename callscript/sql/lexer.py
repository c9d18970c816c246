"""Tells the names to bind (`:campaign`, `:session.agent`, `:taken.id`) from the rest of a statement's text.

Knows PostgreSQL's lexical structure (manual, chapter 4.1) as far as a colon can hide in it: comments, which nest; the
four kinds of quotes; casts `::`; named arguments `:=`; array slices, where a colon after an operand inside brackets
separates two bounds. Comments are dropped: what stands behind them may come from another element.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from callscript.places import Span
from callscript.problems import Kind, Problem
from callscript.sql import kinds

# Named by what is left out: sets that reach up to U+10FFFF took a tenth of a worker's start to compile.
_BEGINS = r"[^\x00-@\[-^`{-\x7f]"
"""A letter, an underscore, or anything beyond ASCII."""
_GOES_ON = r"[^\x00-/:-@\[-^`{-\x7f]"
"""The same, or a digit."""
_OF_WORDS = r"[^\x00-#%-/:-@\[-^`{-\x7f]"
"""The same, or `$`."""

_TOKEN = re.compile(
    rf"""
      (?P<space>\s+)
    | (?P<line_comment>--[^\n]*)
    | (?P<block_comment>/\*)
    | (?P<escape_string>[eE]'(?:[^'\\]|''|\\.)*(?P<escape_end>')?)
    | (?P<string>'(?:[^']|'')*(?P<string_end>')?)
    | (?P<quoted_name>"(?:[^"]|"")*(?P<quoted_end>")?)
    | (?P<dollar>\$(?:{_BEGINS}{_GOES_ON}*)?\$)
    | (?P<positional>\$[0-9]+)
    | (?P<number>[0-9][0-9_]*(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)
    | (?P<word>{_BEGINS}{_OF_WORDS}*)
    | (?P<cast>::|:=)
    | (?P<reference>:[A-Za-z_][A-Za-z_0-9]*(?:\.[A-Za-z_][A-Za-z_0-9]*)?)
    | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_BLOCK_EDGE = re.compile(r"/\*|\*/")
_CLOSED_BY = {"escape_string": "escape_end", "string": "string_end", "quoted_name": "quoted_end"}
_OPERANDS = frozenset({"number", "word", "quoted_name", "string", "positional", "reference"})


@dataclass(frozen=True, slots=True)
class Reference:
    """A name to bind: `:name` or `:name.member`."""

    span: Span
    name: str
    member: str = ""

    def __str__(self) -> str:
        return f"{self.name}.{self.member}" if self.member else self.name


Piece = str | Reference


@dataclass(frozen=True, slots=True)
class Scanned:
    """A text's pieces in order, and what is wrong with it."""

    pieces: tuple[Piece, ...]
    problems: tuple[Problem, ...]


def scan(text: str, span: Span) -> Scanned:
    """The pieces of `text`, which begins at `span`. A `;` at the very end is dropped."""
    scanner = _Scanner(text, span)
    return Scanned(tuple(_joined(scanner.pieces())), tuple(scanner.problems))


class _Scanner:
    def __init__(self, text: str, span: Span) -> None:
        self.text = text
        self.span = span
        self.problems: list[Problem] = []
        self._brackets: list[str] = []
        self._after_operand = False
        self._semicolon: int | None = None

    def pieces(self) -> Iterator[Piece]:
        pasted = self.text.find("${")
        if pasted >= 0:
            self._complain(kinds.PASTED, pasted)
        at = 0
        while at < len(self.text):
            match = _TOKEN.match(self.text, at)
            if match is None:  # pragma: no cover - `other` matches anything
                raise AssertionError("the token pattern is total")
            at, piece = self._take(str(match.lastgroup), match)
            if piece is not None:
                yield piece

    def _take(self, kind: str, match: re.Match[str]) -> tuple[int, Piece | None]:
        start, end, text = match.start(), match.end(), match[0]
        if kind in ("space", "line_comment"):
            return end, " " if kind == "line_comment" else text
        if kind == "block_comment":
            return self._skip_comment(start), " "
        if self._semicolon is not None:
            self._complain_once(kinds.SEVERAL, self._semicolon)
        if kind == "dollar":
            return self._dollar_quoted(start, text)
        if kind in _CLOSED_BY and match[_CLOSED_BY[kind]] is None:
            self._complain(kinds.UNTERMINATED, start, what="quote")
        if kind == "positional":
            self._complain(kinds.POSITIONAL, start, name=text)
        if kind == "reference":
            return self._reference(start, end, text)
        if text == ";":
            self._semicolon = start
            return end, None
        self._follow(kind, text)
        return end, text

    def _reference(self, start: int, end: int, text: str) -> tuple[int, Piece]:
        if self._brackets and self._brackets[-1] == "[" and self._after_operand:
            self._after_operand = False
            return start + 1, ":"
        self._after_operand = True
        name, _, member = text[1:].partition(".")
        return end, Reference(self._place(start), name, member)

    def _follow(self, kind: str, text: str) -> None:
        if text in ("(", "["):
            self._brackets.append(text)
        elif text in (")", "]") and self._brackets:
            self._brackets.pop()
        self._after_operand = kind in _OPERANDS or text in (")", "]")

    def _dollar_quoted(self, start: int, tag: str) -> tuple[int, Piece]:
        close = self.text.find(tag, start + len(tag))
        if close < 0:
            self._complain(kinds.UNTERMINATED, start, what="quote")
            return len(self.text), self.text[start:]
        self._after_operand = True
        return close + len(tag), self.text[start : close + len(tag)]

    def _skip_comment(self, start: int) -> int:
        depth, at = 1, start + 2
        while depth:
            edge = _BLOCK_EDGE.search(self.text, at)
            if edge is None:
                self._complain(kinds.UNTERMINATED, start, what="comment")
                return len(self.text)
            depth += 1 if edge[0] == "/*" else -1
            at = edge.end()
        return at

    def _place(self, at: int) -> Span:
        lines = self.text.count("\n", 0, at)
        if not lines:
            return self.span.shifted(at)
        return Span(self.span.file, self.span.line + lines, at - self.text.rfind("\n", 0, at))

    def _complain(self, kind: Kind, at: int, **values: str) -> None:
        self.problems.append(Problem(kind, self._place(at), values))

    def _complain_once(self, kind: Kind, at: int) -> None:
        if all(problem.kind is not kind for problem in self.problems):
            self._complain(kind, at)


def _joined(pieces: Iterator[Piece]) -> Iterator[Piece]:
    """Neighbouring texts as one."""
    texts: list[str] = []
    for piece in pieces:
        if isinstance(piece, str):
            texts.append(piece)
            continue
        if texts:
            yield "".join(texts)
            texts.clear()
        yield piece
    if texts:
        yield "".join(texts)
