"""Play: the draft walked as an agent would walk it, on this page alone."""

from __future__ import annotations

from html import escape
from typing import Any

import streamlit as st

from agent_app.administering.keeper import Keeper
from agent_app.administering.playing import Playing
from agent_app.administering.state import Bench
from agent_app.inputs import read_input
from agent_app.look.component import draw
from agent_app.pages.supervisor_frame import soft
from agent_app.texts import text
from callscript.scripts_protocol import OpenReply


def play(_keeper: Keeper, bench: Bench, opened: OpenReply, language: str) -> None:
    draft = bench.draft(opened.campaign)
    soft(text(language, "play.lead"))
    again = st.button(text(language, "play.begin"), key="scripts_play_again")
    verdict = bench.verdict(draft)
    if draft.changed and not (verdict and verdict.ok):
        st.warning(text(language, "play.unchecked"))
        return
    kept, playing = st.session_state.get("scripts_playing", ("", None))
    if again or kept != draft.print:
        playing = Playing.of(draft.files, language)
        st.session_state["scripts_playing"] = (draft.print, playing)
    if playing is None:
        st.warning(text(language, "play.broken"))
        return
    playing.speak(language)
    _walk(playing, language)


@st.fragment
def _walk(playing: Playing, language: str) -> None:
    def on_event(raw: dict[str, Any]) -> None:
        done = read_input(raw)
        if done is not None:
            playing.apply(done)

    screen = playing.on.screen
    if screen is not None:
        st.html(f'<p class="wh-soft-text">{escape(text(language, "play.node", node=screen.place))}</p>')
    draw(playing.drawing(language), on_event)
    if playing.heard:
        soft(text(language, "play.calls", calls=" → ".join(playing.heard[-12:])))
