"""A database with two agents' work in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID, uuid4

import pytest

from database.connection import Connection
from local.postgres import EmbeddedPostgres
from tests.harness.acting import Session, trust_test_key
from tests.harness.fresh_database import FreshDatabase, clone

LI, WANG = Session("li"), Session("wang")
BOSS = Session("boss", roles=("supervisor",))
STRANGER = Session("zhao", campaigns=("other",))


@dataclass(frozen=True)
class World:
    """Campaign `csat`: one case each held by li and wang (with an open interview and one answer), one free, one whose
    lease wang let run out."""

    database: FreshDatabase
    admin: Connection
    business: Connection
    li_case: UUID
    li_interview: UUID
    wang_case: UUID
    wang_interview: UUID
    free_case: UUID
    expired_case: UUID


def add_case(admin: Connection, campaign: str = "csat", name: str = "王") -> UUID:
    rows = admin.fetch(
        """
        WITH contact AS (INSERT INTO contacts (campaign, name) VALUES ($1, $2) RETURNING id, campaign),
        phone AS (INSERT INTO phones (contact_id, campaign, number_cipher, number_index)
                  SELECT id, campaign, '\\x01', sha256(id::text::bytea) FROM contact)
        INSERT INTO cases (campaign, contact_id, due_at) SELECT campaign, id, now() - interval '1 hour' FROM contact
        RETURNING id
        """,
        campaign,
        name,
    )
    case: UUID = rows[0][0]
    return case


def hold(admin: Connection, case: UUID, agent: str, lease: str = "5 minutes") -> UUID:
    """Lets `agent` take the case, and answer one question; returns the interview."""
    interview = uuid4()
    admin.execute(
        """
        WITH held AS (UPDATE cases SET state = 'held', holder = $2, epoch = epoch + 1,
                                       lease_until = now() + $3::interval WHERE id = $1 RETURNING *),
        interview AS (INSERT INTO interviews (id, campaign, case_id, epoch, agent, release, language)
                      SELECT $4, campaign, id, epoch, holder, 'r', 'zh' FROM held)
        INSERT INTO attempts (campaign, case_id, number, epoch, agent, interview_id)
        SELECT campaign, id, epoch, epoch, holder, $4 FROM held
        """,
        case,
        agent,
        lease,
        interview,
    )
    admin.execute("INSERT INTO answers (interview_id, field, value) VALUES ($1, 'nps', '9')", interview)
    return interview


@pytest.fixture
def admin(postgres: FreshDatabase) -> Connection:
    connection = postgres.connect("waihu_admin")
    trust_test_key(connection)
    return connection


@pytest.fixture
def business(postgres: FreshDatabase) -> Connection:
    return postgres.connect("waihu_business")


def make_world(database: FreshDatabase) -> World:
    admin = database.connect("waihu_admin")
    trust_test_key(admin)
    li_case, wang_case, free_case, expired_case = (add_case(admin) for _ in range(4))
    world = World(
        database=database,
        admin=admin,
        business=database.connect("waihu_business"),
        li_case=li_case,
        li_interview=hold(admin, li_case, "li"),
        wang_case=wang_case,
        wang_interview=hold(admin, wang_case, "wang"),
        free_case=free_case,
        expired_case=expired_case,
    )
    hold(admin, expired_case, "wang", "-1 second")
    return world


@pytest.fixture
def world(postgres: FreshDatabase) -> World:
    return make_world(postgres)


@pytest.fixture(scope="module")
def lasting_world(postgres_server: EmbeddedPostgres) -> Iterator[World]:
    """For tests that leave it as it was."""
    with clone(postgres_server) as database:
        yield make_world(database)
