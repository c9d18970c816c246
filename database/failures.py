"""What can go wrong between us and PostgreSQL.

    Exception
    └── DatabaseTrouble
        ├── DatabaseFailure     PostgreSQL refused a statement; the connection is well and outside any transaction
        ├── ConnectionLost      anything else: the connection is closed, what was sent may or may not have happened
        │   ├── CannotConnect   there never was one
        │   ├── NoneFree        the pooler had none free in time: PostgreSQL has not heard of what was sent
        │   └── ReplyTooLong    more came back than the caller wants to hold
        ├── Unencodable         a parameter or statement cannot be sent; nothing was sent, the connection is well
        └── MigrationFailure    see `database.migrate`

`str()` of each is fit for a log. PostgreSQL's own texts may quote what a customer said, so they stand only in
`DatabaseFailure.message` and `.detail`, for tools.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


class DatabaseTrouble(Exception):
    """Base of everything that this package raises about the database."""


class DatabaseFailure(DatabaseTrouble):
    """PostgreSQL refused statement `query_index` of the pipeline; the transaction was rolled back."""

    def __init__(
        self,
        sqlstate: str,
        message: str,
        *,
        constraint: str = "",
        query_index: int = 0,
        query_name: str = "",
        detail: str = "",
        position: int | None = None,
    ) -> None:
        self.sqlstate = sqlstate
        self.message = message
        self.constraint = constraint
        self.query_index = query_index
        self.query_name = query_name
        self.detail = detail
        self.results: Sequence[Any] = ()
        """What the statements before it gave (`wire.Result`): they tell what went wrong first. All was rolled back."""
        self.position = position
        """Character of the statement, from 1, where PostgreSQL saw the error."""
        about = [f"SQLSTATE {sqlstate}", f"statement {query_name or query_index}"]
        if constraint:
            about.append(f"constraint {constraint}")
        super().__init__(", ".join(about))


class ConnectionLost(DatabaseTrouble):
    """The connection is gone, and with it the knowledge whether what was sent took effect.

    `sent`: False when certainly nothing of the pipeline reached PostgreSQL.
    """

    def __init__(self, reason: str, *, sent: bool = True) -> None:
        self.reason = reason
        self.sent = sent
        super().__init__(reason)


class CannotConnect(ConnectionLost):
    """No connection could be made; `sqlstate` is PostgreSQL's where it answered at all."""

    def __init__(self, reason: str, sqlstate: str = "") -> None:
        self.sqlstate = sqlstate
        super().__init__(reason, sent=False)


class NoneFree(ConnectionLost):
    """Every connection of the pool stayed in use for as long as the pooler lets one wait."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason, sent=False)


class Unencodable(DatabaseTrouble):
    """A value that PostgreSQL's protocol cannot carry; the text names its place, never the value."""


class ReplyTooLong(ConnectionLost):
    """PostgreSQL sent more than `most_bytes` for one pipeline: the rest was not waited for."""
