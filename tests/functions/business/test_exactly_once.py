"""The same key again, at once and twice at a time; keys that are too old, reused or none."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from functions.business.connections import Connections
from functions.business.handler import Business
from tests.functions.business.desks import SETTINGS, Desk
from tests.functions.doubles import Replied
from tests.harness.acting import fresh_key
from tests.harness.fresh_database import FreshDatabase


@pytest.mark.parametrize("action", ["add", "add_and_tell"])
def test_a_repetition_is_answered_byte_for_byte(desk: Desk, action: str) -> None:
    key, parameters = fresh_key(), {"id": 1, "name": "one"}
    first = desk.call(action, parameters, key=key)
    desk.admin.execute("UPDATE outbound.things SET name = 'changed since'")
    again = desk.call(action, parameters, key=key)
    assert again.body == first.body
    assert [first.headers.get("idempotent-replay"), again.headers.get("idempotent-replay")] == [None, "true"]
    assert desk.things() == [(1, "changed since")]
    assert [row[1] for row in desk.journal()] == ["done"]


@pytest.mark.parametrize(
    "change", [{"parameters": {"id": 2, "name": "one"}}, {"interview": "0" * 8 + "-0000-4000-8000-" + "0" * 12}]
)
def test_a_key_stands_for_one_call_alone(desk: Desk, change: dict[str, object]) -> None:
    key = fresh_key()
    desk.call("add_and_tell", {"id": 1, "name": "one"}, key=key)
    call: Any = {"parameters": {"id": 1, "name": "one"}, **change}
    assert desk.call("add_and_tell", key=key, **call).verdict == (422, "key_reused")
    assert desk.things() == [(1, "one")]


def test_members_in_another_order_are_the_same_call(desk: Desk) -> None:
    key = fresh_key()
    desk.call("add", {"id": 1, "name": "one"}, key=key)
    assert desk.call("add", {"name": "one", "id": 1}, key=key).headers["idempotent-replay"] == "true"


def test_a_refused_call_may_be_made_again_with_its_key(desk: Desk) -> None:
    key = fresh_key()
    assert desk.call("rename", {"id": 1, "name": "x"}, key=key).verdict == (409, "rows_contract")
    desk.call("add", {"id": 1, "name": "one"})
    again = desk.call("rename", {"id": 1, "name": "x"}, key=key)
    assert (again.status, again.headers.get("idempotent-replay")) == (200, None)


@pytest.mark.parametrize(("key", "verdict"), [("", (400, "key_missing")), ("my-key", (400, "key_malformed"))])
def test_keys_that_are_none(door: Desk, key: str, verdict: tuple[int, str]) -> None:
    assert door.call("add", {"id": 1, "name": "one"}, key=key).verdict == verdict


@pytest.mark.parametrize("age_seconds", [7 * 24 * 3600 + 60, -2 * 24 * 3600])
def test_keys_of_another_time_are_never_run(desk: Desk, age_seconds: int) -> None:
    key = fresh_key(age_seconds=age_seconds)
    assert desk.call("add", {"id": 1, "name": "one"}, key=key).verdict == (409, "key_too_old")
    assert desk.things() == []


def test_a_read_needs_no_key(desk: Desk) -> None:
    assert desk.call("list", key="").status == 200
    assert desk.journal() == []


def test_eight_workers_with_one_key_run_it_once(desk: Desk, postgres: FreshDatabase) -> None:
    key, replies = fresh_key(), list[Replied]()
    begun = threading.Barrier(8)

    def work() -> None:
        connections = Connections(lambda: postgres.connect("waihu_business", timeout=8))
        business = Business(SETTINGS, desk.bucket, desk.secrets, connections)
        connections.get()
        mine = Desk(business, desk.release, desk.admin, desk.bucket, desk.secrets, connections)
        begun.wait()
        replies.append(mine.call("add_and_tell", {"id": 1, "name": "one"}, key=key))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {reply.status for reply in replies} == {200}
    assert len({reply.body for reply in replies}) == 1
    assert sorted(reply.headers.get("idempotent-replay", "") for reply in replies) == [""] + ["true"] * 7
    assert desk.things() == [(1, "one")]


def test_an_erased_reply_is_not_made_up(desk: Desk, postgres: FreshDatabase) -> None:
    key = fresh_key()
    desk.call("add_and_tell", {"id": 1, "name": "one"}, key=key)
    postgres.connect().execute("DELETE FROM platform.replies")
    assert desk.call("add_and_tell", {"id": 1, "name": "one"}, key=key).verdict == (409, "reply_erased")
