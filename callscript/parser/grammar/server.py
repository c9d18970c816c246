"""The grammar of `server.xml` and of the interface without SQL that agents' apps get."""

from __future__ import annotations

from callscript.parser.grammar import forms
from callscript.parser.grammar.rules import Attribute, Grammar, Rule, Words, children, one

NAMESPACE = "urn:waihu:server:1"

_NAME = Attribute(forms.COLUMN, required=True)
_TEST = Attribute(forms.EXPRESSION, required=True)
_TEXT = Attribute()
_YES_NO = Attribute(forms.YES_NO)
_TYPE = Attribute(forms.VALUE_TYPE, required=True)

VERBS = ("select", "insert", "update", "delete", "call")
_DYNAMIC = children("if", "choose", "where", "set", "foreach")
_PAGING = {
    "order": Attribute(forms.ORDER),
    "page": Attribute(forms.INTEGER),
    "after": Attribute(forms.COLUMN),
}
_STATEMENT_ALIASES = {"id": "name", "test": "when", "count": "rows", "trim": "where"}


def _statement(verb: str) -> Rule:
    return Rule(
        verb,
        {"name": _NAME, "rows": Attribute(forms.ROWS), "when": Attribute(forms.EXPRESSION)}
        | (_PAGING if verb == "select" else {}),
        _DYNAMIC,
        words=Words.MIXED,
        aliases=_STATEMENT_ALIASES,
        about=f"One SQL {verb}; rows is a contract that is checked before commit.",
    )


def _part(tag: str, about: str, **attributes: Attribute) -> Rule:
    aliases = {"when": "test", "collection": "over", "items": "over", "opening": "open", "closing": "close"}
    return Rule(tag, attributes, _DYNAMIC, words=Words.MIXED, aliases=aliases, about=about)


_SHAPE = children("value", "record", "list")

SERVER = Grammar(
    "server",
    NAMESPACE,
    "server",
    {
        "server": Rule(
            "server",
            {"pack": Attribute(forms.NAME, required=True), "interface": _YES_NO},
            children("server.action"),
            aliases={"name": "pack", "id": "pack"},
            about="The server's logic of a pack.",
        ),
        "server.action": Rule(
            "action",
            {
                "id": Attribute(forms.COLUMN, required=True),
                "roles": Attribute(forms.ROLE, required=True),
                "class": Attribute(forms.CLASS),
                "reveals": _YES_NO,
                "finishes": Attribute(forms.COLUMN),
            },
            children("param", "fail", "on-error", *VERBS) | one("server.data"),
            aliases={"name": "id", "role": "roles", "parameter": "param", "error": "on-error", "query": "select"},
            about="One named action: its statements are one transaction, its data is the whole reply.",
        ),
        "param": Rule(
            "param",
            {"name": _NAME, "type": _TYPE, "required": _YES_NO, "default": _TEXT, "many": _YES_NO},
            aliases={"id": "name", "list": "many"},
            about="What the client gives; :name in SQL.",
        ),
        **{verb: _statement(verb) for verb in VERBS},
        "if": _part("if", "Its SQL only where the test holds.", test=_TEST),
        "choose": Rule(
            "choose",
            children=children("branch.when", required=True) | one("otherwise"),
            aliases={"else": "otherwise", "if": "when"},
            about="The first branch whose test holds.",
        ),
        "branch.when": _part("when", "A branch of choose.", test=_TEST),
        "otherwise": _part("otherwise", "Where no branch holds."),
        "where": _part("where", "WHERE before its content unless that is empty; a leading AND or OR is dropped."),
        "set": _part("set", "SET before its content; a trailing comma is dropped."),
        "foreach": _part(
            "foreach",
            "Its SQL once for each element of a list parameter.",
            over=_NAME,
            item=_NAME,
            open=_TEXT,
            separator=_TEXT,
            close=_TEXT,
        ),
        "fail": Rule(
            "fail",
            {"when": _TEST, "code": Attribute(forms.CODE, required=True)},
            words=Words.MAY,
            aliases={"test": "when", "if": "when"},
            about="Ends the action with a code of its own where this holds; the text is what the agent is told.",
        ),
        "on-error": Rule(
            "on-error",
            {
                "sqlstate": Attribute(forms.SQLSTATE, required=True),
                "code": Attribute(forms.CODE, required=True),
                "constraint": _TEXT,
            },
            words=Words.MAY,
            about="Turns a database error into the script's own code.",
        ),
        "server.data": Rule("data", children=_SHAPE, about="The reply's shape; nothing else leaves."),
        "value": Rule(
            "value",
            {"name": _NAME, "type": _TYPE, "column": Attribute(forms.DOTTED), "mask": Attribute(forms.MASK)},
            aliases={"from": "column", "id": "name"},
            about="One value of the reply.",
        ),
        "record": Rule(
            "record",
            {"name": _NAME, "from": _NAME, "on": Attribute(forms.COLUMN), "to": Attribute(forms.COLUMN)},
            _SHAPE,
            aliases={"source": "from", "id": "name"},
            about="An object from the first row of a statement; in a list, the first whose column on equals outer to.",
        ),
        "list": Rule(
            "list",
            {"name": _NAME, "from": _NAME, "on": Attribute(forms.COLUMN), "to": Attribute(forms.COLUMN)},
            _SHAPE,
            aliases={"source": "from", "id": "name"},
            about="An array with one object for each row; nested, only the rows whose column on equals the outer to.",
        ),
    },
)
