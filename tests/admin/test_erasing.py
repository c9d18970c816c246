"""Who asks to be forgotten is gone from every table; only blind indexes stay, so that nobody brings them back."""

from __future__ import annotations

import json
import uuid

import pytest

from admin import erasing
from admin.contacts import import_rows, read_contacts
from admin.errors import AdminError, NotFound
from database.connection import Connection, Query
from database.numbers import NumberKeys
from tests.harness.acting import Session
from tests.harness.fresh_database import FreshDatabase

NAME, NUMBER, SAID = "欧阳建国柱", "+12025550199", "my secret complaint"
LI = Session("li")


def test_everything_goes_and_tombstones_stay(
    admin_connection: Connection, number_keys: NumberKeys, postgres: FreshDatabase
) -> None:
    text = f"姓名,电话,会员号,备注\n{NAME},{NUMBER},CUST-77,lives next door to Ann\n李强,+12025550101,,\n"
    file = read_contacts(text.encode(), columns={"会员号": "external_id"})
    for campaign in ("csat", "reminder"):
        import_rows(file, campaign=campaign, connection=admin_connection, keys=number_keys)
    business = postgres.connect("waihu_business")
    case = _called(admin_connection, business)
    people = erasing.find(NUMBER, admin_connection, number_keys)
    assert {person.campaign for person in people} == {"csat", "reminder"}
    assert [person.campaign for person in erasing.find(str(case), admin_connection, number_keys)] == ["csat"]

    traits = erasing.erase(people, admin_connection, number_keys, who="chen", why="letter", number=NUMBER)

    assert {NAME, NUMBER, "CUST-77"} <= traits.texts
    assert erasing.search(traits, admin_connection) == []
    dump = _everything(postgres)
    for word in (NAME, NUMBER, NUMBER[1:], "CUST-77", SAID, "next door", "call me at six"):
        assert word not in dump
    assert "李强" in dump
    tombstones = admin_connection.fetch("SELECT campaign, erased_by, reason FROM erasures ORDER BY 1")
    assert tombstones == [("csat", "chen", "letter"), ("reminder", "chen", "letter")]
    again = import_rows(file, campaign="third", connection=admin_connection, keys=number_keys)
    assert [(each.line, each.code) for each in again.complaints if each.code == "erased"] == [(2, "erased")]
    with pytest.raises(NotFound):
        erasing.find(NUMBER, admin_connection, number_keys)


def test_the_search_finds_what_was_left(admin_connection: Connection, number_keys: NumberKeys) -> None:
    file = read_contacts(f"姓名,电话\n{NAME},{NUMBER}\n李强,+12025550101\n".encode())
    import_rows(file, campaign="csat", connection=admin_connection, keys=number_keys)
    admin_connection.execute("UPDATE cases SET note = 'ask for ' || $1", NAME)
    people = erasing.find(NUMBER, admin_connection, number_keys)
    traits = erasing.erase(people, admin_connection, number_keys, who="chen", why="")
    assert [place.rpartition("outbound.")[2] for place in erasing.search(traits, admin_connection)] == ["cases.note"]


@pytest.mark.parametrize("identity", ["12", "nobody"])
def test_what_is_neither_an_id_nor_a_number(
    identity: str, admin_connection: Connection, number_keys: NumberKeys
) -> None:
    with pytest.raises(AdminError):
        erasing.find(identity, admin_connection, number_keys)


def _called(admin: Connection, business: Connection) -> uuid.UUID:
    """Li has called the person, with everything that may hold words: answers, notes, a promise, a stored reply."""
    case = admin.fetch(
        "SELECT c.id FROM cases c JOIN contacts k ON k.id = c.contact_id WHERE k.name = $1 AND c.campaign = 'csat'",
        NAME,
    )[0][0]
    interview = uuid.uuid4()
    LI.act(
        business,
        Query(
            "UPDATE cases SET state = 'held', holder = 'li', epoch = epoch + 1, lease_until = now() + '1 min',"
            " note = 'call me at six' WHERE id = $1",
            (case,),
        ),
        Query(
            "INSERT INTO interviews (id, campaign, case_id, epoch, agent, release, language)"
            " VALUES ($1, 'csat', $2, 1, 'li', 'r', 'zh')",
            (interview, case),
        ),
        Query("SELECT platform.store_reply($1)", (json.dumps({"name": NAME}),)),
        interview=interview,
    )
    LI.act(
        business,
        Query(
            "INSERT INTO attempts (campaign, case_id, number, epoch, agent, interview_id, note)"
            " VALUES ('csat', $1, 1, 1, 'li', $2, $3)",
            (case, interview, SAID),
        ),
        Query(
            "INSERT INTO appointments (campaign, case_id, interview_id, agent, at, note)"
            " VALUES ('csat', $1, $2, 'li', now() + '1 day', $3)",
            (case, interview, SAID),
        ),
        Query(
            "INSERT INTO answers (interview_id, field, value, step) VALUES ($1, 'why', $2, 1)",
            (interview, json.dumps(SAID)),
        ),
        interview=interview,
    )
    LI.act(
        business,
        Query("UPDATE answers SET value = $2, step = 2 WHERE interview_id = $1", (interview, json.dumps(SAID + "!"))),
    )
    return uuid.UUID(str(case))


def _everything(postgres: FreshDatabase) -> str:
    """Every row of every table, as the superuser reads it."""
    superuser = postgres.connect()
    tables = superuser.fetch(
        "SELECT c.oid::regclass::text FROM pg_class c WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition"
        " AND c.relnamespace::regnamespace::text NOT IN ('pg_catalog', 'information_schema')"
    )
    return "\n".join(str(superuser.fetch(f"SELECT t::text FROM {table} t")) for (table,) in tables)
