"""Expressions as the parser leaves them: source, place and tree. `callscript.expressions` gives them meaning."""

from __future__ import annotations

import msgspec

from callscript.places import Span


class Literal(msgspec.Struct, frozen=True):
    """A number (float), a text (str) or a truth value (bool) written in the script."""

    span: Span
    value: float | str | bool


class Name(msgspec.Struct, frozen=True):
    """`${score}` or `${contact.name}`: dotted, resolved against fields, takes and system names."""

    span: Span
    path: tuple[str, ...]

    @property
    def text(self) -> str:
        return ".".join(self.path)


class Unary(msgspec.Struct, frozen=True):
    """`- x`, the only unary operator (`not` is a function)."""

    span: Span
    operator: str
    operand: Tree


class Binary(msgspec.Struct, frozen=True):
    """`operator` is one of `or and = != < <= > >= + - * div mod`; `lt le gt ge` arrive as `< <= > >=`."""

    span: Span
    operator: str
    left: Tree
    right: Tree


class Call(msgspec.Struct, frozen=True):
    span: Span
    function: str
    arguments: tuple[Tree, ...]


Tree = Literal | Name | Unary | Binary | Call


class Expression(msgspec.Struct, frozen=True):
    """One expression of a script; `tree` is closed over the names it reads."""

    span: Span
    source: str
    tree: Tree
    names: frozenset[str]
    """Dotted names that the tree reads, as written: `{"score", "contact.name"}`."""


class Text(msgspec.Struct, frozen=True):
    """A text that people see: literal parts and piped expressions, translated by `key`.

    `source` is what translators see (with `${...}` in it); `key` is its context in translators' files,
    unique in the document and stable under edits elsewhere, such as `score/say/1` or `score/nps/label`.
    """

    span: Span
    key: str
    source: str
    parts: tuple[str | Expression, ...]
