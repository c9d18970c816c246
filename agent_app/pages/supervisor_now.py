"""The floor: who is in which state, the queue and why it is empty, quotas, appointments, messages."""

from __future__ import annotations

from collections import Counter
from typing import Any

import streamlit as st

from agent_app.client import Refusal
from agent_app.pages.charting import alt
from agent_app.pages.supervisor_frame import clock, open_room, section, soft, table, trouble
from agent_app.supervising.figures_of_cases import productivity
from agent_app.supervising.room import Room
from agent_app.texts import text

_AGENTS_SECONDS = 10.0
_QUEUE_SECONDS = 20.0
_BLOCKED, _WAITING, _READY = "#b26a00", "#8795a6", "#1b6b3c"
_TONES = {"ready": _READY, "held": "#0b5cad", "not_due": _WAITING, "appointment": _WAITING, "window": _WAITING}


def page() -> None:
    opened = open_room("now.title")
    if opened is None:
        return
    room, campaign, language = opened
    _agents(room, campaign, language)
    left, right = st.columns(2)
    with left:
        _queue(room, campaign, language)
    with right:
        _appointments(room, campaign, language)
        _messages(room, campaign, language)


@st.fragment(run_every=_AGENTS_SECONDS)
def _agents(room: Room, campaign: str, language: str) -> None:
    reply = room.ask(campaign, "agents")
    if isinstance(reply, Refusal):
        trouble(reply, language)
        return
    agents = reply["agents"]
    st.session_state["room_agents"] = [agent["agent"] for agent in agents]
    kinds = Counter(agent["kind"] for agent in agents if agent["kind"] and not agent["silent"])
    figures = (
        ("now.at_work", sum(kinds.values())),
        ("now.talking", kinds["talking"] + kinds["wrap_up"]),
        ("now.ready", kinds["ready"]),
        ("now.on_break", kinds["break"] + kinds["training"]),
        ("now.today_interviews", sum(agent["interviews"] for agent in agents)),
    )
    for column, (key, number) in zip(st.columns(len(figures)), figures, strict=True):
        column.metric(text(language, key), f"{number:,}", border=True)
    with st.container(border=True, key="wh_card_agents"):
        section(language, "now.agents")
        if not agents:
            soft(text(language, "now.nobody"))
            return
        _agent_table(language, [_agent_row(agent, language) for agent in agents])


def _agent_table(language: str, rows: list[dict[str, Any]]) -> None:
    states = sorted({row["state"] for row in rows})
    with st.container(horizontal=True, vertical_alignment="bottom"):
        find = st.text_input(
            text(language, "now.find"), key="agents_find", placeholder=text(language, "now.find"),
            label_visibility="collapsed", width=220,
        )  # fmt: skip
        wanted = st.multiselect(
            text(language, "column.state"), states, key="agents_states", placeholder=text(language, "now.all_states"),
            label_visibility="collapsed", width=360,
        )  # fmt: skip
    shown = [
        row
        for row in rows
        if (not wanted or row["state"] in wanted) and find.lower() in f"{row['agent']} {row['name']}".lower()
    ]
    number, words = st.column_config.NumberColumn, st.column_config.Column
    # Widths that hold both languages' headings: a table keeps those it was first drawn with.
    columns: dict[str, Any] = {
        "agent": words(width=85), "name": words(width=68), "state": words(width=90),
        "minutes": number(format="%.0f", width=72), "remark": words(width=72),
        **{name: number(format="%d", width=70) for name in ("attempts", "contacts", "interviews", "refusals")},
        "an_hour": number(format="%.2f", width=70), "a_complete": number(format="%.1f", width=72),
        **{name: number(format="%.0f", width=76) for name in ("talk", "wrap", "break")},
        "talk_share": st.column_config.ProgressColumn(format="%.0f %%", min_value=0, max_value=100, width=118),
    }  # fmt: skip
    table(language, shown, columns, name="agents", height=min(38 + 35 * len(shown), 388))


def _agent_row(agent: dict[str, Any], language: str) -> dict[str, Any]:
    minutes = agent["state_seconds"] / 60 if agent["state_seconds"] is not None else None
    too_long = agent["most_minutes"] is not None and minutes is not None and minutes > agent["most_minutes"]
    remark = "now.silent" if agent["silent"] else "now.overdue" if too_long else ""
    done = productivity(agent)
    return {
        "agent": agent["agent"], "name": agent["name"],
        "state": agent["title_zh" if language == "zh" else "title_en"] or text(language, "now.gone"),
        "minutes": minutes, "remark": text(language, remark) if remark else "",
        "attempts": agent["attempts"], "contacts": agent["contacts"], "interviews": agent["interviews"],
        "refusals": agent["refusals"], "an_hour": done["interviews_an_hour"], "a_complete": done["attempts_a_complete"],
        "talk": agent["talk_seconds"] / 60, "wrap": agent["wrap_seconds"] / 60, "break": agent["break_seconds"] / 60,
        "talk_share": None if done["talk_share"] is None else 100 * done["talk_share"],
    }  # fmt: skip


@st.fragment(run_every=_QUEUE_SECONDS)
def _queue(room: Room, campaign: str, language: str) -> None:
    reply = room.ask(campaign, "queue")
    with st.container(border=True, key="wh_card_queue"):
        section(language, "now.queue")
        if isinstance(reply, Refusal):
            trouble(reply, language)
            return
        _why(reply["reasons"], language)
        section(language, "now.quotas")
        if not reply["quotas"]:
            soft(text(language, "now.no_quotas"))
            return
        rows = [
            {"quota": each["quota"], "cell": each["name"], "complete": each["complete"], "running": each["running"],
             "target": each["target"], "filled": 100 * each["complete"] / each["target"] if each["target"] else 100.0}
            for each in reply["quotas"]
        ]  # fmt: skip
        filled = st.column_config.ProgressColumn(format="%.0f %%", min_value=0, max_value=100)
        whole = st.column_config.NumberColumn(format="%d")
        columns = {"quota": None, "cell": None, "complete": whole, "running": whole, "target": whole, "filled": filled}
        table(language, rows, columns, name="quotas", height=min(38 + 35 * len(rows), 320))


def _why(reasons: list[dict[str, Any]], language: str) -> None:
    """How many cases can be called, else which rules keep them back and until when."""
    ready = next((each["cases"] for each in reasons if each["reason"] == "ready"), 0)
    if not reasons:
        st.warning(f"{text(language, 'now.queue_empty')}: {text(language, 'now.queue_never')}")
        return
    if ready:
        st.html(f'<p class="wh-figure">{text(language, "now.queue_ready", count=f"{ready:,}")}</p>')
    else:
        coming = min((each["next_at"] for each in reasons if each["next_at"]), default=None)
        when = f" · {text(language, 'now.queue_next', time=clock(coming))}" if coming else ""
        st.warning(text(language, "now.queue_empty") + when)
    rows = [
        {"reason": text(language, f"reason.{each['reason']}"), "cases": each["cases"], "next": clock(each["next_at"]),
         "tone": _TONES.get(each["reason"], _BLOCKED)}
        for each in reasons
    ]  # fmt: skip
    bars = (
        alt.Chart({"values": rows}, height=max(60, 30 * len(rows)))
        .encode(
            x=alt.X("cases:Q", title=None, axis=alt.Axis(tickMinStep=1, format="~s")),
            y=alt.Y("reason:N", title=None, sort="-x", axis=alt.Axis(labelLimit=260)),
            color=alt.Color("tone:N", scale=None),
            tooltip=["reason:N", "cases:Q", "next:N"],
        )
        .mark_bar()
    )
    st.altair_chart(bars.configure(background="transparent"), width="stretch", theme=None)
    soft(text(language, "now.queue_note"))


@st.fragment(run_every=_QUEUE_SECONDS)
def _appointments(room: Room, campaign: str, language: str) -> None:
    reply = room.ask(campaign, "appointments")
    with st.container(border=True, key="wh_card_appointments"):
        section(language, "now.appointments")
        if isinstance(reply, Refusal):
            trouble(reply, language)
            return
        if not reply["appointments"]:
            soft(text(language, "now.no_appointments"))
            return
        rows = [_appointment_row(each, language) for each in reply["appointments"]]
        missed = sum(each["missed"] for each in reply["appointments"])
        due = sum(each["due"] for each in reply["appointments"]) - missed
        line = f"{text(language, 'now.missed')} {missed} · {text(language, 'now.due')} {due}"
        st.html(f'<p class="wh-figure">{line}</p>')
        columns = {"at": None, "remark": None, "name": None, "agent": None, "kind": None, "note": None}
        table(language, rows, columns, name="appointments", height=min(38 + 35 * len(rows), 320))


def _appointment_row(each: dict[str, Any], language: str) -> dict[str, Any]:
    remark = "now.missed" if each["missed"] else "now.due" if each["due"] else "now.coming"
    return {
        **each,
        "at": clock(each["at"]),
        "remark": text(language, remark),
        "kind": text(language, f"kind.{each['kind']}"),
    }


@st.fragment
def _messages(room: Room, campaign: str, language: str) -> None:
    with st.container(border=True, key="wh_card_messages"):
        section(language, "now.messages")
        everybody = text(language, "now.everybody")
        with st.form("message", clear_on_submit=True, border=False):
            agents = ["", *st.session_state.get("room_agents", ())]
            to = st.selectbox(text(language, "now.to"), agents, format_func=lambda agent: agent or everybody)
            words = st.text_area(text(language, "now.words"), max_chars=1000, height=80)
            sent = st.form_submit_button(text(language, "now.send"), type="primary")
        if sent and words.strip():
            reply = room.ask(campaign, "send_message", agent=to or "", words=words.strip())
            if isinstance(reply, Refusal):
                trouble(reply, language)
            else:
                st.success(text(language, "now.sent"))
        reply = room.ask(campaign, "messages")
        if isinstance(reply, Refusal):
            return
        for each in reply["messages"][:5]:
            head = f"{clock(each['sent_at'])} · {each['agent'] or everybody}"
            st.caption(f"{head} · {text(language, 'now.readers', count=each['readers'])}")
            st.text(each["words"])
