"""What the database's refusals mean to whoever called."""

from __future__ import annotations

from collections.abc import Mapping

from callscript.model.server import OnError, ServerAction
from database.failures import (
    CannotConnect,
    ConnectionLost,
    DatabaseFailure,
    DatabaseTrouble,
    NoneFree,
    ReplyTooLong,
    Unencodable,
)
from functions.business.errors import (
    BAD_SESSION,
    BUSY,
    DATA_REFUSED,
    DATABASE_AWAY,
    KEY_TOO_OLD,
    NO_CONNECTION,
    NOT_HOLDER,
    OUTCOME_UNKNOWN,
    PARAMETER_WRONG,
    REFUSED_BY_DATABASE,
    SESSION_REVOKED,
    STATEMENT_FAILED,
    TOO_MANY_CASES,
    RefusedByScript,
)
from functions.hosting.errors import Refusal, Refused

KNOWN_KEY = "WH001"
TAKING_PAUSE_SECONDS = 10
POOL_PAUSE_SECONDS = 2
_BY_STATE: Mapping[str, Refusal] = {
    "WH002": BAD_SESSION,
    "WH003": SESSION_REVOKED,
    "WH004": KEY_TOO_OLD,
    "WH010": NOT_HOLDER,
    "WH011": TOO_MANY_CASES,
    "42501": REFUSED_BY_DATABASE,
    "40001": BUSY,
    "40P01": BUSY,
    "55P03": BUSY,
    "57014": BUSY,
}
"""SQLSTATE -> refusal. The last four: serialization, deadlock, lock not available, statement time-out."""
_BY_CLASS: Mapping[str, Refusal] = {
    "08": DATABASE_AWAY,
    "22": DATA_REFUSED,
    "23": DATA_REFUSED,
    "53": DATABASE_AWAY,
    "57": DATABASE_AWAY,
    "58": DATABASE_AWAY,
}
"""Class of SQLSTATE (its first two characters) -> refusal, where the table above has none."""
READ_ONLY = "25006"
"""Of an action that writes: the other side is no longer the primary server, and another connection is needed."""
CANCELLED = "57014"
TRANSIENT = frozenset({"40001", "40P01"})
"""Nothing was written and the same again may well succeed: worth one more try at once."""


def refusal_of(trouble: DatabaseTrouble, action: ServerAction | None = None) -> Refused:
    """What the caller of `action` (None: of the platform itself) is told of `trouble`."""
    if isinstance(trouble, DatabaseFailure):
        return _of_failure(trouble, action)
    if isinstance(trouble, NoneFree):
        return Refused(NO_CONNECTION, retry_after=POOL_PAUSE_SECONDS)
    if isinstance(trouble, CannotConnect):
        return Refused(DATABASE_AWAY)
    too_much_read = isinstance(trouble, ReplyTooLong) and action is not None and action.read_only
    if isinstance(trouble, ConnectionLost) and not too_much_read:
        return Refused(OUTCOME_UNKNOWN if trouble.sent else DATABASE_AWAY)
    if isinstance(trouble, Unencodable):
        return Refused(PARAMETER_WRONG)
    return Refused(STATEMENT_FAILED)


def _of_failure(failure: DatabaseFailure, action: ServerAction | None) -> Refused:
    state = failure.sqlstate
    own = {each.name for each in action.statements} if action else set()
    statement = failure.query_name if failure.query_name in own else None
    declared = _declared(failure, action.on_errors) if action else None
    if declared is not None and statement is not None:
        return RefusedByScript(declared.code, declared.message, statement, state)
    refusal = _BY_STATE.get(state) or _BY_CLASS.get(state[:2], STATEMENT_FAILED)
    if state == READ_ONLY and not (action and action.read_only):
        refusal = DATABASE_AWAY
    wait = TAKING_PAUSE_SECONDS if refusal is TOO_MANY_CASES else None
    return Refused(refusal, statement=statement, sqlstate=state, retry_after=wait)


def _declared(failure: DatabaseFailure, on_errors: tuple[OnError, ...]) -> OnError | None:
    """The script's first `<on-error>` that fits; one that names a constraint goes before one that does not."""
    fitting = [
        each
        for each in on_errors
        if each.sqlstate == failure.sqlstate and each.constraint in (None, failure.constraint)
    ]
    return min(fitting, key=lambda each: each.constraint is None, default=None)
