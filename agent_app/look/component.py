"""The one component: draws a node or a panel in the browser and reports what the agent did."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import streamlit as st

from agent_app.look import asset

_NAME = "waihu_desk"
PARTS = ("entry", "process", "keys", "strip", "case", "dialogs", "panel", "node", "fields", "values")
"""Files of `desk/` that make the one script; the first exports what Streamlit calls."""


def style() -> None:
    """Puts the style sheet on the page; to be called once in every run."""
    st.html(f"<style>{asset('tokens.css')}{asset('desk.css')}{asset('room.css')}{asset('scripts.css')}</style>")


@cache
def _renderer() -> Any:
    return st.components.v2.component(
        _NAME,
        html='<div class="wh-desk"></div>',
        js="\n".join(asset(f"desk/{part}.js") for part in PARTS),
        # The page's own style sheet applies inside, so that there is one look.
        isolate_styles=False,
    )


def draw(data: dict[str, Any], on_event: Callable[[dict[str, Any]], None]) -> None:
    """Shows `data` (see `agent_app.drawing`); `on_event` gets what the agent did before the next drawing."""
    key = "waihu_desk"

    def changed() -> None:
        event = (st.session_state.get(key) or {}).get("event")
        if isinstance(event, dict):
            on_event(event)

    _renderer()(data=data, key=key, on_event_change=changed)
