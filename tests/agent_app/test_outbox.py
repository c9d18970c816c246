"""The outbox: order, keys, back-off, setting aside, two at once."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import msgspec
import pytest

from agent_app.access import Access
from agent_app.client import Gateway
from agent_app.heart import Heart
from agent_app.outbox import Drained, Outbox, Sender
from agent_app.store.port import Store
from callscript.model.links import Mode
from tests.agent_app.fake_cloud import FakeCloud, problem
from tests.agent_app.making import AGENT, NOW, Clock, Pool, interview, queued, sign_in


class Parts:
    def __init__(self, store: Store, fake: FakeCloud) -> None:
        self.store, self.clock, self.pool = store, Clock(), Pool()
        self.gateway = Gateway(fake.url, timeout_seconds=5)
        access = Access(store, self.pool, self.gateway, self.clock.seconds)
        self.sender = Sender(access, self.gateway)
        self.outbox = Outbox(store, self.sender, self.clock)
        store.put_sign_in(sign_in())

    def server_away(self) -> bool:
        return self.outbox.server_away

    def steps_ran(self, fake: FakeCloud) -> list[str | None]:
        return [request.node for _, request, _ in fake.ran]


@pytest.fixture
def parts(store: Store, fake: FakeCloud) -> Iterator[Parts]:
    made = Parts(store, fake)
    yield made
    made.gateway.close()


def test_calls_arrive_in_order_with_their_keys(parts: Parts, fake: FakeCloud) -> None:
    calls = [queued(step) for step in range(1, 6)]
    parts.store.begin_interview(interview(), calls)
    assert parts.outbox.drain("i-1") is Drained.DONE
    assert [key for _, _, key in fake.ran] == [call.key for call in calls]
    assert parts.store.waiting("i-1") == []
    assert [result.accepted for result in parts.store.results("i-1")] == [True] * 5


def test_it_stops_before_a_call_that_the_agent_waits_for(parts: Parts, fake: FakeCloud) -> None:
    parts.store.begin_interview(interview(), [queued(1), queued(2, mode=Mode.WAIT), queued(3)])
    assert parts.outbox.drain("i-1") is Drained.DONE
    assert parts.steps_ran(fake) == ["q1"]


def test_an_outage_keeps_everything_and_its_order(parts: Parts, fake: FakeCloud) -> None:
    parts.store.begin_interview(interview(), [queued(1), queued(2)])
    with fake.away():
        assert parts.outbox.drain("i-1") is Drained.BLOCKED
        assert parts.server_away()
        # Its pause is not over: nothing is tried.
        assert parts.outbox.drain("i-1") is Drained.BLOCKED
        assert parts.store.waiting("i-1")[0].attempts == 1
    parts.clock.ms += 60_000
    assert parts.outbox.drain("i-1") is Drained.DONE
    assert not parts.server_away()
    assert parts.steps_ran(fake) == ["q1", "q2"]


def test_when_the_way_opens_other_interviews_need_not_wait(parts: Parts, fake: FakeCloud) -> None:
    parts.store.put_sign_in(sign_in("s-2", agent="a-2"))
    parts.store.begin_interview(interview(), [queued(1)])
    parts.store.begin_interview(interview("i-2", agent="a-2"), [queued(1, interview="i-2", agent="a-2")])
    with fake.away():
        for _ in range(6):
            parts.clock.ms += 60_000
            parts.outbox.drain("i-1")
            parts.outbox.drain("i-2")
    first = min(waiting.due_at for i in ("i-1", "i-2") for waiting in parts.store.waiting(i))
    parts.clock.ms = first
    due = parts.store.interviews_due(first, 10)
    parts.outbox.drain(due[0])
    assert len(parts.store.interviews_due(parts.clock.ms, 10)) == 1


def test_the_pause_grows_and_is_bounded(parts: Parts, fake: FakeCloud) -> None:
    parts.store.begin_interview(interview(), [queued(1)])
    pauses = []
    for _ in range(12):
        fake.refusals.append(problem(503, "database_away", retryable=True))
        parts.outbox.drain("i-1")
        due_at = parts.store.waiting("i-1")[0].due_at
        pauses.append(due_at - parts.clock.ms)
        parts.clock.ms = due_at
    assert pauses[0] <= 500
    assert 5_000 <= pauses[-1] <= 10_000
    assert parts.outbox.drain("i-1") is Drained.DONE


def test_it_never_comes_back_sooner_than_it_was_asked_to_nor_all_at_once(parts: Parts, fake: FakeCloud) -> None:
    """Neither by its own pause nor because another call succeeded: `Retry-After` stands, spread over half as long."""
    parts.store.put_sign_in(sign_in("s-2", agent="a-2"))
    parts.store.begin_interview(interview(), [queued(1)])
    parts.store.begin_interview(interview("i-2", agent="a-2"), [queued(1, interview="i-2", agent="a-2")])
    pauses, fake.retry_after = set(), 20
    for _ in range(8):
        fake.refusals.append(problem(503, "busy", retryable=True))
        parts.outbox.drain("i-1")
        due_at = parts.store.waiting("i-1")[0].due_at
        pauses.add(due_at - parts.clock.ms)
        parts.outbox.drain("i-2")
        assert parts.store.waiting("i-1")[0].due_at == due_at
        parts.clock.ms = due_at
    assert all(20_000 <= pause <= 30_000 for pause in pauses)
    assert len(pauses) > 1
    assert not parts.server_away()


def test_slow_calls_leave_room_for_the_others(parts: Parts, fake: FakeCloud) -> None:
    """However many slow ones wait, and none of them comes back: what is fast is sent at once."""
    begun, hold, arrived = threading.Semaphore(0), threading.Event(), threading.Event()

    def slow(_: object) -> None:
        begun.release()
        assert hold.wait(30)

    fake.replies |= {"outbound.report": slow, "outbound.save_answers": lambda _: arrived.set()}
    for number in range(10):
        agent = f"slow-{number}"
        parts.store.put_sign_in(sign_in(f"s-{agent}", agent=agent))
        call = queued(1, interview=f"i-{agent}", agent=agent, action="outbound.report", slow=True)
        parts.store.begin_interview(interview(f"i-{agent}", agent=agent), [call])
    thread = threading.Thread(target=parts.outbox.run, args=(0.05,))
    thread.start()
    try:
        assert begun.acquire(timeout=10)
        parts.store.begin_interview(interview(), [queued(1)])
        parts.outbox.wake()
        assert arrived.wait(10)
    finally:
        hold.set()
        parts.outbox.stop()
        thread.join(30)


def test_a_refused_call_is_set_aside_and_does_not_block_the_rest(parts: Parts, fake: FakeCloud) -> None:
    parts.store.begin_interview(interview(), [queued(1), queued(2)])
    fake.refusals.append(problem(422, "wrong_parameter", detail="no", correlation_id="c-1"))
    assert parts.outbox.drain("i-1") is Drained.DONE
    assert parts.steps_ran(fake) == ["q2"]
    aside = parts.store.set_aside_calls(AGENT)
    assert [(one.queued, one.code, one.correlation_id) for one in aside] == [(queued(1), "wrong_parameter", "c-1")]
    assert [(r.accepted, r.code) for r in parts.store.results("i-1") if r.key == queued(1).key] == [
        (False, "wrong_parameter")
    ]


def test_a_lost_reply_does_not_run_the_call_twice(parts: Parts, fake: FakeCloud) -> None:
    parts.store.begin_interview(interview(), [queued(1)])
    fake.refusals.append("cut")
    assert parts.outbox.drain("i-1") is Drained.BLOCKED
    parts.clock.ms += 60_000
    assert parts.outbox.drain("i-1") is Drained.DONE
    assert parts.steps_ran(fake) == ["q1"]


def test_a_stale_session_is_renewed_on_the_way(parts: Parts, fake: FakeCloud) -> None:
    parts.store.begin_interview(interview(), [queued(1)])
    fake.refused_sessions.add("session-1")
    assert parts.outbox.drain("i-1") is Drained.DONE
    assert fake.sessions_opened == 2


def test_a_stale_jwt_is_renewed_with_the_refresh_token(parts: Parts) -> None:
    stale = sign_in(at=NOW // 1000 - 11 * 365 * 86400)
    parts.store.put_sign_in(stale)
    parts.store.begin_interview(interview(), [queued(1)])
    assert parts.outbox.drain("i-1") is Drained.DONE
    assert parts.pool.renewed == 1


def test_without_a_sign_in_calls_wait_for_the_next_one(parts: Parts, fake: FakeCloud) -> None:
    parts.store.remove_sign_in("s-1")
    parts.store.begin_interview(interview(), [queued(1)])
    assert parts.outbox.drain("i-1") is Drained.BLOCKED
    assert list(parts.store.set_aside_calls(AGENT)) == []
    parts.store.put_sign_in(sign_in("s-2"))
    parts.clock.ms += 60_000
    assert parts.outbox.drain("i-1") is Drained.DONE
    assert len(fake.ran) == 1


def test_what_a_signed_out_agent_left_is_still_sent(parts: Parts, fake: FakeCloud) -> None:
    parts.store.put_sign_in(sign_in(closed_at=NOW // 1000))
    parts.store.begin_interview(interview(), [queued(1)])
    assert parts.outbox.drain("i-1") is Drained.DONE
    assert len(fake.ran) == 1


def test_a_held_interview_is_left_to_its_holder(parts: Parts, fake: FakeCloud) -> None:
    parts.store.begin_interview(interview(), [queued(1)])
    parts.store.lease("i-1", "another process", NOW, NOW + 60_000)
    assert parts.outbox.drain("i-1") is Drained.BUSY
    assert fake.ran == []


def test_the_thread_sends_what_it_is_woken_for_and_stops(parts: Parts, fake: FakeCloud) -> None:
    arrived = threading.Event()
    fake.replies["outbound.save_answers"] = lambda _: arrived.set()
    thread = threading.Thread(target=parts.outbox.run, args=(60.0,))
    thread.start()
    parts.store.begin_interview(interview(), [queued(1)])
    parts.outbox.wake()
    assert arrived.wait(10)
    parts.outbox.stop()
    thread.join(10)
    assert not thread.is_alive()


HOURS = 3_600_000


def test_a_pause_noted_by_a_clock_that_was_ahead_is_not_waited_out(parts: Parts, fake: FakeCloud) -> None:
    """The server was busy while this machine's clock was hours ahead; the clock is set right, the answers go."""
    parts.store.begin_interview(interview(), [queued(1), queued(2)])
    parts.clock.ms += 13 * HOURS
    fake.refusals.append(problem(503, "too_late", retryable=True))
    assert parts.outbox.drain("i-1") is Drained.BLOCKED
    parts.clock.ms -= 13 * HOURS
    assert list(parts.store.interviews_due(parts.clock.ms, 10)) == ["i-1"]
    assert parts.outbox.drain("i-1") is Drained.DONE
    assert parts.steps_ran(fake) == ["q1", "q2"]


def test_a_lease_of_a_clock_that_was_ahead_holds_nothing_up(parts: Parts, fake: FakeCloud) -> None:
    parts.store.begin_interview(interview(), [queued(1)])
    parts.store.lease("i-1", "a process that died", NOW + 20 * HOURS, NOW + 20 * HOURS + 60_000)
    assert list(parts.store.interviews_due(NOW, 10)) == ["i-1"]
    assert parts.outbox.drain("i-1") is Drained.DONE
    assert len(fake.ran) == 1


def test_a_hurry_of_a_clock_that_was_ahead_is_not_the_last(parts: Parts, fake: FakeCloud) -> None:
    parts.clock.ms += 13 * HOURS
    for number in range(1, 3):
        name = f"i-{number}"
        parts.store.begin_interview(interview(name, agent=f"a-{number}"), [])
        parts.store.put_sign_in(sign_in(f"s-{number}", agent=f"a-{number}"))
    for back in (0, 13 * HOURS):
        parts.clock.ms -= back
        for number in range(1, 3):
            parts.store.append(queued(1 + back, interview=f"i-{number}", agent=f"a-{number}"))
        fake.refusals.append(problem(503, "database_away", retryable=True))
        assert parts.outbox.drain("i-1") is Drained.BLOCKED
        assert parts.outbox.drain("i-2") is Drained.DONE
        assert list(parts.store.interviews_due(parts.clock.ms, 10)) == ["i-1"]
        assert parts.outbox.drain("i-1") is Drained.DONE


def test_no_server_sends_calls_away_for_longer_than_a_minute_and_a_half(parts: Parts, fake: FakeCloud) -> None:
    parts.store.begin_interview(interview(), [queued(1)])
    fake.retry_after = 300
    fake.refusals.append(problem(503, "busy", retryable=True))
    assert parts.outbox.drain("i-1") is Drained.BLOCKED
    assert 60_000 <= parts.store.waiting("i-1")[0].due_at - parts.clock.ms <= 90_000


def test_a_jwt_that_ended_before_its_time_by_our_clock_is_renewed(parts: Parts, fake: FakeCloud) -> None:
    """A clock that was ahead when the token's end was noted, or that is behind now."""
    parts.store.begin_interview(interview(), [queued(1)])
    parts.store.put_sign_in(msgspec.structs.replace(sign_in(), access_token="ended"))
    assert parts.outbox.drain("i-1") is Drained.DONE
    assert parts.pool.renewed == 1
    assert len(fake.ran) == 1


def test_heartbeats_go_on_when_the_clock_is_set_back(parts: Parts) -> None:
    heart = Heart(parts.sender, parts.clock)
    assert heart.is_due("i-1", 20)
    assert not heart.is_due("i-1", 20)
    parts.clock.ms -= 13 * HOURS
    assert heart.is_due("i-1", 20)
    assert not heart.is_due("i-1", 20)
    heart.stop()
