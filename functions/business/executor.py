"""Runs an action exactly once, whatever happens on the way."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from callscript.session_token import SignedClaims
from database.failures import ConnectionLost, DatabaseFailure, DatabaseTrouble, NoneFree, ReplyTooLong
from database.numbers import NumberKeys
from functions.business import transaction
from functions.business.budget import Budget
from functions.business.connections import Connections
from functions.business.errors import REPLY_ERASED
from functions.business.failures import KNOWN_KEY, READ_ONLY, TRANSIENT, refusal_of
from functions.business.idempotency import fingerprint, stored_reply, unseal
from functions.business.parameters import Given
from functions.business.request import ActionCall
from functions.business.run import Run, Traced
from functions.business.scripts import ReadyAction
from functions.business.transaction import Who
from functions.hosting.errors import Refused


class Work(msgspec.Struct, frozen=True):
    """An action to run: found, authorised, its parameters converted."""

    ready: ReadyAction
    call: ActionCall
    signed: SignedClaims
    given: Given
    cell: str
    budget: Budget


class Executed(msgspec.Struct):
    """What came of an action: its reply, and whether that is one that was given before."""

    reply: bytes = b""
    replayed: bool = False
    traced: Traced = msgspec.field(default_factory=Traced)


class Executor:
    """Runs actions on the worker's connection."""

    def __init__(
        self,
        connections: Connections,
        numbers: Callable[[], NumberKeys],
        now: Callable[[], float],
        statement_seconds: float,
    ) -> None:
        self._connections = connections
        self._statement_seconds = statement_seconds
        self._numbers = numbers
        self._now = now

    def execute(self, work: Work, into: Executed) -> None:
        """Fills `into`, as far as it gets.

        Raises:
            Refused: nothing was written (or, for `outcome_unknown`, nobody knows: the same key will tell).
        """
        ready = work.ready
        who = Who(work.call, work.signed, fingerprint(work.call), ready.statements)
        new_run = self._runs(work, who, into)
        if ready.early:
            new_run().refuse_early()
        work.budget.check()
        try:
            self._attempt(ready, who, new_run, into, tries=2)
        except Refused as refused:
            self._note(who, refused)
            raise

    def _attempt(self, ready: ReadyAction, who: Who, new_run: Callable[[], Run], into: Executed, *, tries: int) -> None:
        """Tries again where that is safe and promising: the key makes any repetition harmless."""
        kept = False
        try:
            run = new_run()
            connection, kept = self._connections.get(run.budget.left())
            into.reply = run.go(connection)
        except DatabaseFailure as failure:
            if failure.sqlstate == KNOWN_KEY:
                self._replay(ready, who, new_run, into)
            elif failure.sqlstate in TRANSIENT and tries > 1:
                self._attempt(ready, who, new_run, into, tries=tries - 1)
            else:
                if failure.sqlstate == READ_ONLY:
                    self._connections.discard()
                raise refusal_of(failure, ready.compiled.action) from failure
        except ConnectionLost as lost:
            self._connections.discard()
            if not kept or tries == 1 or isinstance(lost, NoneFree | ReplyTooLong):
                raise refusal_of(lost, ready.compiled.action) from lost
            self._attempt(ready, who, new_run, into, tries=tries - 1)
        except Refused:
            raise
        except DatabaseTrouble as trouble:
            raise refusal_of(trouble, ready.compiled.action) from trouble
        except BaseException:
            self._connections.discard()
            raise

    def _replay(self, ready: ReadyAction, who: Who, new_run: Callable[[], Run], into: Executed) -> None:
        connection, _ = self._connections.get()
        try:
            stored = stored_reply(connection, who.call, who.signed, who.fingerprint)
        except DatabaseTrouble as trouble:
            raise refusal_of(trouble, ready.compiled.action) from trouble
        into.replayed = True
        if ready.plan.constant_reply:
            into.reply = new_run().constant_reply()
        elif stored.text is None:
            raise Refused(REPLY_ERASED)
        elif ready.compiled.action.reveals:
            into.reply = unseal(stored.text, self._numbers())
        else:
            into.reply = stored.text.encode()

    def _note(self, who: Who, refused: Refused) -> None:
        """Leaves the open transaction and journals the failure, best effort: the log line tells it in any case."""
        connection = self._connections.kept
        if connection is None:
            return
        queries = transaction.note_failure(
            who,
            code=refused.code,
            statement=refused.statement,
            sqlstate=refused.sqlstate,
            roll_back=connection.in_transaction,
        )
        try:
            connection.run_pipeline(queries)
        except DatabaseFailure:
            return
        except DatabaseTrouble:
            self._connections.discard()

    def _runs(self, work: Work, who: Who, into: Executed) -> Callable[[], Run]:
        claims, body = who.signed.claims, who.call.body
        session = {
            "agent": claims.agent,
            "session": claims.session,
            "roles": claims.roles,
            "groups": claims.groups,
            "campaign": body.campaign,
            "release": body.release,
            "cell": work.cell,
            "node": who.call.node,
            "correlation": who.call.correlation,
        }
        now_ms = int(self._now() * 1000)
        return lambda: Run(
            work.ready, who, work.given, self._numbers, into.traced,
            session=session, now_ms=now_ms, budget=work.budget, statement_seconds=self._statement_seconds,
        )  # fmt: skip
