"""Sign-out, and agents who are blocked: the next action is refused, since the database decides at each."""

from __future__ import annotations

import pytest

from callscript.protocol import SIGN_OUT_ACTION
from functions.business.connections import Connections
from tests.functions.business.desks import Desk
from tests.functions.doubles import Replied, User
from tests.harness.acting import fresh_key


def sign_out(desk: Desk, token: str | None = None, cell: str = "c1") -> Replied:
    path = f"/{cell}/actions/{SIGN_OUT_ACTION}"
    return desk.call(SIGN_OUT_ACTION, key="", token=token, path=path, campaign="", release="", node=None)


def test_the_next_action_after_a_sign_out_is_refused(desk: Desk) -> None:
    assert desk.call("list").status == 200
    assert (sign_out(desk).status, desk.call("list").verdict) == (200, (401, "session_revoked"))
    assert desk.call("add", {"id": 1, "name": "a"}).verdict == (401, "session_revoked")
    assert desk.things() == []


def test_signing_out_twice_is_signing_out(desk: Desk) -> None:
    assert [sign_out(desk).status, sign_out(desk).status] == [200, 200]


def test_another_agents_session_goes_on(desk: Desk) -> None:
    sign_out(desk)
    desk.user = User("wang")
    assert desk.call("list").status == 200


def test_nobody_signs_another_out(desk: Desk) -> None:
    assert sign_out(desk, desk.token(agent="wang")).verdict == (403, "foreign_session")
    assert sign_out(desk, desk.token(key=b"another key of thirty-two bytes!")).verdict == (401, "bad_session")
    assert sign_out(desk, desk.token(seconds=-1)).verdict == (401, "session_expired")
    assert sign_out(desk, cell="c2").verdict == (403, "foreign_cell")


def test_a_connection_that_died_idle_costs_nothing(desk: Desk, connections: Connections) -> None:
    desk.call("list")
    connections.get()[0].abandon()
    assert sign_out(desk).status == 200


def test_without_a_database_it_is_to_be_tried_again(door: Desk) -> None:
    replied = sign_out(door)
    assert (replied.verdict, replied.json["retryable"]) == ((503, "database_away"), True)


@pytest.mark.parametrize("action", ["list", "add"])
def test_a_blocked_agents_next_action_is_refused_until_unblocked(desk: Desk, action: str) -> None:
    parameters = {"id": 1, "name": "a"} if action == "add" else {}
    desk.admin.execute("INSERT INTO platform.blocked_agents (agent) VALUES ($1)", desk.user.name)
    key = fresh_key()
    assert desk.call(action, parameters, key=key).verdict == (401, "session_revoked")
    desk.admin.execute("DELETE FROM platform.blocked_agents")
    assert desk.call(action, parameters, key=key).status == 200
