"""Who published what, when and why; and the way back."""

from __future__ import annotations

import streamlit as st

from agent_app.administering.keeper import Keeper
from agent_app.administering.state import Bench
from agent_app.client import Refusal
from agent_app.pages.supervisor_frame import clock, soft, table, trouble
from agent_app.texts import text
from callscript.scripts_protocol import Live, OpenReply


def history(keeper: Keeper, bench: Bench, opened: OpenReply, language: str) -> None:
    _said(language)
    rows = [_row(one) for one in opened.history]
    columns = {"published_at": None, "published_by": None, "release": None, "comment": None}
    chosen = table(language, rows, columns, name=f"history_{opened.campaign}", choose=True)
    if chosen is None:
        soft(text(language, "history.pick"))
        return
    wanted = opened.history[chosen]
    if wanted.release == opened.release:
        soft(text(language, "history.pick"))
        return
    soft(text(language, "history.chosen", release=wanted.release[:12], comment=wanted.comment or "–"))
    why = st.text_input(text(language, "history.why"), key="scripts_why", max_chars=500)
    if st.button(text(language, "history.back"), type="primary", key="scripts_back", disabled=not why.strip()):
        _roll_back(keeper, bench, opened, wanted, why.strip())


def _said(language: str) -> None:
    told = st.session_state.pop("history_said", None)
    if told:
        st.success(text(language, "history.done", release=told))


def _row(one: Live) -> dict[str, str]:
    return {
        "published_at": clock(one.published_at),
        "published_by": one.published_by,
        "release": one.release[:12],
        "comment": one.comment,
    }


def _roll_back(keeper: Keeper, bench: Bench, opened: OpenReply, wanted: Live, why: str) -> None:
    language = keeper.language
    done = keeper.roll_back(opened.campaign, wanted.release, opened.release, why)
    if isinstance(done, Refusal):
        trouble(done, language)
        return
    if done.refusal and done.live is not None:
        st.error(
            text(
                language,
                "publish.meanwhile",
                who=done.live.published_by,
                at=clock(done.live.published_at),
                release=done.live.release[:12],
            )
        )
        return
    st.session_state["history_said"] = done.release[:12]
    theirs = keeper.open(opened.campaign)
    if isinstance(theirs, Refusal):
        bench.close()
    else:
        bench.begin_from(theirs)
    st.rerun()
