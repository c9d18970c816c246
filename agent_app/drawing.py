"""Turns what is on the desk into the plain data that the browser draws. Decides words and keys, nothing else."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import msgspec

from agent_app.case_panel import case_panel
from agent_app.client import UNREACHABLE, Refusal
from agent_app.desk import Choosing, Desk, Dialled, QueueEmpty, Sight, SignedOut, Trouble, Working
from agent_app.interviewing import DIAL
from agent_app.texts import text, texts
from callscript.engine.steps import Ask, Ended, Failed, NoteView, SayView, View, Wait


def drawing(desk: Desk, dial_scheme: str) -> dict[str, Any]:
    """All that the component needs; JSON."""
    language, sight = desk.language, desk.sight
    shown = sight.shown if isinstance(sight, Working) else None
    live = shown is not None and not isinstance(shown.view, Ended)
    return {
        "turn": shown.turn if shown else 0,
        "interview": shown.interview if shown else "",
        "stamp": desk.stamp,
        "language": language,
        "texts": _words(language),
        "view": view_of(sight, language),
        "case": case_panel(shown.taken, language, desk.campaign_title()) if shown else None,
        "can_dial": bool(live and shown and DIAL in shown.commands),
        "dial": _dial(desk.dialled, dial_scheme, language) if live else None,
        "visits": [msgspec.to_builtins(visit) for visit in desk.visits] if live else [],
        "notice": text(language, "other_tab") if shown is not None and shown.overtaken else "",
    }


def view_of(sight: Sight, language: str) -> dict[str, Any]:
    """A node to be asked, or a panel: `title`, `lines`, `choices` (`id`, `label`, `key`), `tone`."""
    match sight:
        case Choosing():
            return _choosing(sight, language)
        case Working():
            return _working(sight.shown.view, language)
        case QueueEmpty():
            return _queue_empty(sight.nothing.refusal, language)
        case Trouble():
            return _trouble(sight, language)
        case SignedOut():
            choices = [("sign_in", text(language, "session.sign_in"), "Enter")]
            return _panel(text(language, "session.sign_in"), [text(language, "session.ended")], choices, tone="pause")


def _choosing(sight: Choosing, language: str) -> dict[str, Any]:
    if sight.refusal is not None:
        return _panel(
            text(language, "campaigns.unavailable"),
            [_why(sight.refusal, language)],
            [("retry", text(language, "choice.retry"), "Enter")],
            tone="trouble",
            small=_reference(sight.refusal, language),
        )
    if not sight.campaigns:
        again = [("retry", text(language, "queue.again"), "Enter")]
        return _panel(text(language, "campaigns.title"), [text(language, "campaigns.none")], again, tone="pause")
    choices = [
        (f"campaign:{campaign.id}", campaign.titles.get(language) or campaign.id, str(number) if number <= 9 else "")
        for number, campaign in enumerate(sight.campaigns, 1)
    ]
    return _panel(text(language, "campaigns.title"), [text(language, "campaigns.lead")], choices)


def _working(view: View, language: str) -> dict[str, Any]:
    match view:
        case Ask():
            return {"type": "ask", "screen": msgspec.to_builtins(view.screen)}
        case Wait():
            lead = [text(language, "wait.lead")]
            return _panel(text(language, "wait.title"), lead, [], busy=True)
        case Failed():
            return _failed(view, language)
        case Ended():
            return _ended(view, language)


def _queue_empty(refusal: Refusal, language: str) -> dict[str, Any]:
    away = refusal.retryable
    return _panel(
        text(language, "failed.title" if away else "queue.title"),
        [_why(refusal, language) if away else refusal.detail(language) or text(language, "queue.unknown")],
        [
            ("again", text(language, "queue.again"), "Enter"),
            ("stop", text(language, "queue.other"), "2"),
        ],
        tone="trouble" if away else "pause",
    )


def _trouble(sight: Trouble, language: str) -> dict[str, Any]:
    why = _why(sight.refusal, language) if sight.refusal else text(language, "failed.internal")
    choices = [("retry", text(language, "choice.retry"), "Enter")]
    if sight.interview_open:
        choices.append(("park", text(language, "choice.park"), "2"))
    else:
        choices.append(("stop", text(language, "queue.other"), "2"))
    return _panel(
        text(language, "failed.title"), [why], choices, tone="trouble", small=_reference(sight.refusal, language)
    )


def _failed(failed: Failed, language: str) -> dict[str, Any]:
    choices = [
        (choice, text(language, f"choice.{choice}"), "Enter" if number == 1 else str(number))
        for number, choice in enumerate(failed.choices, 1)
    ]
    away = failed.code == UNREACHABLE
    lines = [text(language, "failed.away" if away else "failed.refused"), "" if away else failed.detail]
    small = " · ".join(
        filter(None, [text(language, "failed.at", node=failed.call.node or failed.call.link), failed.code])
    )
    return _panel(text(language, "failed.title"), lines, choices, tone="trouble", small=small)


def _ended(ended: Ended, language: str) -> dict[str, Any]:
    lines = [item.text for item in ended.items if isinstance(item, (SayView, NoteView))]
    if ended.parked:
        lines.insert(0, text(language, "ended.parked"))
    small = text(language, "ended.outcome", outcome=ended.outcome) if ended.outcome else ""
    choices = [("next", text(language, "ended.next"), "Enter"), ("stop", text(language, "ended.stop"), "2")]
    return _panel(text(language, "ended.title"), lines, choices, tone="good", small=small)


def _panel(
    title: str,
    lines: list[str],
    choices: list[tuple[str, str, str]],
    *,
    tone: str = "plain",
    small: str = "",
    busy: bool = False,
) -> dict[str, Any]:
    return {
        "type": "panel",
        "title": title,
        "lines": [line for line in lines if line],
        "choices": [{"id": id_, "label": label, "key": key} for id_, label, key in choices],
        "tone": tone,
        "small": small,
        "busy": busy,
    }


def _why(refusal: Refusal, language: str) -> str:
    """Plain words: the script's own, else whether it is an outage or a refusal."""
    said = refusal.detail(language)
    if said:
        return said
    return text(language, "failed.away" if refusal.retryable else "failed.refused")


def _reference(refusal: Refusal | None, language: str) -> str:
    if refusal is None:
        return ""
    parts = [refusal.code]
    if refusal.correlation_id:
        parts.append(text(language, "failed.reference", reference=refusal.correlation_id))
    return " · ".join(parts)


def _dial(dialled: Dialled | None, scheme: str, language: str) -> dict[str, Any] | None:
    if dialled is None:
        return None
    if dialled.number:
        href = f"{scheme}:{quote(dialled.number, safe='+')}" if scheme else ""
        return {"serial": dialled.serial, "href": href, "text": text(language, "case.dialled")}
    reason = _why(dialled.refusal, language) if dialled.refusal else "-"
    return {"serial": dialled.serial, "href": "", "text": text(language, "case.dial_failed", reason=reason)}


def _words(language: str) -> dict[str, str]:
    specials = {f"special.{name}": word for name, word in texts(language, "special.").items()}
    return {
        **texts(language, "ask."),
        **specials,
        "dial": text(language, "case.dial"),
        "phone": text(language, "case.phone"),
    }
