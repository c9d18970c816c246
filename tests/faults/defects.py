"""Products with one defect each, as edits of a copy: what a tired person might have written, or left out."""

from __future__ import annotations

from dataclasses import dataclass

_KEY = 'who.call.key[:9] + __import__("secrets").token_hex(16)'
_ANYBODY = (
    "ALTER POLICY reading ON outbound.cases USING (true);\n"
    "ALTER POLICY changing ON outbound.cases USING (true) WITH CHECK (true);\n"
    "DROP TRIGGER guard_case ON outbound.cases;\n"
)
SERVER = "scripts_bucket/outbound/server.xml"
CLAIMS = "database/migrations/0020_kept_plans.sql"


@dataclass(frozen=True, slots=True)
class Edit:
    """`old` stands in the file just so, at least once; every place is changed."""

    file: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Defect:
    name: str
    what: str
    faults: tuple[str, ...]
    """Faults under which it must show."""
    seen_as: tuple[str, ...]
    """Invariants of which one, at least, must be broken."""
    edits: tuple[Edit, ...] = ()
    sql: str = ""
    """One more migration."""
    patience: float = 30.0


_REPEATS = ("reply lost after COMMIT", "requests doubled and altered")
_BEGIN = 'return [_BEGIN, Query(sql, (*who.claims, who.call.key, who.fingerprint, *who.place), "begin_action")]'

DEFECTS = (
    Defect(
        "no idempotency key",
        "each try of a call runs under a key of its own",
        _REPEATS,
        ("doubled", "trouble", "disagreement"),
        (Edit("functions/business/transaction.py", _BEGIN, _BEGIN.replace("who.call.key", _KEY)),),
    ),
    Defect(
        "key outside the transaction",
        "the key is committed before the work that it stands for",
        ("worker killed before COMMIT", "function link cut everywhere"),
        ("lost",),
        (
            Edit(
                "functions/business/transaction.py",
                _BEGIN,
                'key = Query(sql, (*who.claims, who.call.key, who.fingerprint, *who.place), "begin_action")\n'
                f'    work = Query(sql, (*who.claims, {_KEY}, who.fingerprint, *who.place), "begin_action")\n'
                "    return [_BEGIN, key, COMMIT, _BEGIN, work]",
            ),
        ),
    ),
    Defect(
        "no epoch check",
        "whoever once held a case settles it, also when another has taken it since",
        ("app frozen past its leases",),
        ("doubly owned",),
        (
            Edit(SERVER, "AND c.holder = :session.agent AND c.epoch = i.epoch", ""),
            Edit(CLAIMS, "AND c.holder = who.agent AND c.epoch = held.epoch", ""),
            Edit(CLAIMS, "AND c.holder = who.agent AND c.epoch = i.epoch", ""),
        ),
        _ANYBODY,
    ),
    Defect(
        "epoch not raised",
        "a case that is taken over keeps its epoch, so that the former holder is not fenced off",
        ("app frozen past its leases",),
        ("doubly owned",),
        (Edit(CLAIMS, "epoch = c.epoch + 1", "epoch = greatest(c.epoch, 1)"),),
        _ANYBODY + "ALTER TABLE outbound.attempts DROP CONSTRAINT attempts_case_id_epoch_key;\n",
    ),
    Defect(
        "cases taken without a lock",
        "two agents who ask at the same moment are given the same case",
        ("release switched", "slow statement"),
        ("doubly owned",),
        (Edit(CLAIMS, "FOR UPDATE OF c SKIP LOCKED", ""),),
        _ANYBODY,
    ),
    Defect(
        "no fingerprint compare",
        "a known key answers whatever is asked under it",
        ("requests doubled and altered",),
        ("trouble",),
        (Edit("functions/business/idempotency.py", "if not known or not same:", "if not known:"),),
    ),
    Defect(
        "reply not kept",
        "what a key was answered cannot be told again",
        ("reply lost after COMMIT",),
        ("disagreement",),
        (Edit("functions/business/run.py", "ending.append(transaction.store_reply(text))", "ending.extend([])"),),
    ),
    Defect(
        "repetition taken for an error",
        "a call whose reply was lost is refused when it comes again",
        ("reply lost after COMMIT",),
        ("lost",),
        (Edit("functions/business/executor.py", "if failure.sqlstate == KNOWN_KEY:", "if not failure.sqlstate:"),),
    ),
    Defect(
        "lost COMMIT taken for a failure",
        "after an unknown outcome the call is made anew, under another key",
        ("function link cut everywhere", "database link cut everywhere", "backends terminated"),
        ("doubled", "disagreement"),
        (
            Edit(
                "agent_app/outbox.py",
                "        outcome = self._once(queued, renew=False)\n",
                "        outcome = self._once(queued, renew=False)\n"
                '        if isinstance(outcome, Refusal) and outcome.code == "outcome_unknown":\n'
                "            import msgspec\n"
                '            key = queued.key[:9] + __import__("secrets").token_hex(16)\n'
                "            call = msgspec.structs.replace(queued.call, key=key)\n"
                "            outcome = self._once(msgspec.structs.replace(queued, call=call), renew=False)\n",
            ),
        ),
    ),
    Defect(
        "outbox empties before the server has answered",
        "a call is taken off the outbox when it is sent, not when it is accepted",
        ("PostgreSQL crashed", "backends terminated", "app killed"),
        ("lost",),
        (
            Edit(
                "agent_app/outbox.py",
                "            outcome = self._sender.send(queued)\n",
                "            gone = CallResult(interview=queued.interview, key=queued.key, accepted=True)\n"
                "            self._store.settle(lease, queued.key, gone, None)\n"
                "            outcome = self._sender.send(queued)\n",
            ),
        ),
    ),
    Defect(
        "outbox gives up",
        "a call that could not be delivered twice is dropped",
        ("PostgreSQL crashed", "slow statement", "disk full"),
        ("lost",),
        (
            Edit(
                "agent_app/outbox.py",
                "        if outcome.retryable or outcome.unauthorised:\n",
                "        if waiting.attempts:\n"
                "            gone = CallResult(interview=queued.interview, key=queued.key, accepted=True)\n"
                "            self._store.settle(lease, queued.key, gone, None)\n"
                "            return True\n"
                "        if outcome.retryable or outcome.unauthorised:\n",
            ),
        ),
    ),
    Defect(
        "clock believed that was ahead",
        "a call is put off until a time by the wall clock, however far away that is once the clock is set right",
        ("clock jumped", "slow statement"),
        ("lost", "no progress", "never fired"),
        (
            Edit("agent_app/store/sqlite.py", "head.due_at NOT BETWEEN ? AND ?", "NOT head.due_at >= ? + 0 * ?"),
            Edit("agent_app/store/port.py", "return not now < due_at <= now + HORIZON", "return due_at <= now"),
        ),
    ),
    Defect(
        "history of changes off",
        "the table of answers no longer writes down what a changed answer was before",
        ("release switched", "slow statement"),
        ("disagreement",),
        sql="DROP TRIGGER keep_history_of_changed ON outbound.answers;\n",
    ),
    Defect(
        "failures not logged",
        "a refused action leaves no line in the log",
        ("backends terminated", "PostgreSQL crashed"),
        ("unnamed failure",),
        (
            Edit(
                "functions/business/handler.py",
                'logbook.write(level, "action", fields)',
                'outcome.refused or logbook.write(level, "action", fields)',
            ),
        ),
    ),
    Defect(
        "fuse that stays blown",
        "after one 503 the app asks no server for a minute",
        ("PostgreSQL crashed",),
        ("no progress",),
        (
            Edit(
                "agent_app/client.py",
                "            response = self._http.request(",
                '            if __import__("time").monotonic() < getattr(self, "_blown_until", 0):\n'
                '                raise httpx.ConnectError("blown")\n'
                "            response = self._http.request(",
            ),
            Edit(
                "agent_app/client.py",
                "        if not response.is_success:\n",
                "        if response.status_code == 503:\n"
                '            self._blown_until = __import__("time").monotonic() + 60\n'
                "        if not response.is_success:\n",
            ),
        ),
        patience=5.0,
    ),
)
CONTROL = Defect(
    "nothing broken",
    "the product as it is: nothing must be seen",
    tuple(dict.fromkeys(fault for defect in DEFECTS for fault in defect.faults)),
    (),
)
