"""Blocking an agent, as typed."""

from __future__ import annotations

import pytest

from admin.application import run
from database.failures import DatabaseFailure
from tests.admin.conftest import Deployment
from tests.harness.acting import Session


def test_a_blocked_agents_next_action_is_refused(deployment: Deployment, capsys: pytest.CaptureFixture[str]) -> None:
    li, business = Session("li"), deployment.database.connect("waihu_business")
    li.act(business, "SELECT 1")
    assert run(["agents", "block", "li", "--reason", "left"]) == 0
    for attempt in (li, Session("li")):  # a fresh session does not help
        with pytest.raises(DatabaseFailure) as refused:
            attempt.act(business, "SELECT 1")
        assert refused.value.sqlstate == "WH003"
    Session("wang").act(business, "SELECT 1")
    assert run(["agents", "block", "li", "--reason", "left the firm"]) == 0
    capsys.readouterr()
    assert run(["agents", "blocked"]) == 0
    told = capsys.readouterr().out
    assert "li" in told
    assert "chen" in told
    assert "left the firm" in told
    assert run(["agents", "unblock", "li"]) == 0
    assert run(["agents", "unblock", "li"]) == 0
    li.act(business, "SELECT 1")


def test_a_name_that_nobody_knows_is_pointed_out(deployment: Deployment, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["agents", "block", "nobody"]) == 0
    assert "nobody of this name" in capsys.readouterr().out


def test_a_limit_is_set_changed_and_taken_away(deployment: Deployment) -> None:
    kept = "SELECT campaign, cases_per_minute FROM platform.limits"
    assert run(["agents", "limit", "csat", "20"]) == 0
    assert run(["agents", "limit", "csat", "30"]) == 0
    assert deployment.admin.fetch(kept) == [("csat", 30)]
    assert run(["agents", "limit", "csat", "-1"]) == 2
    assert run(["agents", "limit", "csat", "0"]) == 0
    assert deployment.admin.fetch(kept) == []
