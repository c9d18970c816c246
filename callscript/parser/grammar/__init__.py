"""The grammars of the six documents, as data."""

from __future__ import annotations

from callscript.parser.grammar.calling import CALLING
from callscript.parser.grammar.links import LINKS
from callscript.parser.grammar.local import BLOCKS, LOCAL
from callscript.parser.grammar.routing import ROUTING
from callscript.parser.grammar.rules import Attribute, Child, Grammar, Rule, Words
from callscript.parser.grammar.server import SERVER, VERBS

GRAMMARS = (LOCAL, BLOCKS, LINKS, SERVER, ROUTING, CALLING)

KNOWN_TAGS = frozenset(rule.tag for grammar in GRAMMARS for rule in grammar.rules.values())
SQL_TAGS = frozenset(VERBS) - {"call"}
"""`call` is also an element of links.xml, which holds no SQL; its verb is found by its own tests."""
EXPRESSION_TAGS = frozenset({"when"})

__all__ = [
    "BLOCKS",
    "CALLING",
    "EXPRESSION_TAGS",
    "GRAMMARS",
    "KNOWN_TAGS",
    "LINKS",
    "LOCAL",
    "ROUTING",
    "SERVER",
    "SQL_TAGS",
    "VERBS",
    "Attribute",
    "Child",
    "Grammar",
    "Rule",
    "Words",
]
