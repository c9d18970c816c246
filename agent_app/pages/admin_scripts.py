"""The admin's page: which campaign, what is in force, and four views: edit and publish, play, history, reports."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from html import escape
from typing import Any

import streamlit as st

from agent_app.administering.keeper import Keeper
from agent_app.administering.state import Bench
from agent_app.client import Refusal
from agent_app.pages.admin_editing import editing
from agent_app.pages.admin_history import history
from agent_app.pages.admin_play import play
from agent_app.pages.admin_reports import reports
from agent_app.pages.frame import signed_in_agent
from agent_app.pages.supervisor_frame import clock, trouble
from agent_app.runtime import runtime
from agent_app.texts import text
from callscript.scripts_protocol import Live, OpenReply

View = Callable[[Keeper, Bench, OpenReply, str], None]
VIEWS: Mapping[str, View] = {"edit": editing, "play": play, "history": history, "reports": reports}


def page() -> None:
    language = st.session_state["language"]
    sign_in = signed_in_agent()
    if sign_in is None:
        st.stop()
    parts = runtime()
    keeper = Keeper(sign_in.id, parts.access, parts.gateway, language)
    bench = Bench(_kept(sign_in.id))
    campaign = _campaign(keeper, bench, language)
    if campaign is None:
        return
    opened = _opened(keeper, bench, campaign)
    if isinstance(opened, Refusal):
        trouble(opened, language)
        return
    _in_force(opened, language)
    view = st.segmented_control(
        text(language, "scripts.view"), list(VIEWS), default="edit", key="scripts_view", required=True,
        format_func=lambda name: text(language, f"scripts.{name}"), label_visibility="collapsed",
    )  # fmt: skip
    VIEWS[view or "edit"](keeper, bench, opened, language)


@st.cache_resource(max_entries=200, ttl=timedelta(hours=12), show_spinner=False)
def _kept(_sign_in_id: str) -> dict[str, Any]:
    """What somebody works on, in this process: it outlives a reload of the page, which a session does not."""
    return {}


def _campaign(keeper: Keeper, bench: Bench, language: str) -> str | None:
    with st.container(horizontal=True, vertical_alignment="center", key="wh_room_head"):
        st.html(f'<h1 class="wh-page-title">{escape(text(language, "scripts.title"))}</h1>')
        listed = keeper.campaigns()
        if isinstance(listed, Refusal):
            trouble(listed, language)
            return None
        names = sorted(one.campaign for one in listed.campaigns)
        if not names:
            st.info(text(language, "scripts.none"))
            return None
        before = bench.campaign
        chosen = st.selectbox(
            text(language, "scripts.campaign"), names, index=names.index(before) if before in names else 0,
            label_visibility="collapsed", width=320,
        )  # fmt: skip
    bench.campaign = chosen
    return chosen


def _opened(keeper: Keeper, bench: Bench, campaign: str) -> OpenReply | Refusal:
    """The release in force as it was when the draft began; read once, so that a draft has one base."""
    opened = bench.opened(campaign)
    if opened is None:
        answer = keeper.open(campaign)
        if isinstance(answer, Refusal):
            return answer
        base: OpenReply | Refusal | None = None
        if answer.draft and answer.draft.base != answer.release:
            base = keeper.open(campaign, answer.draft.base)
        if isinstance(base, Refusal):
            return base
        bench.begin_from(answer, base=base)
        opened = answer
    return opened


def _in_force(opened: OpenReply, language: str) -> None:
    at = next((one for one in opened.history if one.release == opened.release), None)
    if isinstance(at, Live):
        words = text(
            language, "scripts.live", release=at.release[:12], who=at.published_by, at=clock(at.published_at),
            comment=at.comment or text(language, "scripts.no_comment"),
        )  # fmt: skip
        st.html(f'<p class="wh-soft-text">{escape(words)}</p>')
