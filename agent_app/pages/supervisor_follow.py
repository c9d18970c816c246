"""An interview as far as it has come, read only, with the questions' words."""

from __future__ import annotations

from typing import Any

import streamlit as st

from agent_app.client import Refusal
from agent_app.pages.supervisor_frame import clock, section, soft, table, trouble
from agent_app.supervising.answers import words_of
from agent_app.supervising.room import Room
from agent_app.texts import text
from datasets.variables import Question

_FOLLOW_SECONDS = 4.0


@st.fragment(run_every=_FOLLOW_SECONDS)
def follow(room: Room, campaign: str, language: str) -> None:
    """The interviews that are being held, and the answers of the chosen one."""
    section(language, "follow.title")
    reply = room.ask(campaign, "interviews")
    if isinstance(reply, Refusal):
        trouble(reply, language)
        return
    held = {each["id"]: f"{each['agent']} · {clock(each['started_at'])}" for each in reply["interviews"]}
    chosen = st.session_state.get("follow_chosen")
    if not held and not chosen:
        soft(text(language, "follow.none"))
        return
    if chosen and chosen not in held:
        held = {chosen: st.session_state.get("follow_label", chosen), **held}
    interview = st.selectbox(
        text(language, "follow.choose"), list(held), index=list(held).index(chosen) if chosen in held else None,
        format_func=held.__getitem__, placeholder=text(language, "follow.choose"), label_visibility="collapsed",
    )  # fmt: skip
    st.session_state["follow_chosen"] = interview
    if interview:
        st.session_state["follow_label"] = held[interview]
        _answers(room, campaign, language, interview)


def _answers(room: Room, campaign: str, language: str, interview: str) -> None:
    reply = room.ask(campaign, "follow", interview_id=interview)
    if isinstance(reply, Refusal):
        trouble(reply, language)
        return
    if reply["ended_at"]:
        st.info(text(language, "follow.over", outcome=reply["outcome"] or "–"))
    if not reply["answers"]:
        soft(text(language, "follow.none_yet"))
        return
    book = room.codebook(campaign, reply["release"], language)
    questions = {question.field: question for question in book.questions} if book else {}
    rows = [_row(each, questions.get(each["field"]), language) for each in reply["answers"]]
    columns = dict.fromkeys(("at", "node", "question", "answer", "remark"))
    table(language, rows[::-1], columns, name="follow", height=min(38 + 35 * len(rows), 388))


def _row(answer: dict[str, Any], question: Question | None, language: str) -> dict[str, Any]:
    round_ = f" [{answer['round']}]" if answer["round"] else ""
    label = (question.label or question.field) if question else answer["field"]
    special = text(language, f"special.{answer['special']}") if answer["special"] else ""
    return {
        "at": clock(answer["answered_at"]),
        "node": answer["node"],
        "question": f"{label}{round_}",
        "answer": special or words_of(answer["value"], question),
        "remark": "" if answer["on_path"] else text(language, "follow.off_path"),
    }
