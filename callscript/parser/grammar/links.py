"""The grammar of `links.xml`."""

from __future__ import annotations

from callscript.parser.grammar import forms
from callscript.parser.grammar.rules import Attribute, Grammar, Rule, children

LINKS = Grammar(
    "links",
    "urn:waihu:links:1",
    "links",
    {
        "links": Rule("links", children=children("link.call"), aliases={"link": "call"}, about="What is called when."),
        "link.call": Rule(
            "call",
            {
                "id": Attribute(forms.NAME, required=True),
                "on": Attribute(forms.MOMENT),
                "node": Attribute(forms.NODE),
                "action": Attribute(forms.SERVER_ACTION),
                "mode": Attribute(forms.MODE),
                "fail": Attribute(forms.FAIL),
                "fail-action": Attribute(forms.NAME),
                "when": Attribute(forms.EXPRESSION),
                "off": Attribute(forms.YES_NO),
            },
            children("give", "take"),
            aliases={
                "name": "id",
                "moment": "on",
                "if": "when",
                "param": "give",
                "parameter": "give",
                "result": "take",
            },
            about="At a moment of the interview, call a server action.",
        ),
        "give": Rule(
            "give",
            {"name": Attribute(forms.COLUMN, required=True), "value": Attribute(forms.EXPRESSION, required=True)},
            aliases={"id": "name", "param": "name", "expression": "value", "from": "value"},
            about="A parameter of the action.",
        ),
        "take": Rule(
            "take",
            {"name": Attribute(forms.NAME, required=True), "path": Attribute(forms.PATH)},
            aliases={"id": "name", "as": "name", "from": "path"},
            about="A part of the reply becomes ${name...}.",
        ),
    },
)
