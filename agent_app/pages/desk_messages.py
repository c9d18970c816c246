"""What supervisors tell an agent, above the questionnaire, until the agent has read it."""

from __future__ import annotations

from html import escape
from typing import Any

import streamlit as st

from agent_app.client import Refusal
from agent_app.desk import Desk
from agent_app.runtime import now_ms, runtime
from agent_app.supervising.room import PACK, Room
from agent_app.texts import text

_ASK_SECONDS = 30.0
"""Each asking is one read in the database: five hundred agents make seventeen a second."""


@st.fragment(run_every=_ASK_SECONDS)
def messages(desk: Desk) -> None:
    """Asks for messages of the campaign that the agent works on; silent where it has no supervisors' pack."""
    if not desk.campaign:
        return
    parts = runtime()
    room = Room(desk.interviewing.sign_in_id, parts.access, parts.gateway, now_ms)
    campaigns = room.campaigns()
    if isinstance(campaigns, Refusal):
        return
    release = next((one.release for one in campaigns if one.id == desk.campaign), "")
    if not parts.releases.offers(release, f"{PACK}.my_messages"):
        return
    reply = room.ask(desk.campaign, "my_messages")
    if isinstance(reply, Refusal):
        return
    for each in reply["messages"]:
        _message(room, desk, each)


def _message(room: Room, desk: Desk, message: dict[str, Any]) -> None:
    words = escape(text(desk.language, "message.from", sender=message["sender"], words=message["words"]))
    with st.container(horizontal=True, vertical_alignment="center", key=f"wh_message_{message['id']}"):
        st.html(f'<div class="wh-banner wh-told" role="status" aria-live="polite"><span>{words}</span></div>')
        if st.button(text(desk.language, "message.read"), key=f"read_{message['id']}", type="tertiary"):
            room.ask(desk.campaign, "read_message", message=message["id"])
            st.rerun(scope="fragment")
