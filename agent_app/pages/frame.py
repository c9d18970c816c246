"""What is around every page: who is signed in, the other pages, the language, the way out."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

import streamlit as st

from agent_app.runtime import runtime
from agent_app.signin import COOKIE
from agent_app.store.records import SignIn
from agent_app.texts import text


def signed_in_agent() -> SignIn | None:
    """Whose page this is, by the cookie with which the browser connected."""
    return runtime().door.signed_in(st.context.cookies.get(COOKIE))


def top_bar(sign_in: SignIn, language: str, pages: Sequence[Any], chosen: Any) -> None:
    with st.container(key="wh_top", horizontal=True, vertical_alignment="center", gap="small"):
        name = escape(_name_of(sign_in))
        st.html(
            f'<div class="wh-top"><span class="wh-mark"></span><strong>{escape(text(language, "product"))}</strong>'
            f'<span class="wh-who">{name}</span></div>'
        )
        if len(pages) > 1:
            for page in pages:
                if page.title != chosen.title:
                    st.page_link(page, label=page.title)
        if st.button(text(language, "top.language"), key="wh_language", type="tertiary", shortcut="F7"):
            switch_language(sign_in, "en" if language == "zh" else "zh")
        # A plain link: Streamlit's own would open another window.
        st.html(f'<a class="wh-sign-out" href="signout" target="_self">{escape(text(language, "top.sign_out"))}</a>')


def _name_of(sign_in: SignIn) -> str:
    """What the user pool calls the person; dispatch knows no more than the account's name where the pool is silent."""
    if sign_in.name != sign_in.username or sign_in.session is None:
        return sign_in.name
    return sign_in.session.name or sign_in.name


def switch_language(sign_in: SignIn, language: str) -> None:
    """Remembers the choice and draws everything anew."""
    st.session_state["language"] = language
    desk = st.session_state.get("desk")
    if desk is not None:
        desk.switch_language(language)
    else:
        runtime().access.prefer_language(sign_in.id, language)
    st.rerun()
