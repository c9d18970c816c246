"""What the benches judge with: each finds the fault that it is there to find."""

from __future__ import annotations

import json
import random
import uuid
from typing import Any

import msgspec
import pytest

from admin import folders
from callscript.parser import load_campaign
from database.connection import Connection
from database.numbers import mask
from local.bench.accounts import Accounts, audit
from local.bench.agents import COURSE, Agent, Credentials, Interview
from local.bench.contacts import number_of
from local.bench.keep_alive import Answered
from local.bench.page_agent import PageAgent
from local.bench.page_audit import Accounts as PageAccounts
from local.bench.page_audit import Conditions, Given, Stored, conditions
from local.bench.page_audit import audit as page_audit
from local.bench.plans import Scan, scans_in
from local.bench.row import Measured, goal
from tests.harness.fresh_database import FreshDatabase

WHO = Credentials("a1", "jwt", "token", "f" * 64, "/c1")


def replied(body: Any) -> Answered:
    return Answered(200, {}, msgspec.json.encode(body))


def case_of(contact: int, phone: str) -> Answered:
    return replied({"case": {"id": str(uuid.uuid4())}, "contact": {"name": f"contact {contact}", "phone": phone}})


def test_an_agent_repeats_a_call_until_it_is_answered() -> None:
    agent = Agent(WHO)
    first = agent.call()
    assert agent.call() is first
    assert agent.told(case_of(7, mask(number_of(7)))) is None
    assert (agent.interviews[0].contact, agent.interviews[0].keys) == (7, [first.key])
    assert agent.call().path == f"/c1/actions/outbound.{COURSE[1]}"


def test_an_agent_notices_another_contacts_number() -> None:
    agent = Agent(WHO)
    agent.call()
    assert agent.told(case_of(7, mask(number_of(8)))) == "next_case: contact 7 with another's number"
    agent.call()
    assert agent.told(replied({"number": number_of(8)})) == "dial: another's number for contact 7"


def test_an_agent_notices_a_reply_of_another_shape() -> None:
    agent = Agent(WHO)
    agent.call()
    assert "next_case: KeyError" in str(agent.told(replied({"contact": {}})))


@pytest.fixture
def worked(postgres: FreshDatabase) -> tuple[Connection, Interview]:
    """An interview with one answer, as an agent was told of it and as the database holds it."""
    admin = postgres.connect()
    contact, case, interview = (str(uuid.uuid4()) for _ in range(3))
    admin.execute("INSERT INTO outbound.contacts (id, campaign, name) VALUES ($1::uuid, 'csat', 'contact 1')", contact)
    admin.execute(
        "INSERT INTO outbound.cases (id, campaign, contact_id) VALUES ($1::uuid, 'csat', $2::uuid)", case, contact
    )
    _interview(admin, interview, case)
    admin.execute(
        "INSERT INTO outbound.answers (interview_id, field, value) VALUES ($1::uuid, 'q', '\"seven\"')", interview
    )
    return admin, Interview(interview, "a1", case, 1, {"q": "seven"}, [])


def test_the_audit_finds_nothing_where_all_is_well(worked: tuple[Connection, Interview]) -> None:
    admin, told = worked
    assert audit(admin, [told]) == Accounts(1, lost=0, doubled=0, mixed_up=0, served_twice=0, unjournaled=0)


def test_the_audit_finds_each_kind_of_loss(worked: tuple[Connection, Interview]) -> None:
    admin, told = worked
    _interview(admin, str(uuid.uuid4()), told.case)
    admin.execute("UPDATE outbound.answers SET value = '\"eight\"' WHERE interview_id = $1::uuid", told.id)
    told.answers["gone"] = "nine"
    told.keys.append("never-journaled")
    told.contact = 2
    found = audit(admin, [told])
    assert found == Accounts(2, lost=2, doubled=1, mixed_up=1, served_twice=1, unjournaled=1)


def _interview(admin: Connection, interview: str, case: str) -> None:
    admin.execute(
        "INSERT INTO outbound.interviews (id, campaign, case_id, epoch, agent, release, language) "
        "VALUES ($1::uuid, 'csat', $2::uuid, 1, 'a1', 'r', 'zh')",
        interview,
        case,
    )


def test_scans_are_read_from_the_servers_log() -> None:
    inner = {"Node Type": "Index Scan", "Relation Name": "phones", "Index Name": "phones_pkey", "Actual Rows": 1,
             "Actual Loops": 3}  # fmt: skip
    outer = {"Node Type": "Seq Scan", "Relation Name": "cases", "Actual Rows": 2, "Rows Removed by Filter": 8,
             "Actual Loops": 1}  # fmt: skip
    plan = {"Query Text": "SELECT {", "Plan": {"Node Type": "Nested Loop", "Plans": [outer, inner]}}
    log = "LOG:  x\nLOG:  duration: 1 ms  plan:\n\t" + json.dumps(plan, indent=2).replace("\n", "\n\t") + "\nLOG:  y\n"
    assert scans_in(log) == [[Scan("Seq Scan", "cases", "", 10), Scan("Index Scan", "phones", "phones_pkey", 3)]]


def test_an_agent_at_a_page_answers_and_remembers_what_was_taken() -> None:
    agent = PageAgent(random.Random(1))  # noqa: S311 - no secrets
    assert agent.event({"turn": 0, "view": _panel("park", "next")})["choice"] == "next"
    asked = _question("greeting")
    assert agent.event(asked)["values"] == {"q1": 3}
    agent.saw(_question("name"))
    assert list(agent.taken.values()) == [Given(interview="i1", field="q1", type="integer", value=3)]


def test_an_agent_at_a_page_answers_each_row_of_a_table_in_its_round() -> None:
    agent, asked = PageAgent(random.Random(1)), _question("ratings@fridge")  # noqa: S311 - no secrets
    (row,) = asked["view"]["screen"]["items"]
    asked["view"]["screen"]["items"] = [{"type": "say"}, {"type": "matrix", "rows": [row, {**row, "name": "q2"}]}]
    assert agent.event(asked)["values"] == {"q1": 3, "q2": 3}
    agent.saw(_question("name"))
    assert set(agent.taken) == {("i1", "q1", "fridge"), ("i1", "q2", "fridge")}


def test_an_agent_at_a_page_leaves_a_question_that_takes_no_answer() -> None:
    agent, asked = PageAgent(random.Random(1)), _question("greeting")  # noqa: S311 - no secrets
    for _ in range(3):
        assert agent.event(asked)["type"] == "answer"
        agent.saw(asked)
    assert agent.event(asked) == {"type": "exit", "turn": 4, "exit": "refusal"}
    assert agent.taken == {}


SLOT = Given(interview="i1", field="callback_slot", type="choice", value="monday")
TYPED = Given(interview="i1", field="callback_at", type="datetime", value="2027-06-01T10:00")


@pytest.fixture(scope="module")
def asked() -> Conditions:
    root = folders.CHECKOUT_SCRIPTS
    return conditions(load_campaign(folders.collect(folders.find_campaign("csat", root), root).files).usable)


def test_an_answer_is_lost_where_it_is_not_stored_or_is_another(asked: Conditions) -> None:
    stored = {TYPED.place: Stored("2027-06-01T10:00:00.000+08:00"), SLOT.place: Stored("monday")}
    assert page_audit([SLOT, TYPED], stored, asked) == PageAccounts(2, [], [])
    assert page_audit([TYPED], {}, asked).lost == [TYPED.place]
    assert page_audit([SLOT], {SLOT.place: Stored("tuesday")}, asked).lost == [SLOT.place]
    assert page_audit([SLOT], {("i2", *SLOT.place[1:]): Stored("monday")}, asked).lost == [SLOT.place]


def test_what_another_answer_of_its_screen_made_needless_is_not_lost(asked: Conditions) -> None:
    assert page_audit([SLOT, TYPED], {SLOT.place: Stored("monday")}, asked) == PageAccounts(1, [TYPED.place], [])
    # Where the answer that hid it is itself not there, both are missed.
    assert page_audit([SLOT, TYPED], {}, asked).lost == [SLOT.place, TYPED.place]


def _panel(*choices: str) -> dict[str, Any]:
    return {"type": "panel", "choices": [{"id": choice} for choice in choices]}


def _question(place: str) -> dict[str, Any]:
    item = {"type": "field", "name": "q1", "field_type": "integer", "options": [], "minimum": 3}
    screen = {"place": place, "items": [item]}
    return {"turn": 4, "interview": "i1", "view": {"type": "ask", "screen": screen, "exits": [{"id": "refusal"}]}}


def test_rows_say_whether_a_goal_is_met() -> None:
    values = Measured([float(number) for number in range(1, 101)])
    assert (values.median, values.percentile(0.99)) == (50.5, 100.0)
    verdicts = [goal("b", "m", 5, "", at_most=4), goal("b", "m", 5, "", at_least=5), goal("b", "m", 5, "")]
    assert [row.holds for row in verdicts] == [False, True, None]
