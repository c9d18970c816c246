"""Two businesses made of scripts alone, against the live schema: shifts that pass on once, interviews scored once."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest

from database.connection import Connection
from database.failures import DatabaseFailure
from tests.admin.test_supervision_pack import interview
from tests.harness.acting import Session
from tests.harness.fresh_database import FreshDatabase
from tests.harness.packs import Acting, pack

LI, WANG, ZHAO = (Session(name, campaigns=("roster",)) for name in ("li", "wang", "zhao"))
BOSS = Session("boss", campaigns=("roster",), roles=("agent", "supervisor"))
DAY = date.today() + timedelta(days=3)  # noqa: DTZ011 - any day to come


@pytest.fixture
def roster(postgres: FreshDatabase, admin_connection: Connection) -> Acting:
    acting = Acting(pack("shifts"), postgres.connect("waihu_business"))
    acting(BOSS, "plan", day=DAY, begins=time(9), ends=time(13), agent="li")
    acting(BOSS, "plan", day=DAY, begins=time(22), ends=time(2), agent="")
    return acting


def test_a_shift_is_given_away_and_taken_once(roster: Acting) -> None:
    (mine,) = roster(LI, "look")["mine"]
    roster(LI, "offer", shift=str(mine["id"]), reason="牙医")
    assert roster(LI, "look")["mine"] == []
    (offered,) = roster(WANG, "look")["offered"]
    assert "牙医" in offered["words"]
    assert len(roster(WANG, "take_offer", offer=str(offered["id"]))["taken"]) == 1
    assert roster(ZHAO, "take_offer", offer=str(offered["id"]))["taken"] == []
    assert [row["id"] for row in roster(WANG, "look")["mine"]] == [mine["id"]]


def test_nobody_is_in_two_places(roster: Acting) -> None:
    (open_,) = roster(LI, "look")["open"]
    assert len(roster(LI, "take_open", shift=str(open_["id"]))["taken"]) == 1
    assert roster(WANG, "take_open", shift=str(open_["id"]))["taken"] == []
    with pytest.raises(DatabaseFailure) as told:
        roster(BOSS, "plan", day=DAY + timedelta(days=1), begins=time(1), ends=time(5), agent="li")
    assert told.value.sqlstate == "23P01"


def test_only_supervisors_plan_and_nobody_takes_what_was_not_offered(roster: Acting) -> None:
    with pytest.raises(DatabaseFailure) as told:
        roster(LI, "plan", day=DAY, begins=time(15), ends=time(17), agent="li")
    assert told.value.sqlstate == "42501"
    (mine,) = roster(LI, "look")["mine"]
    assert roster(WANG, "take_open", shift=str(mine["id"]))["taken"] == []
    assert roster(WANG, "offer", shift=str(mine["id"]))["made"] == []
    assert (roster(LI, "look")["me"][0]["plans"], roster(BOSS, "look")["me"][0]["plans"]) == (False, True)


def test_an_interview_is_scored_by_supervisors_only_and_comes_once(
    postgres: FreshDatabase, admin_connection: Connection
) -> None:
    scoring = Acting(pack("scoring"), postgres.connect("waihu_business"))
    boss = Session("boss", campaigns=("quality", "csat"), roles=("agent", "supervisor"))
    stranger = Session("boss", campaigns=("quality",), roles=("agent", "supervisor"))
    li = Session("li", campaigns=("quality", "csat"))
    held = interview(admin_connection)
    assert [scoring(one, "next", about="csat")["found"] for one in (li, stranger)] == [[], []]
    (found,) = scoring(boss, "next", about="csat")["found"]
    assert (found["id"], found["agent"]) == (held, "li")
    marks = {"interview_id": held, "agent": "li", "critical": False, "answers": [], "comment": "好"}
    with pytest.raises(DatabaseFailure):
        scoring(li, "save", **marks, score=100)
    scoring(boss, "save", **marks, score=80)
    assert scoring(boss, "next", about="csat")["found"] == []
    assert [(row["agent"], row["score"]) for row in scoring(li, "scores")["scores"]] == [("li", 80)]
