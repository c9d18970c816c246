"""Open answers: a coding frame, coding by oneself, agreement with others, and what counts where they disagree."""

from __future__ import annotations

from typing import Any

import streamlit as st

from agent_app.client import Refusal
from agent_app.pages.supervisor_frame import open_room, section, soft, table, trouble
from agent_app.supervising.coding import OpenQuestion, agreement_of, disagreements, open_questions, usable
from agent_app.supervising.room import Room
from agent_app.texts import text

_AT_ONCE = 10


def page() -> None:
    opened = open_room("coding.title")
    if opened is None:
        return
    room, campaign, language = opened
    found = _open_questions(room, campaign, language)
    if not found:
        st.info(text(language, "coding.no_fields"))
        return
    names = {one.question.field: f"{one.question.label or one.question.field} ({one.question.field})" for one in found}
    kept = st.session_state.get("coding_field")
    # The browser keeps a list's choice by its words: in another language it is another list.
    field = st.selectbox(
        text(language, "coding.field"), list(names), format_func=names.__getitem__, key=f"coding_field_{language}",
        index=list(names).index(kept) if kept in names else 0,
    )  # fmt: skip
    st.session_state["coding_field"] = field
    chosen = next(one for one in found if one.question.field == field)
    _field(room, campaign, language, chosen)


def _open_questions(room: Room, campaign: str, language: str) -> list[OpenQuestion]:
    campaigns = room.campaigns()
    release = (
        "" if isinstance(campaigns, Refusal) else next((one.release for one in campaigns if one.id == campaign), "")
    )
    book = room.codebook(campaign, release, language) if release else None
    return open_questions(book, book.others) if book else []


@st.fragment
def _field(room: Room, campaign: str, language: str, chosen: OpenQuestion) -> None:
    field = chosen.question.field
    reply = room.ask(campaign, "frame", field=field)
    if isinstance(reply, Refusal):
        trouble(reply, language)
        return
    told = st.session_state.pop("coding_told", None)
    if told:
        st.warning(told)
    left, right = st.columns([2, 3])
    with left, st.container(border=True, key="wh_card_frame"):
        section(language, "coding.frame")
        _frame(room, campaign, language, chosen, reply["codes"])
    with right, st.container(border=True, key="wh_card_to_code"):
        section(language, "coding.to_code")
        _to_code(room, campaign, language, field, reply)
    with st.container(border=True, key="wh_card_agreement"):
        section(language, "coding.agreement")
        _agreement(room, campaign, language, field, reply)


def _frame(room: Room, campaign: str, language: str, chosen: OpenQuestion, codes: list[dict[str, Any]]) -> None:
    field = chosen.question.field
    if codes:
        rows = [{"code": each["code"], "answer": each["title"], "cases": each["answers"]} for each in codes]
        table(language, rows, {"code": None, "answer": None, "cases": "%d"}, name="frame")
    else:
        soft(text(language, "coding.no_codes"))
    missing = [option for option in chosen.options if option.value not in {each["code"] for each in codes}]
    if missing and st.button(text(language, "coding.from_options"), key="coding_options"):
        for option in missing:
            _do(room.ask(campaign, "put_code", field=field, code=option.value, title=option.label, back=True), language)
        st.rerun(scope="fragment")
    with st.form("new_code", clear_on_submit=True, border=False):
        with st.container(horizontal=True, vertical_alignment="bottom"):
            code = st.text_input(text(language, "coding.new_code"), max_chars=40, width=110)
            title = st.text_input(text(language, "coding.new_title"), max_chars=200)
            added = st.form_submit_button(text(language, "coding.add"))
        if added and code.strip() and title.strip():
            _do(room.ask(campaign, "put_code", field=field, code=code.strip(), title=title.strip()), language)
            st.rerun(scope="fragment")


def _to_code(room: Room, campaign: str, language: str, field: str, reply: dict[str, Any]) -> None:
    codes = usable(reply["codes"])
    waiting = reply["open"][:_AT_ONCE]
    if not waiting:
        soft(text(language, "coding.done"))
        return
    with st.form("coding", border=False):
        given = {}
        for each in waiting:
            st.text(each["words"])
            given[each["interview"], each["round"]] = st.pills(
                each["words"][:40], list(codes), format_func=lambda code: f"{code} {codes[code]}",
                key=f"code_{each['interview']}_{each['round']}", label_visibility="collapsed",
            )  # fmt: skip
        saved = st.form_submit_button(text(language, "coding.save"), type="primary", disabled=not codes)
    if saved:
        for (interview, round_), code in given.items():
            if code:
                _do(
                    room.ask(campaign, "code_answer", interview_id=interview, field=field, round=round_, code=code),
                    language,
                )
        st.rerun(scope="fragment")


def _agreement(room: Room, campaign: str, language: str, field: str, reply: dict[str, Any]) -> None:
    pairs = reply["pairs"]
    if not pairs:
        soft(text(language, "coding.no_pairs"))
        return
    found = agreement_of(pairs)
    figures = (
        (text(language, "coding.both", count=found.answers), ""),
        (text(language, "coding.kappa"), "–" if found.kappa is None else f"{float(found.kappa):.3f}"),
        (text(language, "coding.alpha"), "–" if found.alpha is None else f"{float(found.alpha):.3f}"),
    )
    for column, (label, number) in zip(st.columns(3), figures, strict=True):
        column.metric(label, number or f"{found.answers:,}", border=True)
    section(language, "coding.disagreements")
    differing = disagreements(pairs)
    if not differing:
        soft(text(language, "coding.all_agree"))
        return
    codes = usable(reply["codes"])
    for each in differing[:_AT_ONCE]:
        with st.container(horizontal=True, vertical_alignment="center"):
            given = " · ".join(f"{coder}: {code}" for coder, code in zip(each["coders"], each["codes"], strict=True))
            st.text(f"{each['words']}  ({given})")
            key = f"decide_{each['interview']}_{each['round']}"
            options = list(dict.fromkeys([*each["codes"], *codes]))
            code = st.selectbox(
                text(language, "coding.decide"), options, key=key, width=200, label_visibility="collapsed",
                index=options.index(each["final"]) if each["final"] in options else None,
                placeholder=text(language, "coding.decide"),
            )  # fmt: skip
            if code and code != each["final"]:
                decided = {"interview_id": each["interview"], "field": field, "round": each["round"], "code": code}
                _do(room.ask(campaign, "decide_code", **decided), language)
                st.rerun(scope="fragment")


def _do(reply: dict[str, Any] | Refusal, language: str) -> None:
    """Keeps what was refused for the next drawing to tell."""
    if isinstance(reply, Refusal):
        st.session_state["coding_told"] = reply.detail(language) or text(language, "room.away", code=reply.code)
