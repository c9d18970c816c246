"""The outbound pack's SQL against the live schema: what each action means for cases, numbers and answers.

Statements are compiled by `callscript.sql` and run as `waihu_business` inside `begin_action`, under row-level security.
"""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest

from admin.contacts import import_rows, read_contacts
from admin.folders import CHECKOUT_SCRIPTS
from callscript.parser import read_server
from callscript.sql import Bindings, compile_action, plan
from database.connection import Connection, Query
from database.failures import DatabaseFailure
from database.numbers import NumberKeys
from tests.harness.acting import Session
from tests.harness.fresh_database import FreshDatabase

SERVER = read_server((CHECKOUT_SCRIPTS / "outbound" / "server.xml").read_bytes(), "server.xml").usable
ACTIONS = {name: compile_action(action) for name, action in SERVER.actions.items()}
LI, WANG = Session("li"), Session("wang")


@dataclass
class Desk:
    """Runs the pack's actions as an agent's app would have them run."""

    admin: Connection
    business: Connection

    def call(self, who: Session, action: str, interview: str, **parameters: Any) -> dict[str, list[dict[str, Any]]]:
        compiled = ACTIONS[action]
        given = (
            {parameter.name: None for parameter in compiled.action.parameters} | {"interview": interview} | parameters
        )
        bindings = Bindings(given, {"agent": who.agent, "campaign": who.campaigns[0]})
        statements = [
            statement for statement in compiled.statements if statement.statement.when is None or given.get("answers")
        ]
        rendered = [(statement.name, statement.render(bindings)) for statement in statements]
        queries = [Query(each.sql, each.values, name) for name, each in rendered]
        results = who.act(self.business, *queries, interview=uuid.UUID(interview))
        return {name: result.dicts() for (name, _), result in zip(rendered, results, strict=True)}

    def take(
        self, who: Session = LI, campaign: str = "csat"
    ) -> tuple[str, dict[str, Any] | None, list[dict[str, Any]]]:
        interview = str(uuid.uuid4())
        found = self.call(who, "next_case", interview, campaign=campaign, release="r", language="zh")
        return interview, next(iter(found["taken"]), None), found["calls"]

    def case(self, case: object) -> dict[str, Any]:
        columns = "state, outcome, holder, attempts, priority, due_at > now() AS later, due_at"
        sql = f"SELECT {columns} FROM outbound.cases WHERE id = $1"
        return self.admin.run_pipeline([Query(sql, (case,))])[0].dicts()[0]

    def finish(self, who: Session, interview: str, outcome: str, answers: str | None = None) -> dict[str, Any]:
        return self.call(who, "finish", interview, outcome=outcome, answers=answers)["ended"][0]


@pytest.fixture
def desk(postgres: FreshDatabase, admin_connection: Connection) -> Desk:
    return Desk(admin_connection, postgres.connect("waihu_business"))


@pytest.fixture
def people(admin_connection: Connection, number_keys: NumberKeys) -> None:
    text = (
        "姓名,电话,事项,预约时间,优先级\n"
        "甲,+12025550101;+12025550102,空调安装,2026-12-01 10:00,9\n"
        "乙,+12025550103,维修,,0\n"
    )
    import_rows(read_contacts(text.encode()), campaign="csat", connection=admin_connection, keys=number_keys)


def changes(**values: Any) -> str:
    return json.dumps([{"field": name, "value": value, "step": 1, "at": 1} for name, value in values.items()])


def test_round_trips_are_as_few_as_promised() -> None:
    assert {name: plan(action).round_trips for name, action in ACTIONS.items()} == {
        "next_case": 2, "save_answers": 1, "finish": 2, "arrange_callback": 2, "do_not_call": 2, "dial": 2,
        "heartbeat": 2, "needs_language": 2, "park": 2, "queue_state": 1, "slots": 1, "take_places": 2, "why_not": 1,
    }  # fmt: skip


def test_taking_a_case_gives_contact_number_and_an_attempt(desk: Desk, people: None, number_keys: NumberKeys) -> None:
    _, taken, calls = desk.take()
    assert taken is not None
    assert (taken["name"], taken["subject"], taken["epoch"], taken["attempt"], calls) == ("甲", "空调安装", 1, 1, [])
    assert taken["subject_at"] == datetime.fromisoformat("2026-12-01T10:00+08:00")
    assert number_keys.reveal(taken["number_cipher"]) == "+12025550101"
    assert desk.admin.fetch("SELECT number, agent FROM outbound.attempts") == [(1, "li")]


def test_no_two_agents_get_one_case_and_then_there_is_none(desk: Desk, people: None) -> None:
    first, second, third = desk.take(LI)[1], desk.take(WANG)[1], desk.take(LI)[1]
    assert first is not None
    assert second is not None
    assert first["id"] != second["id"]
    assert third is None


def test_another_campaigns_cases_are_not_seen(desk: Desk, people: None) -> None:
    assert desk.take(Session("li", campaigns=("reminder",)), "reminder")[1] is None


def test_answers_are_kept_with_their_history_and_only_by_their_agent(desk: Desk, people: None) -> None:
    interview, _, _ = desk.take()
    desk.call(LI, "save_answers", interview, answers=changes(nps=3))
    again = json.dumps([{"field": "nps", "special": "dk", "step": 2, "at": 2}])
    desk.call(LI, "save_answers", interview, answers=again)
    assert desk.admin.fetch("SELECT value, special FROM outbound.answers") == [(None, "dk")]
    assert desk.admin.fetch("SELECT old_value, value, special FROM outbound.answer_history ORDER BY id") == [
        (None, 3, None),
        (3, None, "dk"),
    ]
    with pytest.raises(DatabaseFailure) as refused:
        desk.call(WANG, "save_answers", interview, answers=again)
    assert refused.value.sqlstate == "42501"


def test_answers_of_an_unknown_interview_are_refused(desk: Desk) -> None:
    with pytest.raises(DatabaseFailure) as refused:
        desk.call(LI, "save_answers", str(uuid.uuid4()), answers=changes(nps=3))
    assert refused.value.sqlstate == "23503"


@pytest.mark.parametrize(
    ("outcome", "state", "minutes"),
    [("1.1", "closed", 0), ("2.11", "closed", 0), ("3.13", "waiting", 180), ("3.12", "waiting", 20)],
)
def test_the_outcome_settles_the_case(outcome: str, state: str, minutes: int, desk: Desk, people: None) -> None:
    interview, taken, _ = desk.take()
    assert taken is not None
    ended = desk.finish(LI, interview, outcome, changes(last="x"))
    assert (ended["state"], ended["overtaken"]) == (state, False)
    case = desk.case(taken["id"])
    assert (case["state"], case["outcome"], case["holder"], case["later"]) == (state, outcome, None, bool(minutes))
    assert desk.admin.fetch("SELECT outcome FROM outbound.attempts") == [(outcome,)]
    assert desk.admin.fetch("SELECT count(*) FROM outbound.answers") == [(1,)]


def test_an_outcome_that_nobody_registered_is_refused(desk: Desk, people: None) -> None:
    interview, _, _ = desk.take()
    with pytest.raises(DatabaseFailure) as refused:
        desk.finish(LI, interview, "9.9")
    assert refused.value.sqlstate == "23503"


def test_a_dead_number_gives_way_to_the_next_one(desk: Desk, people: None, number_keys: NumberKeys) -> None:
    interview, taken, _ = desk.take()
    assert taken is not None
    assert desk.finish(LI, interview, "4.32")["state"] == "waiting"
    interview, again, calls = desk.take()
    assert again is not None
    assert (again["id"], number_keys.reveal(again["number_cipher"])) == (taken["id"], "+12025550102")
    assert [call["title_en"] for call in calls] == ["Disconnected number"]
    assert desk.finish(LI, interview, "4.32")["state"] == "closed"


def test_a_promised_call_comes_at_its_time_before_all_others_and_to_who_promised_it(desk: Desk, people: None) -> None:
    interview, taken, _ = desk.take()
    assert taken is not None
    made = desk.call(LI, "arrange_callback", interview, at="2030-01-02T09:30:00+00:00", kind="hard", note=None)
    # what was said is the wall clock where the contact lives, whatever offset the agent's app wrote
    assert made["made"][0]["at"] == datetime.fromisoformat("2030-01-02T09:30+08:00")
    desk.finish(LI, interview, "2.21")
    case = desk.case(taken["id"])
    assert (case["state"], case["priority"], case["due_at"]) == ("waiting", 9, made["made"][0]["at"])
    desk.admin.execute("UPDATE outbound.appointments SET at = now() - interval '1 minute'")
    desk.admin.execute("UPDATE outbound.cases SET due_at = now() - interval '1 minute' WHERE id = $1", taken["id"])
    _, others, _ = desk.take(WANG)
    assert others is not None
    assert others["name"] == "乙"
    interview, mine, _ = desk.take(LI)
    assert mine is not None
    assert mine["id"] == taken["id"]
    desk.finish(LI, interview, "3.12")
    assert desk.admin.fetch("SELECT agreed_at FROM outbound.cases WHERE id = $1", taken["id"]) == [(None,)]
    assert desk.admin.fetch("SELECT state FROM outbound.appointments") == [("kept",)]


def test_after_ten_minutes_anyone_may_keep_the_promise(desk: Desk, people: None) -> None:
    interview, taken, _ = desk.take()
    assert taken is not None
    desk.call(LI, "arrange_callback", interview, at="2030-01-02T09:30", kind="hard", note=None)
    desk.finish(LI, interview, "2.21")
    desk.admin.execute("UPDATE outbound.appointments SET at = now() - interval '11 minutes'")
    desk.admin.execute("UPDATE outbound.cases SET due_at = now() - interval '11 minutes'")
    _, theirs, _ = desk.take(WANG)
    assert theirs is not None
    assert theirs["id"] == taken["id"]


def test_a_time_that_cannot_be_read_is_refused(desk: Desk, people: None) -> None:
    interview, _, _ = desk.take()
    with pytest.raises(DatabaseFailure) as refused:
        desk.call(LI, "arrange_callback", interview, at="tomorrow-ish", kind="soft", note=None)
    assert refused.value.sqlstate == "22007"


def test_who_asked_not_to_be_called_is_not_called_dialled_or_taken(desk: Desk, people: None) -> None:
    interview, taken, _ = desk.take()
    assert taken is not None
    assert len(desk.call(LI, "dial", interview)["dialled"]) == 1
    assert desk.call(LI, "do_not_call", interview, reason="angry")["listed"] == [{"numbers": 2}]
    assert desk.call(LI, "do_not_call", interview, reason="angry")["listed"] == [{"numbers": 2}]
    assert desk.call(LI, "dial", interview)["dialled"] == []
    desk.call(LI, "park", interview)
    desk.admin.execute("UPDATE outbound.cases SET due_at = now() - interval '1 minute'")
    _, other, _ = desk.take()
    assert other is not None
    assert other["id"] != taken["id"]
    assert desk.take()[1] is None


def test_only_the_holder_dials_and_keeps_the_lease(desk: Desk, people: None) -> None:
    interview, _, _ = desk.take(LI)
    assert len(desk.call(LI, "heartbeat", interview)["kept"]) == 1
    assert desk.call(WANG, "heartbeat", interview)["kept"] == []
    assert desk.call(WANG, "dial", interview)["dialled"] == []


def test_an_overtaken_holder_ends_the_interview_but_moves_the_case_no_more(desk: Desk, people: None) -> None:
    interview, taken, _ = desk.take(LI)
    assert taken is not None
    desk.admin.execute("UPDATE outbound.cases SET lease_until = now() - interval '1 second' WHERE id = $1", taken["id"])
    _, theirs, _ = desk.take(WANG)
    assert theirs is not None
    assert (theirs["id"], theirs["epoch"]) == (taken["id"], 2)
    desk.call(LI, "save_answers", interview, answers=changes(nps=9))
    assert desk.finish(LI, interview, "1.1")["overtaken"] is True
    case = desk.case(taken["id"])
    assert (case["state"], case["holder"], case["outcome"]) == ("held", "wang", None)
    assert desk.admin.fetch("SELECT value, overtaken FROM outbound.answers") == [(9, True)]
    assert desk.call(LI, "heartbeat", interview)["kept"] == []
    assert desk.call(LI, "do_not_call", interview, reason="x")["listed"] == [{"numbers": 0}]


def test_a_parked_case_comes_back(desk: Desk, people: None) -> None:
    interview, taken, _ = desk.take()
    assert taken is not None
    desk.call(LI, "park", interview)
    case = desk.case(taken["id"])
    assert (case["state"], case["later"]) == ("waiting", True)


def test_after_the_most_attempts_a_case_is_closed(desk: Desk, people: None) -> None:
    desk.admin.execute("UPDATE outbound.cases SET max_attempts = 1")
    interview, _, _ = desk.take()
    assert desk.finish(LI, interview, "3.13")["state"] == "closed"


def test_a_campaign_may_treat_an_outcome_otherwise(desk: Desk, people: None) -> None:
    desk.admin.execute("INSERT INTO outbound.campaign_outcomes VALUES ('csat', '2.11', false, 60)")
    interview, taken, _ = desk.take()
    assert taken is not None
    assert desk.finish(LI, interview, "2.11")["state"] == "waiting"


def test_a_contact_with_a_strange_attribute_does_not_block_the_queue(desk: Desk, people: None) -> None:
    desk.admin.execute("""UPDATE outbound.contacts SET attributes = '{"subject_at": "next week"}'""")
    _, taken, _ = desk.take()
    assert taken is not None
    assert taken["subject_at"] is None
