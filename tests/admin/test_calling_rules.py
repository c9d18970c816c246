"""Rules of calling from their file into force, and what keeps a case back: told, and true."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from admin.application import run
from admin.calling import apply_calling
from admin.contacts import import_rows, read_contacts
from admin.folders import CHECKOUT_SCRIPTS
from admin.queue import queue, why_not
from callscript.checker import check_calling
from callscript.model.outcomes import DEAD_NUMBERS, INTERVIEWS, OUTCOMES
from callscript.parser import read_server
from callscript.sql import Bindings, compile_action
from database.connection import Connection, Query
from database.numbers import NumberKeys
from tests.admin.conftest import Deployment
from tests.harness.acting import Session
from tests.harness.fresh_database import FreshDatabase

PACK = Path(__file__).parents[2] / "scripts_bucket" / "outbound" / "server.xml"
TAKEN = compile_action(read_server(PACK.read_bytes(), "server.xml").usable.actions["next_case"]).statements[0]
RULES = """<calling xmlns="urn:waihu:calling:1" campaign="csat">
  <window days="mon-fri" from="09:00" to="20:00"/>
  <holiday date="2026-12-04"/>
  <part name="day" days="mon-fri" from="09:00" to="17:00"/>
  <part name="evening" days="mon-fri" from="17:00" to="20:00"/>
  <limits attempts="3" per-part="2" gap="1h"/>
  <outcome code="2.111" final="no" retry="1d" times="1" skill="conversion"/>
  <quota id="region" attribute="region"><cell value="north" target="1"/></quota>
</calling>"""
NOON = "2026-12-02T04:00:00+00:00"
"""A Wednesday, 12:00 in Shanghai."""


@dataclass
class House:
    admin: Connection
    owner: Connection
    business: Connection
    case: uuid.UUID

    def clock(self, moment: str) -> None:
        self.owner.execute(
            "INSERT INTO platform.clock (at) VALUES ($1::text::timestamptz)"
            " ON CONFLICT (only_one) DO UPDATE SET at = excluded.at",
            moment,
        )

    def ask(self, agent: str = "li") -> object:
        """The case that is given, and laid back at once."""
        interview = uuid.uuid4()
        given = {"campaign": "csat", "interview": str(interview), "release": "r", "language": "zh"}
        rendered = TAKEN.render(Bindings(given, {"agent": agent, "campaign": "csat"}))
        begun = Session(agent).begin(interview=interview)
        asked = [Query("BEGIN"), begun, Query(rendered.sql, rendered.values), Query("ROLLBACK")]
        return next((row["id"] for row in self.business.run_pipeline(asked)[2].dicts()), None)

    def rules(self, agent: str = "li") -> set[str]:
        return {held.rule for held in why_not(str(self.case), self.admin, agent).rules}


@pytest.fixture
def house(admin_connection: Connection, postgres: FreshDatabase, number_keys: NumberKeys) -> House:
    owner = postgres.connect()
    made = House(admin_connection, owner, postgres.connect("waihu_business"), uuid.UUID(int=0))
    made.clock("2026-12-01T00:00:00+00:00")
    file = read_contacts("姓名,电话,region\n甲,+12025550101,north\n".encode())
    import_rows(file, campaign="csat", connection=admin_connection, keys=number_keys)
    made.case = admin_connection.fetch("SELECT id FROM cases")[0][0]
    apply_calling(RULES.encode(), campaign="csat", connection=admin_connection, who="chen")
    admin_connection.execute("INSERT INTO agents (id, languages) VALUES ('li', '{zh}')")
    made.clock(NOON)
    return made


def test_nothing_keeps_it(house: House) -> None:
    assert (house.rules(), house.ask()) == (set(), house.case)


@pytest.mark.parametrize(
    ("rule", "change"),
    [
        ("not_due", "UPDATE cases SET due_at = '2026-12-02T05:00Z'"),
        ("limits", "UPDATE cases SET not_before = 'infinity'"),
        ("appointment", "UPDATE cases SET agreed_at = '2026-12-02T05:00Z', due_at = '2026-12-02T05:00Z'"),
        ("do_not_call", "INSERT INTO do_not_call (number_index) SELECT number_index FROM phones"),
        ("no_number", "UPDATE phones SET usable = false"),
        ("window", "UPDATE contacts SET timezone = 'America/New_York'"),
        ("day_part", "UPDATE cases SET parts = 5"),
        ("quota", "UPDATE quota_cells SET complete = 1"),
        ("language", "UPDATE contacts SET language = 'en'"),
        ("skill", "UPDATE cases SET skills = '{conversion}'"),
        ("not_this_agent", "UPDATE cases SET avoid = 'li'"),
        ("other_agent", ("UPDATE cases SET agreed_at = '2026-12-02T03:55Z', due_at = '2026-12-02T03:55Z',"
                         " agreed_agent = 'wang'")),
        ("held", "UPDATE cases SET state = 'held', holder = 'wang', epoch = 1, lease_until = '2026-12-02T04:01Z'"),
        ("closed", "UPDATE cases SET state = 'closed'"),
    ],
)  # fmt: skip
def test_each_rule_is_told_and_keeps_the_case_back(rule: str, change: str, house: House) -> None:
    house.admin.execute(change)
    assert rule in house.rules()
    assert house.ask() is None
    told = {reason for reason, _, _ in queue("csat", house.admin, "li")}
    assert told == ({rule} if rule != "closed" else set())


def test_when_it_may_be_called(house: House) -> None:
    moments = {
        "2026-12-02T11:00:00+00:00": "2026-12-02 19:00",  # open: now
        "2026-12-02T13:00:00+00:00": "2026-12-03 09:00",  # closed: tomorrow
        "2026-12-03T13:00:00+00:00": "2026-12-07 09:00",  # a holiday and a weekend between
    }
    for now, expected in moments.items():
        house.clock(now)
        told = why_not(str(house.case), house.admin)
        assert told.callable_at is not None
        assert told.there(told.callable_at) == f"{expected} (Asia/Shanghai)"


def test_the_listed_come_back_when_the_list_forgets_them(house: House) -> None:
    house.admin.execute("INSERT INTO do_not_call (number_index) SELECT number_index FROM phones")
    assert house.ask() is None
    house.admin.execute("UPDATE do_not_call SET expires_at = '2026-12-02T04:30Z'")
    house.clock("2026-12-02T04:31:00+00:00")
    assert house.ask() == house.case
    house.admin.execute("UPDATE do_not_call SET expires_at = NULL")
    assert house.ask() is None
    house.admin.execute("DELETE FROM do_not_call")
    assert house.ask() == house.case


def test_rules_that_are_applied_again_replace_the_old_ones(house: House) -> None:
    house.admin.execute("UPDATE cases SET attempts = 2")
    changed = RULES.replace('attempts="3"', 'attempts="2"').replace('<holiday date="2026-12-04"/>', "")
    assert apply_calling(changed.encode(), campaign="csat", connection=house.admin, who="chen").changed_cases == 1
    assert house.admin.fetch("SELECT state, closed_by FROM cases") == [("closed", "attempts")]
    assert house.admin.fetch("SELECT count(*) FROM holidays") == [(0,)]
    assert house.admin.fetch("SELECT name, target FROM quota_cells") == [("north", 1)]


@pytest.mark.parametrize("campaign", ["csat", "reminder"])
def test_the_rules_that_ship_are_applied_without_a_word(campaign: str, house: House) -> None:
    file = CHECKOUT_SCRIPTS / "campaigns" / campaign / "calling.xml"
    assert check_calling(file.read_bytes()).problems == ()
    apply_calling(file.read_bytes(), campaign=campaign, connection=house.admin, who="chen")
    hours = house.admin.fetch("SELECT count(*) FROM windows WHERE campaign = $1", campaign)
    assert hours == [(14,)]


def typed(deployment: Deployment, capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    capsys.readouterr()
    status = run(list(words))
    said = capsys.readouterr()
    return status, said.out + said.err


def test_the_commands(deployment: Deployment, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    def type_(*words: str) -> tuple[int, str]:
        return typed(deployment, capsys, *words)

    file = deployment.scripts / "campaigns" / "csat" / "calling.xml"
    file.unlink()
    assert type_("calling", "apply", "csat")[0] == 1
    file.write_text(RULES)
    assert type_("calling", "check", "csat")[0] == 0
    assert type_("calling", "apply", "csat")[0] == 0
    assert "north" in type_("calling", "quotas", "csat")[1]
    assert "conversion" in type_("calling", "outcomes", "csat")[1]
    file.write_text(RULES.replace('to="20:00"', 'to="08:00"', 1))
    status, said = type_("calling", "apply", "csat")
    assert (status, "empty-hours" in said) == (1, True)
    file.write_text(RULES.replace("2.111", "2.9"))
    assert "2.9" in type_("calling", "apply", "csat")[1]
    assert deployment.admin.fetch("SELECT count(*) FROM windows WHERE campaign = 'csat'") == [(5,)]

    people = tmp_path / "people.csv"
    people.write_text("姓名,电话\n甲,+12025550101\n乙,12\n", encoding="utf-8")
    assert "甲" in type_("contacts", "preview", str(people))[1]
    assert type_("publish", "csat")[0] == 0
    _imported(deployment, people, type_)


def _imported(deployment: Deployment, people: Path, type_: Any) -> None:
    status, said = type_("contacts", "import", str(people), "--campaign", "csat")
    assert (status, "nothing was imported" in said) == (1, True)
    assert people.with_name("people.csv.report.csv").is_file()
    assert type_("contacts", "import", str(people), "--campaign", "csat", "--accept-good")[0] == 0
    case = str(deployment.admin.fetch("SELECT id FROM cases")[0][0])
    assert type_("dnc", "add", "+12025550101")[0] == 0
    assert "do_not_call" in type_("why-not", case)[1]
    # In a closed window too: what is never called has no next time there.
    deployment.admin.execute("UPDATE windows SET opens = '00:00', closes = '00:01' WHERE campaign = 'csat'")
    assert "do_not_call" in type_("queue", "csat")[1]
    assert type_("dnc", "remove", "+12025550101")[0] == 0
    assert type_("agents", "knows", "li", "--speaks", "en")[0] == 0
    assert "language" in type_("why-not", case, "--agent", "li")[1]
    assert type_("contacts", "erase", "+12025550101", "--yes")[0] == 0
    assert "closed" in type_("why-not", case)[1]


def test_the_checker_knows_the_outcomes_that_the_database_knows(admin_connection: Connection) -> None:
    rows = admin_connection.fetch("SELECT code, final, number_dead, category FROM outcomes")
    assert {code: final for code, final, _, _ in rows} == dict(OUTCOMES)
    assert {code for code, _, dead, _ in rows if dead} == DEAD_NUMBERS
    assert {code for code, _, _, category in rows if category == "interview"} == INTERVIEWS
