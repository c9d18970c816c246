"""What supervisors tell an agent, above the questionnaire, until the agent has read it.

The server is asked beside the session's own thread: one that hangs must not hold up an agent's keys.
"""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from html import escape
from typing import Any

import streamlit as st

from agent_app.client import Refusal
from agent_app.desk import Desk
from agent_app.runtime import Runtime, now_ms, runtime
from agent_app.supervising.room import PACK, Room
from agent_app.texts import text

_ASK_MS = 30_000
"""Each asking is one read in the database: five hundred agents make seventeen a second."""
_POOL = ThreadPoolExecutor(4, thread_name_prefix="messages")


@dataclass
class _Board:
    """What one session knows of its messages, and the asking that is on its way."""

    asked_at: int = 0
    asking: Future[list[dict[str, Any]] | None] | None = None
    known: list[dict[str, Any]] = field(default_factory=list)
    read: set[str] = field(default_factory=set)
    """Ids of those that the agent has read: an asking that was on its way meanwhile may still bring them."""


def draw_messages(desk: Desk) -> None:
    """Messages of the campaign that the agent works on; silent where it has no supervisors' pack."""
    if not desk.campaign:
        return
    parts = runtime()
    room = Room(desk.interviewing.sign_in_id, parts.access, parts.gateway, now_ms)
    board = st.session_state.setdefault("wh_messages", _Board())
    if board.asking is not None and board.asking.done():
        told = None if board.asking.exception() else board.asking.result()
        board.asking, board.known = None, board.known if told is None else told
    if board.asking is None and now_ms() - board.asked_at >= _ASK_MS:
        board.asked_at = now_ms()
        board.asking = _POOL.submit(_told, room, parts, desk.campaign)
    for each in board.known:
        if each["id"] not in board.read:
            _message(room, desk, board, each)


def _told(room: Room, parts: Runtime, campaign: str) -> list[dict[str, Any]] | None:
    """The agent's messages; None where they are not known."""
    campaigns = room.campaigns()
    if isinstance(campaigns, Refusal):
        return None
    release = next((one.release for one in campaigns if one.id == campaign), "")
    if not parts.releases.offers(release, f"{PACK}.my_messages"):
        return []
    reply = room.ask(campaign, "my_messages")
    return None if isinstance(reply, Refusal) else list(reply["messages"])


def _message(room: Room, desk: Desk, board: _Board, message: dict[str, Any]) -> None:
    words = escape(text(desk.language, "message.from", sender=message["sender"], words=message["words"]))
    with st.container(horizontal=True, vertical_alignment="center", key=f"wh_message_{message['id']}"):
        st.html(f'<div class="wh-banner wh-told" role="status" aria-live="polite"><span>{words}</span></div>')
        # A callback, since the look that a click begins may leave for a whole rerun before it comes to this button.
        st.button(
            text(desk.language, "message.read"),
            key=f"read_{message['id']}",
            type="tertiary",
            on_click=_read,
            args=(room, desk, board, message["id"]),
        )


def _read(room: Room, desk: Desk, board: _Board, message: str) -> None:
    if not isinstance(room.ask(desk.campaign, "read_message", message=message), Refusal):
        board.read.add(message)
