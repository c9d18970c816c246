"""A connection that is cut anywhere: whatever was acknowledged is stored exactly once, and work goes on.

The client does what agents' apps do: it repeats a call with its key until it is answered for good. Each seed gives
other places of cutting; `FAULT_SEEDS` asks for more of them (by hand).
"""

from __future__ import annotations

import itertools
import os
import random

import pytest

from functions.business.connections import Connections
from tests.faults.cutting_proxy import CuttingProxy, cutting_proxy
from tests.functions.business.desks import TABLE, Desk, made_desk
from tests.functions.doubles import Replied
from tests.harness.acting import fresh_key, trust_test_key
from tests.harness.fresh_database import FreshDatabase

SEEDS = range(int(os.environ.get("FAULT_SEEDS", "2")))
CALLS = 30
TRIES = 5


def until_answered(desk: Desk, action: str, number: int, key: str, told: list[str]) -> Replied:
    """What the client is told in the end; it never gives up on what may be tried again."""
    for _ in range(TRIES):
        replied = desk.call(action, {"id": number, "name": f"thing {number}"}, key=key)
        told.append(replied.json.get("code", ""))
        if replied.status == 200 or not replied.json.get("retryable"):
            return replied
    return replied


def attack(desk: Desk, proxy: CuttingProxy, dice: random.Random, told: list[str]) -> dict[int, Replied]:
    """Calls with a cut somewhere in each: in the sign-in, within what is sent, or within what comes back.

    On a kept connection the function tries again by itself; on a new one it tells the client to.
    """
    answers = {}
    for number in range(CALLS):
        if dice.random() < 0.5:
            desk.connections.discard()
        towards = dice.choice(("server", "client"))
        proxy.cut_after(dice.randrange(1, 1800 if towards == "server" else 1200), towards)
        action = dice.choice(("add", "add_and_tell"))
        answers[number] = until_answered(desk, action, number, fresh_key(), told)
        proxy.disarm()
    return answers


@pytest.mark.parametrize("seed", SEEDS)
def test_a_connection_that_is_cut_anywhere(postgres: FreshDatabase, seed: int) -> None:
    owner, admin = postgres.connect(), postgres.connect("waihu_admin")
    owner.execute(TABLE)
    owner.execute("GRANT SELECT, INSERT ON outbound.things TO waihu_scripts")
    trust_test_key(admin)
    place = postgres.endpoint("waihu_business")
    # A client comes back when it was told to: by this clock ten seconds pass between any two looks.
    later = itertools.count(0.0, 10.0).__next__
    with cutting_proxy(place.host, place.port) as proxy:
        connections = Connections(lambda: postgres.connect("waihu_business", port=proxy.port, timeout=5), clock=later)
        desk = made_desk(connections, admin)
        told: list[str] = []
        answers = attack(desk, proxy, random.Random(seed), told)  # noqa: S311
        connections.discard()
    stored = [number for (number,) in owner.fetch("SELECT id FROM outbound.things ORDER BY id")]
    journaled = owner.fetch("SELECT count(*), count(DISTINCT key) FROM platform.journal WHERE outcome = 'done'")
    assert proxy.cuts > CALLS // 3, "the faults did not happen"
    assert {"outcome_unknown", "database_away"} <= set(told), "not every kind of fault happened"
    assert {number: reply.status for number, reply in answers.items()} == dict.fromkeys(range(CALLS), 200)
    assert stored == list(range(CALLS))
    assert journaled == [(CALLS, CALLS)]
