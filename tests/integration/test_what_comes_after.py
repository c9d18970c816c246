"""What comes after an outcome, from one claim to the next, through the business server's own handler, in its time:
refusal conversion, another number, another language, an answering machine, a promised call."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest

from admin.calling import apply_calling
from admin.contacts import Contact, import_rows
from admin.queue import why_not
from tests.functions.business.desks import NUMBERS
from tests.harness.fresh_database import FreshDatabase
from tests.simulated_day.desk import Centre, open_centre

RULES = b"""<calling xmlns="urn:waihu:calling:1" campaign="csat">
  <window days="mon-sun" from="09:00" to="21:00"/>
  <limits attempts="8" gap="20m"/>
  <appointments wait="10m" late="15m" slot="30m" places="1"/>
  <lease seconds="55"/>
  <outcome code="2.111" final="no" retry="2h" times="1" skill="conversion" other-agent="yes"/>
  <outcome code="2.22" final="no" retry="1h" next-number="yes"/>
  <outcome code="2.33" final="no" retry="30m"/>
</calling>"""
NINE = datetime.fromisoformat("2026-12-02T09:00+08:00")
CREW = {
    "li": ("{zh}", "{conversion}"),
    "wang": ("{zh}", "{}"),
    "zhao": ("{zh}", "{conversion}"),
    "mary": ("{en}", "{}"),
}


@dataclass
class Floor:
    """The agents, their clock and one campaign."""

    centre: Centre

    def after(self, minutes: float) -> None:
        self.centre.clock.set(self.centre.clock.now + timedelta(minutes=minutes))

    def ask(self, agent: str) -> dict[str, Any] | None:
        """Whom `agent` is given: id, interview, last digits of the number; None: nobody."""
        interview = str(uuid.uuid4())
        given = {"campaign": "csat", "interview": interview, "release": self.centre.desk.release, "language": "zh"}
        replied = self.centre.call(agent, "next_case", given, interview)
        if replied.status != 200:
            assert replied.json["code"] == "no_case_due"
            return None
        case, contact = replied.json["case"], replied.json["contact"]
        return {"case": case["id"], "interview": interview, "name": contact["name"], "number": contact["phone"][-4:]}

    def take(self, agent: str) -> dict[str, Any]:
        taken = self.ask(agent)
        assert taken is not None
        return taken

    def do(self, agent: str, action: str, taken: dict[str, Any], **given: Any) -> Any:
        interview = taken["interview"]
        replied = self.centre.call(agent, action, {"interview": interview, **given}, interview)
        assert replied.status == 200, replied.body
        return replied.json

    def finish(self, agent: str, taken: dict[str, Any], outcome: str) -> str:
        return str(self.do(agent, "finish", taken, outcome=outcome)["state"])

    def rules(self, taken: dict[str, Any], agent: str = "") -> set[str]:
        return {held.rule for held in why_not(taken["case"], self.centre.desk.admin, agent).rules}


@pytest.fixture
def floor(postgres: FreshDatabase) -> Iterator[Floor]:
    with open_centre(postgres, NINE) as centre:
        admin = centre.desk.admin
        for name, (languages, skills) in CREW.items():
            admin.execute(
                "INSERT INTO outbound.agents (id, languages, skills) VALUES ($1, $2::text::text[], $3::text::text[])",
                name, languages, skills,
            )  # fmt: skip
        apply_calling(RULES, campaign="csat", connection=admin, who="chen")
        yield Floor(centre)


def sample(floor: Floor, *contacts: Contact) -> None:
    import_rows(contacts, campaign="csat", connection=floor.centre.desk.admin, keys=NUMBERS)


ANN = Contact(2, "Ann", ("+12025550101", "+12025550102"))


def test_a_refusal_by_the_household_is_converted_once_by_another_who_can(floor: Floor) -> None:
    sample(floor, ANN)
    taken = floor.take("li")
    assert floor.finish("li", taken, "2.111") == "waiting"
    floor.after(119)
    assert floor.ask("zhao") is None
    assert "not_due" in floor.rules(taken)
    floor.after(1)
    assert floor.ask("li") is None
    assert floor.rules(taken, "li") == {"not_this_agent"}
    assert floor.ask("wang") is None
    assert floor.rules(taken, "wang") == {"skill"}
    assert floor.finish("zhao", floor.take("zhao"), "2.111") == "closed"
    (held,) = why_not(taken["case"], floor.centre.desk.admin).rules
    assert (held.rule, held.detail) == ("closed", "times 2.111")


def test_a_wrong_number_gives_way_to_the_next_and_the_last_one_closes(floor: Floor) -> None:
    sample(floor, ANN)
    taken = floor.take("li")
    assert (taken["number"], floor.finish("li", taken, "4.10")) == ("0101", "waiting")
    floor.after(20)
    taken = floor.take("li")
    assert (taken["number"], floor.finish("li", taken, "4.10")) == ("0102", "closed")


def test_after_a_language_barrier_somebody_calls_who_speaks_it(floor: Floor) -> None:
    sample(floor, ANN)
    taken = floor.take("li")
    floor.do("li", "needs_language", taken, language="en")
    assert floor.finish("li", taken, "2.33") == "waiting"
    floor.after(30)
    assert [floor.ask(agent) for agent in ("li", "wang")] == [None, None]
    assert floor.rules(taken, "wang") == {"language"}
    assert floor.take("mary")["case"] == taken["case"]


def test_an_answering_machine_is_left_for_the_other_number_and_tried_again(floor: Floor) -> None:
    sample(floor, ANN)
    heard = []
    for _ in range(4):
        taken = floor.take("li")
        heard.append(taken["number"])
        assert floor.finish("li", taken, "2.22") == "waiting"
        floor.after(59)
        assert floor.ask("li") is None
        floor.after(1)
    assert heard == ["0101", "0102", "0101", "0102"]


def test_a_call_is_promised_by_the_clock_of_the_contact_and_kept_by_who_promised_it(floor: Floor) -> None:
    floor.centre.clock.set(NINE + timedelta(hours=14))  # 23:00 in Shanghai, 10:00 in New York
    far = Contact(3, "Bob", ("+12025550103",), timezone="America/New_York")
    near = Contact(4, "Eve", ("+12025550104",), timezone="America/New_York")
    sample(floor, far)
    taken = floor.take("li")
    slots = floor.do("li", "slots", taken)["slots"]
    assert slots[0]["at"] == "2026-12-02T10:30"
    assert {slot["at"][11:] for slot in slots} == {
        f"{hour:02}:{half}" for hour in range(9, 21) for half in ("00", "30")
    }
    assert all(slot["state"] == "free" for slot in slots)
    floor.do("li", "arrange_callback", taken, at="2026-12-02T14:30", kind="hard", note="")
    floor.finish("li", taken, "2.21")

    sample(floor, near)
    other = floor.take("wang")
    states = {slot["at"]: slot["state"] for slot in floor.do("wang", "slots", other)["slots"]}
    assert (states["2026-12-02T14:30"], states["2026-12-02T15:00"]) == ("busy", "free")
    floor.finish("wang", other, "1.1")

    floor.after(4.5 * 60 - 1)
    assert floor.ask("li") is None
    assert floor.rules(taken) == {"appointment"}
    floor.after(1)  # 14:30 in New York
    assert floor.ask("wang") is None
    assert floor.rules(taken, "wang") == {"other_agent"}
    assert floor.take("li")["case"] == taken["case"]


def test_a_promise_whose_agent_is_away_is_kept_by_another(floor: Floor) -> None:
    sample(floor, ANN)
    taken = floor.take("li")
    floor.do("li", "arrange_callback", taken, at="2026-12-02T11:00", kind="hard", note="")
    floor.finish("li", taken, "2.21")
    floor.after(129)
    assert floor.ask("wang") is None
    floor.after(1)  # ten minutes after eleven
    again = floor.take("wang")
    assert again["case"] == taken["case"]
    floor.finish("wang", again, "3.13")
    admin = floor.centre.desk.admin
    assert admin.fetch("SELECT state FROM outbound.appointments") == [("kept",)]
