"""Sends what waits in the store: in order per interview, each call with its key, until accepted or refused for good.

Any process can do it. A lease keeps two from sending one interview's calls at once; where that fails (a frozen process
wakes up), the server's idempotency keys keep a doubled call harmless.
"""

from __future__ import annotations

import itertools
import logging
import os
import random
import threading
import uuid
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import Enum

from agent_app.access import Access, Granted
from agent_app.client import UNREACHABLE, Answer, Gateway, Refusal
from agent_app.store.port import Lease, LeaseLost, Store, is_due
from agent_app.store.records import CallResult, QueuedCall, SetAside, Waiting
from callscript.model.links import Mode
from callscript.protocol import ActionRequest

log = logging.getLogger(__name__)

LEASE_MILLISECONDS = 60_000
"""Longer than any one call can take; extended by taking the lease anew for each drain."""
_FIRST_PAUSE = 0.5
_LONGEST_PAUSE = 10.0
_AT_ONCE = 8
_SLOW_AT_ONCE = 3
"""Of those at most so many send an action of class `slow`: the others are there for what is fast."""
_SHED = frozenset({"busy", "no_connection", "too_late", "too_many_cases", "too_many_requests"})
"""Codes of a server that is there and has too much to do: its `Retry-After` stands, whatever succeeds meanwhile."""
_LONGEST_ASKED = 60.0
"""Seconds of `Retry-After` that are heeded, before they are spread: a pause has to end within `port.HORIZON`."""
_HURRY_MILLISECONDS = 3_000
"""At most this often: a call that fails by itself must not be driven by the success of the others."""


class Drained(Enum):
    DONE = "done"
    """Nothing is left before the next call that the agent waits for."""
    BLOCKED = "blocked"
    """A call could not be delivered now."""
    BUSY = "busy"
    """Somebody else drains this interview."""


@dataclass(frozen=True, slots=True)
class Sender:
    """Sends one call and renews credentials on the way where the server says that they are stale."""

    access: Access
    gateway: Gateway

    def send(self, queued: QueuedCall) -> Answer[object] | Refusal:
        outcome = self._once(queued, renew=False)
        if isinstance(outcome, Refusal) and outcome.unauthorised:
            outcome = self._once(queued, renew=True)
        return outcome

    def _once(self, queued: QueuedCall, *, renew: bool) -> Answer[object] | Refusal:
        granted = self.access.of_agent(queued.agent, renew_session=renew)
        if not isinstance(granted, Granted):
            return granted
        paths = {campaign.id: campaign.business_path for campaign in granted.session.campaigns}
        request = ActionRequest(
            campaign=queued.campaign,
            release=queued.release,
            parameters=queued.call.parameters,
            node=queued.call.node or None,
            interview=None if queued.beside else queued.interview,
        )
        path = paths.get(queued.campaign, queued.business_path)
        call = queued.call
        return self.gateway.act(path, call.action, request, queued.key, granted.credentials, slow=call.slow)


class Outbox:
    """Drains the store in the background and, before a call that the agent waits for, on demand.

    `now` gives milliseconds since 1970.
    """

    def __init__(self, store: Store, sender: Sender, now: Callable[[], int]) -> None:
        self._store = store
        self._sender = sender
        self._now = now
        self._owner = f"{os.getpid()}-{uuid.uuid4().hex[:8]}"
        self._draining: set[str] = set()
        self._woken = threading.Event()
        self._stopping = threading.Event()
        self._away = threading.Event()
        self._slow = threading.BoundedSemaphore(_SLOW_AT_ONCE)
        self._troubled = False
        """Something was put off since the last hurry."""
        self._hurried_at = 0

    @property
    def server_away(self) -> bool:
        """The last call from this process found no server."""
        return self._away.is_set()

    def wake(self) -> None:
        """There is something new to send."""
        self._woken.set()

    def stop(self) -> None:
        self._stopping.set()
        self._woken.set()

    def run(self, every_seconds: float) -> None:
        """Drains until `stop` is called; to be run in a thread of its own."""
        with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="outbox") as pool:
            while not self._stopping.is_set():
                self._woken.wait(every_seconds)
                self._woken.clear()
                try:
                    for interview_id in self._store.interviews_due(self._now(), limit=_AT_ONCE * 8):
                        if interview_id not in self._draining:
                            self._draining.add(interview_id)
                            pool.submit(self._drain_quietly, interview_id)
                except Exception:
                    log.exception("The outbox could not be looked through; it is tried again.")

    def drain(self, interview_id: str) -> Drained:
        """Sends the interview's calls in order, up to the first that has to wait."""
        now = self._now()
        lease = self._store.lease(interview_id, self._owner, now, now + LEASE_MILLISECONDS)
        if lease is None:
            return Drained.BUSY
        try:
            # Looked at anew until it is empty: the agent may have answered more in the meantime.
            while batch := _sendable(self._store.waiting(interview_id)):
                for waiting in batch:
                    if self._stopping.is_set() or self._now() > lease.until - LEASE_MILLISECONDS // 2:
                        return Drained.BLOCKED
                    if not is_due(waiting.due_at, self._now()) or not self._deliver(lease, waiting):
                        return Drained.BLOCKED
        except LeaseLost:
            return Drained.BUSY
        finally:
            self._store.release_lease(lease)
        return Drained.DONE

    def _drain_quietly(self, interview_id: str) -> None:
        try:
            if not self._stopping.is_set():
                self.drain(interview_id)
        except Exception:
            log.exception("Interview %s could not be drained; it is tried again.", interview_id)
        finally:
            self._draining.discard(interview_id)

    def _deliver(self, lease: Lease, waiting: Waiting) -> bool:
        """Whether the next call may be sent: this one has arrived, or was set aside."""
        queued = waiting.queued
        if not self._slow_free(queued):
            return False
        try:
            outcome = self._sender.send(queued)
        finally:
            if queued.call.slow:
                self._slow.release()
        self.note(outcome)
        now = self._now()
        if isinstance(outcome, Answer):
            result = CallResult(interview=queued.interview, key=queued.key, accepted=True, data=outcome.value)
            self._store.settle(lease, queued.key, result, None)
            return True
        if outcome.retryable or outcome.unauthorised:
            pause = _pause(waiting.attempts, outcome.retry_after)
            self._store.postpone(lease, queued.key, outcome.code, now + int(pause * 1000))
            return False
        self._set_aside(lease, queued, outcome, now)
        return True

    def _slow_free(self, queued: QueuedCall) -> bool:
        """Whether it may be sent now; a slow one takes its place, which is to be released."""
        return not queued.call.slow or self._slow.acquire(blocking=False)

    def _set_aside(self, lease: Lease, queued: QueuedCall, refusal: Refusal, now: int) -> None:
        log.error(
            "Call %s of interview %s (campaign %s, node %s) was refused for good: %s [%s]",
            queued.call.action, queued.interview, queued.campaign, queued.call.node, refusal.code,
            refusal.correlation_id,
        )  # fmt: skip
        detail = refusal.problem.detail if refusal.problem else ""
        aside = SetAside(
            queued=queued,
            code=refusal.code,
            detail=detail,
            correlation_id=refusal.correlation_id,
            set_aside_at=now,
        )
        result = CallResult(
            interview=queued.interview, key=queued.key, accepted=False, code=refusal.code, detail=detail
        )
        self._store.settle(lease, queued.key, result, aside)

    def note(self, outcome: object) -> None:
        """Learns from any call's outcome whether the way is open."""
        if isinstance(outcome, Refusal) and outcome.code in _SHED:
            self._away.clear()
        elif isinstance(outcome, Refusal) and (outcome.code == UNREACHABLE or outcome.status in {502, 503, 504}):
            self._away.set()
            self._troubled = True
        elif isinstance(outcome, Refusal) and outcome.retryable:
            self._troubled = True
        elif isinstance(outcome, Answer) or not _nobody_was_asked(outcome):
            self._away.clear()
            # A time that is still to come was noted by a clock that was set back since.
            if self._troubled and not 0 <= self._now() - self._hurried_at < _HURRY_MILLISECONDS:
                # What was put off because of the outage need not wait out its pause.
                self._troubled, self._hurried_at = False, self._now()
                self._store.hurry(self._now())
                self.wake()


def _sendable(waiting: Sequence[Waiting]) -> list[Waiting]:
    """Those before the first call that the agent waits for: the desk itself sends that one."""
    return list(itertools.takewhile(lambda one: one.queued.call.mode is not Mode.WAIT, waiting))


def _nobody_was_asked(outcome: object) -> bool:
    """True for refusals that say nothing about the server: none was asked."""
    return isinstance(outcome, Refusal) and outcome.status == 0


def _pause(attempts: int, asked: float | None) -> float:
    """Seconds before the next attempt: doubling, never sooner than the server `asked`, up to a minute.

    With jitter, so that the many outboxes that were refused together do not come back together.
    """
    longest = min(_LONGEST_PAUSE, _FIRST_PAUSE * float(2 ** min(attempts, 10)))
    own = longest * (0.5 + random.random() / 2)  # noqa: S311
    return max(own, min(asked or 0.0, _LONGEST_ASKED) * (1 + random.random() / 2))  # noqa: S311
