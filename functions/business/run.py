"""One run of an action in one transaction: rounds sent, contracts checked before COMMIT, reply shaped."""

from __future__ import annotations

import datetime as dt
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import msgspec

from callscript.expressions import FlatScope
from callscript.sql import Bindings, CompiledStatement, StatementTooLong
from callscript.sql.compiled import CompiledFail
from database.connection import Connection, Query, Result
from database.failures import DatabaseFailure
from database.numbers import NumberKeys
from functions.business import transaction
from functions.business.budget import Budget
from functions.business.errors import ROWS_CONTRACT, STATEMENT_TOO_LONG, RefusedByScript
from functions.business.failures import CANCELLED
from functions.business.idempotency import seal
from functions.business.paging import Pages
from functions.business.parameters import Given
from functions.business.scripts import ReadyAction
from functions.business.shaping import Shaper
from functions.business.transaction import Who
from functions.hosting.errors import Refused


class Traced(msgspec.Struct):
    """What the log line tells of a run, however it ended."""

    rounds: list[dict[str, Any]] = msgspec.field(default_factory=list)
    """Of each wait for the database the names of its statements and its milliseconds."""
    rows: dict[str, int] = msgspec.field(default_factory=dict)
    round_trips: int = 0


class Run:
    """Runs `ready` for `who` on `connection`; `now_ms` is what `now()` gives in the script's conditions."""

    def __init__(
        self,
        ready: ReadyAction,
        who: Who,
        given: Given,
        numbers: Callable[[], NumberKeys],
        traced: Traced,
        *,
        session: Mapping[str, object],
        now_ms: int,
        budget: Budget,
        statement_seconds: float,
    ) -> None:
        self.budget = budget
        self._statement_seconds = statement_seconds
        self._ready = ready
        self._who = who
        self._given = given
        self._numbers = numbers
        self._traced = traced
        self._session = session
        self._rows: dict[str, dict[str, object]] = {}
        self._pages = Pages(who.signed.claims.agent, who.call, numbers)
        self._pages.open(ready.compiled, given)
        self._bindings = Bindings(given.bindings, session, given.lists, self._rows, self._pages.begins)
        self._scope = FlatScope(_Values(given.values, session, self._rows), now_ms=now_ms)
        self._results: dict[str, Result] = {}
        self._done: set[str] = set()
        self._checked = 0

    def refuse_early(self) -> None:
        """Evaluates the conditions that need nothing from the database.

        Raises:
            RefusedByScript: one of them holds.
        """
        for step in self._ready.early:
            self._refuse_if(step)

    def go(self, connection: Connection) -> bytes:
        """The reply's JSON text; everything was committed.

        Raises:
            Refused: the script's conditions, a broken contract, a reply of another shape: the transaction is open.
            DatabaseTrouble: the database refused, or is away.
        """
        plan = self._ready.plan
        rounds = plan.rounds or ((),)
        reply = self._shaper().reply() if plan.constant_reply else b""
        opening = transaction.begin_read if plan.reads_only else transaction.begin_action
        for index, names in enumerate(rounds):
            queries = [*(opening(self._who) if index == 0 else []), *self._limit(), *self._queries(names)]
            if index == len(rounds) - 1 and plan.commits_with_last_round:
                if not plan.reads_only:
                    reply = reply or self._shaper().reply()
                    queries += self._ending(reply, known=len(rounds) > 1)
                queries.append(transaction.COMMIT)
            self._send_round(connection, queries, names)
            self._check()
        if plan.reads_only:
            return self._shaper().reply()
        if not plan.commits_with_last_round:
            reply = reply or self._shaper().reply()
            self._send(connection, [*self._ending(reply, known=True), transaction.COMMIT])
        return reply

    def constant_reply(self) -> bytes:
        """The reply of an action whose reply needs nothing from the database."""
        return self._shaper().reply()

    def _ending(self, reply: bytes, *, known: bool) -> list[Query]:
        """What completes the journal row and keeps the reply; nothing, where neither has anything to add."""
        ending = []
        if not self._ready.plan.constant_reply:
            text = reply.decode()
            if self._ready.compiled.action.reveals:
                text = seal(reply, self._numbers())
            ending.append(transaction.store_reply(text))
        if known or ending:
            ending.append(transaction.end_action(self._traced.rows))
        return ending

    def _limit(self) -> list[Query]:
        """What keeps a statement from running on for a caller who is gone: nothing, where its time-out ends sooner."""
        left = self.budget.left()
        return [] if left is None or left >= self._statement_seconds else [transaction.limit_time(left)]

    def _queries(self, names: tuple[str, ...]) -> list[Query]:
        queries = []
        for step in self._ready.compiled.statements:
            if step.name not in names or (step.when is not None and not step.when(self._scope)):
                continue
            queries.append(self._query(step))
        return queries

    def _query(self, step: CompiledStatement) -> Query:
        try:
            rendered = step.render(self._bindings, self._scope)
        except StatementTooLong as error:
            raise Refused(STATEMENT_TOO_LONG, statement=step.name) from error
        return Query(rendered.sql, rendered.values, step.name)

    def _send(self, connection: Connection, queries: list[Query]) -> None:
        names = [query.name for query in queries]
        started, before = time.perf_counter(), connection.round_trips
        try:
            self._keep(queries, connection.run_pipeline(queries))
        finally:
            milliseconds = round((time.perf_counter() - started) * 1000, 2)
            self._traced.rounds.append({"statements": names, "ms": milliseconds})
            self._traced.round_trips += connection.round_trips - before

    def _send_round(self, connection: Connection, queries: list[Query], names: tuple[str, ...]) -> None:
        """Sends statements `names`. If one fails, what a contract or condition before it says goes first."""
        self.budget.check()
        try:
            self._send(connection, queries)
        except DatabaseFailure as failure:
            if failure.sqlstate == CANCELLED:
                self.budget.check()
            self._keep(queries, failure.results)
            if failure.query_name in names:
                self._done.update(names[: names.index(failure.query_name)])
                self._check()
            raise
        self._done.update(names)

    def _keep(self, queries: list[Query], results: Sequence[Result]) -> None:
        own = self._ready.steps
        for query, result in zip(queries, results, strict=False):
            step = own.get(query.name)
            if step is not None:
                result = self._pages.cut(step, result)  # noqa: PLW2901 - its own rows from here on
                self._results[query.name] = result
                self._traced.rows[query.name] = result.count
                if result.rows:
                    self._rows[query.name] = dict(zip(result.columns, result.rows[0], strict=True))

    def _check(self) -> None:
        """Contracts and conditions in document order, as far as their statements have run."""
        for step in self._ready.compiled.steps[self._checked :]:
            if isinstance(step, CompiledFail):
                if not step.reads <= self._done:
                    return
                self._refuse_if(step)
            else:
                if step.name not in self._done:
                    return
                self._keep_contract(step)
            self._checked += 1

    def _keep_contract(self, step: CompiledStatement) -> None:
        result = self._results.get(step.name)
        if result is not None and not step.statement.rows.allows(result.count):
            raise Refused(ROWS_CONTRACT, statement=step.name)

    def _refuse_if(self, step: CompiledFail) -> None:
        if step.when(self._scope):
            raise RefusedByScript(step.fail.code, step.fail.message)

    def _shaper(self) -> Shaper:
        action = self._ready.compiled.action
        return Shaper(action, self._results, self._given.values, self._session, self._numbers, self._pages.told)


class _Values(Mapping[str, Any]):
    """What expressions read: `${parameter}`, `${session.agent}`, `${statement.column}` of its first row."""

    def __init__(
        self, given: Mapping[str, Any], session: Mapping[str, object], rows: Mapping[str, Mapping[str, object]]
    ) -> None:
        self._given = given
        self._session = session
        self._rows = rows

    def __getitem__(self, name: str) -> Any:
        source, _, column = name.partition(".")
        if not column:
            return self._given[name]
        row = self._session if source == "session" else self._rows[source]
        return _for_expressions(row[column])

    def __iter__(self) -> Any:
        return iter(self._given)

    def __len__(self) -> int:
        return len(self._given)


def _for_expressions(value: object) -> Any:
    """A value of the database as expressions know it: see the table in `callscript.expressions.scope`."""
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, uuid.UUID):
        return str(value)
    if isinstance(value, bytes):
        return value.hex()
    return value
