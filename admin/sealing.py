"""Seals of the journal: what a closed day held, said outside the database, so that a later change is found.

A seal's digest is the SHA-256 over the digest of the day before, the day, and the day's rows in order, each a line of
JSON. The rows come as rows: nothing that lives in the database computes the digest. Each day is chained to the one
before, and a day without rows is sealed too: neither a row nor a day can be changed, added or taken away unseen.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta

import msgspec
from msgspec import Struct

from admin.script_bucket import ScriptBucket
from database.connection import Connection

FORM = 1
"""Of the rows as they are digested; another list of columns would be another form."""
_PAGE = 5_000
_CLOSED_AFTER = timedelta(hours=1)
"""After midnight (UTC): a transaction that began before has long ended or been ended."""
_ROWS = """
SELECT to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS moment, xid::text,
       json_build_array(to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), xid::text, agent, session,
         campaign, release, node, action, interview, correlation, key, statements, row_counts, outcome, code, statement,
         sqlstate, to_char(ended_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'))::text
  FROM platform.journal
 WHERE at >= $1::timestamptz AND at < $2::timestamptz AND (at, xid) > ($3::timestamptz, $4::text::xid8)
 ORDER BY at, xid LIMIT $5::integer
"""


class Seal(Struct, frozen=True, kw_only=True):
    """One closed day: `seals/journal/<day>.json`. Digests in hex; `before` is empty for the first day sealed."""

    day: str
    form: int
    rows: int
    before: str
    digest: str
    sealed_at: str


class Difference(Struct, frozen=True, kw_only=True):
    """The first day on which journal and seals disagree, and how: `missing`, `unchained`, `altered` or `earlier`."""

    day: str
    kind: str
    sealed_rows: int = 0
    rows: int = 0


def seal_closed_days(
    connection: Connection, bucket: ScriptBucket, progress: Callable[[Seal], None] = lambda _: None
) -> list[Seal]:
    """Seals every closed day that has none yet, oldest first; what another process sealed meanwhile is left as it is.

    Raises:
        SurroundingsAway: the bucket cannot be used.
    """
    now: datetime = connection.fetch("SELECT now()")[0][0]
    known = bucket.sealed_days()
    last = _read(bucket, known[-1]) if known else None
    day = date.fromisoformat(last.day) + timedelta(days=1) if last else _first_day(connection)
    made = []
    while day is not None and _midnight(day + timedelta(days=1)) + _CLOSED_AFTER <= now:
        rows, digest = digest_of(connection, day, last.digest if last else "")
        seal = Seal(
            day=day.isoformat(), form=FORM, rows=rows, before=last.digest if last else "", digest=digest,
            sealed_at=now.astimezone(UTC).isoformat(),
        )  # fmt: skip
        if bucket.put_seal(seal.day, msgspec.json.format(msgspec.json.encode(seal))):
            made.append(seal)
            progress(seal)
            last = seal
        else:
            last = _read(bucket, seal.day)
        day += timedelta(days=1)
    return made


def verify(connection: Connection, bucket: ScriptBucket) -> tuple[int, Difference | None]:
    """How many days agree with their seals, from the first on, and the first that does not.

    Raises:
        SurroundingsAway: the bucket cannot be used.
    """
    before, expected, agreed = "", None, 0
    for name in bucket.sealed_days():
        seal = _read(bucket, name)
        day = date.fromisoformat(name)
        if expected is None:
            earliest = _first_day(connection)
            if earliest is not None and earliest < day:
                return agreed, Difference(day=earliest.isoformat(), kind="earlier")
        elif day != expected:
            return agreed, Difference(day=expected.isoformat(), kind="missing")
        if seal.day != name or seal.before != before:
            return agreed, Difference(day=name, kind="unchained")
        rows, digest = digest_of(connection, day, before)
        if (rows, digest) != (seal.rows, seal.digest):
            return agreed, Difference(day=name, kind="altered", sealed_rows=seal.rows, rows=rows)
        before, expected, agreed = seal.digest, day + timedelta(days=1), agreed + 1
    return agreed, None


def digest_of(connection: Connection, day: date, before: str) -> tuple[int, str]:
    """How many rows the journal has of `day` (UTC), and the digest that chains them to `before`."""
    digest, count = hashlib.sha256(f"{FORM}\n{before}\n{day.isoformat()}\n".encode()), 0
    for line in _lines(connection, day):
        digest.update(line.encode() + b"\n")
        count += 1
    return count, digest.hexdigest()


def _lines(connection: Connection, day: date) -> Iterator[str]:
    start, end = _midnight(day).isoformat(), _midnight(day + timedelta(days=1)).isoformat()
    after, xid = start, "0"
    while True:
        page = connection.fetch(_ROWS, start, end, after, xid, _PAGE)
        for after, xid, line in page:  # noqa: B007 - the last row is where the next page begins
            yield line
        if len(page) < _PAGE:
            return


def _first_day(connection: Connection) -> date | None:
    first: datetime | None = connection.fetch("SELECT min(at) FROM platform.journal")[0][0]
    return first.astimezone(UTC).date() if first else None


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _read(bucket: ScriptBucket, day: str) -> Seal:
    return msgspec.json.decode(bucket.seal(day), type=Seal)
