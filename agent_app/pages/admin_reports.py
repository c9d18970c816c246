"""What agents said is wrong with a question: the node, the release, their words; and closing it with an answer."""

from __future__ import annotations

import streamlit as st

from agent_app.administering.keeper import Keeper
from agent_app.administering.state import Bench
from agent_app.client import Refusal
from agent_app.pages.supervisor_frame import clock, soft, table, trouble
from agent_app.runtime import now_ms, runtime
from agent_app.supervising.room import Room
from agent_app.texts import text
from callscript.scripts_protocol import OpenReply

_PACK = "desk"


def reports(keeper: Keeper, _bench: Bench, opened: OpenReply, language: str) -> None:
    parts = runtime()
    room = Room(keeper.sign_in_id, parts.access, parts.gateway, now_ms, _PACK)
    reply = room.ask(opened.campaign, "reports")
    if isinstance(reply, Refusal):
        trouble(reply, language)
        return
    found = reply["reports"]
    if st.toggle(text(language, "reports.open_only"), value=True, key="reports_open_only"):
        found = [report for report in found if report["state"] == "open"]
    if not found:
        soft(text(language, "reports.none"))
        return
    rows = [
        {
            "reported_at": clock(report["reported_at"]),
            "agent": report["agent"],
            "node": report["node"],
            "comment": report["comment"],
            "release": report["release"][:12],
            "state": text(language, f"reports.state.{report['state']}"),
            "handled": report["answer"],
        }
        for report in found
    ]
    chosen = table(language, rows, dict.fromkeys(rows[0]), name=f"reports_{opened.campaign}", choose=True)
    if chosen is None or found[chosen]["state"] != "open":
        return
    _close(room, opened.campaign, found[chosen]["id"], language)


def _close(room: Room, campaign: str, report: str, language: str) -> None:
    answer = st.text_input(text(language, "reports.answer"), key=f"report_answer_{report}", max_chars=2000)
    if st.button(text(language, "reports.close"), key="report_close", type="primary"):
        closed = room.ask(campaign, "close_report", report=report, answer=answer)
        if isinstance(closed, Refusal):
            trouble(closed, language)
        else:
            st.rerun()
