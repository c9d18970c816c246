"""How the grammar of a document is written down: as data, from which both the structure check and the editors'
schemas are made, so that the two cannot disagree."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

import msgspec

from callscript.parser.grammar.forms import TEXT, Form


class Words(StrEnum):
    """Whether an element may hold text of its own."""

    NONE = "none"
    MAY = "may"
    MUST = "must"
    """Not empty."""
    MIXED = "mixed"
    """Text and elements in one another, as in SQL."""


class Attribute(msgspec.Struct, frozen=True):
    form: Form = TEXT
    required: bool = False


class Child(msgspec.Struct, frozen=True):
    rule: str
    """Key of the child's rule in the grammar."""
    required: bool = False
    many: bool = True


class Rule(msgspec.Struct, frozen=True):
    """One element kind."""

    tag: str
    attributes: Mapping[str, Attribute] = msgspec.field(default_factory=dict)
    children: Mapping[str, Child] = msgspec.field(default_factory=dict)
    """By tag."""
    words: Words = Words.NONE
    aliases: Mapping[str, str] = msgspec.field(default_factory=dict)
    """Words that authors of similar tools write -> ours: for suggestions only, of attributes and children."""
    about: str = ""
    """One line for the editor's tooltip."""


class Grammar(msgspec.Struct, frozen=True):
    name: str
    namespace: str
    root: str
    """Key of the root's rule."""
    rules: Mapping[str, Rule]


def children(*keys: str, required: bool = False, many: bool = True) -> dict[str, Child]:
    """Children whose rules have the keys given; the tag is the key's last part (`server.action` -> `action`)."""
    return {key.rpartition(".")[2]: Child(key, required, many) for key in keys}


def one(*keys: str, required: bool = False) -> dict[str, Child]:
    return children(*keys, required=required, many=False)
