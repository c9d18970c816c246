"""The desk pack's SQL against the live schema: states, the agent's day, notes, reports, interviews laid aside."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from admin.contacts import import_rows, read_contacts
from admin.folders import CHECKOUT_SCRIPTS
from callscript.parser import read_server
from callscript.sql import Bindings, CompiledAction, compile_action
from database.connection import Connection, Query
from database.numbers import NumberKeys
from tests.harness.acting import Session
from tests.harness.fresh_database import FreshDatabase

LI, WANG = Session("li"), Session("wang")
CHIEF = Session("chief", roles=("supervisor",))


def pack(name: str) -> dict[str, CompiledAction]:
    server = read_server((CHECKOUT_SCRIPTS / name / "server.xml").read_bytes(), "server.xml").usable
    return {f"{name}.{action.id}": compile_action(action) for action in server.actions.values()}


ACTIONS = pack("outbound") | pack("desk")


@dataclass
class Work:
    admin: Connection
    business: Connection

    def call(self, who: Session, action: str, **parameters: Any) -> dict[str, list[dict[str, Any]]]:
        compiled = ACTIONS[action]
        given = {parameter.name: None for parameter in compiled.action.parameters} | parameters
        bindings = Bindings(given, {"agent": who.agent, "campaign": who.campaigns[0]})
        rendered = [
            (each.name, each.render(bindings))
            for each in compiled.statements
            if each.statement.when is None or given.get("answers")
        ]
        queries = [Query(each.sql, each.values, name) for name, each in rendered]
        interview = uuid.UUID(parameters["interview"]) if parameters.get("interview") else None
        run = who.read if compiled.action.read_only else who.act
        bound: dict[str, Any] = {} if compiled.action.read_only else {"interview": interview}
        results = run(self.business, *queries, **bound)
        return {name: result.dicts() for (name, _), result in zip(rendered, results, strict=True)}

    def take(self, who: Session) -> str:
        interview = str(uuid.uuid4())
        taken = self.call(who, "outbound.next_case", interview=interview, campaign="csat", release="r", language="zh")
        assert taken["taken"]
        return interview

    def enter(self, state: str, at: datetime, who: Session = LI, interview: str | None = None) -> None:
        self.call(who, "desk.enter_state", state=state, at=at.isoformat(), interview=interview)

    def states(self) -> list[tuple[str, int | None]]:
        """State and how many seconds it lasted, in order."""
        found = self.admin.fetch(
            "SELECT state, CAST(extract(epoch FROM until - since) AS integer) FROM desk.agent_states ORDER BY id"
        )
        return [(state, seconds) for state, seconds in found]

    def suspend(self, who: Session, interview: str, note: str = "") -> None:
        self.call(
            who, "desk.suspend", interview=interview, release="r", state="{}", place="nps", title="NPS", note=note
        )

    def parked(self, who: Session) -> list[str]:
        return [str(row["interview"]) for row in self.call(who, "desk.parked")["parked"]]

    def resume(self, who: Session, interview: str) -> list[dict[str, Any]]:
        return self.call(who, "desk.resume", interview=interview)["resumed"]


@pytest.fixture
def work(postgres: FreshDatabase, admin_connection: Connection, number_keys: NumberKeys) -> Work:
    text = "姓名,电话,事项\n甲,+12025550101,安装\n"
    import_rows(read_contacts(text.encode()), campaign="csat", connection=admin_connection, keys=number_keys)
    return Work(admin_connection, postgres.connect("waihu_business"))


def ago(minutes: float) -> datetime:
    return datetime.now(UTC) - timedelta(minutes=minutes)


def test_states_follow_each_other_without_gaps(work: Work) -> None:
    work.enter("ready", ago(4))
    work.enter("talking", ago(3))
    work.enter("wrap_up", ago(1))
    assert work.states() == [("ready", 60), ("talking", 120), ("wrap_up", None)]


def test_the_same_state_from_a_second_window_changes_nothing(work: Work) -> None:
    work.enter("ready", ago(2))
    work.enter("ready", ago(1))
    assert work.states() == [("ready", None)]


def test_a_clock_ahead_or_behind_never_makes_time_run_backwards(work: Work) -> None:
    work.enter("ready", ago(1))
    work.enter("lunch", ago(3))
    work.enter("ready", datetime.now(UTC) + timedelta(hours=5))
    (_, before), (_, lunch), (_, now) = work.states()
    assert (before, now) == (0, None)
    assert lunch is not None
    assert 59 <= lunch < 3600


def test_a_desk_that_fell_silent_ended_its_state_then(work: Work) -> None:
    work.enter("lunch", ago(60 * 9))
    work.admin.fetch("UPDATE desk.agent_states SET seen_at = since + interval '10 minutes' RETURNING id")
    work.enter("ready", ago(0))
    assert work.states()[0] == ("lunch", 600)


def test_signing_out_ends_the_day(work: Work) -> None:
    work.enter("ready", ago(2))
    work.enter("signed_out", ago(1))
    assert work.states() == [("ready", 60), ("signed_out", 0)]


def test_the_day_adds_up(work: Work) -> None:
    interview = work.take(LI)
    work.call(LI, "outbound.finish", interview=interview, outcome="2.11")
    work.enter("talking", datetime.now(UTC))
    day = work.call(LI, "desk.my_day")["day"][0]
    assert (day["attempts"], day["interviews"], day["refusals"], day["state"]) == (1, 0, 1, "talking")
    assert work.call(WANG, "desk.my_day")["day"][0]["attempts"] == 0


def test_the_next_appointment_is_the_agents_own(work: Work) -> None:
    interview = work.take(LI)
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).strftime("%Y-%m-%d %H:%M")
    work.call(LI, "outbound.arrange_callback", interview=interview, at=tomorrow, kind="hard", note="")
    assert work.call(LI, "desk.my_day")["day"][0]["appointment_name"] == "甲"
    assert work.call(WANG, "desk.my_day")["day"][0]["appointment_name"] is None


def test_a_note_stays_with_the_call_and_strangers_write_none(work: Work) -> None:
    interview = work.take(LI)
    work.call(LI, "desk.write_note", interview=interview, note="找王女士")
    work.call(WANG, "desk.write_note", interview=interview, note="x")
    assert work.admin.fetch("SELECT note FROM outbound.attempts") == [("找王女士",)]


def test_a_report_reaches_those_who_mend_questions_and_is_closed_once(work: Work) -> None:
    work.call(LI, "desk.report_question", node="nps", place="nps", release="r", comment="错字", at=ago(1).isoformat())
    report = work.call(CHIEF, "desk.reports")["reports"][0]
    assert (report["node"], report["release"], report["comment"], report["state"]) == ("nps", "r", "错字", "open")
    assert work.call(CHIEF, "desk.close_report", report=str(report["id"]), answer="已改")["closed"]
    assert work.call(CHIEF, "desk.close_report", report=str(report["id"]), answer="")["closed"] == []
    assert work.call(WANG, "desk.reports")["reports"] == []


def test_a_parked_interview_goes_on_with_its_agent(work: Work) -> None:
    interview = work.take(LI)
    work.suspend(LI, interview, "三点后")
    assert work.parked(LI) == [interview]
    assert work.admin.fetch("SELECT state, holder FROM outbound.cases") == [("waiting", None)]
    assert work.resume(LI, interview)[0]["state"] == "{}"
    held = work.admin.fetch("SELECT c.state, c.holder, c.epoch = i.epoch FROM outbound.cases c, outbound.interviews i")
    assert held == [("held", "li", True)]
    work.call(LI, "outbound.finish", interview=interview, outcome="1.1")
    assert work.parked(LI) == []
    assert work.admin.fetch("SELECT count(*) FROM desk.parked_interviews") == [(0,)]


def test_others_go_on_only_where_and_when_the_rule_says_so(work: Work) -> None:
    interview = work.take(LI)
    work.suspend(LI, interview)
    assert (work.parked(WANG), work.resume(WANG, interview)) == ([], [])
    work.admin.fetch("UPDATE desk.rules SET others_after_minutes = 0 RETURNING 1")
    assert work.parked(WANG) == [interview]
    assert work.resume(WANG, interview)
    # Once gone on with, it is not given twice; the answers are now the other agent's to change.
    assert (work.parked(LI), work.resume(LI, interview)) == ([], [])
    work.call(WANG, "outbound.finish", interview=interview, outcome="1.1")
    assert work.admin.fetch("SELECT agent, outcome FROM outbound.interviews") == [("wang", "1.1")]


def test_a_case_that_was_called_anew_cannot_be_resumed(work: Work) -> None:
    interview = work.take(LI)
    work.suspend(LI, interview)
    work.admin.fetch("UPDATE outbound.cases SET due_at = now() - interval '1 minute' RETURNING 1")
    work.take(WANG)
    assert (work.parked(LI), work.resume(LI, interview)) == ([], [])


def test_a_reply_that_was_lost_can_be_asked_for_again(work: Work) -> None:
    interview = work.take(LI)
    work.suspend(LI, interview)
    work.resume(LI, interview)
    assert work.parked(LI) == [interview]
    assert work.resume(LI, interview)


def test_erasing_a_contact_takes_what_the_desk_knew(work: Work) -> None:
    interview = work.take(LI)
    work.call(
        LI, "desk.report_question", node="n", place="n", release="r", interview=interview, comment="他叫甲",
        at=ago(0).isoformat(),
    )  # fmt: skip
    work.suspend(LI, interview)
    work.admin.fetch("SELECT outbound.erase_contact(id) FROM outbound.contacts")
    assert work.admin.fetch("SELECT count(*) FROM desk.parked_interviews") == [(0,)]
    assert work.admin.fetch("SELECT comment FROM desk.question_reports") == [("",)]


def test_a_desk_is_told_whom_to_forget_and_what_it_sends_later_is_not_kept(work: Work, number_keys: NumberKeys) -> None:
    more = "姓名,电话\n乙,+12025550102\n"
    import_rows(read_contacts(more.encode()), campaign="csat", connection=work.admin, keys=number_keys)
    interview, other = work.take(LI), work.take(WANG)
    kept = json.dumps([interview, other, str(uuid.uuid4())])
    assert work.call(LI, "desk.forgotten", interviews=kept)["gone"] == []
    work.admin.fetch(
        "SELECT outbound.erase_contact(c.contact_id) FROM cases c, interviews i WHERE i.case_id = c.id AND i.id = $1",
        uuid.UUID(interview),
    )

    for words in (interview, other):
        said = [{"field": "why", "value": f"secret of {words}", "node": "why", "step": 1, "at": 0}]
        who = LI if words == interview else WANG
        work.call(who, "outbound.save_answers", interview=words, answers=json.dumps(said))
        work.call(who, "desk.write_note", interview=words, note=f"note of {words}")

    assert [str(row["interview"]) for row in work.call(LI, "desk.forgotten", interviews=kept)["gone"]] == [interview]
    foreign = Session("zhao", campaigns=("reminder",))
    assert work.call(foreign, "desk.forgotten", interviews=kept)["gone"] == []
    written = work.admin.fetch("SELECT interview_id::text, value::text FROM answers")
    history = work.admin.fetch("SELECT interview_id::text FROM answer_history")
    notes = work.admin.fetch("SELECT interview_id::text, note FROM attempts ORDER BY note")
    assert written == [(other, f'"secret of {other}"')]
    assert history == [(other,)]
    assert notes == [(interview, ""), (other, f"note of {other}")]


def test_an_interview_of_somebody_erased_is_parked_without_its_state(work: Work) -> None:
    interview = work.take(LI)
    work.admin.fetch("UPDATE contacts SET erased_at = now()")
    where = {"place": "nps", "title": "of Ann", "progress": "0.5", "note": "ask Ann"}
    work.call(LI, "desk.suspend", interview=interview, release="r", state="what Ann said", **where)
    parked = work.admin.fetch("SELECT state, title, note FROM desk.parked_interviews")
    assert set(parked) <= {("", "", "")}
