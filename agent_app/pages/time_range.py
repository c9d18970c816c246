"""The choice of how far back a page looks."""

from __future__ import annotations

import streamlit as st

from agent_app.texts import text


def time_range(language: str, choices: tuple[int, ...], *, default: int, key: str, labelled: bool = True) -> int:
    """The hours, up to now, that were chosen."""
    hours = st.segmented_control(
        text(language, "figures.window"),
        choices,
        default=default,
        format_func=lambda count: last(language, count),
        key=key,
        label_visibility="visible" if labelled else "collapsed",
    )
    return hours or default


def last(language: str, hours: int) -> str:
    """What a stretch of time up to now is called: by the hour, from two whole days on by the day."""
    if hours == 1:
        return text(language, "figures.last_hour")
    days, odd = divmod(hours, 24)
    if days > 1 and not odd:
        return text(language, "figures.last_days", count=days)
    return text(language, "figures.last_hours", count=hours)
