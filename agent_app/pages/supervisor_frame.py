"""What the supervisors' and the admin's pages share: campaign, what to say where nothing comes, tables to export."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from html import escape
from typing import Any, Literal
from zoneinfo import ZoneInfo

import streamlit as st

from agent_app.client import Refusal
from agent_app.pages.frame import signed_in_agent
from agent_app.runtime import now_ms, runtime
from agent_app.supervising.room import NO_PACK, Room
from agent_app.texts import text
from datasets.marks import disarmed

ZONE = ZoneInfo("Asia/Shanghai")
"""Where the floor is: times on these pages are its wall clock."""
PALETTE = ("#0b5cad", "#1b6b3c", "#b26a00", "#a1241f", "#5b4b9a", "#4d5b6b")


def open_room(title: str) -> tuple[Room, str, str] | None:
    """Draws the page's head; gives the room, the chosen campaign and the language, or None where there is none."""
    language = st.session_state["language"]
    sign_in = signed_in_agent()
    if sign_in is None:
        st.stop()
    parts = runtime()
    room = Room(sign_in.id, parts.access, parts.gateway, now_ms)
    campaigns = room.campaigns()
    with st.container(horizontal=True, vertical_alignment="center", key="wh_room_head"):
        st.html(f'<h1 class="wh-page-title">{escape(text(language, title))}</h1>')
        if isinstance(campaigns, Refusal):
            trouble(campaigns, language)
            return None
        names = {one.id: one.titles.get(language) or one.id for one in campaigns}
        if not names:
            st.info(text(language, "room.none"))
            return None
        # Kept beside the widget: a widget's own state is gone once another page was open.
        chosen = st.session_state.get("room_campaign")
        campaign = st.selectbox(
            text(language, "room.campaign"),
            list(names),
            index=list(names).index(chosen) if chosen in names else 0,
            format_func=names.__getitem__,
            label_visibility="collapsed",
            width=320,
        )
    st.session_state["room_campaign"] = campaign
    return room, campaign, language


def trouble(refusal: Refusal, language: str) -> None:
    """Why there is nothing to see."""
    if refusal.code == NO_PACK:
        st.info(text(language, "room.no_pack"))
    else:
        st.warning(refusal.detail(language) or text(language, "room.away", code=refusal.code))


def section(language: str, key: str, **values: object) -> None:
    st.html(f'<h2 class="wh-section-title">{escape(text(language, key, **values))}</h2>')


def soft(words: str) -> None:
    st.html(f'<p class="wh-soft-text">{escape(words)}</p>')


def table(
    language: str, rows: Sequence[Mapping[str, Any]], columns: Mapping[str, Any], *, name: str,
    height: int | Literal["auto"] = "auto", choose: bool = False,
) -> int | None:  # fmt: skip
    """Draws `rows` with the columns given (name -> title or column configuration): sorted by their headings, searched
    by Ctrl-F, exported by the button below. Gives the number of the chosen row where one can be chosen."""
    shown = [{column: row.get(column) for column in columns} for row in rows]
    configured = {column: _configured(language, column, given) for column, given in columns.items()}
    if choose:
        event = st.dataframe(
            shown, column_config=configured, hide_index=True, height=height, key=f"table_{name}", placeholder="",
            on_select="rerun", selection_mode="single-row",
        )  # fmt: skip
        chosen = next(iter(event.selection.rows), None)
    else:
        st.dataframe(
            shown, column_config=configured, hide_index=True, height=height, key=f"table_{name}", placeholder="",
        )  # fmt: skip
        chosen = None
    st.download_button(
        text(language, "room.download"), _as_csv(language, shown, columns), f"{name}.csv", "text/csv",
        key=f"export_{name}", type="tertiary", on_click="ignore",
    )  # fmt: skip
    return chosen


def _configured(language: str, column: str, given: Any) -> Any:
    """`given` is None, a number's format such as `%.1f`, or a configuration of Streamlit's own."""
    title = text(language, f"column.{column}")
    if given is None:
        return st.column_config.Column(title)
    if isinstance(given, str):
        return st.column_config.NumberColumn(title, format=given)
    return {**given, "label": title}


def _as_csv(language: str, rows: Sequence[Mapping[str, Any]], columns: Mapping[str, Any]) -> bytes:
    """For spreadsheets: with BOM, and no text that one would run."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([text(language, f"column.{column}") for column in columns])
    for row in rows:
        writer.writerow(["" if value is None else disarmed(str(value)) for value in row.values()])
    return out.getvalue().encode("utf-8-sig")


def clock(moment: str | None, *, day: bool = True) -> str:
    """A moment of a reply as the floor's wall clock."""
    if not moment:
        return ""
    there = datetime.fromisoformat(moment).astimezone(ZONE)
    today = datetime.now(UTC).astimezone(ZONE).date()
    return there.strftime("%m-%d %H:%M" if day and there.date() != today else "%H:%M")
