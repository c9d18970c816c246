"""What each action asks keeps its plan: an SQL function with a sub-select is planned anew at each call."""

from __future__ import annotations

import pytest

from database.connection import Connection
from tests.harness.fresh_database import FreshDatabase

BEGINNING = (
    "begin_action",
    "begin_read",
    "checked_claims",
    "current_claim",
    "current_campaigns",
    "end_action",
    "store_reply",
)
"""Of the schema `platform`: what every action runs, or every look of row-level security."""

PLANNED_EACH_TIME = """
  SELECT f.proname FROM pg_proc f JOIN pg_language l ON l.oid = f.prolang
   WHERE f.pronamespace = 'platform'::regnamespace AND l.lanname = 'sql'
     AND coalesce(pg_get_function_sqlbody(f.oid), f.prosrc) ~* 'select'
     AND EXISTS (SELECT FROM pg_proc c WHERE c.pronamespace = 'platform'::regnamespace AND c.proname = ANY ($1)
                   AND c.prosrc LIKE '%platform.' || f.proname || '(%')
"""


def test_beginning_and_ending_an_action_ask_no_function_that_is_planned_each_time(admin: Connection) -> None:
    named = "SELECT count(*) FROM pg_proc WHERE pronamespace = 'platform'::regnamespace AND proname = ANY ($1)"

    assert admin.fetch(named, list(BEGINNING)) == [(len(BEGINNING),)]
    assert admin.fetch(PLANNED_EACH_TIME, list(BEGINNING)) == []


@pytest.mark.parametrize(
    ("claims", "roles", "others"),
    [
        ('{"roles": ["agent", "lead"], "campaigns": ["b", "csat", "a"]}', ["agent", "lead"], ["b", "a"]),
        ('{"roles": [], "campaigns": ["csat"]}', [], None),
        ("{}", [], None),
    ],
)
def test_roles_and_campaigns_are_as_the_claims_have_them(
    postgres: FreshDatabase, claims: str, roles: list[str], others: list[str] | None
) -> None:
    asked = "SELECT platform.roles_in($1::text::jsonb), platform.others_in($1::text::jsonb, 'csat')"
    with postgres.connect() as owner:
        assert owner.fetch(asked, claims) == [(roles, others)]
