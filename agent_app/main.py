"""The page that Streamlit runs: who is signed in, and which page they see. It only leads the way."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from agent_app.look.component import style
from agent_app.pages.frame import signed_in_agent, top_bar
from agent_app.pages.register import pages_of
from agent_app.runtime import runtime
from agent_app.texts import text

# Of our own: Streamlit would fetch a named symbol from the internet.
ICON = Path(__file__).with_name("look") / "icon.png"

st.set_page_config(page_title="Waihu", page_icon=str(ICON), layout="wide", initial_sidebar_state="collapsed")
style()

sign_in = signed_in_agent()
if sign_in is None:
    st.html('<meta http-equiv="refresh" content="0; url=signin"><p><a href="signin">Sign in · 登录</a></p>')
    st.stop()

if sign_in.session is None:
    # Roles decide which pages there are; where dispatch is away the desk says so.
    runtime().access.of(sign_in.id)
    sign_in = signed_in_agent() or sign_in

language = st.session_state.setdefault("language", sign_in.language)
allowed = pages_of(sign_in)
pages = [
    st.Page(
        entry.draw,
        title=text(language, entry.title),
        url_path=entry.path if number else "start",
        default=number == 0,
    )
    for number, entry in enumerate(allowed)
]
# Streamlit knows its default page by the address "/" alone: by its own name it is another page, the same to look at.
by_name = st.Page(allowed[0].draw, title=pages[0].title, url_path=allowed[0].path)
chosen = st.navigation([*pages, by_name], position="hidden")
top_bar(sign_in, language, pages, chosen)
chosen.run()
