"""The supervisor's figures: completes per hour, outcomes, failures by node, latency of actions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from html import escape
from importlib import import_module
from typing import Any

import streamlit as st

from agent_app.figures import Board, Figures, FiguresUnavailable
from agent_app.pages.charting import alt
from agent_app.pages.time_range import time_range
from agent_app.runtime import runtime
from agent_app.texts import text

# Read whole before a first graph: altair looks at it while another thread may still be reading it in.
import_module("pandas")

_HOURS = (4, 8, 24, 72)
_REFRESH_SECONDS = 60.0
_PALETTE = ["#0b5cad", "#1b6b3c", "#b26a00", "#a1241f", "#5b4b9a", "#4d5b6b"]


def page() -> None:
    language = st.session_state["language"]
    st.html(f'<h1 class="wh-page-title">{escape(text(language, "figures.title"))}</h1>')
    hours = time_range(language, _HOURS, default=8, key="figures_hours", labelled=False)
    _board(language, hours)


@st.fragment(run_every=_REFRESH_SECONDS)
def _board(language: str, hours: int) -> None:
    parts = runtime()
    try:
        board = Figures(parts.aws("cloudwatch"), parts.settings.metrics_namespace).board(datetime.now(UTC), hours)
    except FiguresUnavailable as error:
        st.warning(text(language, "figures.unavailable", reason=error.args[0]))
        return
    _totals(board, language)
    left, right = st.columns(2)
    with left:
        _section(language, "figures.completes", _completes(board, language))
        _section(language, "figures.failures", _failures(board, language))
    with right:
        _section(language, "figures.outcomes", _outcomes(board, language))
        _section(language, "figures.latency", _latencies(board, language))


def _totals(board: Board, language: str) -> None:
    numbers = (
        ("figures.total", sum(row.count for row in board.completes)),
        ("figures.actions", sum(row.count for row in board.latencies)),
        ("figures.failed", sum(row.count for row in board.failures)),
    )
    for column, (key, number) in zip(st.columns(3), numbers, strict=True):
        column.metric(text(language, key), f"{number:,}", border=True)


def _section(language: str, key: str, chart: Any) -> None:
    with st.container(border=True, key=f"wh_card_{key.rpartition('.')[2]}"):
        st.html(f'<h2 class="wh-section-title">{escape(text(language, key))}</h2>')
        if chart is None:
            st.html(f'<p class="wh-soft-text">{escape(text(language, "figures.none"))}</p>')
        else:
            st.altair_chart(chart.configure(background="transparent"), width="stretch", theme=None)


def _completes(board: Board, language: str) -> Any:
    rows = [{"hour": row.hour.isoformat(), "campaign": row.campaign, "count": row.count} for row in board.completes]
    if not rows:
        return None
    return (
        _chart(rows, 220)
        .mark_bar(size=18)
        .encode(
            x=alt.X("hour:T", title=None, axis=alt.Axis(format="%H:%M")),
            y=alt.Y("count:Q", title=None, axis=alt.Axis(tickMinStep=1, format="d")),
            color=_by_campaign(language),
            tooltip=["hour:T", "campaign:N", "count:Q"],
        )
    )


def _outcomes(board: Board, language: str) -> Any:
    rows = [{"outcome": row.disposition, "campaign": row.campaign, "count": row.count} for row in board.outcomes]
    if not rows:
        return None
    return (
        _chart(rows, 220)
        .mark_bar()
        .encode(
            x=alt.X("count:Q", title=None, axis=alt.Axis(tickMinStep=1, format="d")),
            y=alt.Y("outcome:N", title=None, sort="-x"),
            color=_by_campaign(language),
            tooltip=["outcome:N", "campaign:N", "count:Q"],
        )
    )


def _failures(board: Board, language: str) -> Any:
    rows = [
        {"node": f"{row.campaign} · {row.node or '–'}", "code": row.code, "count": row.count}
        for row in board.failures[:12]
    ]
    if not rows:
        return None
    return (
        _chart(rows, 90 + 30 * len(rows))
        .mark_bar(size=16)
        .encode(
            x=alt.X("count:Q", title=None, axis=alt.Axis(tickMinStep=1, format="d")),
            y=alt.Y("node:N", title=None, sort="-x", axis=alt.Axis(labelLimit=260)),
            color=alt.Color(
                "code:N",
                title=text(language, "column.code"),
                scale=alt.Scale(range=_PALETTE[::-1]),
                legend=alt.Legend(orient="bottom"),
            ),
            tooltip=["node:N", "code:N", "count:Q"],
        )
    )


def _latencies(board: Board, language: str) -> Any:
    words = {"p50": text(language, "figures.p50"), "p95": text(language, "figures.p95")}
    rows: list[dict[str, Any]] = []
    for row in board.latencies[:12]:
        name = f"{row.campaign} · {row.action} ({row.count})"
        rows += [
            {"action": name, "part": words["p50"], "ms": row.median},
            {"action": name, "part": words["p95"], "ms": row.p95},
        ]
    if not rows:
        return None
    return (
        _chart(rows, max(220, 18 * len(rows)))
        .mark_bar()
        .encode(
            x=alt.X("ms:Q", title=None, axis=alt.Axis(tickCount=6)),
            y=alt.Y("action:N", title=None, axis=alt.Axis(labelLimit=260)),
            yOffset=alt.YOffset("part:N", sort=list(words.values())),
            color=alt.Color(
                "part:N",
                scale=alt.Scale(domain=list(words.values()), range=_PALETTE),
                legend=alt.Legend(orient="bottom", title=None),
            ),
            tooltip=["action:N", "part:N", alt.Tooltip("ms:Q", format=".1f")],
        )
    )


def _chart(rows: Sequence[dict[str, Any]], height: int) -> Any:
    return alt.Chart({"values": list(rows)}, height=height)


def _by_campaign(language: str) -> alt.Color:
    return alt.Color(
        "campaign:N",
        title=text(language, "figures.campaign"),
        scale=alt.Scale(range=_PALETTE),
        legend=alt.Legend(orient="bottom"),
    )
