"""The contract of every store."""

from __future__ import annotations

import pytest

from agent_app.store.port import LeaseLost, Store, TurnConflict
from agent_app.store.records import Backlog, CallResult, QueuedCall, SetAside
from callscript.model.links import Mode
from tests.agent_app.making import AGENT, NOW, interview, queued, sign_in

MINUTE = 60_000


def accepted(step: int) -> CallResult:
    return CallResult(interview="i-1", key=queued(step).key, accepted=True, data={"step": step})


def keys(store: Store, interview_id: str = "i-1") -> list[str]:
    return [waiting.queued.key for waiting in store.waiting(interview_id)]


class TestSignIns:
    def test_is_found_as_it_was_written(self, store: Store) -> None:
        store.put_sign_in(sign_in())
        assert store.sign_in("s-1") == sign_in()
        assert store.sign_in("s-2") is None

    def test_the_newest_of_an_agent_comes_first(self, store: Store) -> None:
        for number, at in ((1, 10), (2, 30), (3, 20)):
            store.put_sign_in(sign_in(f"s-{number}", at=at))
        store.put_sign_in(sign_in("other", agent="a-2", at=99))
        assert [one.id for one in store.sign_ins_of(AGENT)] == ["s-2", "s-3", "s-1"]

    def test_closed_ones_wait_to_be_revoked(self, store: Store) -> None:
        store.put_sign_in(sign_in("open"))
        store.put_sign_in(sign_in("closed", closed_at=5))
        assert [one.id for one in store.closed_sign_ins()] == ["closed"]
        store.remove_sign_in("closed")
        assert list(store.closed_sign_ins()) == []


class TestInterviews:
    def test_state_and_calls_arrive_together(self, store: Store) -> None:
        store.begin_interview(interview(), [queued(1)])
        store.save_interview(interview(turn=2), [queued(2), queued(3)])
        assert store.open_interview(AGENT) == interview(turn=2)
        assert keys(store) == [queued(1).key, queued(2).key, queued(3).key]

    def test_an_older_turn_changes_nothing(self, store: Store) -> None:
        store.begin_interview(interview(), [])
        store.save_interview(interview(turn=2), [])
        with pytest.raises(TurnConflict):
            store.save_interview(interview(turn=2), [queued(9)])
        assert keys(store) == []
        assert store.interview("i-1") == interview(turn=2)

    def test_an_agent_has_one_open_interview(self, store: Store) -> None:
        store.begin_interview(interview(), [])
        with pytest.raises(TurnConflict):
            store.begin_interview(interview("i-2"), [])
        store.begin_interview(interview("i-3", agent="a-2"), [])

    def test_a_settled_call_leaves_with_the_same_write(self, store: Store) -> None:
        store.begin_interview(interview(), [queued(1, mode=Mode.WAIT)])
        store.save_interview(interview(turn=2), [queued(2)], settled=[queued(1).key])
        assert keys(store) == [queued(2).key]

    def test_a_call_that_waits_already_is_not_doubled(self, store: Store) -> None:
        store.begin_interview(interview(), [queued(1)])
        store.save_interview(interview(turn=2), [queued(1)])
        assert keys(store) == [queued(1).key]

    def test_a_finished_interview_is_forgotten_when_its_last_call_has_arrived(self, store: Store) -> None:
        store.begin_interview(interview(), [queued(1)])
        store.save_interview(interview(turn=2, is_open=False), [queued(2)])
        assert store.open_interview(AGENT) is None
        lease = store.lease("i-1", "me", NOW, NOW + MINUTE)
        assert lease is not None
        store.settle(lease, queued(1).key, accepted(1), None)
        assert store.interview("i-1") is not None
        store.settle(lease, queued(2).key, accepted(2), None)
        assert store.interview("i-1") is None
        assert list(store.results("i-1")) == []

    def test_dropping_takes_the_calls_along(self, store: Store) -> None:
        store.begin_interview(interview(), [queued(1)])
        store.drop_interview("i-1")
        assert store.open_interview(AGENT) is None
        assert keys(store) == []


class TestOutbox:
    def test_only_the_first_call_of_an_interview_can_make_it_due(self, store: Store) -> None:
        store.begin_interview(interview("i-1"), [queued(1, mode=Mode.WAIT), queued(2)])
        store.begin_interview(interview("i-2", agent="a-2"), [queued(1, interview="i-2", agent="a-2")])
        assert list(store.interviews_due(NOW, 10)) == ["i-2"]

    def test_an_agents_interviews_wait_the_oldest_first(self, store: Store) -> None:
        store.begin_interview(interview("i-2"), [queued(1, interview="i-2")])
        store.save_interview(interview("i-2", turn=2, is_open=False), [])
        store.begin_interview(interview("i-1"), [queued(1), queued(2)])
        store.begin_interview(interview("i-3", agent="a-2"), [queued(1, interview="i-3", agent="a-2")])
        assert list(store.interviews_waiting(AGENT)) == ["i-2", "i-1"]

    def test_a_leased_interview_is_not_due_until_the_lease_ends(self, store: Store) -> None:
        store.begin_interview(interview(), [queued(1)])
        lease = store.lease("i-1", "me", NOW, NOW + MINUTE)
        assert lease is not None
        assert list(store.interviews_due(NOW, 10)) == []
        assert store.lease("i-1", "you", NOW, NOW + MINUTE) is None
        assert list(store.interviews_due(NOW + MINUTE, 10)) == ["i-1"]
        store.release_lease(lease)
        assert list(store.interviews_due(NOW, 10)) == ["i-1"]

    def test_who_lost_the_lease_changes_nothing(self, store: Store) -> None:
        store.begin_interview(interview(), [queued(1)])
        old = store.lease("i-1", "me", NOW, NOW + MINUTE)
        new = store.lease("i-1", "you", NOW + MINUTE, NOW + 2 * MINUTE)
        assert old is not None
        assert new is not None
        with pytest.raises(LeaseLost):
            store.settle(old, queued(1).key, accepted(1), None)
        with pytest.raises(LeaseLost):
            store.postpone(old, queued(1).key, "late", NOW)
        store.release_lease(old)
        assert store.lease("i-1", "third", NOW + MINUTE, NOW + 3 * MINUTE) is None
        assert keys(store) == [queued(1).key]

    def test_a_postponed_call_is_due_later_or_when_hurried(self, store: Store) -> None:
        store.begin_interview(interview(), [queued(1)])
        lease = store.lease("i-1", "me", NOW, NOW + MINUTE)
        assert lease is not None
        store.postpone(lease, queued(1).key, "server_unreachable", NOW + MINUTE)
        store.release_lease(lease)
        assert list(store.interviews_due(NOW, 10)) == []
        assert list(store.interviews_due(NOW + MINUTE, 10)) == ["i-1"]
        store.hurry(NOW)
        assert list(store.interviews_due(NOW, 10)) == ["i-1"]
        waiting = store.waiting("i-1")[0]
        assert (waiting.attempts, waiting.last_code) == (1, "server_unreachable")

    def test_times_that_no_true_clock_can_have_noted_hold_nothing_up(self, store: Store) -> None:
        far = NOW + 20 * 60 * MINUTE
        store.begin_interview(interview(), [queued(1)])
        lease = store.lease("i-1", "a clock that is ahead", far, far + MINUTE)
        assert lease is not None
        store.postpone(lease, queued(1).key, "too_late", far + MINUTE)
        assert list(store.interviews_due(NOW, 10)) == ["i-1"]
        assert store.lease("i-1", "me", NOW, NOW + MINUTE) is not None
        assert list(store.interviews_due(NOW, 10)) == []
        with pytest.raises(LeaseLost):
            store.settle(lease, queued(1).key, accepted(1), None)

    def test_a_result_is_kept_until_the_engine_was_told(self, store: Store) -> None:
        store.begin_interview(interview(), [queued(1)])
        lease = store.lease("i-1", "me", NOW, NOW + MINUTE)
        assert lease is not None
        store.settle(lease, queued(1).key, accepted(1), None)
        assert list(store.results("i-1")) == [accepted(1)]
        store.save_interview(interview(turn=2), [], settled=[queued(1).key])
        assert list(store.results("i-1")) == []

    def test_the_backlog_counts_answers_and_failures(self, store: Store) -> None:
        store.begin_interview(interview(), [queued(1), queued(2), queued(3, mode=Mode.WAIT)])
        lease = store.lease("i-1", "me", NOW, NOW + MINUTE)
        assert lease is not None
        store.postpone(lease, queued(1).key, "database_away", NOW + MINUTE)
        assert store.backlog(AGENT) == Backlog(waiting=2, answers=2, failing=1, last_code="database_away")
        assert store.backlog("a-2") == Backlog()


class TestSetAside:
    def test_is_shown_until_the_agent_has_seen_it(self, store: Store) -> None:
        aside = SetAside(queued=queued(1), code="refused", detail="", correlation_id="c-1", set_aside_at=NOW)
        store.begin_interview(interview(), [queued(1)])
        lease = store.lease("i-1", "me", NOW, NOW + MINUTE)
        assert lease is not None
        store.settle(lease, queued(1).key, accepted(1), aside)
        assert list(store.set_aside_calls(AGENT)) == [aside]
        store.dismiss_set_aside("a-2", queued(1).key)
        assert list(store.set_aside_calls(AGENT)) == [aside]
        store.dismiss_set_aside(AGENT, queued(1).key)
        assert list(store.set_aside_calls(AGENT)) == []


class TestCallsBeside:
    def test_a_state_waits_in_order_and_leaves_no_result(self, store: Store) -> None:
        for step in (1, 2):
            store.append(queued(step, interview="of-the-agent"))
        assert keys(store, "of-the-agent") == [queued(step, interview="of-the-agent").key for step in (1, 2)]
        lease = store.lease("of-the-agent", "p", NOW, NOW + MINUTE)
        assert lease is not None
        for step in (1, 2):
            key = queued(step, interview="of-the-agent").key
            store.settle(lease, key, CallResult(interview="of-the-agent", key=key, accepted=True), None)
        assert (keys(store, "of-the-agent"), list(store.results("of-the-agent"))) == ([], [])

    def test_a_note_stands_behind_its_interviews_calls(self, store: Store) -> None:
        store.begin_interview(interview(), [queued(1)])
        store.append(queued(2))
        assert keys(store) == [queued(1).key, queued(2).key]
        assert store.open_interview(AGENT) == interview()


class TestForgetting:
    def test_what_is_kept_is_told_by_agent(self, store: Store) -> None:
        store.begin_interview(interview(), [queued(1)])
        store.append(queued(1, interview="i-2", agent="a-2"))
        assert store.kept() == {AGENT: ["i-1"], "a-2": ["i-2"]}

    def test_a_call_that_was_set_aside_is_kept_though_nothing_else_is(self, store: Store) -> None:
        put_aside(store, queued(1))
        assert list(store.waiting("i-1")) == []
        assert store.kept() == {AGENT: ["i-1"]}

    def test_everything_of_an_interview_is_forgotten_and_nothing_else(self, store: Store) -> None:
        store.begin_interview(interview(), [queued(1), queued(2)])
        lease = store.lease("i-1", "o", NOW, NOW + MINUTE)
        assert lease is not None
        store.settle(lease, queued(1).key, accepted(1), None)
        put_aside(store, queued(3), queued(4, interview="i-2"))
        store.append(queued(5, interview="i-2"))

        store.forget_interview(AGENT, "i-1")

        assert store.open_interview(AGENT) is None
        assert (keys(store), list(store.results("i-1"))) == ([], [])
        assert [one.queued.interview for one in store.set_aside_calls(AGENT)] == ["i-2"]
        assert store.kept() == {AGENT: ["i-2"]}
        store.forget_interview(AGENT, "i-1")


def put_aside(store: Store, *calls: QueuedCall) -> None:
    """Each is refused for good."""
    for call in calls:
        store.append(call)
        lease = store.lease(call.interview, "o", NOW + MINUTE, NOW + 2 * MINUTE)
        assert lease is not None
        aside = SetAside(queued=call, code="refused", detail="", correlation_id="c", set_aside_at=NOW)
        result = CallResult(interview=call.interview, key=call.key, accepted=False)
        store.settle(lease, call.key, result, aside)
        store.release_lease(lease)
