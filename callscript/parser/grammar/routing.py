"""The grammar of `routing.xml`."""

from __future__ import annotations

from callscript.parser.grammar import forms
from callscript.parser.grammar.rules import Attribute, Grammar, Rule, Words, children

_ID = Attribute(forms.NAME, required=True)

ROUTING = Grammar(
    "routing",
    "urn:waihu:routing:1",
    "routing",
    {
        "routing": Rule(
            "routing",
            children=children("cell", "routed.campaign"),
            about="Which campaigns there are, and where they live.",
        ),
        "cell": Rule(
            "cell",
            {"id": _ID, "draining": Attribute(forms.YES_NO)},
            children("version"),
            about="One database with the business functions before it.",
        ),
        "version": Rule(
            "version",
            {"name": Attribute(forms.NAME, required=True), "weight": Attribute(forms.INTEGER, required=True)},
            aliases={"id": "name", "share": "weight"},
            about="A version of the business function and its share of new sessions.",
        ),
        "routed.campaign": Rule(
            "campaign",
            {"id": _ID, "cell": Attribute(forms.NAME, required=True), "groups": Attribute(forms.NAMES, required=True)},
            children("routed.title"),
            aliases={"name": "id", "group": "groups", "home": "cell"},
            about="A campaign, its home cell, and the groups whose members may work on it.",
        ),
        "routed.title": Rule(
            "title",
            {"lang": Attribute(forms.LANGUAGE, required=True)},
            words=Words.MUST,
            aliases={"language": "lang"},
            about="What agents see in the list of campaigns.",
        ),
    },
)
