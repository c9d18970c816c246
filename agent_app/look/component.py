"""The one component: draws a node or a panel in the browser and reports what the agent did.

Streamlit sends a component's script along with every drawing. Ours is many times as long as a question, so what it
sends is a line that fetches the script from `script_path` here: a browser does so once for each edition of it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cache
from typing import Any

import streamlit as st

from agent_app.look import asset

_NAME = "waihu_desk"
PARTS = ("entry", "process", "keys", "strip", "case", "dialogs", "panel", "node", "fields", "values")
"""Files of `desk/` that make the one script; the first exports what Streamlit calls."""
SCRIPT_ROUTE = "/look/desk.{edition}.js"
_FETCH = """
async function fetched(times) {
  const again = times ? `?again=${times}` : "";
  try { return await import(new URL(`SCRIPT${again}`, document.baseURI)); }
  catch (error) {
    if (times === 5) throw error;
    await new Promise((resolve) => setTimeout(resolve, 250 * 2 ** times));
    return fetched(times + 1);
  }
}
export default (await fetched(0)).default;
"""
"""A fetch that failed is remembered by its address, therefore each has another."""


def style() -> None:
    """Puts the style sheet on the page; to be called once in every run."""
    st.html(f"<style>{asset('tokens.css')}{asset('desk.css')}{asset('room.css')}{asset('scripts.css')}</style>")


@cache
def script() -> str:
    """What the browser runs."""
    return "\n".join(asset(f"desk/{part}.js") for part in PARTS)


@cache
def script_path() -> str:
    """Where it fetches it: another edition has another address."""
    return SCRIPT_ROUTE.format(edition=hashlib.sha256(script().encode()).hexdigest()[:16])


@cache
def _renderer() -> Any:
    return st.components.v2.component(
        _NAME,
        html='<div class="wh-desk"></div>',
        # Relative to the page, as every address that it uses: nobody need know under which path the app is served.
        js=_FETCH.replace("SCRIPT", script_path().lstrip("/")),
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
