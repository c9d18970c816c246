"""The grammar of `local.xml`, and of the parts that `blocks.xml` shares with it."""

from __future__ import annotations

from callscript.parser.grammar import forms
from callscript.parser.grammar.rules import Attribute, Child, Grammar, Rule, Words, children, one

NAMESPACE = "urn:waihu:local:1"

_ID = Attribute(forms.NAME, required=True)
_WHEN = Attribute(forms.EXPRESSION)
_TEXT = Attribute()
_YES_NO = Attribute(forms.YES_NO)
_ASKED_ALIASES = {
    "shuffled": "random",
    "shuffle": "random",
    "randomize": "random",
    "relevant": "when",
    "if": "when",
    "list": "options",
    "choices": "options",
    "specials": "special",
    "minimum": "min",
    "maximum": "max",
    "regex": "pattern",
    "id": "name",
}
_FIELD = {
    "type": Attribute(forms.FIELD_TYPE, required=True),
    "required": _YES_NO,
    "min": Attribute(forms.EXPRESSION),
    "max": Attribute(forms.EXPRESSION),
    "options": Attribute(forms.NAME),
    "special": Attribute(forms.SPECIALS),
    "random": _YES_NO,
    "label": _TEXT,
}
_FLOW = children("action", "repeat", "shuffle", "include", "end")

RULES = {
    "options": Rule(
        "options",
        {
            "id": _ID,
            "from": Attribute(forms.DOTTED),
            "value": Attribute(forms.COLUMN),
            "label": Attribute(forms.COLUMN),
            "random": _YES_NO,
        },
        children("option"),
        aliases={"shuffled": "random", "name": "id", "choice": "option", "item": "option"},
        about="A list of options that fields use by its id; or, with from, a list that a server's reply delivers.",
    ),
    "option": Rule(
        "option",
        {
            "value": Attribute(forms.OPTION_VALUE, required=True),
            "when": _WHEN,
            "exclusive": _YES_NO,
            "other": Attribute(forms.NAME),
        },
        words=Words.MUST,
        aliases={"id": "value", "name": "value", "if": "when", "relevant": "when"},
        about="One option: its value is stored, its text is read out.",
    ),
    "include": Rule(
        "include", {"block": Attribute(forms.BLOCK, required=True)}, about="Nodes, lists and exits of a pack's block."
    ),
    "action": Rule(
        "action",
        {"id": _ID, "title": _TEXT},
        one("title", "condition", "data") | children("next"),
        aliases={"name": "id", "constraint": "condition", "question": "data", "goto": "next"},
        about="One node of the interview: what is said and asked on one screen.",
    ),
    "title": Rule("title", words=Words.MUST, about="The name under which agents see this in lists."),
    "condition": Rule(
        "condition",
        children=children("local.when", "check"),
        aliases={"if": "when", "relevant": "when", "constraint": "check"},
        about="When the node is asked at all, and what must hold before it is left.",
    ),
    "local.when": Rule("when", words=Words.MUST, about="The node is passed over unless this holds."),
    "check": Rule(
        "check",
        {"test": Attribute(forms.EXPRESSION, required=True), "level": Attribute(forms.LEVEL)},
        words=Words.MUST,
        aliases={"when": "test", "if": "test", "constraint": "test"},
        about="hard: must hold; soft: the agent may confirm. The text is shown when it does not hold.",
    ),
    "data": Rule(
        "data",
        children=children("say", "note", "field", "compute", "matrix"),
        aliases={"calculate": "compute", "question": "field", "input": "field", "text": "say", "grid": "matrix"},
        about="What is said, asked and worked out, in this order.",
    ),
    "say": Rule("say", {"when": _WHEN}, words=Words.MUST, about="Text that the agent reads out."),
    "note": Rule("note", {"when": _WHEN}, words=Words.MUST, about="Text for the agent's eyes alone."),
    "field": Rule(
        "field",
        {
            "name": _ID,
            **_FIELD,
            "when": _WHEN,
            "pattern": Attribute(forms.REGEX),
            "pattern-message": _TEXT,
            "length": Attribute(forms.LENGTH),
            "hint": _TEXT,
        },
        one("label", "hint", "pattern-message") | children("option"),
        aliases=_ASKED_ALIASES,
        about="A question's answer; the name is a column of the export.",
    ),
    "label": Rule("label", words=Words.MUST, about="What stands beside the field."),
    "hint": Rule("hint", words=Words.MUST, about="Help for the agent, below the field."),
    "pattern-message": Rule(
        "pattern-message", words=Words.MUST, about="Said when the text does not match the pattern."
    ),
    "compute": Rule(
        "compute",
        {
            "name": _ID,
            "type": Attribute(forms.FIELD_TYPE, required=True),
            "value": Attribute(forms.EXPRESSION, required=True),
        },
        aliases={"id": "name", "expression": "value", "calculation": "value"},
        about="A value that is worked out, not asked; saved and exported like an answer.",
    ),
    "matrix": Rule(
        "matrix",
        {"id": _ID, **_FIELD},
        one("label") | {"row": Child("row", required=True)},
        aliases={**_ASKED_ALIASES, "name": "id", "item": "row", "field": "row"},
        about="Many fields of one type and list, drawn as a table.",
    ),
    "row": Rule("row", {"name": _ID}, words=Words.MUST, aliases={"id": "name"}, about="One field of the matrix."),
    "next": Rule(
        "next",
        {"action": Attribute(forms.NAME, required=True), "when": _WHEN},
        aliases={"to": "action", "target": "action", "goto": "action", "id": "action", "if": "when", "test": "when"},
        about="Where to go from here; the first that holds is taken, else the next node in the document.",
    ),
    "repeat": Rule(
        "repeat",
        {"id": _ID, "count": Attribute(forms.EXPRESSION), "over": Attribute(forms.NAME), "when": _WHEN},
        children("action", "repeat", "shuffle", "include"),
        aliases={"name": "id", "times": "count", "for": "over", "if": "when"},
        about="Asks its nodes once per round: over a count, or over the options chosen in a field.",
    ),
    "shuffle": Rule(
        "shuffle",
        {"id": _ID, "when": _WHEN},
        children("action", "repeat", "shuffle", "include"),
        aliases={"name": "id"},
        about="Asks its nodes in an order drawn anew for each interview.",
    ),
    "exit": Rule(
        "exit",
        {"id": _ID, "key": Attribute(forms.KEY, required=True), "action": Attribute(forms.NAME, required=True)},
        words=Words.MUST,
        aliases={"name": "id", "to": "action", "target": "action", "shortcut": "key"},
        about="A way out that the agent can take from any node.",
    ),
    "end": Rule(
        "end",
        {"id": _ID, "outcome": Attribute(forms.OUTCOME, required=True)},
        children("say", "note"),
        aliases={"name": "id", "code": "outcome", "disposition": "outcome", "text": "say"},
        about="Where an interview ends, with its AAPOR outcome.",
    ),
}

LOCAL = Grammar(
    "local",
    NAMESPACE,
    "local",
    {
        **RULES,
        "local": Rule(
            "local",
            {
                "campaign": Attribute(forms.NAME, required=True),
                "language": Attribute(forms.LANGUAGE, required=True),
                "uses": Attribute(forms.NAMES),
                "title": _TEXT,
            },
            _FLOW | children("options", "exit") | one("title"),
            aliases={"lang": "language", "id": "campaign", "name": "campaign", "use": "uses", "question": "action"},
            about="The client's logic of a campaign.",
        ),
    },
)

BLOCKS = Grammar(
    "blocks",
    "urn:waihu:blocks:1",
    "blocks",
    {
        **RULES,
        "blocks": Rule(
            "blocks",
            {"pack": Attribute(forms.NAME, required=True), "language": Attribute(forms.LANGUAGE)},
            children("block"),
            about="Parts that campaigns include.",
        ),
        "block": Rule("block", {"id": _ID}, _FLOW | children("options", "exit"), about="Nodes, lists and exits."),
    },
)
