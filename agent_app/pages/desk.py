"""The agent's desk: one fragment with the questionnaire, one that looks now and then what an agent should know of.

Each look costs the process as much as a key of an agent, and every open page looks: there is one timer and no more.
"""

from __future__ import annotations

from html import escape
from typing import Any

import streamlit as st

from agent_app.desk import Desk
from agent_app.drawing import drawing
from agent_app.inputs import read_input
from agent_app.look.component import draw
from agent_app.pages.desk_messages import draw_messages
from agent_app.pages.frame import signed_in_agent
from agent_app.runtime import runtime
from agent_app.status import Notice, status_of
from agent_app.texts import text

_LOOK_SECONDS = 5.0
_DAY_DRAWN = "day_drawn"
"""Session key: the version of the agent's day that the line above the question shows."""
_DAY_MISSED = "day_missed"
"""Session key: whether the last look found a newer one."""


def page() -> None:
    desk = _desk()
    _look(desk)
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


@st.fragment
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
    st.session_state[_DAY_DRAWN] = desk.day.version
    draw(drawing(desk), on_event)


@st.fragment(run_every=_LOOK_SECONDS)
def _look(desk: Desk) -> None:
    parts = runtime()
    desk.keep_case(parts.heart)
    if desk.look_again() or _day_is_stale(desk):
        st.rerun()
    notice = status_of(desk.backlog(), desk.set_aside(), server_away=parts.outbox.server_away)
    if notice is not None:
        _banner(notice, desk)
    draw_messages(desk)


def _day_is_stale(desk: Desk) -> bool:
    """Whether the line above the question is behind since the look before: an agent at work draws it with each key."""
    behind = desk.day.version != st.session_state.get(_DAY_DRAWN, desk.day.version)
    stale = behind and bool(st.session_state.get(_DAY_MISSED))
    st.session_state[_DAY_MISSED] = behind and not stale
    return stale


def _banner(notice: Notice, desk: Desk) -> None:
    language = desk.language
    lines = "".join(f"<span>{escape(text(language, key, **values))}</span>" for key, values in notice.lines)
    st.html(f'<div class="wh-banner wh-{notice.tone}" role="status" aria-live="polite">{lines}</div>')
    if notice.tone == "aside":
        # A callback, since the look that a click begins may leave for a whole rerun before it comes to this button.
        st.button(text(language, "aside.dismiss"), key="wh_dismiss", type="tertiary", on_click=desk.dismiss_set_aside)
