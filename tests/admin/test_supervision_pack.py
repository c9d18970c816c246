"""The supervisors' pack against the live schema: who may, what they see, and what two do at one moment."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest

from agent_app.supervising.room import SLOW
from callscript.model.server import ActionClass
from database.connection import Connection
from database.failures import DatabaseFailure
from tests.harness.acting import Session
from tests.harness.fresh_database import FreshDatabase
from tests.harness.packs import Acting, pack

LI, WANG = Session("li"), Session("wang")
BOSS, OTHER_BOSS = Session("boss", roles=("supervisor",)), Session("zhao", roles=("supervisor",))
ELSEWHERE = Session("boss", campaigns=("other",), roles=("supervisor",))


@pytest.fixture
def acting(postgres: FreshDatabase) -> Acting:
    return Acting(pack("supervision"), postgres.connect("waihu_business"))


def case(admin: Connection, holder: str | None = None, outcome: str | None = None, attempts: int = 0) -> uuid.UUID:
    contact, made = uuid.uuid4(), uuid.uuid4()
    admin.execute("INSERT INTO outbound.contacts (id, campaign) VALUES ($1, 'csat')", contact)
    admin.execute(
        "INSERT INTO outbound.cases (id, campaign, contact_id, state, holder, lease_until, outcome, attempts)"
        " VALUES ($1, 'csat', $2, $3, $4, now() + $5::interval, $6, $7)",
        made, contact, "held" if holder else "waiting", holder, "5 minutes" if holder else None, outcome, attempts,
    )  # fmt: skip
    return made


def interview(
    admin: Connection, agent: str = "li", outcome: str | None = "1.1", of: uuid.UUID | None = None
) -> uuid.UUID:
    held = uuid.uuid4()
    admin.execute(
        "INSERT INTO outbound.interviews (id, campaign, case_id, epoch, agent, release, language, outcome, ended_at)"
        " VALUES ($1, 'csat', $2, 0, $3, 'r', 'zh', $4, CASE WHEN $5::boolean THEN now() END)",
        held, of or case(admin), agent, outcome, outcome is not None,
    )  # fmt: skip
    return held


def answer(admin: Connection, of: uuid.UUID, field: str, value: object, special: str | None = None) -> None:
    admin.execute(
        "INSERT INTO outbound.answers (interview_id, field, campaign, agent, value, special, node)"
        " VALUES ($1, $2, 'csat', 'li', CAST($3 AS jsonb), $4, 'n')",
        of, field, json.dumps(value), special,
    )  # fmt: skip


def test_the_page_knows_which_actions_are_slow(acting: Acting) -> None:
    assert {name for name, each in acting.actions.items() if each.action.action_class is ActionClass.SLOW} == SLOW


def test_counts_are_taken_by_a_supervisor_and_a_refusal_stays_one(acting: Acting, admin_connection: Connection) -> None:
    refused = case(admin_connection, outcome="3.13", attempts=2)
    held = interview(admin_connection, of=refused)
    admin_connection.execute(
        "INSERT INTO outbound.attempts (campaign, case_id, number, epoch, agent, interview_id, outcome)"
        " VALUES ('csat', $1, 1, 0, 'li', $2, '2.112')", refused, held,
    )  # fmt: skip
    case(admin_connection, outcome="1.1", attempts=1)
    case(admin_connection)
    acting(BOSS, "count", oldest_seconds=5)
    counts = {(row["outcome"], row["attempts"]): row["cases"] for row in acting(BOSS, "counts")["counts"]}
    assert counts == {("", 0): 1, ("1.1", 1): 1, ("2.10", 2): 1}
    case(admin_connection)
    acting(BOSS, "count", oldest_seconds=60)
    assert sum(row["cases"] for row in acting(BOSS, "counts")["counts"]) == 3
    assert acting(ELSEWHERE, "counts")["counts"] == []
    with pytest.raises(DatabaseFailure) as told:
        acting(LI, "count", oldest_seconds=5)
    assert told.value.sqlstate == "42501"


def test_a_case_that_moved_is_told_and_not_overwritten(acting: Acting, admin_connection: Connection) -> None:
    held = case(admin_connection, holder="li")
    assert acting(BOSS, "release_case", case=held, epoch=0)["released"] == [{"id": held, "epoch": 1}]
    assert acting(OTHER_BOSS, "release_case", case=held, epoch=0)["released"] == []
    assert acting(OTHER_BOSS, "reassign_case", case=held, epoch=0, agent="wang")["given"] == []
    assert acting(OTHER_BOSS, "reassign_case", case=held, epoch=1, agent="wang")["given"] == [{"id": held, "epoch": 2}]
    row = admin_connection.fetch("SELECT state, holder, agreed_agent FROM outbound.cases WHERE id = $1", held)
    assert row == [("waiting", None, "wang")]
    other = case(admin_connection, holder="wang")
    assert acting(LI, "release_case", case=other, epoch=0)["released"] == []


def test_agents_with_their_states_and_figures_of_today(acting: Acting, admin_connection: Connection) -> None:
    admin_connection.execute(
        "INSERT INTO desk.agent_states (agent, campaign, state, since)"
        " VALUES ('li', 'csat', 'lunch', now() - interval '70 min')"
    )
    interview(admin_connection)
    interview(admin_connection, outcome="2.112")
    (li,) = acting(BOSS, "agents")["agents"]
    assert (li["agent"], li["kind"], li["most_minutes"], li["interviews"], li["refusals"]) == ("li", "break", 60, 1, 1)
    assert 69 * 60 <= li["state_seconds"] <= 75 * 60
    assert acting(ELSEWHERE, "agents")["agents"] == []


def test_an_interview_is_followed_by_supervisors_only(acting: Acting, admin_connection: Connection) -> None:
    held = interview(admin_connection, outcome=None)
    answer(admin_connection, held, "nps", 9)
    assert [row["value"] for row in acting(BOSS, "follow", interview_id=held)["answers"]] == [9]
    assert acting(WANG, "follow", interview_id=held)["answers"] == []


def test_messages_reach_whom_they_are_for_until_read(acting: Acting, admin_connection: Connection) -> None:
    acting(BOSS, "send_message", words="all")
    to_li = acting(BOSS, "send_message", agent="li", words="you")["sent"][0]["id"]
    assert [row["words"] for row in acting(LI, "my_messages")["messages"]] == ["all", "you"]
    assert [row["words"] for row in acting(WANG, "my_messages")["messages"]] == ["all"]
    acting(LI, "read_message", message=to_li)
    acting(LI, "read_message", message=to_li)
    assert [row["words"] for row in acting(LI, "my_messages")["messages"]] == ["all"]
    assert {row["words"]: row["readers"] for row in acting(BOSS, "messages")["messages"]} == {"all": 0, "you": 1}
    with pytest.raises(DatabaseFailure):
        acting(LI, "send_message", words="not mine to say")


def test_questions_tell_time_non_response_and_where_it_broke_off(acting: Acting, admin_connection: Connection) -> None:
    one, two = interview(admin_connection), interview(admin_connection, outcome="2.12")
    answer(admin_connection, one, "nps", 9)
    answer(admin_connection, two, "nps", None, "refused")
    admin_connection.execute(
        "INSERT INTO outbound.answers (interview_id, field, campaign, agent, value, node, step)"
        " VALUES ($1, 'refused_by', 'csat', 'li', '\"midway\"', 'refusal', 9)", two,
    )  # fmt: skip
    row = {"place": "score@a", "entered": 1, "left": 1, "changed": 0, "confirmed": 0, "ms": 4000, "first_at": 1000}
    rows = [row]
    acting(LI, "keep_paradata", interview=str(one), rows=rows)
    acting(LI, "keep_paradata", interview=str(one), rows=rows)
    found = acting(BOSS, "questions")
    assert [(row["node"], row["shown"], float(row["median_seconds"])) for row in found["screens"]] == [
        ("score", 1, 4.0)
    ]
    assert {row["field"]: (row["asked"], row["refused"]) for row in found["fields"]} == {
        "nps": (2, 1), "refused_by": (1, 0),
    }  # fmt: skip
    assert found["breaks"] == [{"node": "n", "interviews": 1}]


def test_two_code_blindly_and_a_third_decides(acting: Acting, admin_connection: Connection) -> None:
    held = interview(admin_connection)
    answer(admin_connection, held, "why", "太贵")
    for code in ("price", "service"):
        acting(BOSS, "put_code", field="why", code=code, title=code)
    what: dict[str, Any] = {"interview_id": held, "field": "why"}
    acting(BOSS, "code_answer", **what, code="price")
    assert acting(BOSS, "frame", field="why")["open"] == []
    assert len(acting(OTHER_BOSS, "frame", field="why")["open"]) == 1
    acting(OTHER_BOSS, "code_answer", **what, code="service")
    (pair,) = acting(BOSS, "frame", field="why")["pairs"]
    assert (pair["codes"], pair["final"]) == (["price", "service"], None)
    acting(BOSS, "decide_code", **what, code="service")
    acting(OTHER_BOSS, "decide_code", **what, code="price")
    (pair,) = acting(BOSS, "frame", field="why")["pairs"]
    assert (pair["codes"], pair["final"]) == (["price", "service"], "price")
    with pytest.raises(DatabaseFailure) as told:
        acting(BOSS, "code_answer", **what, code="nonsense")
    assert told.value.sqlstate == "23503"
