"""Questions: how long their screens stand, what is not answered, where interviews break off."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from agent_app.client import Refusal
from agent_app.pages.charting import alt
from agent_app.pages.supervisor_frame import PALETTE, open_room, section, soft, table, trouble
from agent_app.supervising.room import Room
from agent_app.texts import text
from datasets.variables import Question

_MOST_BARS = 25


def page() -> None:
    opened = open_room("questions.title")
    if opened is None:
        return
    room, campaign, language = opened
    soft(text(language, "questions.lead"))
    reply = room.ask(campaign, "questions")
    if isinstance(reply, Refusal):
        trouble(reply, language)
        return
    questions = _questions(room, campaign, language)
    left, right = st.columns([3, 2])
    with left, st.container(border=True, key="wh_card_times"):
        section(language, "questions.times")
        _times(reply["screens"], questions, language)
    with right, st.container(border=True, key="wh_card_breaks"):
        section(language, "questions.breaks")
        _breaks(reply["breaks"], questions, language)
    with st.container(border=True, key="wh_card_missing"):
        section(language, "questions.missing")
        _missing(reply["fields"], questions, language)


def _questions(room: Room, campaign: str, language: str) -> dict[str, Question]:
    campaigns = room.campaigns()
    release = (
        "" if isinstance(campaigns, Refusal) else next((one.release for one in campaigns if one.id == campaign), "")
    )
    book = room.codebook(campaign, release, language) if release else None
    return {question.field: question for question in book.questions} if book else {}


def _asked_at(node: str, questions: Mapping[str, Question]) -> str:
    """What is asked at a node, for people who do not know its id."""
    return next((question.label or question.field for question in questions.values() if question.node == node), "")


def _times(screens: list[dict[str, Any]], questions: Mapping[str, Question], language: str) -> None:
    if not screens:
        soft(text(language, "questions.no_times"))
        return
    rows = [
        {"node": each["node"], "question": _asked_at(each["node"], questions), "shown": each["shown"],
         "median": float(each["median_seconds"]), "slow": float(each["slow_seconds"]), "changed": each["changed"]}
        for each in screens
    ]  # fmt: skip
    slowest = sorted(rows, key=lambda row: -row["median"])[:_MOST_BARS]
    base = alt.Chart({"values": slowest}, height=max(80, 22 * len(slowest))).encode(
        y=alt.Y("node:N", title=None, sort="-x", axis=alt.Axis(labelLimit=180)),
        tooltip=["node:N", "question:N", "median:Q", "slow:Q"],
    )
    bars = base.mark_bar(color=PALETTE[0]).encode(x=alt.X("median:Q", title=text(language, "column.median")))
    ticks = base.mark_tick(color=PALETTE[3], thickness=2).encode(x="slow:Q")
    st.altair_chart((bars + ticks).configure(background="transparent"), width="stretch", theme=None)
    columns = {"node": None, "question": None, "shown": "%d", "median": "%.1f", "slow": "%.1f", "changed": "%d"}
    table(language, rows, columns, name="times", height=min(38 + 35 * len(rows), 388))


def _breaks(breaks: list[dict[str, Any]], questions: Mapping[str, Question], language: str) -> None:
    if not breaks:
        soft(text(language, "questions.no_breaks"))
        return
    rows = [
        {"node": each["node"], "question": _asked_at(each["node"], questions), "interviews_broken": each["interviews"]}
        for each in breaks
    ]
    bars = (
        alt.Chart({"values": rows[:_MOST_BARS]}, height=max(80, 22 * len(rows[:_MOST_BARS])))
        .mark_bar(color=PALETTE[2])
        .encode(
            x=alt.X("interviews_broken:Q", title=None, axis=alt.Axis(tickMinStep=1, format="d")),
            y=alt.Y("node:N", title=None, sort="-x", axis=alt.Axis(labelLimit=180)),
            tooltip=["node:N", "question:N", "interviews_broken:Q"],
        )
    )
    st.altair_chart(bars.configure(background="transparent"), width="stretch", theme=None)
    table(language, rows, {"node": None, "question": None, "interviews_broken": "%d"}, name="breaks",
          height=min(38 + 35 * len(rows), 388))  # fmt: skip


def _missing(fields: list[dict[str, Any]], questions: Mapping[str, Question], language: str) -> None:
    if not fields:
        soft(text(language, "room.nothing"))
        return
    rows = []
    for each in fields:
        question = questions.get(each["field"])
        if question is not None and question.computed:
            continue
        gone = each["dk"] + each["refused"] + each["empty"]
        rows.append(
            {**each, "question": (question.label if question else "") or each["field"], "code": each["field"],
             "missing": 100 * gone / each["asked"] if each["asked"] else None}
        )  # fmt: skip
    rows.sort(key=lambda row: -(row["missing"] or 0))  # the worst first, else in the order of the script
    share = st.column_config.ProgressColumn(format="%.1f %%", min_value=0, max_value=100)
    columns = {"code": None, "question": None, "asked": "%d", "missing": share, "dk": "%d", "refused": "%d", "na": "%d",
               "empty": "%d"}  # fmt: skip
    table(language, rows, columns, name="missing", height=min(38 + 35 * len(rows), 460))
