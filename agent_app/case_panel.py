"""What is known of the person to be called, in a form that can be drawn.

By convention a pack's start link takes its reply into `contact` (`name`, `phone`, masked already, `attributes`), `case`
(`attempt`) and `calls` (`at`, `agent`, `outcome` and `outcome_<language>`, `note`). What is missing is left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from agent_app.texts import TEXTS, text

_MOST_DETAILS = 8


def case_panel(taken: Mapping[str, Any], language: str, campaign: str = "") -> dict[str, Any] | None:
    """Texts for the panel beside the questionnaire; None before a case was given."""
    contact = _record(taken.get("contact"))
    if not contact:
        return None
    attempt = _record(taken.get("case")).get("attempt")
    zone = _zone(contact.get("timezone"))
    return {
        "campaign": campaign,
        "title": text(language, "case.title"),
        "name": str(contact.get("name") or ""),
        "phone": str(contact.get("phone") or ""),
        "attempt": text(language, "case.attempt", count=attempt) if attempt else "",
        "details_title": text(language, "case.details"),
        "details": _details(contact.get("attributes"), language),
        "history_title": text(language, "case.history"),
        "history": [_call(_record(call), language, zone) for call in taken.get("calls") or ()],
        "no_history": text(language, "case.no_history"),
    }


def _details(attributes: Any, language: str) -> list[list[str]]:
    plain = [[str(name), value] for name, value in _record(attributes).items() if _is_plain(value)]
    return [[_title(name, language), _told(name, value)] for name, value in plain[:_MOST_DETAILS]]


def _title(name: str, language: str) -> str:
    """The agent's word for a column that every contact file may have; other attributes are called as in the file."""
    key = f"detail.{name}"
    return text(language, key) if key in TEXTS else name


def _told(name: str, value: Any) -> str:
    """`subject_at` is the contact's own clock already."""
    return _moment(value, None) if name == "subject_at" else str(value)


def _is_plain(value: Any) -> bool:
    return isinstance(value, (str, int, float)) and str(value) != ""


def _call(call: Mapping[str, Any], language: str, zone: ZoneInfo | None) -> dict[str, str]:
    outcome = call.get(f"outcome_{language}") or call.get("outcome") or ""
    return {"at": _moment(call.get("at"), zone), "what": str(outcome), "note": str(call.get("note") or "")}


def _moment(value: Any, zone: ZoneInfo | None) -> str:
    """To the minute, on the contact's clock."""
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        return str(value or "")
    if moment.tzinfo is not None and zone is not None:
        moment = moment.astimezone(zone)
    return moment.strftime("%Y-%m-%d %H:%M")


def _zone(name: Any) -> ZoneInfo | None:
    try:
        return ZoneInfo(str(name)) if name else None
    except (ZoneInfoNotFoundError, ValueError):
        return None


def _record(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
