"""The daily work, and what a seal finds out."""

from __future__ import annotations

import json

import pytest

from admin.application import run
from admin.sealing import seal_closed_days, verify
from database.connection import Connection
from database.failures import DatabaseFailure
from tests.admin.conftest import Deployment
from tests.harness.acting import Session

_DAYS_AGO = """
INSERT INTO platform.journal (at, xid, agent, session, campaign, release, node, action, correlation, statements,
                              outcome)
SELECT date_trunc('day', now() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' - $1 * interval '1 day' + n * interval '1 second',
       n::text::xid8, 'li', 's', 'csat', 'r', 'nps', 'outbound.save_answers', 'correlation', ARRAY['save'], 'done'
  FROM generate_series(1, $2) n
"""


@pytest.fixture
def owner(deployment: Deployment) -> Connection:
    """With a journal of four days ago (two rows), three (none) and two (three), and of yesterday one row."""
    connection = deployment.database.connect()
    for days, rows in ((4, 2), (2, 3), (1, 1)):
        connection.execute(_DAYS_AGO, days, rows)
    return connection


def differs(deployment: Deployment) -> tuple[int, str, str] | None:
    agreed, difference = verify(deployment.admin, deployment.bucket)
    return (agreed, difference.kind, difference.day) if difference else None


def sealed(deployment: Deployment) -> list[str]:
    seal_closed_days(deployment.admin, deployment.bucket)
    return deployment.bucket.sealed_days()


def test_the_command_seals_and_verifies(
    deployment: Deployment, owner: Connection, capsys: pytest.CaptureFixture[str]
) -> None:
    Session("li").act(deployment.database.connect("waihu_business"), "SELECT 1")
    assert run(["upkeep"]) == 0
    days = deployment.bucket.sealed_days()
    assert len(days) in {3, 4}  # just after midnight, yesterday is not closed
    seals = [json.loads(deployment.bucket.seal(day)) for day in days]
    assert [seal["rows"] for seal in seals][:3] == [2, 0, 3]
    assert [seal["before"] for seal in seals] == ["", *(seal["digest"] for seal in seals[:-1])]
    assert run(["upkeep"]) == 0
    assert deployment.bucket.sealed_days() == days
    assert run(["upkeep", "--verify"]) == 0
    owner.execute("UPDATE platform.journal SET agent = 'wang' WHERE xid = '2'")
    capsys.readouterr()
    assert run(["upkeep", "--verify"]) == 1
    told = capsys.readouterr().err
    assert "journal-altered" in told
    assert days[0] in told


@pytest.mark.parametrize(
    ("tampering", "day"),
    [
        ("UPDATE platform.journal SET node = NULL WHERE xid = '3'", 2),
        ("UPDATE platform.journal SET row_counts = '{\"save\": 2}' WHERE xid = '3'", 2),
        ("UPDATE platform.journal SET at = at + interval '1 microsecond' WHERE xid = '3'", 2),
        ("DELETE FROM platform.journal WHERE xid = '3'", 2),
        ("DELETE FROM platform.journal WHERE xid = '2'", 0),
        ("UPDATE platform.journal SET at = at - interval '1 day' WHERE xid = '3'", 1),
    ],
    ids=["value", "null-filled", "time", "row-gone", "first-day", "other-day"],
)
def test_what_was_changed_is_found(deployment: Deployment, owner: Connection, tampering: str, day: int) -> None:
    days = sealed(deployment)
    assert differs(deployment) is None
    assert owner.execute(tampering) > 0
    assert differs(deployment) == (day, "altered", days[day])


def test_a_row_before_the_first_seal_is_found(deployment: Deployment, owner: Connection) -> None:
    sealed(deployment)
    owner.execute(_DAYS_AGO, 9, 1)
    found = differs(deployment)
    assert found is not None
    assert found[:2] == (0, "earlier")


def test_seals_hold_each_other(deployment: Deployment, owner: Connection) -> None:
    """Whoever seals a changed day anew breaks the chain on the next one."""
    days = sealed(deployment)
    client, name = deployment.bucket._client, deployment.bucket.name
    last = deployment.bucket.seal(days[2])
    for day in days[1:]:
        client.delete_object(Bucket=name, Key=f"seals/journal/{day}.json")
    owner.execute(_DAYS_AGO, 3, 1)
    sealed(deployment)
    assert differs(deployment) is None
    client.put_object(Bucket=name, Key=f"seals/journal/{days[2]}.json", Body=last)
    assert differs(deployment) == (2, "unchained", days[2])


def test_a_missing_seal_is_found(deployment: Deployment, owner: Connection) -> None:
    days = sealed(deployment)
    deployment.bucket._client.delete_object(Bucket=deployment.bucket.name, Key=f"seals/journal/{days[1]}.json")
    assert differs(deployment) == (1, "missing", days[1])


def test_a_seal_is_never_overwritten(deployment: Deployment, owner: Connection) -> None:
    days = sealed(deployment)
    assert not deployment.bucket.put_seal(days[0], b"{}")


def test_the_journals_keeper_cannot_change_it(deployment: Deployment, owner: Connection) -> None:
    with pytest.raises(DatabaseFailure) as refused:
        deployment.admin.execute("DELETE FROM platform.journal")
    assert refused.value.sqlstate == "42501"
