"""Nothing is begun for a caller who will be gone before it is done; waiting for a worker counts."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from callscript.protocol import BUDGET_HEADER
from database.connection import Connection, Query
from database.failures import CannotConnect
from database.wire import Result
from functions.business.connections import Connections
from functions.business.handler import Business
from tests.functions.business.desks import SETTINGS, Desk, log_lines
from tests.functions.doubles import Replied, event
from tests.harness.acting import fresh_key
from tests.harness.fresh_database import FreshDatabase

ADD = {"id": 1, "name": "a"}


def sent(desk: Desk, budget: str, waited: float = 0.0, key: str | None = None) -> Replied:
    """`add`, which API Gateway received `waited` seconds ago."""
    headers = {"waihu-session": desk.token(), "idempotency-key": key or fresh_key(), BUDGET_HEADER: budget}
    body = {"campaign": "csat", "release": desk.release, "parameters": ADD}
    made = event("POST", "/c1/actions/csat.add", user=desk.user, headers=headers, body=body)
    made["requestContext"]["timeEpoch"] = int((time.time() - waited) * 1000)
    return Replied(desk.business.handle(made))


@pytest.mark.parametrize(("budget", "waited"), [("50", 0), ("0", 0), ("5000", 6)])
def test_with_too_little_left_nothing_is_begun(desk: Desk, budget: str, waited: float) -> None:
    key = fresh_key()
    replied = sent(desk, budget, waited, key)
    assert (replied.verdict, replied.json["retryable"]) == ((503, "too_late"), True)
    assert replied.headers["retry-after"] == "1"
    assert (desk.things(), desk.journal(), desk.connections.kept) == ([], [], None)
    assert sent(desk, "60000", key=key).status == 200


def test_with_enough_left_it_is_done(desk: Desk) -> None:
    assert sent(desk, "60000", waited=5).status == 200
    assert desk.things() == [(1, "a")]


@pytest.mark.parametrize("waited", [-40, 31, 20 * 3600])
def test_a_gateway_whose_clock_is_another_is_not_believed(desk: Desk, waited: float) -> None:
    assert sent(desk, "5000", waited).status == 200


@pytest.mark.parametrize("budget", ["soon", "-1", "1.5", "1" * 10, "\u0661"])
def test_a_budget_that_is_none(desk: Desk, budget: str) -> None:
    replied = sent(desk, budget)
    assert (replied.verdict, replied.json["parameter"]) == ((400, "bad_request"), BUDGET_HEADER)


@dataclass
class Clock:
    ahead: float = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead


def test_time_that_runs_out_between_rounds_takes_everything_back(desk: Desk, postgres: FreshDatabase) -> None:
    clock = Clock()

    class SlowWay(Connection):
        def run_pipeline(self, queries: Sequence[Query]) -> list[Result]:
            results = super().run_pipeline(queries)
            clock.ahead += 10
            return results

    place = postgres.endpoint("waihu_business")
    connections = Connections(
        lambda: SlowWay.open(place.host, place.port, place.database, place.user, place.password, timeout=8)
    )
    desk.business = Business(SETTINGS, desk.bucket, desk.secrets, connections, now=clock)
    try:
        late = desk.call("chain", {"id": 1}, headers={BUDGET_HEADER: "5000"})
        assert (late.verdict, desk.things()) == ((503, "too_late"), [])
        assert [row[1:3] for row in desk.journal()] == [("failed", "too_late")]
        clock.ahead = 0
        in_time = desk.call("chain", {"id": 1}, headers={BUDGET_HEADER: "15000"})
        assert (in_time.status, len(desk.things())) == (200, 2)
    finally:
        connections.discard()


def test_a_statement_ends_with_its_callers_time(desk: Desk) -> None:
    """It would have waited five seconds for the lock; the caller said two, and the database heard of it."""
    desk.admin.execute("INSERT INTO outbound.things VALUES (1, 'there')")
    with desk.admin.transaction():
        desk.admin.execute("UPDATE outbound.things SET name = 'held' WHERE id = 1")
        late = desk.call("rename", {"id": 1, "name": "x"}, headers={BUDGET_HEADER: "700"})
    assert (late.verdict, late.json["retryable"]) == ((503, "too_late"), True)
    assert desk.connections.kept is not None
    assert desk.connections.kept.fetch("SELECT current_setting('statement_timeout')") == [("5s",)]
    assert [row[1:3] for row in desk.journal()] == [("failed", "too_late")]


def test_who_waits_longer_than_a_statement_may_take_costs_nothing(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    for number, budget in enumerate(("60000", "3000")):
        desk.call("add", {"id": number, "name": "x"}, headers={BUDGET_HEADER: budget})
    assert [line["rounds"][0]["statements"] for line in log_lines(capsys)] == [
        ["begin", "begin_action", "added", "commit"],
        ["begin", "begin_action", "limit_time", "added", "commit"],
    ]


def test_signing_in_takes_no_longer_than_the_caller_waits() -> None:
    told: list[float] = []

    def within(seconds: float) -> Connection:
        told.append(seconds)
        raise CannotConnect("no way")

    for seconds in (None, 1.5):
        with pytest.raises(CannotConnect):
            Connections(lambda: within(3.0), within=within).get(seconds)
    assert told == [3.0, 1.5]


def test_after_a_long_failure_nobody_is_kept_waiting_for_the_next() -> None:
    now, tries = [0.0], 0

    def slow_failure() -> Connection:
        nonlocal tries
        tries += 1
        now[0] += 3.0
        raise CannotConnect("no way")

    connections = Connections(slow_failure, clock=lambda: now[0])
    for at, expected in ((0.0, 1), (3.1, 1), (4.9, 1), (5.1, 2)):
        now[0] = at
        with pytest.raises(CannotConnect):
            connections.get()
        assert tries == expected
