"""The line above the desk: the agent's state and since when, their figures of today, whom they call next."""

from __future__ import annotations

from typing import Any

from agent_app.day import READY, Figures
from agent_app.desk import Desk
from agent_app.panels import clock
from agent_app.sights import Elsewhere, SignedOut
from agent_app.texts import text


def strip(desk: Desk) -> dict[str, Any] | None:
    """None where there is no day to show: signed out, or at another place.

    Times are durations by this process's clock, so that the clock of the agent's machine does not matter.
    """
    standing = desk.day.standing
    if standing is None or isinstance(desk.sight, (SignedOut, Elsewhere)):
        return None
    language, state = desk.language, desk.day.state(standing.state)
    offered = [one for one in desk.day.states if one.offered]
    after = desk.day.state(desk.day.after_call).title(language) if desk.day.after_call else ""
    return {
        "state": state.title(language),
        "kind": state.kind,
        "code": state.code,
        "seconds": max(0, (desk.now() - standing.since) // 1000),
        "most_seconds": 60 * state.most_minutes if state.most_minutes else None,
        "after": text(language, "strip.after", state=after) if after else "",
        "states": [{"code": one.code, "kind": one.kind, "title": one.title(language)} for one in offered],
        "figures": _figures(desk.day.figures, language),
        "appointment": _appointment(desk.day.figures, language),
        "can_ready": state.code != READY,
    }


def _figures(figures: Figures | None, language: str) -> list[list[str]]:
    if figures is None:
        return []
    numbers = [
        ("interviews", str(figures.interviews)),
        ("attempts", str(figures.attempts)),
        ("refusals", str(figures.refusals)),
        ("talk", _span(figures.talk_seconds)),
        ("wrap", _span(figures.wrap_seconds)),
        ("break", _span(figures.break_seconds + figures.training_seconds)),
    ]
    return [[text(language, f"strip.{name}"), number] for name, number in numbers]


def _appointment(figures: Figures | None, language: str) -> str:
    if figures is None or figures.appointment_at is None:
        return ""
    at = clock(figures.appointment_at, figures.appointment_timezone or "")
    return text(language, "strip.appointment", at=at, name=figures.appointment_name or "")


def _span(seconds: int) -> str:
    """Hours and minutes."""
    minutes = seconds // 60
    return f"{minutes // 60}:{minutes % 60:02}"
