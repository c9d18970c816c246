"""Every action of every shipped pack × every role × owner, another agent, stranger, expired, forged, wrong audience.

Made from the packs: an action that somebody adds is tried without a word here. Who is not the holder of an interview
gets nothing of it, changes nothing of it, and leaves no row that names it.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from callscript.model.server import ActionClass, Parameter, ServerAction
from callscript.model.values import ValueType
from callscript.parser import read_server
from database.numbers import mask
from functions.business.connections import Connections
from functions.business.handler import Business
from functions.business.settings import slowed
from functions.hosting.identity import ROLES
from tests.functions.business.desks import NUMBERS, SETTINGS, Desk, made_desk
from tests.functions.doubles import Replied, User, event
from tests.harness.acting import fresh_key, trust_test_key
from tests.harness.fresh_database import FreshDatabase

PACKS = sorted([*Path("scripts_bucket").glob("*/server.xml"), *Path("scripts_bucket").glob("campaigns/*/server.xml")])
SERVERS = {path.parent.name: read_server(path.read_bytes(), str(path)).usable for path in PACKS}
EVERY = [(pack, server.actions[name]) for pack, server in SERVERS.items() for name in server.actions]
CANARIES = ("canary-name", "canary-note", "canary-answer", "13955507777", "139****7777")
NAMED = {"campaign": "csat", "language": "zh", "outcome": "1.1", "kind": "soft", "state": "ready",
         "at": "2030-01-01T10:00:00+08:00"}  # fmt: skip
"""What a parameter of this name is given, whatever its type; an action that wants more may need a word here."""
OWN_WORD = frozenset({"desk.agent_states", "desk.question_reports"})
"""Tables in which an agent says of themselves which interview they are at: nothing of that interview is read by it."""
BY_TYPE: Mapping[ValueType, Any] = {
    ValueType.INTEGER: 1, ValueType.DECIMAL: 1, ValueType.BOOLEAN: True, ValueType.DATE: "2030-01-01",
    ValueType.TIME: "10:00", ValueType.DATETIME: "2030-01-01T10:00:00+08:00", ValueType.CHOICES: ["x"],
    ValueType.EMAIL: "a@example.com", ValueType.PHONE: "+8613800000000", ValueType.JSON: {"nps": 9},
    ValueType.ANSWERS: [{"field": "nps", "value": 9, "node": "score", "step": 2, "at": 1_790_000_000_000}],
}  # fmt: skip


@dataclass
class Office:
    """li holds a case, whose contact, number and answers are canaries; wang holds none."""

    desk: Desk
    slow: Business
    abroad: str
    """The release of another campaign, with the same packs."""
    interview: str
    ids: dict[str, str]
    """Whatever belongs to li's interview, by what it is."""

    def given(self, action: ServerAction) -> dict[str, Any]:
        return {each.name: self._value(each) for each in action.parameters if each.required or each.name in self.ids}

    def _value(self, parameter: Parameter) -> Any:
        known = self.ids | NAMED | {"release": self.desk.release}
        value = known.get(parameter.name, BY_TYPE.get(parameter.type, "x"))
        if parameter.type is ValueType.UUID and parameter.name not in self.ids:
            value = self.ids["case"]
        return [value] if parameter.many and not isinstance(value, list) else value

    def call(self, pack: str, action: ServerAction, desk: Desk, **more: Any) -> Replied:
        slow = action.action_class is ActionClass.SLOW
        path = more.pop("path", f"/c1/{'slow-' if slow else ''}actions/{pack}.{action.id}")
        sitting = replace(desk, business=self.slow) if slow else desk
        whole = {"interview": self.interview, "path": path, **more}
        return sitting.call(f"{pack}.{action.id}", whole.pop("parameters", self.given(action)), **whole)


@pytest.fixture
def office(postgres: FreshDatabase, connections: Connections) -> Iterator[Office]:
    admin = postgres.connect("waihu_admin")
    trust_test_key(admin)
    admin.execute(
        """
        WITH contact AS (INSERT INTO contacts (campaign, name, attributes)
                         VALUES ('csat', 'canary-name', '{"note": "canary-note"}') RETURNING id),
        phone AS (INSERT INTO phones (contact_id, campaign, number_cipher, number_index)
                  SELECT id, 'csat', $1, $2 FROM contact)
        INSERT INTO cases (campaign, contact_id, due_at) SELECT 'csat', id, now() - interval '1 hour' FROM contact
        """,
        NUMBERS.seal("+8613955507777"),
        NUMBERS.blind_index("+8613955507777"),
    )
    desk = made_desk(connections, admin)
    files = {f"packs/{path.parent.name}/server.xml": path.read_bytes() for path in PACKS}
    desk.release, abroad = desk.bucket.publish("csat", files), desk.bucket.publish("reminder", files)
    slow_way = Connections(lambda: postgres.connect("waihu_slow", timeout=27))
    slow = Business(slowed(SETTINGS, "login"), desk.bucket, desk.secrets, slow_way)
    interview = str(uuid.uuid4())
    made = Office(desk, slow, abroad, interview, {"interview": interview})
    for name, given in (
        ("next_case", {**NAMED, "interview": interview, "release": desk.release}),
        ("save_answers", {"interview": interview, "answers": [{"field": "nps", "value": "canary-answer"}]}),
    ):
        known = {parameter.name for parameter in SERVERS["outbound"].actions[name].parameters}
        wanted = {key: value for key, value in given.items() if key in known}
        replied = desk.call(f"outbound.{name}", wanted, interview=interview)
        assert replied.status == 200, replied.body
    rows = admin.fetch("SELECT c.id, c.contact_id FROM cases c")
    made.ids |= {"case": str(rows[0][0]), "contact": str(rows[0][1])}
    yield made
    slow_way.discard()


def rows_of(desk: Desk) -> dict[str, set[str]]:
    """Every row of every business table."""
    tables = desk.admin.fetch(
        "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables "
        "WHERE schemaname NOT IN ('platform', 'public', 'crypto', 'information_schema') AND schemaname !~ '^pg_' "
        "AND has_table_privilege(format('%I.%I', schemaname, tablename), 'SELECT')"
    )
    return {name: {row for (row,) in desk.admin.fetch(f"SELECT t::text FROM {name} t")} for (name,) in tables}


def harm(office: Office, before: Mapping[str, set[str]], *strangers: str) -> list[str]:
    """What changed that bears no name of the stranger's, or does and names what is li's."""
    mine = tuple(office.ids.values())
    return [
        f"{name}: {row}"
        for name, rows in rows_of(office.desk).items()
        for row in rows ^ before[name]
        if not any(stranger in row for stranger in strangers)
        or (name not in OWN_WORD and any(each in row for each in mine))
    ]


def refused(replied: Replied, status: int, code: str) -> bool:
    return replied.verdict == (status, code) and not any(canary in replied.body for canary in CANARIES)


def wrong_callers(office: Office, pack: str, action: ServerAction) -> Iterator[tuple[str, Replied, int, str]]:
    """Who is refused before a row is looked at: name, reply, and what must have been said."""
    li = office.desk

    def ask(desk: Desk, **more: Any) -> Replied:
        return office.call(pack, action, desk, **more)

    may = tuple(action.roles)
    for role in (*ROLES, "agent,supervisor", ""):
        if role not in may:
            yield f"li as {role or 'nobody'}", ask(replace(li, roles=(role,) if role else ())), 403, "foreign_role"
    for role in may:
        own = replace(li, roles=(role,))
        stranger = replace(own, user=User("zhao"), campaigns=("reminder",))
        yield f"zhao, {role} elsewhere", ask(stranger), 403, "foreign_campaign"
        yield f"expired {role}", ask(own, token=own.token(seconds=-1)), 401, "session_expired"
        yield f"forged {role}", ask(own, token=own.token(key=b"another key of thirty-two bytes!")), 401, "bad_session"
        yield f"unknown key, {role}", ask(own, token=own.token(key_id="k9")), 401, "bad_session"
        yield f"li's session at wang's sign-in, {role}", ask(replace(own, user=User("wang")), token=own.token()), 403, \
            "foreign_session"  # fmt: skip
        yield f"another cell's session, {role}", ask(replace(own, cells=("c2",))), 403, "foreign_cell"
        yield f"another cell's address, {role}", ask(own, path=f"/c2/actions/{pack}.{action.id}"), 403, "foreign_cell"
        yield f"no session, {role}", ask(own, headers={"waihu-session": ""}), 401, "not_signed_in"


@pytest.mark.parametrize(("pack", "action"), EVERY, ids=[f"{pack}.{action.id}" for pack, action in EVERY])
def test_only_its_holder_gets_at_an_interview(office: Office, pack: str, action: ServerAction) -> None:
    before, li = rows_of(office.desk), office.desk
    wrong = [
        f"{who}: {replied.verdict}"
        for who, replied, status, code in wrong_callers(office, pack, action)
        if not refused(replied, status, code)
    ]
    assert wrong == []
    nobody = event("POST", f"/c1/actions/{pack}.{action.id}", headers={"waihu-session": li.token()}, body={})
    assert Replied(li.business.handle(nobody)).verdict == (401, "not_signed_in")
    assert harm(office, before, "nobody at all") == []
    # Another agent of the same campaign: what is refused is for the script and the rows' own rules to say.
    if "agent" in action.roles:
        wang = replace(li, user=User("wang"))
        for parameters in (office.given(action), {**office.given(action), "campaign": "csat"}):
            known = {each.name for each in action.parameters}
            replied = office.call(pack, action, wang, parameters={k: v for k, v in parameters.items() if k in known})
            assert not any(canary in replied.body for canary in CANARIES), replied.body
        assert harm(office, before, "wang") == []
    # Somebody of another campaign, at work in that one, with the ids of this one.
    for role in action.roles:
        zhao = replace(li, user=User("zhao"), campaigns=("reminder",), roles=(role,), release=office.abroad)
        given = {key: "reminder" if key == "campaign" else value for key, value in office.given(action).items()}
        replied = office.call(pack, action, zhao, parameters=given, campaign="reminder")
        assert replied.verdict != (403, "foreign_campaign")
        assert not any(canary in replied.body for canary in CANARIES), replied.body
    assert harm(office, before, "wang", "zhao", "reminder") == []
    # The other way round it works: the parameters are right, and the canaries would have been seen.
    role = "agent" if "agent" in action.roles else action.roles[0]
    holder = office.call(pack, action, replace(li, roles=(role,)), key=fresh_key())
    of_script = holder.status in (200, 409) or holder.verdict == (403, "refused_by_database")
    assert of_script, f"give {pack}.{action.id} what it wants, see NAMED: {holder.body}"


def test_the_holder_sees_the_canaries(office: Office) -> None:
    told = json.dumps([
        office.call("outbound", SERVERS["outbound"].actions["dial"], office.desk).json,
        [row for rows in rows_of(office.desk).values() for row in rows],
        mask("+8613955507777"),
    ])  # fmt: skip
    assert [canary for canary in CANARIES if canary not in told] == []
