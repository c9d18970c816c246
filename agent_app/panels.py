"""Everything but a question: choosing, waiting, resting, failing, ending, as a text and what can be done about it."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from agent_app.client import UNREACHABLE, Refusal
from agent_app.desk import HERE, Desk
from agent_app.parking import Parked
from agent_app.sights import (
    Choosing,
    Elsewhere,
    LaidAside,
    ParkedList,
    QueueEmpty,
    Resting,
    SignedOut,
    Trouble,
    Working,
)
from agent_app.texts import text
from callscript.engine.steps import Ask, Ended, Failed, NoteView, SayView, View, Wait

_LISTED = 9
"""Choices that a digit can mean."""


def view_of(desk: Desk) -> dict[str, Any]:
    """A node to be asked, or a panel: `title`, `lines`, `choices` (`id`, `label`, `key`), `tone`."""
    language, sight = desk.language, desk.sight
    view: dict[str, Any]
    match sight:
        case Choosing():
            view = _choosing(sight, language)
        case Working():
            view = _working(sight.shown.view, desk)
        case LaidAside():
            view = _laid_aside(desk)
        case ParkedList():
            view = _parked_list(sight, desk)
        case Resting():
            view = _resting(sight, language)
        case QueueEmpty():
            view = _queue_empty(sight.nothing.refusal, language)
        case Trouble():
            view = _trouble(sight, language)
        case Elsewhere():
            # No Enter and no digit: what an agent is typing at that moment must not take the desk back.
            view = _pause(language, "elsewhere.title", "elsewhere.lead", (HERE, "elsewhere.here", "H"))
        case SignedOut():
            view = _pause(language, "session.sign_in", "session.ended", ("sign_in", "session.sign_in", "Enter"))
    return view


def _pause(language: str, title: str, lead: str, choice: tuple[str, str, str]) -> dict[str, Any]:
    """One thing to know and one thing to do, by keys of texts."""
    id_, label, key = choice
    choices = [(id_, text(language, label), key)]
    return panel(text(language, title), [text(language, lead)], choices, tone="pause")


def _choosing(sight: Choosing, language: str) -> dict[str, Any]:
    if sight.refusal is not None:
        return panel(
            text(language, "campaigns.unavailable"),
            [why(sight.refusal, language)],
            [("retry", text(language, "choice.retry"), "Enter")],
            tone="trouble",
            small=_reference(sight.refusal, language),
        )
    if not sight.campaigns:
        again = [("retry", text(language, "queue.again"), "Enter")]
        return panel(text(language, "campaigns.title"), [text(language, "campaigns.none")], again, tone="pause")
    choices = [
        (f"campaign:{campaign.id}", campaign.titles.get(language) or campaign.id, str(number) if number <= 9 else "")
        for number, campaign in enumerate(sight.campaigns, 1)
    ]
    if sight.can_resume:
        choices.append(("parked", text(language, "parked.open"), "P"))
    return panel(text(language, "campaigns.title"), [text(language, "campaigns.lead")], choices)


def _laid_aside(desk: Desk) -> dict[str, Any]:
    language = desk.language
    choices = [
        ("next", _onward(desk), "Enter"),
        ("stop", text(language, "ended.stop"), "2"),
        ("parked", text(language, "parked.open"), "P"),
    ]
    return panel(text(language, "parked.done"), [text(language, "parked.done_lead")], choices, tone="good")


def _parked_list(sight: ParkedList, desk: Desk) -> dict[str, Any]:
    language = desk.language
    back = ("stop", text(language, "queue.other"), "0")
    title = text(language, "parked.title")
    if sight.refusal is not None:
        again = ("parked", text(language, "choice.retry"), "Enter")
        small = _reference(sight.refusal, language)
        return panel(title, [why(sight.refusal, language)], [again, back], tone="trouble", small=small)
    if not sight.parked:
        again = ("parked", text(language, "queue.again"), "Enter")
        return panel(title, [text(language, "parked.none")], [again, back], tone="pause")
    rows = [
        {**_choice(f"resume:{one.campaign}:{one.interview}", one.name, str(number)), "lines": _parked_lines(one, desk)}
        for number, one in enumerate(sight.parked[:_LISTED], 1)
    ]
    drawn = panel(title, [text(language, "parked.lead")], [back])
    return {**drawn, "choices": [*rows, *drawn["choices"]]}


def _parked_lines(one: Parked, desk: Desk) -> list[str]:
    language = desk.language
    where = text(language, "parked.where", title=one.title or "–", percent=round(100 * float(one.progress or 0)))
    when = text(
        language, "parked.mine" if one.mine else "parked.others", at=clock(one.parked_at, one.timezone),
        until=clock(one.until, one.timezone),
    )  # fmt: skip
    return [line for line in (f"{desk.campaign_title(one.campaign)} · {where}", when, one.note) if line]


def _resting(sight: Resting, language: str) -> dict[str, Any]:
    title = text(language, "resting.title", state=sight.state.title(language))
    lines = [text(language, "resting.lead")]
    if sight.state.most_minutes:
        lines.append(text(language, "resting.most", minutes=sight.state.most_minutes))
    choices = [("ready", text(language, "resting.back"), "Enter")]
    return panel(title, lines, choices, tone="pause") | {"timer": True}


def _working(view: View, desk: Desk) -> dict[str, Any]:
    language = desk.language
    match view:
        case Ask():
            return {"type": "ask", "screen": msgspec.to_builtins(view.screen)}
        case Wait():
            lead = [text(language, "wait.lead")]
            return panel(text(language, "wait.title"), lead, [], busy=True)
        case Failed():
            return _failed(view, language)
        case Ended():
            return _ended(view, desk)


def _queue_empty(refusal: Refusal, language: str) -> dict[str, Any]:
    away = refusal.retryable
    return panel(
        text(language, "failed.title" if away else "queue.title"),
        [why(refusal, language) if away else refusal.detail(language) or text(language, "queue.unknown")],
        [
            ("again", text(language, "queue.again"), "Enter"),
            ("stop", text(language, "queue.other"), "2"),
        ],
        tone="trouble" if away else "pause",
    )


def _trouble(sight: Trouble, language: str) -> dict[str, Any]:
    reason = why(sight.refusal, language) if sight.refusal else text(language, "failed.internal")
    choices = [("retry", text(language, "choice.retry"), "Enter")]
    if sight.interview_open:
        choices.append(("park", text(language, "choice.park"), "2"))
    else:
        choices.append(("stop", text(language, "queue.other"), "2"))
    return panel(
        text(language, "failed.title"), [reason], choices, tone="trouble", small=_reference(sight.refusal, language)
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
    return panel(text(language, "failed.title"), lines, choices, tone="trouble", small=small)


def _ended(ended: Ended, desk: Desk) -> dict[str, Any]:
    language = desk.language
    lines = [item.text for item in ended.items if isinstance(item, (SayView, NoteView))]
    if ended.parked:
        lines.insert(0, text(language, "ended.parked"))
    small = text(language, "ended.outcome", outcome=ended.outcome) if ended.outcome else ""
    choices = [("next", _onward(desk), "Enter"), ("stop", text(language, "ended.stop"), "2")]
    return panel(text(language, "ended.title"), lines, choices, tone="good", small=small)


def _onward(desk: Desk) -> str:
    """What comes after an interview: the next contact, or the break that the agent asked for."""
    if not desk.day.after_call:
        return text(desk.language, "ended.next")
    return text(desk.language, "state.begin", state=desk.day.state(desk.day.after_call).title(desk.language))


def panel(
    title: str,
    lines: list[str],
    choices: list[tuple[str, str, str]],
    *,
    tone: str = "plain",
    small: str = "",
    busy: bool = False,
) -> dict[str, Any]:
    """A panel as the browser draws it; `choices` are triples of id, label and key."""
    return {
        "type": "panel",
        "title": title,
        "lines": [line for line in lines if line],
        "choices": [_choice(id_, label, key) for id_, label, key in choices],
        "tone": tone,
        "small": small,
        "busy": busy,
    }


def _choice(id_: str, label: str, key: str) -> dict[str, Any]:
    return {"id": id_, "label": label, "key": key}


def why(refusal: Refusal, language: str) -> str:
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


def clock(moment: datetime, timezone: str) -> str:
    """Day and minute on a clock of `timezone`."""
    with suppress(ZoneInfoNotFoundError, ValueError):
        moment = moment.astimezone(ZoneInfo(timezone))
    return f"{moment:%m-%d %H:%M}"
