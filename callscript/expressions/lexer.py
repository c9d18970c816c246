"""An expression's text cut into tokens, each with its offset."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import NoReturn

from callscript.expressions import problems as kinds
from callscript.places import Span
from callscript.problems import fail

MAX_LENGTH = 10_000
"""Characters of one expression; the longest in a real symptom questionnaire has about 1,100."""

OPERATOR_WORDS = frozenset({"or", "and", "div", "mod", "lt", "le", "gt", "ge"})


class TokenKind(Enum):
    NUMBER = "a number"
    TEXT = "a text"
    NAME = "a name"
    WORD = "a word"
    SYMBOL = "a symbol"
    END = "the end"


@dataclass(frozen=True, slots=True)
class Token:
    kind: TokenKind
    text: str
    """Without quotes for a text, without `${}` for a name."""
    offset: int

    def __str__(self) -> str:
        shown = {TokenKind.NAME: f"${{{self.text}}}", TokenKind.TEXT: f"'{self.text}'", TokenKind.END: "the end"}
        return shown.get(self.kind, self.text)


NAME_PATTERN = re.compile(r"[^\W\d][\w-]*(?:\.[^\W\d][\w-]*)*")
_TOKEN = re.compile(
    r"""(?P<space>[ \t\r\n\u00a0\u3000]+)
      | (?P<number>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+))
      | (?P<text>'[^']*'|"[^"]*")
      | (?P<name>\$\{\s*(?P<path>[^\W\d][\w-]*(?:\.[^\W\d][\w-]*)*)\s*\})
      | (?P<foreign>==|&&|\|\||<>|!(?!=))
      | (?P<symbol>!=|<=|>=|[=<>+\-*(),])
      | (?P<word>[^\W\d]\w*(?:-[^\W\d]\w*)*)
    """,
    re.VERBOSE,
)
_FOREIGN = {"==": "=", "&&": "and", "||": "or", "<>": "!=", "!": "not(…)"}
_FULL_WIDTH = str.maketrans(
    "（），＝＜＞＋－＊！＄｛｝。．‘’＇“”＂０１２３４５６７８９、", "(),=<>+-*!${}..'''\"\"\"0123456789,"
)


def place(source: str, span: Span, offset: int) -> Span:
    """Where character `offset` of `source` stands, when `source` itself begins at `span`."""
    lines = source.count("\n", 0, offset)
    if not lines or not span.line:
        return span.shifted(offset)
    return Span(span.file, span.line + lines, offset - source.rfind("\n", 0, offset))


def tokenize(source: str, span: Span) -> list[Token]:
    """All tokens of `source`, the last one of kind END.

    Raises:
        ScriptError: at the first character that begins no token.
    """
    if len(source) > MAX_LENGTH:
        fail(kinds.EXPRESSION_TOO_LONG, span, length=len(source), limit=MAX_LENGTH)
    tokens: list[Token] = []
    offset = 0
    while offset < len(source):
        match = _TOKEN.match(source, offset)
        if match is None:
            _refuse(source, span, offset)
        group = match.lastgroup
        if group == "foreign":
            found = match.group()
            fail(kinds.FOREIGN_OPERATOR, place(source, span, offset), found=found, plain=_FOREIGN[found])
        if group != "space":
            tokens.append(_token(group or "", match, offset))
        offset = match.end()
    tokens.append(Token(TokenKind.END, "", len(source)))
    return tokens


def _token(group: str, match: re.Match[str], offset: int) -> Token:
    text = match.group()
    if group == "text":
        return Token(TokenKind.TEXT, text[1:-1], offset)
    if group == "name":
        return Token(TokenKind.NAME, match.group("path"), offset)
    if group == "number":
        return Token(TokenKind.NUMBER, text, offset)
    if group == "word":
        return Token(TokenKind.WORD, text, offset)
    return Token(TokenKind.SYMBOL, text, offset)


def _refuse(source: str, span: Span, offset: int) -> NoReturn:
    """Say why no token begins at `offset`."""
    character = source[offset]
    where = place(source, span, offset)
    if character in "'\"":
        fail(kinds.UNCLOSED_QUOTE, where, quote=character)
    if source.startswith("${", offset):
        end = source.find("}", offset)
        if end < 0 or "${" in source[offset + 2 : end]:
            fail(kinds.UNCLOSED_NAME, where)
        fail(kinds.BAD_NAME, where, found=source[offset + 2 : end].strip() or "${}")
    plain = character.translate(_FULL_WIDTH)
    if plain != character:
        fail(kinds.FULL_WIDTH_CHARACTER, where, found=character, plain=plain)
    shown = character if character.isprintable() else f"U+{ord(character):04X}"
    fail(kinds.STRANGE_CHARACTER, where, found=shown)
