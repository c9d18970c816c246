"""The grammar of `calling.xml`."""

from __future__ import annotations

from callscript.parser.grammar import forms
from callscript.parser.grammar.forms import Form
from callscript.parser.grammar.rules import Attribute, Grammar, Rule, children, one

_DAY = "(mon|tue|wed|thu|fri|sat|sun)"
DAYS = Form(
    "days",
    "days such as mon-fri or sat sun",
    "星期，如 mon-fri 或 sat sun",
    f"\\s*{_DAY}(-{_DAY})?(\\s+{_DAY}(-{_DAY})?)*\\s*",
)
CLOCK = Form(
    "clock", "a time such as 09:00, or 24:00", "时刻，如 09:00 或 24:00", "([01][0-9]|2[0-3]):[0-5][0-9]|24:00"
)
DATE = Form("date", "a date such as 2026-10-01", "日期，如 2026-10-01", "[0-9]{4}-[0-9]{2}-[0-9]{2}")
SPAN = Form("span", "a length of time such as 20m, 4h or 7d", "时长，如 20m、4h、7d", "[0-9]{1,5}[mhd]")
COUNT = Form("count", "a whole number above 0", "大于 0 的整数", "[1-9][0-9]{0,8}")

_NAME = Attribute(forms.NAME, required=True)
_CLOCK = Attribute(CLOCK, required=True)
_COUNT = Attribute(COUNT)
_HOURS = {"days": Attribute(DAYS, required=True), "from": _CLOCK, "to": _CLOCK}

CALLING = Grammar(
    "calling",
    "urn:waihu:calling:1",
    "calling",
    {
        "calling": Rule(
            "calling",
            {"campaign": _NAME},
            children("window", "holiday", "part", "outcome", "quota") | one("limits", "appointments", "lease"),
            about="When, how often and in what order a campaign calls, and how many interviews of which kind it wants.",
        ),
        "window": Rule(
            "window",
            _HOURS,
            aliases={"day": "days", "opens": "from", "closes": "to", "start": "from", "end": "to"},
            about="When contacts may be called, by the clock where they live.",
        ),
        "holiday": Rule(
            "holiday", {"date": Attribute(DATE, required=True), "name": Attribute()}, aliases={"day": "date"},
            about="A day without calls, by the contact's calendar.",
        ),
        "part": Rule(
            "part", {"name": _NAME, **_HOURS}, aliases={"id": "name"},
            about="A part of the week over which a contact's calls are spread.",
        ),
        "limits": Rule(
            "limits",
            {
                "attempts": _COUNT, "per-number": _COUNT, "per-day": _COUNT, "per-part": _COUNT,
                "spread": Attribute(forms.INTEGER), "gap": Attribute(SPAN),
            },
            aliases={"max": "attempts", "number": "per-number", "day": "per-day", "part": "per-part"},
            about="How often a contact is called: in all, on a number, on a day, in a part of the week; how soon.",
        ),
        "appointments": Rule(
            "appointments",
            {"wait": Attribute(SPAN), "late": Attribute(SPAN), "slot": Attribute(SPAN), "places": _COUNT},
            about="How long a call-back waits for its agent, when it is late, and the calendar agents choose from.",
        ),
        "lease": Rule(
            "lease", {"seconds": Attribute(COUNT, required=True)},
            about="How long after its last sign of life an agent's case goes to another.",
        ),
        "outcome": Rule(
            "outcome",
            {
                "code": Attribute(forms.OUTCOME, required=True), "final": Attribute(forms.YES_NO),
                "retry": Attribute(SPAN), "times": _COUNT, "skill": Attribute(forms.NAME),
                "next-number": Attribute(forms.YES_NO), "other-agent": Attribute(forms.YES_NO),
            },
            about="What comes after an outcome in this campaign; what is not said stays as shipped.",
        ),
        "quota": Rule(
            "quota",
            {"id": _NAME, "attribute": Attribute(), "answer": Attribute(forms.NAMES)},
            children("cell", required=True),
            aliases={"name": "id", "attributes": "attribute", "field": "answer"},
            about="Interviews wanted by an attribute of the contacts, or by an answer; several names cross them.",
        ),
        "cell": Rule(
            "cell",
            {"value": Attribute(required=True), "target": Attribute(forms.INTEGER, required=True), "name": Attribute()},
            aliases={"count": "target", "limit": "target"},
            about="One value (or several, with | between) and how many interviews are wanted of it.",
        ),
    },
)  # fmt: skip
