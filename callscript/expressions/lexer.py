"""An expression's text cut into tokens, each with its offset."""

from __future__ import annotations

import re
from enum import Enum
from typing import NamedTuple, NoReturn

from callscript.expressions import problems as kinds
from callscript.places import Span
from callscript.problems import fail

MAX_LENGTH = 10_000
"""Characters of one expression; the longest in a real symptom questionnaire has about 1,100."""


class TokenKind(Enum):
    NUMBER = "number"
    TEXT = "text"
    NAME = "name"
    WORD = "word"
    OPERATOR = "operator"
    SYMBOL = "symbol"
    END = "end"


class Token(NamedTuple):
    kind: TokenKind
    text: str
    """Without quotes for a text, without `${}` for a name, `<` for `lt`."""
    offset: int

    def __str__(self) -> str:
        shown = {TokenKind.NAME: f"${{{self.text}}}", TokenKind.TEXT: f"'{self.text}'", TokenKind.END: "the end"}
        return shown.get(self.kind, self.text)


_TOKEN = re.compile(
    r"""[ \t\r\n\u00a0\u3000]*(?:
        (?P<number>[0-9]+(?:\.[0-9]*)?|\.[0-9]+)
      | (?P<text>'[^']*'|"[^"]*")
      | \$\{\s*(?P<name>[^\W\d][\w-]*(?:\.[^\W\d][\w-]*)*)\s*\}
      | (?P<foreign>==|=>|=<|&&?|\|\|?|<>|!(?!=)|[%/≥≤≠×÷])
      | (?P<operator>!=|<=|>=|[=<>+\-*]|(?:or|and|div|mod|lt|le|gt|ge)(?![\w-]))
      | (?P<symbol>[(),])
      | (?P<word>[^\W\d]\w*(?:-[^\W\d]\w*)*)
      | (?P<end>\Z)
    )""",
    re.VERBOSE,
)
NAME_ALONE = re.compile(r"\$\{([^\W\d][\w-]*(?:\.[^\W\d][\w-]*)*)\}")
"""What most piped expressions are: one name."""
_SPACES = re.compile(r"[ \t\r\n\u00a0\u3000]*")
_KINDS = {kind.value: kind for kind in TokenKind}
_WORDS = {"lt": "<", "le": "<=", "gt": ">", "ge": ">="}
_FOREIGN = {
    "==": "=", "=>": ">=", "=<": "le", "<>": "!=", "≥": ">=", "≤": "le", "≠": "!=",
    "&&": "and", "&": "and", "||": "or", "|": "or", "!": "not(…)",
    "%": "mod", "/": "div", "÷": "div", "×": "*",
}  # fmt: skip
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
    at = 0
    match_at = _TOKEN.match
    while True:
        match = match_at(source, at)
        if match is None:
            _refuse(source, span, _SPACES.match(source, at).end())  # type: ignore[union-attr]
        group = match.lastgroup or ""
        text, begin, at = match[group], match.start(group), match.end()
        if group == "text":
            text = text[1:-1]
        elif group == "name":
            begin = source.rindex("${", 0, begin)
        elif group == "operator":
            text = _WORDS.get(text, text)
        elif group == "foreign":
            fail(kinds.FOREIGN_OPERATOR, place(source, span, begin), found=text, plain=_FOREIGN[text])
        tokens.append(Token(_KINDS[group], text, begin))
        if group == "end":
            return tokens


def _refuse(source: str, span: Span, offset: int) -> NoReturn:
    """Say why no token begins at `offset`."""
    character = source[offset]
    where = place(source, span, offset)
    if character in "'\"":
        fail(kinds.UNCLOSED_QUOTE, where, quote=character)
    if source.startswith("${", offset):
        end = source.find("}", offset)
        wide = source.find("｝", offset, end if end >= 0 else len(source))
        if wide >= 0:
            fail(kinds.FULL_WIDTH_CHARACTER, place(source, span, wide), found="｝", plain="}")
        if end < 0 or "${" in source[offset + 2 : end]:
            fail(kinds.UNCLOSED_NAME, where)
        fail(kinds.BAD_NAME, where, found=source[offset + 2 : end].strip() or "${}")
    if character == ".":
        fail(kinds.BARE_DOT, where)
    plain = character.translate(_FULL_WIDTH)
    if plain != character:
        fail(kinds.FULL_WIDTH_CHARACTER, where, found=character, plain=plain)
    shown = character if character.isprintable() else f"U+{ord(character):04X}"
    fail(kinds.STRANGE_CHARACTER, where, found=shown)
