"""Actions of class slow: a function, a login and time-outs of their own; no other function runs them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from functions.business.connections import Connections
from functions.business.handler import Business
from functions.business.settings import slowed
from tests.functions.business.desks import SETTINGS, Desk, made_desk, no_database
from tests.harness.fresh_database import FreshDatabase

SERVER = """<?xml version="1.0" encoding="UTF-8"?>
<server xmlns="urn:waihu:server:1" pack="csat">
  <action id="report" roles="agent" class="slow">
    <select name="who" rows="1">
      SELECT session_user AS login, CAST(count(*) AS text) AS n FROM generate_series(1, 1000) AS n
    </select>
    <data><value name="login" type="text" column="who.login"/></data>
  </action>
  <action id="quick" roles="agent">
    <select name="who" rows="1">SELECT session_user AS login</select>
    <data><value name="login" type="text" column="who.login"/></data>
  </action>
</server>
"""
SLOW = slowed(SETTINGS, "slow-login")


def with_server(desk: Desk) -> Desk:
    desk.release = desk.bucket.publish("csat", {"server.xml": SERVER.encode()})
    return desk


@pytest.fixture
def slow_desk(desk: Desk, postgres: FreshDatabase) -> Desk:
    """At the function for slow actions."""
    connections = Connections(lambda: postgres.connect("waihu_slow", timeout=27))
    business = Business(SLOW, desk.bucket, desk.secrets, connections)
    return with_server(replace(desk, business=business, connections=connections))


def test_a_slow_action_runs_under_its_own_login(slow_desk: Desk) -> None:
    replied = slow_desk.call("report", path="/c1/slow-actions/csat.report")
    assert (replied.status, replied.json) == (200, {"login": "waihu_slow"})
    at_version = slow_desk.call("report", path="/c1/next/slow-actions/csat.report")
    assert at_version.status == 200


@pytest.mark.parametrize(
    ("settings", "path"),
    [
        (SETTINGS, "/c1/actions/csat.report"),
        (SETTINGS, "/c1/slow-actions/csat.report"),
        (SETTINGS, "/c1/slow-actions/csat.quick"),
        (SLOW, "/c1/actions/csat.report"),
        (SLOW, "/c1/actions/csat.quick"),
        (SLOW, "/c1/slow-actions/csat.quick"),
    ],
)
def test_neither_function_runs_what_is_the_others(settings: object, path: str) -> None:
    door = with_server(made_desk(Connections(no_database)))
    door.business = Business(settings, door.bucket, door.secrets, door.connections)  # type: ignore[arg-type]
    assert door.call("any", path=path).verdict == (421, "other_class")
    assert door.connections.kept is None


def test_each_login_has_its_time(postgres: FreshDatabase) -> None:
    """The settings say what the database's roles say; a client waits longer than either."""
    for user, settings in (("waihu_business", SETTINGS), ("waihu_slow", SLOW)):
        [(timeout,)] = postgres.connect(user).fetch("SELECT current_setting('statement_timeout')")
        assert timeout == f"{settings.statement_seconds:g}s"
        assert settings.statement_seconds < settings.silence_seconds < 29
