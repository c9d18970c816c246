"""The supervisor's dashboards: those that CloudWatch keeps, drawn here for whoever has no account of AWS."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from html import escape
from math import ceil
from typing import Any

import streamlit as st

from agent_app.boards import Boards, BoardsUnavailable, Graph, Note, Widget
from agent_app.pages.charting import alt
from agent_app.pages.time_range import time_range
from agent_app.runtime import runtime
from agent_app.texts import text
from monitoring.words import in_language

_HOURS = (1, 4, 12, 72)
_REFRESH_SECONDS = 60.0
_COLUMNS = 24
_PALETTE = ["#0b5cad", "#1b6b3c", "#b26a00", "#a1241f", "#5b4b9a", "#4d5b6b", "#0f7c80", "#8a4b2a"]


def page() -> None:
    language = st.session_state["language"]
    st.html(f'<h1 class="wh-page-title">{escape(text(language, "boards.title"))}</h1>')
    parts = runtime()
    boards = Boards(parts.aws("cloudwatch"), parts.settings.dashboard_prefix)
    try:
        names = boards.names()
    except BoardsUnavailable as error:
        st.warning(text(language, "figures.unavailable", reason=error.args[0]))
        return
    if not names:
        st.info(text(language, "boards.none", prefix=parts.settings.dashboard_prefix))
        return
    left, right = st.columns(2)
    with left:
        name = st.selectbox(text(language, "boards.which"), names, key="board_name")
    with right:
        hours = time_range(language, _HOURS, default=4, key="board_hours")
    _board(boards, str(name), hours, language)


@st.fragment(run_every=_REFRESH_SECONDS)
def _board(boards: Boards, name: str, hours: int, language: str) -> None:
    until = datetime.now(UTC)
    try:
        widgets = boards.read(name, until - timedelta(hours=hours), until)
    except BoardsUnavailable as error:
        st.warning(text(language, "figures.unavailable", reason=error.args[0]))
        return
    row: list[Widget] = []
    for widget in widgets:
        if sum(each.width for each in row) + widget.width > _COLUMNS:
            _row(row, language)
            row = []
        row.append(widget)
    _row(row, language)


def _row(widgets: list[Widget], language: str) -> None:
    if not widgets:
        return
    for column, widget in zip(st.columns([each.width for each in widgets]), widgets, strict=True):
        with column:
            if isinstance(widget, Note):
                st.markdown(in_language(widget.text, language))
            else:
                _graph(widget, language)


def _graph(graph: Graph, language: str) -> None:
    with st.container(border=True):
        st.html(f'<h2 class="wh-section-title">{escape(in_language(graph.title, language))}</h2>')
        if graph.lines:
            st.altair_chart(_chart(graph).configure(background="transparent"), width="stretch", theme=None)
            st.html(_told(graph))
        for expression in graph.not_drawn:
            told = text(language, "boards.not_drawn", expression=expression)
            st.html(f'<p class="wh-soft-text">{escape(told)}</p>')
        if not graph.lines and not graph.not_drawn:
            st.html(f'<p class="wh-soft-text">{escape(text(language, "figures.none"))}</p>')


def _told(graph: Graph) -> str:
    """The figures in words, for who cannot see lines or wants the number: what counts most comes first."""
    lines = sorted(graph.lines, key=lambda line: -line.together)
    rows = [f"<li>{escape(line.label)} <b>{line.together:,.10g}</b></li>" for line in lines]
    return f'<ul class="wh-series">{"".join(rows)}</ul>'


def _chart(graph: Graph) -> Any:
    rows = [
        {"at": at.isoformat(), "value": round(value, 3), "line": line.label}
        for line in graph.lines
        for at, value in line.points
    ]
    # In two columns a name has room, and none is cut off at the edge; the drawing keeps its height above them.
    legend = alt.Legend(orient="bottom", title=None, columns=2, labelLimit=220)
    colours = alt.Color("line:N", scale=alt.Scale(range=_PALETTE), legend=legend)
    return (
        alt.Chart({"values": rows}, height=150 + 17 * ceil(len(graph.lines) / 2))
        .mark_line(point=True)
        .encode(
            x=alt.X("at:T", title=None, axis=alt.Axis(format="%H:%M")),
            y=alt.Y("value:Q", title=None),
            color=colours,
            tooltip=["at:T", "line:N", "value:Q"],
        )
    )
