"""What the tables themselves see to: leases and epochs, history, marks, erasure."""

from __future__ import annotations

import pytest

from database.connection import Query
from database.failures import DatabaseFailure
from tests.database.conftest import LI, WANG, World
from tests.harness.acting import fresh_key


def test_an_answer_of_an_overtaken_interview_is_kept_and_marked(world: World) -> None:
    LI.act(
        world.business,
        Query("UPDATE cases SET holder = 'li', epoch = epoch + 1, lease_until = now() + interval '5 min' WHERE id = $1",
              (world.expired_case,)),
    )  # fmt: skip
    (interview,) = world.admin.fetch("SELECT id FROM interviews WHERE case_id = $1", world.expired_case)[0]
    WANG.act(
        world.business,
        Query("INSERT INTO answers (interview_id, field, value) VALUES ($1, 'why', '\"x\"')", (interview,)),
    )
    assert world.admin.fetch(
        "SELECT field, a.overtaken, i.overtaken FROM answers a JOIN interviews i ON i.id = interview_id "
        "WHERE interview_id = $1 ORDER BY 1", interview
    ) == [("nps", False, True), ("why", True, True)]  # fmt: skip
    assert WANG.act(
        world.business, Query("UPDATE cases SET state = 'closed' WHERE id = $1", (world.expired_case,))
    )[0].count == 0  # fmt: skip


def test_a_late_finish_of_an_earlier_epoch_moves_nothing(world: World) -> None:
    """wang lets the lease run out, li takes and gives back, wang takes again: the first interview is fenced off."""
    (first,) = world.admin.fetch("SELECT id FROM interviews WHERE case_id = $1", world.expired_case)[0]
    world.admin.execute(
        "UPDATE cases SET epoch = epoch + 2, lease_until = now() + interval '5 min' WHERE id = $1", world.expired_case
    )
    settle = Query(
        "UPDATE cases SET state = 'closed', holder = NULL, lease_until = NULL WHERE id = $1", (world.expired_case,)
    )
    with pytest.raises(DatabaseFailure) as refused:
        WANG.act(world.business, settle, interview=first)
    assert (refused.value.sqlstate, refused.value.constraint) == ("WH010", "guard_case")


def test_a_lease_that_ran_out_unnoticed_still_settles(world: World) -> None:
    (first,) = world.admin.fetch("SELECT id FROM interviews WHERE case_id = $1", world.expired_case)[0]
    settle = Query(
        "UPDATE cases SET state = 'closed', holder = NULL, lease_until = NULL WHERE id = $1", (world.expired_case,)
    )
    assert WANG.act(world.business, settle, interview=first)[0].count == 1


def test_history_of_an_answer(world: World) -> None:
    upsert = (
        "INSERT INTO answers (interview_id, field, value, step) VALUES ($1, 'nps', $2::jsonb, $3) "
        "ON CONFLICT (interview_id, field, round) DO UPDATE SET value = excluded.value, step = excluded.step"
    )
    for value, step in (("7", 2), ("7", 3), ("8", 5), ("1", 4)):
        LI.act(world.business, Query(upsert, (world.li_interview, value, step)), key=fresh_key())
    rows = world.admin.fetch(
        "SELECT old_value, value, step, late, agent, campaign FROM answer_history WHERE interview_id = $1 ORDER BY id",
        world.li_interview,
    )
    assert rows == [
        (None, 9, 0, False, "li", "csat"),
        (9, 7, 2, False, "li", "csat"),
        (7, 8, 5, False, "li", "csat"),
        (8, 1, 4, True, "li", "csat"),
    ]
    assert world.admin.fetch("SELECT value FROM answers WHERE interview_id = $1", world.li_interview) == [(8,)]


def test_erasing_a_contact_leaves_no_personal_data(world: World) -> None:
    (contact,) = world.admin.fetch("SELECT contact_id FROM cases WHERE id = $1", world.li_case)[0]
    LI.act(world.business, Query("SELECT platform.store_reply('王')"), interview=world.li_interview)
    assert world.admin.fetch("SELECT erase_contact($1)", contact) == [(True,)]
    owner = world.database.connect()
    for table in ("answers", "answer_history"):
        assert owner.fetch(f"SELECT count(*) FROM outbound.{table} WHERE agent = 'li'") == [(0,)]
    assert owner.fetch("SELECT count(*) FROM platform.replies") == [(0,)]
    assert owner.fetch(
        "SELECT name, attributes, erased_at IS NOT NULL FROM outbound.contacts WHERE id = $1", contact
    ) == [("", {}, True)]
    assert owner.fetch("SELECT count(*) FROM outbound.phones WHERE contact_id = $1", contact) == [(0,)]
    assert owner.fetch("SELECT state, holder FROM outbound.cases WHERE contact_id = $1", contact) == [("closed", None)]
