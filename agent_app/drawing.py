"""Turns what is on the desk into the plain data that the browser draws. Decides words and keys, nothing else."""

from __future__ import annotations

from typing import Any

import msgspec

from agent_app.case_panel import case_panel
from agent_app.desk import Desk
from agent_app.desk_pack import REPORT_QUESTION, SUSPEND, WRITE_NOTE
from agent_app.panels import view_of, why
from agent_app.sights import Dialled, Working
from agent_app.strip import strip
from agent_app.texts import text, texts


def drawing(desk: Desk) -> dict[str, Any]:
    """All that the component needs; JSON."""
    language, sight = desk.language, desk.sight
    shown = sight.shown if isinstance(sight, Working) else None
    live = isinstance(sight, Working) and sight.live
    return {
        "turn": shown.turn if shown else 0,
        "interview": shown.interview if shown else "",
        "stamp": desk.stamp,
        "language": language,
        "texts": words(language),
        "view": view_of(desk),
        "case": case_panel(shown.taken, language, desk.campaign_title()) if shown else None,
        "can_dial": desk.can_dial(),
        "dial": _dial(desk.dialled, language) if live else None,
        "visits": [msgspec.to_builtins(visit) for visit in desk.visits] if live else [],
        "tools": {
            "note": desk.offers(WRITE_NOTE),
            "report": live and desk.offers(REPORT_QUESTION),
            "park": live and desk.offers(SUSPEND),
        },
        "note": desk.note[1] if shown and desk.note[0] == shown.interview else "",
        "notice": _notice(desk),
        "strip": strip(desk),
        "rehearsal": False,
    }


def _notice(desk: Desk) -> str:
    if desk.said:
        state = desk.day.state(desk.day.after_call).title(desk.language) if desk.day.after_call else ""
        return text(desk.language, desk.said, state=state)
    overtaken = isinstance(desk.sight, Working) and desk.sight.shown.overtaken
    return text(desk.language, "other_tab") if overtaken else ""


def _dial(dialled: Dialled | None, language: str) -> dict[str, Any] | None:
    if dialled is None:
        return None
    if dialled.said:
        return {"serial": dialled.serial, "href": dialled.href, "text": text(language, dialled.said)}
    reason = why(dialled.refusal, language) if dialled.refusal else "-"
    return {"serial": dialled.serial, "href": "", "text": text(language, "case.dial_failed", reason=reason)}


def words(language: str) -> dict[str, str]:
    """What the browser says itself, in `language`."""
    specials = {f"special.{name}": word for name, word in texts(language, "special.").items()}
    return {
        **texts(language, "ask."),
        **specials,
        **{f"help.{name}": word for name, word in texts(language, "help.").items()},
        "dial": text(language, "case.dial"),
        "phone": text(language, "case.phone"),
    }
