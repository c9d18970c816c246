"""What the app asks of a durable store.

Each method is one transaction. What it has answered is on disk: a power cut after the return loses nothing.

    Exception
    └── StoreError
        ├── TurnConflict       the interview has moved on since it was read (another tab, another process)
        ├── LeaseLost          another process drains this interview now
        └── StoreUnreadable    the file or a value in it cannot be read with the keys at hand
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from msgspec import Struct

from agent_app.store.records import Backlog, CallResult, Interview, QueuedCall, SetAside, SignIn, Waiting


class StoreError(Exception):
    """The store could not do what was asked."""


class TurnConflict(StoreError):
    """The interview is no longer at the turn from which it was to be changed."""


class LeaseLost(StoreError):
    """The lease on an interview's outbox has run out, and another process holds it."""


class StoreUnreadable(StoreError):
    """A value cannot be decrypted: wrong key, or the file was changed by someone else."""


HORIZON = 120_000
"""Milliseconds: no pause and no lease reaches that far ahead of true time. What does was written by a clock that was
ahead, and would hold calls up for as long as that clock was wrong."""


def is_due(due_at: int, now: int) -> bool:
    """Whether what was put off until `due_at` may be sent at `now`: the pause is over, or it was never a true one."""
    return not now < due_at <= now + HORIZON


def is_held(until: int, now: int) -> bool:
    """Whether a lease until `until` holds at `now`."""
    return now < until <= now + HORIZON


class Lease(Struct, frozen=True):
    """The right to send one interview's calls until `until` (milliseconds since 1970)."""

    interview: str
    fence: int
    until: int


class Store(Protocol):
    # --- sign-ins
    def put_sign_in(self, sign_in: SignIn) -> None:
        """Writes a sign-in, or replaces the one with the same id."""

    def sign_in(self, sign_in_id: str) -> SignIn | None: ...

    def sign_ins_of(self, agent: str) -> Sequence[SignIn]:
        """All of an agent's sign-ins, the newest first; those closed are among them."""

    def remove_sign_in(self, sign_in_id: str) -> None: ...

    def closed_sign_ins(self) -> Sequence[SignIn]:
        """Those whose agent has signed out, but whose tokens were not yet revoked."""

    # --- interviews
    def begin_interview(self, interview: Interview, calls: Sequence[QueuedCall]) -> None:
        """Writes a new interview with its first calls.

        Raises:
            TurnConflict: the agent has an open interview already.
        """

    def save_interview(self, interview: Interview, calls: Sequence[QueuedCall], *, settled: Sequence[str] = ()) -> None:
        """Writes the interview at its new turn, appends `calls` to its outbox, and forgets the calls and results
        whose keys are in `settled`: all or nothing. A call whose key waits already is the same call.

        Raises:
            TurnConflict: the stored turn is not `interview.turn - 1`.
        """

    def interview(self, interview_id: str) -> Interview | None: ...

    def open_interview(self, agent: str) -> Interview | None: ...

    def drop_interview(self, interview_id: str) -> None:
        """Forgets an interview that never came to be, with its calls."""

    def kept(self) -> Mapping[str, Sequence[str]]:
        """By agent, every interview of which anything is here: its state, calls on their way, calls set aside."""

    def forget_interview(self, agent: str, interview_id: str) -> None:
        """Forgets everything of an interview, whether or not it has arrived: its contact was erased."""

    # --- outbox
    def append(self, call: QueuedCall) -> None:
        """Puts a call that no step of an interview decided behind the others of `call.interview`: a note, a state."""

    def waiting(self, interview_id: str) -> Sequence[Waiting]:
        """The interview's calls that have not arrived, in order."""

    def backlog(self, agent: str) -> Backlog:
        """How much of the agent's work is still here; calls that the agent waits for are not counted."""

    def interviews_waiting(self, agent: str) -> Sequence[str]:
        """The agent's interviews with calls that have not arrived, the oldest call first."""

    def interviews_due(self, now: int, limit: int) -> Sequence[str]:
        """Interviews whose first waiting call is due and that nobody drains at `now` (milliseconds since 1970).

        A call that the agent waits for (`Mode.WAIT`) is never due: the desk sends it. See `is_due`, `is_held`.
        """

    def lease(self, interview_id: str, owner: str, now: int, until: int) -> Lease | None:
        """The right to drain this interview, unless somebody holds it at `now` (`is_held`)."""

    def release_lease(self, lease: Lease) -> None: ...

    def settle(self, lease: Lease, key: str, result: CallResult, set_aside: SetAside | None) -> None:
        """Takes an answered call out of the outbox, keeping its result for the engine of an interview that is here.

        Raises:
            LeaseLost: somebody else may have sent it; the server's idempotency key keeps that harmless.
        """

    def postpone(self, lease: Lease, key: str, code: str, due_at: int) -> None:
        """Keeps a call that did not arrive, not to be sent again before `due_at`.

        Raises:
            LeaseLost: as above.
        """

    def hurry(self, now: int) -> None:
        """Makes every postponed call due at `now`: the way has just been found open."""

    def results(self, interview_id: str) -> Sequence[CallResult]:
        """How background calls ended that the engine was not told of yet."""

    # --- calls that a person has to look at
    def set_aside_calls(self, agent: str) -> Sequence[SetAside]: ...

    def dismiss_set_aside(self, agent: str, key: str) -> None:
        """The agent has seen it."""

    def close(self) -> None: ...
