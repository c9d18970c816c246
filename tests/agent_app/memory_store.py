"""The store for tests: the same contract, kept in dictionaries, gone with the process."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Mapping, Sequence

import msgspec

from agent_app.store.port import Lease, LeaseLost, TurnConflict, is_due, is_held
from agent_app.store.records import Backlog, CallResult, Interview, QueuedCall, SetAside, SignIn, Waiting, by_agent
from callscript.model.links import Mode


class MemoryStore:
    """Adapter of `port.Store`; one lock makes each method a transaction."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._sign_ins: dict[str, SignIn] = {}
        self._interviews: dict[str, Interview] = {}
        self._outbox: dict[str, Waiting] = {}
        self._positions = itertools.count(1)
        self._leases: dict[str, Lease] = {}
        self._results: dict[str, CallResult] = {}
        self._set_aside: dict[str, SetAside] = {}
        self._dismissed: set[str] = set()

    def close(self) -> None:
        """Nothing is held."""

    # --- sign-ins
    def put_sign_in(self, sign_in: SignIn) -> None:
        self._sign_ins[sign_in.id] = sign_in

    def sign_in(self, sign_in_id: str) -> SignIn | None:
        return self._sign_ins.get(sign_in_id)

    def sign_ins_of(self, agent: str) -> Sequence[SignIn]:
        mine = [sign_in for sign_in in self._sign_ins.values() if sign_in.agent == agent]
        return sorted(mine, key=lambda sign_in: -sign_in.signed_in_at)

    def remove_sign_in(self, sign_in_id: str) -> None:
        self._sign_ins.pop(sign_in_id, None)

    def closed_sign_ins(self) -> Sequence[SignIn]:
        return [sign_in for sign_in in self._sign_ins.values() if sign_in.closed_at is not None]

    # --- interviews
    def begin_interview(self, interview: Interview, calls: Sequence[QueuedCall]) -> None:
        with self._lock:
            if self.open_interview(interview.agent) or interview.id in self._interviews:
                raise TurnConflict(f"agent {interview.agent} has an open interview")
            self._interviews[interview.id] = interview
            self._append(calls)

    def save_interview(self, interview: Interview, calls: Sequence[QueuedCall], *, settled: Sequence[str] = ()) -> None:
        with self._lock:
            stored = self._interviews.get(interview.id)
            if stored is None or stored.turn != interview.turn - 1:
                raise TurnConflict(f"interview {interview.id} is not at turn {interview.turn - 1}")
            self._interviews[interview.id] = interview
            for key in settled:
                self._outbox.pop(key, None)
                self._results.pop(key, None)
            self._append(calls)
            self._forget_if_finished(interview.id)

    def interview(self, interview_id: str) -> Interview | None:
        return self._interviews.get(interview_id)

    def open_interview(self, agent: str) -> Interview | None:
        with self._lock:
            return next((i for i in self._interviews.values() if i.agent == agent and i.open), None)

    def drop_interview(self, interview_id: str) -> None:
        with self._lock:
            self._interviews.pop(interview_id, None)
            self._leases.pop(interview_id, None)
            self._outbox = {k: w for k, w in self._outbox.items() if w.queued.interview != interview_id}
            self._results = {k: r for k, r in self._results.items() if r.interview != interview_id}

    def kept(self) -> Mapping[str, Sequence[str]]:
        with self._lock:
            queued = [*(w.queued for w in self._outbox.values()), *(s.queued for s in self._set_aside.values())]
            found = {(i.agent, i.id) for i in self._interviews.values()} | {(q.agent, q.interview) for q in queued}
            return by_agent(found)

    def forget_interview(self, agent: str, interview_id: str) -> None:
        with self._lock:
            self.drop_interview(interview_id)
            self._set_aside = {
                k: s
                for k, s in self._set_aside.items()
                if (s.queued.agent, s.queued.interview) != (agent, interview_id)
            }

    # --- outbox
    def append(self, call: QueuedCall) -> None:
        with self._lock:
            self._append([call])

    def waiting(self, interview_id: str) -> Sequence[Waiting]:
        with self._lock:
            mine = [waiting for waiting in self._outbox.values() if waiting.queued.interview == interview_id]
            return sorted(mine, key=lambda waiting: waiting.position)

    def backlog(self, agent: str) -> Backlog:
        with self._lock:
            mine = [w for w in self._outbox.values() if w.queued.agent == agent]
            mine = sorted((w for w in mine if w.queued.call.mode is not Mode.WAIT), key=lambda w: w.position)
            failing = [w for w in mine if w.attempts]
            return Backlog(
                waiting=len(mine),
                answers=sum(w.queued.answers for w in mine),
                failing=len(failing),
                last_code=failing[-1].last_code if failing else "",
            )

    def interviews_waiting(self, agent: str) -> Sequence[str]:
        with self._lock:
            mine = sorted((w for w in self._outbox.values() if w.queued.agent == agent), key=lambda w: w.position)
            return list(dict.fromkeys(waiting.queued.interview for waiting in mine))

    def interviews_due(self, now: int, limit: int) -> Sequence[str]:
        with self._lock:
            interviews = {waiting.queued.interview for waiting in self._outbox.values()}
            heads = [self.waiting(interview)[0] for interview in interviews]
            due = [
                head
                for head in heads
                if is_due(head.due_at, now)
                and head.queued.call.mode is not Mode.WAIT
                and not self._held(head.queued.interview, now)
            ]
            return [w.queued.interview for w in sorted(due, key=lambda w: (w.due_at, w.position))[:limit]]

    def lease(self, interview_id: str, owner: str, now: int, until: int) -> Lease | None:  # noqa: ARG002
        with self._lock:
            if self._held(interview_id, now):
                return None
            before = self._leases.get(interview_id)
            lease = Lease(interview_id, before.fence + 1 if before else 1, until)
            self._leases[interview_id] = lease
            return lease

    def release_lease(self, lease: Lease) -> None:
        with self._lock:
            if self._leases.get(lease.interview) == lease:
                self._leases[lease.interview] = Lease(lease.interview, lease.fence, 0)

    def settle(self, lease: Lease, key: str, result: CallResult, set_aside: SetAside | None) -> None:
        with self._lock:
            self._demand(lease)
            self._outbox.pop(key, None)
            if lease.interview in self._interviews:
                self._results[key] = result
            if set_aside is not None:
                self._set_aside[key] = set_aside
            self._forget_if_finished(lease.interview)

    def postpone(self, lease: Lease, key: str, code: str, due_at: int) -> None:
        with self._lock:
            self._demand(lease)
            before = self._outbox[key]
            self._outbox[key] = msgspec.structs.replace(
                before, attempts=before.attempts + 1, due_at=due_at, last_code=code
            )

    def hurry(self, now: int) -> None:
        with self._lock:
            for key, waiting in self._outbox.items():
                if waiting.due_at > now:
                    self._outbox[key] = msgspec.structs.replace(waiting, due_at=now)

    def results(self, interview_id: str) -> Sequence[CallResult]:
        with self._lock:
            mine = [result for result in self._results.values() if result.interview == interview_id]
            return sorted(mine, key=lambda result: result.key)

    # --- calls that a person has to look at
    def set_aside_calls(self, agent: str) -> Sequence[SetAside]:
        with self._lock:
            mine = [s for k, s in self._set_aside.items() if s.queued.agent == agent and k not in self._dismissed]
            return sorted(mine, key=lambda s: (s.set_aside_at, s.queued.key))

    def dismiss_set_aside(self, agent: str, key: str) -> None:
        with self._lock:
            if key in self._set_aside and self._set_aside[key].queued.agent == agent:
                self._dismissed.add(key)

    # --- below
    def _append(self, calls: Sequence[QueuedCall]) -> None:
        for queued in calls:
            self._outbox.setdefault(queued.key, Waiting(position=next(self._positions), queued=queued))

    def _held(self, interview: str, now: int) -> bool:
        lease = self._leases.get(interview)
        return lease is not None and is_held(lease.until, now)

    def _demand(self, lease: Lease) -> None:
        current = self._leases.get(lease.interview)
        if current is None or current.fence != lease.fence:
            raise LeaseLost(lease.interview)

    def _forget_if_finished(self, interview_id: str) -> None:
        interview = self._interviews.get(interview_id)
        if interview is not None and not interview.open and not self.waiting(interview_id):
            del self._interviews[interview_id]
            self._results = {k: r for k, r in self._results.items() if r.interview != interview_id}
