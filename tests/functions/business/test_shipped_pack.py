"""The shipped pack through the whole function: an agent's work, and what another agent gets of it: nothing."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

import pytest

from callscript.parser import read_server
from callscript.sql import compile_action, plan
from functions.business.connections import Connections
from tests.functions.business.desks import NUMBERS, Desk, log_lines, made_desk
from tests.functions.doubles import User
from tests.harness.acting import fresh_key, trust_test_key
from tests.harness.fresh_database import FreshDatabase

PACK = Path("scripts_bucket/outbound/server.xml")
CANARY = "+8613955501234"
ACTIONS = sorted(read_server(PACK.read_bytes(), str(PACK)).usable.actions)
ASKING = ("queue_state", "why_not")
"""Actions that are about the queue, not about an interview."""
ANSWER = {"field": "nps", "value": 9, "node": "score", "step": 2, "at": 1_790_000_000_000}


@pytest.fixture
def outbound(postgres: FreshDatabase, connections: Connections) -> Desk:
    admin = postgres.connect("waihu_admin")
    trust_test_key(admin)
    for name in ("王芳", "李强"):
        number = CANARY if name == "王芳" else "+8613955509999"
        admin.execute(
            """
            WITH contact AS (INSERT INTO contacts (campaign, name) VALUES ('csat', $1) RETURNING id),
            phone AS (INSERT INTO phones (contact_id, campaign, number_cipher, number_index)
                      SELECT id, 'csat', $2, $3 FROM contact)
            INSERT INTO cases (campaign, contact_id, due_at)
            SELECT 'csat', id, now() - make_interval(hours => $4::int) FROM contact
            """,
            name,
            NUMBERS.seal(number),
            NUMBERS.blind_index(number),
            2 if name == "王芳" else 1,
        )
    desk = made_desk(connections, admin)
    english = (PACK.parent / "translations" / "en.po").read_bytes()
    files = {"packs/outbound/server.xml": PACK.read_bytes(), "packs/outbound/translations/en.po": english}
    desk.release = desk.bucket.publish("csat", files)
    return desk


def take(desk: Desk) -> tuple[str, Any]:
    interview = str(uuid.uuid4())
    given = {"campaign": "csat", "interview": interview, "release": desk.release, "language": "zh"}
    replied = desk.call("outbound.next_case", given, interview=interview)
    assert replied.status == 200, replied.body
    return interview, replied.json


def parameters(action: str, interview: str, desk: Desk) -> dict[str, Any]:
    """What the action is to be given for `interview`."""
    more: dict[str, dict[str, Any]] = {
        "next_case": {"campaign": "csat", "release": desk.release, "language": "zh"},
        "save_answers": {"answers": [ANSWER]},
        "finish": {"outcome": "1.1", "answers": []},
        "arrange_callback": {"at": "2026-12-01T10:00:00", "kind": "soft"},
        "do_not_call": {"reason": "asked"},
        "needs_language": {"language": "en"},
        "take_places": {"answers": {"nps": 9}},
        "why_not": {"case": case_of(interview, desk)},
    }
    return more.get(action, {}) if action in ASKING else {"interview": interview, **more.get(action, {})}


def case_of(interview: str, desk: Desk) -> str:
    rows = desk.admin.fetch("SELECT case_id FROM interviews WHERE id = $1", uuid.UUID(interview))
    return str(rows[0][0]) if rows else str(uuid.uuid4())


def test_a_whole_interview(outbound: Desk) -> None:
    interview, case = take(outbound)
    assert (case["contact"]["name"], case["contact"]["phone"]) == ("王芳", "139****1234")
    calls = {"interview": interview}
    assert outbound.call("outbound.dial", calls, interview=interview).json["number"] == CANARY
    for action in ("heartbeat", "save_answers", "finish"):
        replied = outbound.call(f"outbound.{action}", parameters(action, interview, outbound), interview=interview)
        assert (action, replied.status) == (action, 200)
    assert outbound.admin.fetch("SELECT field, value FROM answers") == [("nps", 9)]
    assert outbound.admin.fetch("SELECT state, outcome FROM cases WHERE outcome IS NOT NULL") == [("closed", "1.1")]
    assert take(outbound)[1]["contact"]["name"] == "李强"


def test_an_empty_queue(outbound: Desk) -> None:
    outbound.admin.execute("UPDATE cases SET due_at = now() + interval '1 day'")
    given = parameters("next_case", str(uuid.uuid4()), outbound)
    chinese, english = (
        outbound.call("outbound.next_case", given, headers={"accept-language": language}) for language in ("zh", "en")
    )
    assert [chinese.verdict, english.verdict] == [(409, "no_case_due")] * 2
    assert [chinese.json["detail"], english.json["detail"]] == [
        "现在没有到时间的个案，请稍后再取。",
        "No case is due now. Please try again later.",
    ]
    assert (
        chinese.json["messages"]
        == english.json["messages"]
        == {"zh": chinese.json["detail"], "en": english.json["detail"]}
    )


def seen_in(outbound: Desk) -> list[Any]:
    """All that another agent might have changed."""
    queries = (
        "SELECT id, state, holder, epoch, outcome, lease_until FROM cases ORDER BY id",
        "SELECT id, agent, outcome, ended_at FROM interviews ORDER BY id",
        "SELECT interview_id, field, value, agent FROM answers ORDER BY 1, 2",
        "SELECT interview_id, agent, at FROM appointments ORDER BY 1",
        "SELECT id, agent, dialled_at, outcome FROM attempts ORDER BY id",
        "SELECT number_index, agent FROM do_not_call ORDER BY 1",
    )
    return [outbound.admin.fetch(query) for query in queries]


@pytest.mark.parametrize("action", [name for name in ACTIONS if name != "next_case"])
def test_another_agents_interview_is_nobodys(outbound: Desk, action: str) -> None:
    interview, _ = take(outbound)
    outbound.call("outbound.save_answers", parameters("save_answers", interview, outbound), interview=interview)
    before = seen_in(outbound)
    outbound.user = User("wang")
    replied = outbound.call(f"outbound.{action}", parameters(action, interview, outbound), interview=interview)
    assert seen_in(outbound) == before
    assert not any(text in replied.body for text in ("王芳", "1234", '"closed"'))


@pytest.mark.parametrize("action", ACTIONS)
def test_another_campaigns_agent_gets_nowhere(outbound: Desk, action: str) -> None:
    interview, _ = take(outbound)
    before = seen_in(outbound)
    outbound.user, outbound.campaigns = User("zhao"), ("reminder",)
    replied = outbound.call(f"outbound.{action}", parameters(action, interview, outbound), interview=interview)
    assert replied.verdict == (403, "foreign_campaign")
    assert seen_in(outbound) == before


@pytest.mark.parametrize("action", ACTIONS)
def test_every_action_runs_in_the_round_trips_computed(outbound: Desk, action: str) -> None:
    interview, _ = take(outbound)
    connection, _ = outbound.connections.get()
    before = connection.round_trips
    wanted = str(uuid.uuid4()) if action == "next_case" else interview
    replied = outbound.call(f"outbound.{action}", parameters(action, wanted, outbound), interview=wanted)
    server = read_server(PACK.read_bytes(), str(PACK)).usable
    computed = plan(compile_action(server.actions[action])).round_trips
    assert (replied.status, connection.round_trips - before) == (200, computed)


def test_a_saved_answer_takes_one_round_trip_and_four_statements(
    outbound: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    interview, _ = take(outbound)
    outbound.call("outbound.save_answers", parameters("save_answers", interview, outbound), key=fresh_key())
    rounds = log_lines(capsys)[-1]["rounds"]
    assert [len(each["statements"]) for each in rounds] == [4]


def test_an_agent_who_takes_too_many_cases_waits(outbound: Desk) -> None:
    outbound.admin.execute("INSERT INTO platform.limits VALUES ('csat', 1)")
    take(outbound)
    interview = str(uuid.uuid4())
    given = {"campaign": "csat", "interview": interview, "release": outbound.release, "language": "zh"}
    replied = outbound.call("outbound.next_case", given, interview=interview)
    assert (replied.verdict, replied.json["retryable"]) == ((429, "too_many_cases"), True)
    assert replied.headers["retry-after"] == "10"
    outbound.user = User("wang")
    take(outbound)
