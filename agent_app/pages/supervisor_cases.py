"""Cases: what became of the sample, AAPOR's rates, and each case to see, to take back or to give."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import streamlit as st

from agent_app.client import Refusal
from agent_app.pages.charting import alt
from agent_app.pages.supervisor_follow import follow
from agent_app.pages.supervisor_frame import PALETTE, clock, open_room, section, soft, table, trouble
from agent_app.supervising.figures_of_cases import Standing, attempt_rows, outcome_rows, percent, standing_of
from agent_app.supervising.room import Room
from agent_app.texts import text

_COUNT_SECONDS = 30.0
_STATES = ["", "held", "waiting", "closed"]
_KINDS = ("response", "cooperation", "refusal", "contact")
_PREFIXES = {"RR": "response", "COOP": "cooperation", "REF": "refusal", "CON": "contact"}


def page() -> None:
    opened = open_room("cases.title")
    if opened is None:
        return
    room, campaign, language = opened
    _standing(room, campaign, language)
    with st.container(border=True, key="wh_card_find"):
        _find(room, campaign, language)
    with st.container(border=True, key="wh_card_follow"):
        follow(room, campaign, language)
    _keep_counting(room, campaign, language)


@st.fragment(run_every=_COUNT_SECONDS)
def _standing(room: Room, campaign: str, language: str) -> None:
    reply = room.ask(campaign, "counts")
    if not isinstance(reply, Refusal) and not reply["at"]:
        # Once in a campaign's life it is waited for. To draw the page anew later would close what was opened on it.
        with st.spinner(text(language, "cases.no_counts")):
            reply = _counted(room, campaign)
    if isinstance(reply, Refusal):
        trouble(reply, language)
    elif reply["at"]:
        _figures(reply, language)
    else:
        soft(text(language, "cases.no_counts"))


def _counted(room: Room, campaign: str) -> dict[str, Any] | Refusal:
    counted = room.ask(campaign, "count", oldest_seconds=0)
    return counted if isinstance(counted, Refusal) else room.ask(campaign, "counts")


@st.fragment(run_every=_COUNT_SECONDS)
def _keep_counting(room: Room, campaign: str, language: str) -> None:
    """Comes last on the page: what there is stands already, and counting a million cases takes a moment."""
    counted = room.ask(campaign, "count", oldest_seconds=int(_COUNT_SECONDS) - 5)
    if isinstance(counted, Refusal):
        trouble(counted, language)


def _figures(reply: dict[str, Any], language: str) -> None:
    counts = reply["counts"]
    with st.container(horizontal=True, vertical_alignment="center"):
        soft(text(language, "room.as_of", time=clock(reply["at"])))
        only_called = st.toggle(text(language, "cases.only_called"), value=True, key="cases_only_called")
    standing = standing_of(counts, only_called=only_called, e=_chosen_e())
    figures: tuple[tuple[str, str], ...] = (
        ("cases.total", f"{standing.cases:,}"),
        ("cases.called", f"{standing.called:,}"),
        ("cases.complete", f"{standing.groups.interviews:,}"),
        ("cases.attempts_a_complete",
         "–" if standing.attempts_a_complete is None else f"{float(standing.attempts_a_complete):.1f}"),
    )  # fmt: skip
    for column, (key, number) in zip(st.columns(len(figures)), figures, strict=True):
        column.metric(text(language, key), number, border=True)
    left, right = st.columns(2)
    with left, st.container(border=True, key="wh_card_outcomes"):
        section(language, "cases.outcomes")
        rows = [
            {**row, "outcome": row["title"]}
            for row in outcome_rows(counts, language, text(language, "cases.not_called"))
        ]
        whole = st.column_config.NumberColumn(format="localized")
        words = st.column_config.Column(width=220)
        columns = {"code": None, "outcome": words, "cases": whole, "waiting": whole, "held": whole, "closed": whole}
        table(language, rows, columns, name="outcomes", height=min(38 + 35 * len(rows), 420))
    with left, st.container(border=True, key="wh_card_attempts"):
        section(language, "cases.attempts")
        _attempts(counts, language)
    with right, st.container(border=True, key="wh_card_rates"):
        _rates(standing, language)


def _chosen_e() -> Fraction | None:
    return (
        Fraction(st.session_state["cases_e"]).limit_denominator(1000) if st.session_state.get("cases_own_e") else None
    )


def _rates(standing: Standing, language: str) -> None:
    section(language, "cases.rates")
    rows = [
        {"code": name, "rate": text(language, f"cases.{_PREFIXES[name.rstrip('123456')]}"), "value": percent(rate)}
        for name, rate in standing.rates.items()
    ]
    table(language, rows, {"code": None, "rate": None, "value": "%.1f %%"}, name="rates", height=38 + 35 * len(rows))
    with st.container(horizontal=True, vertical_alignment="center"):
        own = st.toggle(text(language, "cases.e_own"), key="cases_own_e")
        if own:
            st.number_input(
                text(language, "cases.e"), 0.0, 1.0, value=float(standing.e or 1), step=0.01, key="cases_e", width=280
            )
        else:
            shown = "–" if standing.e is None else f"{float(standing.e):.3f}"
            soft(f"{text(language, 'cases.e')}: {shown}")
    soft(text(language, "cases.source"))


def _attempts(counts: list[dict[str, Any]], language: str) -> None:
    words = {kind: text(language, f"cases.{kind}") for kind in ("interview", "closed", "open")}
    rows = [{**row, "kind": words[row["kind"]]} for row in attempt_rows(counts)]
    bars = (
        alt.Chart({"values": rows}, height=200)
        .mark_bar()
        .encode(
            x=alt.X("attempts:O", title=text(language, "cases.attempts"), axis=alt.Axis(labelAngle=0)),
            y=alt.Y("cases:Q", title=None, axis=alt.Axis(format="~s", tickMinStep=1)),
            color=alt.Color(
                "kind:N", title=None, sort=list(words.values()),
                scale=alt.Scale(domain=list(words.values()), range=[PALETTE[1], PALETTE[5], PALETTE[0]]),
                legend=alt.Legend(orient="top"),
            ),
            tooltip=["attempts:O", "kind:N", "cases:Q"],
        )
    )  # fmt: skip
    st.altair_chart(bars.configure(background="transparent"), width="stretch", theme=None)


@st.fragment
def _find(room: Room, campaign: str, language: str) -> None:
    section(language, "cases.find")
    anything = text(language, "cases.any")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        state = st.selectbox(
            text(language, "cases.state"), _STATES, key=f"cases_state_{language}", width=160,
            index=_STATES.index(st.session_state.get("cases_state", "")),
            format_func=lambda each: text(language, f"state.{each}") if each else anything,
        )  # fmt: skip
        st.session_state["cases_state"] = state
        outcome = st.text_input(text(language, "column.code"), key="cases_outcome", placeholder="2.112", width=120)
        holder = st.text_input(text(language, "column.holder"), key="cases_holder", width=160)
        external_id = st.text_input(text(language, "column.external_id"), key="cases_external", width=180)
    asked = {"state": state, "outcome": outcome.strip(), "holder": holder.strip(), "external_id": external_id.strip()}
    told = st.session_state.pop("case_told", None)
    if told:
        (st.success if told[0] else st.warning)(told[1])
    rows, more = _pages(room, campaign, language, asked)
    if rows is None:
        return
    if not rows:
        soft(text(language, "room.nothing"))
        return
    shown = [_case_row(row, language) for row in rows]
    columns = dict.fromkeys(
        ("external_id", "name", "state", "outcome", "attempts", "holder", "last", "due_at", "kept_for", "case")
    )
    chosen = table(language, shown, columns, name="cases", height=min(38 + 35 * len(shown), 388), choose=True)
    if more and st.button(text(language, "cases.more"), key="cases_more"):
        st.session_state["cases_pages"] += 1
        st.rerun(scope="fragment")
    if chosen is None or chosen >= len(rows):
        soft(text(language, "cases.choose"))
        return
    _case(room, campaign, language, rows[chosen])


def _pages(room: Room, campaign: str, language: str, asked: dict[str, str]) -> tuple[list[dict[str, Any]] | None, bool]:
    """As many pages of the list as were asked for."""
    wanted = (campaign, *asked.values())
    if st.session_state.get("cases_wanted") != wanted:
        st.session_state.update(cases_wanted=wanted, cases_pages=1)
    rows: list[dict[str, Any]] = []
    after = ""
    for _ in range(st.session_state["cases_pages"]):
        given = {name: value for name, value in asked.items() if value}
        reply = room.ask(campaign, "cases", **given, **({"after": after} if after else {}))
        if isinstance(reply, Refusal):
            trouble(reply, language)
            return None, False
        rows += reply["cases"]
        after = reply["next"] or ""
        if not after:
            break
    return rows, bool(after)


def _case_row(row: dict[str, Any], language: str) -> dict[str, Any]:
    title = row["title_zh" if language == "zh" else "title_en"]
    return {
        **row, "case": row["id"], "state": text(language, f"state.{row['state']}"),
        "outcome": f"{row['outcome']} {title}" if row["outcome"] else "", "last": clock(row["last_attempt_at"]),
        "due_at": clock(row["due_at"]) if row["state"] == "waiting" else "", "kept_for": row["agreed_agent"],
    }  # fmt: skip


def _case(room: Room, campaign: str, language: str, case: dict[str, Any]) -> None:
    """What can be done with a case; whoever took it since it was drawn keeps it."""
    agents = st.session_state.get("room_agents")
    if agents is None:
        reply = room.ask(campaign, "agents")
        agents = [] if isinstance(reply, Refusal) else [each["agent"] for each in reply["agents"]]
        st.session_state["room_agents"] = agents
    # What a button does was settled when it was drawn: by the epoch that the supervisor saw, not by a newer one.
    seen = {"case": case["id"], "epoch": case["epoch"]}
    with st.container(horizontal=True, vertical_alignment="bottom", key="wh_case_deeds"):
        if case["state"] == "held":
            st.button(
                text(language, "cases.release"), key="case_release", on_click=_release,
                args=(room, campaign, language, seen),
            )  # fmt: skip
        if case["state"] != "closed":
            to = st.selectbox(
                text(language, "cases.reassign"),
                agents,
                index=None,
                key="case_to",
                width=220,
                placeholder=text(language, "cases.to"),
            )
            st.button(
                text(language, "cases.give"), key="case_give", disabled=not to, on_click=_give,
                args=(room, campaign, language, {**seen, "agent": to}),
            )  # fmt: skip
    reply = room.ask(campaign, "interviews", case=case["id"])
    if not isinstance(reply, Refusal) and reply["interviews"]:
        section(language, "cases.calls")
        rows = [
            {"at": clock(each["started_at"]), "agent": each["agent"],
             "outcome": f"{each['outcome'] or ''} {each['title_zh' if language == 'zh' else 'title_en'] or ''}".strip()}
            for each in reply["interviews"]
        ]  # fmt: skip
        table(language, rows, dict.fromkeys(("at", "agent", "outcome")), name="calls")


def _release(room: Room, campaign: str, language: str, seen: dict[str, Any]) -> None:
    _tell(room.ask(campaign, "release_case", **seen), language, "cases.released")


def _give(room: Room, campaign: str, language: str, seen: dict[str, Any]) -> None:
    _tell(room.ask(campaign, "reassign_case", **seen), language, "cases.given", agent=seen["agent"])


def _tell(reply: dict[str, Any] | Refusal, language: str, done: str, **values: object) -> None:
    """Keeps what came of a deed, to be said beside the list as it is then."""
    if isinstance(reply, Refusal):
        st.session_state["case_told"] = (False, reply.detail(language) or text(language, "room.away", code=reply.code))
    else:
        st.session_state["case_told"] = (True, text(language, done, **values))
