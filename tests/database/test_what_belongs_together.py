"""Someone who knows the ids of another campaign's rows: nothing of theirs is read, moved, or stands in their way.

Ids are no secrets: whoever worked on a campaign once, or scores its interviews, knows some. mallory works on `alpha`,
as an agent or as a supervisor; the rows are those of `beta`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID, uuid4

import pytest

from database.connection import Connection, Query
from database.failures import DatabaseFailure
from local.postgres import EmbeddedPostgres
from tests.database.conftest import add_case, hold
from tests.harness.acting import Session, trust_test_key
from tests.harness.fresh_database import clone

MALLORY = Session("mallory", campaigns=("alpha",))
BOSS = Session("mallory", campaigns=("alpha",), roles=("agent", "supervisor"))
SECRET = b"\xcasecret number"


@dataclass(frozen=True)
class Both:
    """One case of each campaign, held, with its interview; `phone` is that of the case of `beta`."""

    admin: Connection
    business: Connection
    mine: UUID
    my_interview: UUID
    case: UUID
    interview: UUID
    phone: UUID

    def tried(self, session: Session, sql: str, *values: object) -> list[tuple[object, ...]]:
        """What the statement gives; nothing where it is refused. It is rolled back."""
        query = Query(sql, values)
        try:
            return self.business.run_pipeline([Query("BEGIN"), session.begin(), query, Query("ROLLBACK")])[2].rows
        except DatabaseFailure:
            return []

    def done(self, session: Session, *queries: Query) -> bool:
        try:
            session.act(self.business, *queries)
        except DatabaseFailure:
            return False
        return True


@pytest.fixture(scope="module")
def both(postgres_server: EmbeddedPostgres) -> Iterator[Both]:
    with clone(postgres_server) as database:
        admin = database.connect("waihu_admin")
        trust_test_key(admin)
        mine, case = add_case(admin, "alpha"), add_case(admin, "beta", "secret name")
        my_interview, interview = hold(admin, mine, "mallory"), hold(admin, case, "li")
        ((phone,),) = admin.fetch(
            "UPDATE phones p SET number_cipher = $2 FROM cases c WHERE c.id = $1 AND p.contact_id = c.contact_id"
            " RETURNING p.id",
            case,
            SECRET,
        )
        admin.execute("UPDATE interviews SET ended_at = now(), outcome = '1.1' WHERE id = $1", interview)
        admin.execute("INSERT INTO supervision.frames (campaign, field, code) VALUES ('alpha', 'nps', 'x')")
        yield Both(admin, database.connect("waihu_business"), mine, my_interview, case, interview, phone)


def test_a_strange_phone_in_ones_attempt_is_not_dialled(both: Both) -> None:
    claim = Query("UPDATE outbound.attempts SET phone_id = $2 WHERE interview_id = $1", (both.my_interview, both.phone))
    assert not both.done(MALLORY, claim)
    ((own,),) = both.admin.fetch(
        "SELECT p.id FROM phones p JOIN cases c ON c.contact_id = p.contact_id WHERE c.id = $1", both.mine
    )
    assert both.done(MALLORY, Query(claim.sql, (both.my_interview, own)))
    assert both.tried(MALLORY, "SELECT number_cipher FROM outbound.dial($1)", both.my_interview) == [(b"\x01",)]


def test_a_strange_interview_is_not_parked_and_taken_over(both: Both) -> None:
    """With its case in the same epoch, and a lease that ran out: going on with it would have moved both."""
    lay_aside = Query(
        "INSERT INTO desk.parked_interviews (interview, campaign, case_id, epoch, agent, release, state)"
        " VALUES ($1, 'alpha', $2, 1, 'mallory', 'r', '{}')",
        (both.interview, both.case),
    )
    assert not both.done(MALLORY, lay_aside)
    both.admin.execute(
        "INSERT INTO desk.parked_interviews (interview, campaign, case_id, epoch, agent, release, state)"
        " VALUES ($1, 'alpha', $2, 1, 'mallory', 'r', '{}')",
        both.interview,
        both.case,
    )
    both.admin.execute("UPDATE interviews SET ended_at = NULL WHERE id = $1", both.interview)
    both.admin.execute("UPDATE cases SET lease_until = now() - interval '1 hour' WHERE id = $1", both.case)
    assert both.tried(MALLORY, "SELECT * FROM desk.resume_interview($1)", both.interview) == []
    both.admin.execute("DELETE FROM desk.parked_interviews")
    both.admin.execute("UPDATE interviews SET ended_at = now() WHERE id = $1", both.interview)


STANDS_IN_THE_WAY = {
    "an appointment in another's interview": """
        INSERT INTO outbound.appointments (campaign, case_id, interview_id, agent, at)
        VALUES ('alpha', $1, $2, 'mallory', now())""",
    "an attempt of another's interview": """
        INSERT INTO outbound.attempts (campaign, case_id, number, epoch, agent, interview_id)
        VALUES ('alpha', $1, 9, 99, 'mallory', $2)""",
    "a score of a strange interview": """
        INSERT INTO quality.scores (interview_id, scorer, campaign, agent, score, critical, marks)
        SELECT $2::uuid, 'mallory', 'alpha', 'li', 0, true, '{}' WHERE $1::uuid IS NOT NULL""",
    "a code for a strange answer": """
        INSERT INTO supervision.codings (interview_id, field, coder, campaign, code, final)
        SELECT $2::uuid, 'nps', 'mallory', 'alpha', 'x', true WHERE $1::uuid IS NOT NULL""",
}


@pytest.mark.parametrize("session", [MALLORY, BOSS], ids=["agent", "supervisor"])
@pytest.mark.parametrize("name", STANDS_IN_THE_WAY)
def test_nothing_is_put_where_only_the_other_campaign_may(both: Both, name: str, session: Session) -> None:
    assert not both.done(session, Query(STANDS_IN_THE_WAY[name], (both.mine, both.interview)))


def test_the_next_interview_to_score_is_one_of_the_sessions_campaigns(both: Both) -> None:
    ask = "SELECT q.id FROM quality.next_interview('beta') q"
    knows_both = Session("mallory", campaigns=("alpha", "beta"), roles=("supervisor",))
    assert both.tried(BOSS, ask) == []
    assert BOSS.read(both.business, ask)[0].rows == []
    assert knows_both.read(both.business, ask)[0].rows == [(both.interview,)]
    assert both.tried(knows_both, ask) == [(both.interview,)]
    score = Query(STANDS_IN_THE_WAY["a score of a strange interview"], (both.mine, both.interview))
    assert both.tried(knows_both, f"{score.sql} RETURNING 1", *score.parameters) == [(1,)]


def test_the_day_of_an_agent_tells_nothing_of_a_campaign_that_they_left(both: Both) -> None:
    """Their own figures of all campaigns, yes; the name of somebody to call only where the session may."""
    both.admin.execute(
        "INSERT INTO appointments (campaign, case_id, agent, at)"
        " VALUES ('beta', $1, 'mallory', now() + interval '1 hour')",
        both.case,
    )
    ask = "SELECT d.appointment_name FROM desk.my_day() d"
    assert both.tried(MALLORY, ask) == [(None,)]
    assert both.tried(Session("mallory", campaigns=("alpha", "beta")), ask) == [("secret name",)]


def test_an_interview_of_ones_own_keeps_its_id(both: Both) -> None:
    """A new interview under a strange id: the key stands, and nothing is told of whose it is."""
    add = """INSERT INTO outbound.interviews (id, campaign, case_id, epoch, agent, release, language)
             VALUES ($2, 'alpha', $1, 1, 'mallory', 'r', 'zh')"""
    assert not both.done(MALLORY, Query(add, (both.mine, both.interview)))
    assert both.done(MALLORY, Query(add, (both.mine, uuid4())))
