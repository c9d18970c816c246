"""The agent's desk: one fragment with the questionnaire, one with what the server has not received yet."""

from __future__ import annotations

from html import escape
from typing import Any

import streamlit as st

from agent_app.desk import Desk
from agent_app.drawing import drawing
from agent_app.inputs import read_input
from agent_app.look.component import draw
from agent_app.pages.desk_messages import messages
from agent_app.pages.frame import signed_in_agent
from agent_app.runtime import runtime
from agent_app.status import Notice, status_of
from agent_app.texts import text

_LOOK_SECONDS = 3.0
_DAY_SECONDS = 10.0


def page() -> None:
    desk = _desk()
    _status(desk)
    messages(desk)
    _questionnaire(desk)


def _desk() -> Desk:
    desk = st.session_state.get("desk")
    if not isinstance(desk, Desk):
        sign_in = signed_in_agent()
        if sign_in is None:
            st.stop()
        desk = runtime().desk_of(sign_in)
        desk.open()
        st.session_state["desk"] = desk
    return desk


# Drawn anew now and then for the line above the question; where nothing else differs, the question is not touched.
@st.fragment(run_every=_DAY_SECONDS)
def _questionnaire(desk: Desk) -> None:
    def on_event(raw: dict[str, Any]) -> None:
        done = read_input(raw)
        if done is None:
            return
        if done.type == "language":
            desk.switch_language(done.language)
            st.session_state["language"] = desk.language
            st.session_state["language_switched"] = True
        else:
            desk.apply(done)

    if st.session_state.pop("language_switched", False):
        st.rerun()
    draw(drawing(desk), on_event)


@st.fragment(run_every=_LOOK_SECONDS)
def _status(desk: Desk) -> None:
    parts = runtime()
    desk.keep_case(parts.heart)
    if desk.look_again():
        st.rerun()
    notice = status_of(desk.backlog(), desk.set_aside(), server_away=parts.outbox.server_away)
    if notice is not None:
        _banner(notice, desk)


def _banner(notice: Notice, desk: Desk) -> None:
    language = desk.language
    lines = "".join(f"<span>{escape(text(language, key, **values))}</span>" for key, values in notice.lines)
    st.html(f'<div class="wh-banner wh-{notice.tone}" role="status" aria-live="polite">{lines}</div>')
    if notice.tone == "aside" and st.button(text(language, "aside.dismiss"), key="wh_dismiss", type="tertiary"):
        desk.dismiss_set_aside()
        st.rerun(scope="fragment")
