"""The store on one machine: SQLite with a write-ahead log, synced at every commit, values encrypted.

One connection serves all threads of the process under a lock: a write waits for the disk anyway, and Streamlit starts
threads too often for a connection each. Other processes share the file; SQLite's own locks order them.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import resources
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from agent_app.store.cipher import Cipher
from agent_app.store.port import HORIZON, Lease, LeaseLost, StoreUnreadable, TurnConflict
from agent_app.store.records import Backlog, CallResult, Interview, QueuedCall, SetAside, SignIn, Waiting, by_agent
from callscript.model.links import Mode

SCHEMA_VERSION = 1
_BUSY_MILLISECONDS = 5_000
_T = TypeVar("_T")


class SqliteStore:
    """Adapter of `port.Store`. Opening it makes the file and its tables where they are missing."""

    def __init__(self, path: Path, cipher: Cipher) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._cipher = cipher
        self._lock = threading.RLock()
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        path.chmod(0o600)
        self._db.execute(f"PRAGMA busy_timeout = {_BUSY_MILLISECONDS}")
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = FULL")
        self._db.execute("PRAGMA secure_delete = ON")
        self._prepare_tables()
        self._free_leases_of_the_dead()

    def close(self) -> None:
        with self._lock:
            self._db.close()

    # --- sign-ins
    def put_sign_in(self, sign_in: SignIn) -> None:
        values = (
            sign_in.id, sign_in.agent, sign_in.signed_in_at, sign_in.closed_at is not None,
            self._seal(sign_in, "sign_ins", sign_in.id),
        )  # fmt: skip
        with self._transaction() as db:
            db.execute("INSERT OR REPLACE INTO sign_ins VALUES (?, ?, ?, ?, ?)", values)

    def sign_in(self, sign_in_id: str) -> SignIn | None:
        found = self._sign_ins("SELECT id, value FROM sign_ins WHERE id = ?", sign_in_id)
        return found[0] if found else None

    def sign_ins_of(self, agent: str) -> Sequence[SignIn]:
        return self._sign_ins("SELECT id, value FROM sign_ins WHERE agent = ? ORDER BY signed_in_at DESC", agent)

    def remove_sign_in(self, sign_in_id: str) -> None:
        with self._transaction() as db:
            db.execute("DELETE FROM sign_ins WHERE id = ?", (sign_in_id,))

    def closed_sign_ins(self) -> Sequence[SignIn]:
        return self._sign_ins("SELECT id, value FROM sign_ins WHERE closed = 1")

    def _sign_ins(self, query: str, *parameters: object) -> list[SignIn]:
        return [self._open(SignIn, "sign_ins", id_, value) for id_, value in self._read(query, *parameters)]

    # --- interviews
    def begin_interview(self, interview: Interview, calls: Sequence[QueuedCall]) -> None:
        sealed = self._seal(interview, "interviews", interview.id)
        with self._transaction() as db:
            try:
                db.execute(
                    "INSERT INTO interviews VALUES (?, ?, ?, ?, ?)",
                    (interview.id, interview.agent, interview.open, interview.turn, sealed),
                )
            except sqlite3.IntegrityError as error:
                raise TurnConflict(f"agent {interview.agent} has an open interview") from error
            self._append(db, calls)

    def save_interview(self, interview: Interview, calls: Sequence[QueuedCall], *, settled: Sequence[str] = ()) -> None:
        sealed = self._seal(interview, "interviews", interview.id)
        with self._transaction() as db:
            changed = db.execute(
                "UPDATE interviews SET open = ?, turn = ?, value = ? WHERE id = ? AND turn = ?",
                (interview.open, interview.turn, sealed, interview.id, interview.turn - 1),
            )
            if changed.rowcount != 1:
                raise TurnConflict(f"interview {interview.id} is not at turn {interview.turn - 1}")
            for key in settled:
                db.execute("DELETE FROM outbox WHERE interview = ? AND key = ?", (interview.id, key))
                db.execute("DELETE FROM results WHERE interview = ? AND key = ?", (interview.id, key))
            self._append(db, calls)
            _forget_if_finished(db, interview.id)

    def interview(self, interview_id: str) -> Interview | None:
        return self._interview("SELECT id, value FROM interviews WHERE id = ?", interview_id)

    def open_interview(self, agent: str) -> Interview | None:
        return self._interview("SELECT id, value FROM interviews WHERE agent = ? AND open = 1", agent)

    def drop_interview(self, interview_id: str) -> None:
        with self._transaction() as db:
            _drop(db, interview_id)

    def kept(self) -> Mapping[str, Sequence[str]]:
        rows = self._read("SELECT agent, id FROM interviews UNION SELECT agent, interview FROM outbox")
        asides = self._asides("SELECT key, value FROM set_aside")
        return by_agent([*rows, *((aside.queued.agent, aside.queued.interview) for aside in asides)])

    def forget_interview(self, agent: str, interview_id: str) -> None:
        asides = self._asides("SELECT key, value FROM set_aside WHERE agent = ?", agent)
        gone = [(aside.queued.key,) for aside in asides if aside.queued.interview == interview_id]
        with self._transaction() as db:
            db.executemany("DELETE FROM set_aside WHERE key = ?", gone)
            _drop(db, interview_id)

    def _interview(self, query: str, *parameters: object) -> Interview | None:
        rows = self._read(query, *parameters)
        return self._open(Interview, "interviews", rows[0][0], rows[0][1]) if rows else None

    # --- outbox
    def append(self, call: QueuedCall) -> None:
        with self._transaction() as db:
            self._append(db, [call])

    def waiting(self, interview_id: str) -> Sequence[Waiting]:
        rows = self._read(
            "SELECT position, key, attempts, due_at, last_code, value FROM outbox WHERE interview = ?"
            " ORDER BY position",
            interview_id,
        )
        return [
            Waiting(
                position=position,
                queued=self._open(QueuedCall, "outbox", key, value),
                attempts=attempts,
                due_at=due_at,
                last_code=code,
            )
            for position, key, attempts, due_at, code, value in rows
        ]

    def backlog(self, agent: str) -> Backlog:
        rows = self._read(
            "SELECT answers, attempts, last_code FROM outbox WHERE agent = ? AND waited_for = 0 ORDER BY position",
            agent,
        )
        failing = [code for _, attempts, code in rows if attempts]
        return Backlog(
            waiting=len(rows),
            answers=sum(answers for answers, _, _ in rows),
            failing=len(failing),
            last_code=failing[-1] if failing else "",
        )

    def interviews_waiting(self, agent: str) -> Sequence[str]:
        rows = self._read(
            "SELECT interview FROM outbox WHERE agent = ? GROUP BY interview ORDER BY min(position)", agent
        )
        return [interview for (interview,) in rows]

    def interviews_due(self, now: int, limit: int) -> Sequence[str]:
        rows = self._read(
            """
            SELECT head.interview FROM outbox AS head
            WHERE head.position = (SELECT min(position) FROM outbox WHERE interview = head.interview)
              AND head.waited_for = 0 AND head.due_at NOT BETWEEN ? AND ?
              AND NOT EXISTS (SELECT 1 FROM leases WHERE interview = head.interview AND until BETWEEN ? AND ?)
            ORDER BY head.due_at, head.position LIMIT ?
            """,
            now + 1, now + HORIZON, now + 1, now + HORIZON, limit,
        )  # fmt: skip
        return [interview for (interview,) in rows]

    def lease(self, interview_id: str, owner: str, now: int, until: int) -> Lease | None:
        with self._transaction() as db:
            row = db.execute(
                """
                INSERT INTO leases VALUES (?, ?, 1, ?)
                ON CONFLICT (interview) DO UPDATE
                    SET owner = excluded.owner, fence = fence + 1, until = excluded.until
                    WHERE until NOT BETWEEN ? AND ?
                RETURNING fence
                """,
                (interview_id, owner, until, now + 1, now + HORIZON),
            ).fetchone()
        return Lease(interview_id, row[0], until) if row else None

    def release_lease(self, lease: Lease) -> None:
        with self._transaction() as db:
            db.execute("UPDATE leases SET until = 0 WHERE interview = ? AND fence = ?", (lease.interview, lease.fence))

    def settle(self, lease: Lease, key: str, result: CallResult, set_aside: SetAside | None) -> None:
        with self._transaction() as db:
            _demand(db, lease)
            db.execute("DELETE FROM outbox WHERE interview = ? AND key = ?", (lease.interview, key))
            db.execute(
                "INSERT OR REPLACE INTO results SELECT ?, id, ? FROM interviews WHERE id = ?",
                (key, self._seal(result, "results", key), lease.interview),
            )
            if set_aside is not None:
                db.execute(
                    "INSERT OR REPLACE INTO set_aside VALUES (?, ?, ?, 0, ?)",
                    (key, set_aside.queued.agent, set_aside.set_aside_at, self._seal(set_aside, "set_aside", key)),
                )
            _forget_if_finished(db, lease.interview)

    def postpone(self, lease: Lease, key: str, code: str, due_at: int) -> None:
        with self._transaction() as db:
            _demand(db, lease)
            db.execute(
                "UPDATE outbox SET attempts = attempts + 1, due_at = ?, last_code = ? WHERE interview = ? AND key = ?",
                (due_at, code, lease.interview, key),
            )

    def hurry(self, now: int) -> None:
        with self._transaction() as db:
            db.execute("UPDATE outbox SET due_at = ? WHERE due_at > ?", (now, now))

    def results(self, interview_id: str) -> Sequence[CallResult]:
        rows = self._read("SELECT key, value FROM results WHERE interview = ? ORDER BY key", interview_id)
        return [self._open(CallResult, "results", key, value) for key, value in rows]

    # --- calls that a person has to look at
    def set_aside_calls(self, agent: str) -> Sequence[SetAside]:
        return self._asides(
            "SELECT key, value FROM set_aside WHERE agent = ? AND dismissed = 0 ORDER BY set_aside_at, key", agent
        )

    def _asides(self, query: str, *parameters: object) -> list[SetAside]:
        return [self._open(SetAside, "set_aside", key, value) for key, value in self._read(query, *parameters)]

    def dismiss_set_aside(self, agent: str, key: str) -> None:
        with self._transaction() as db:
            db.execute("UPDATE set_aside SET dismissed = 1 WHERE agent = ? AND key = ?", (agent, key))

    # --- below
    def _prepare_tables(self) -> None:
        with self._transaction() as db:
            version = db.execute("PRAGMA user_version").fetchone()[0]
            if version > SCHEMA_VERSION:
                raise StoreUnreadable(f"the store has schema {version}, this program knows {SCHEMA_VERSION}")
            if version < SCHEMA_VERSION:
                schema = resources.files("agent_app.store").joinpath("schema.sql").read_text()
                for statement in _statements(schema):
                    db.execute(statement)

    def _free_leases_of_the_dead(self) -> None:
        """A process that was killed while it sent cannot give its leases back: nobody should wait them out.

        Owners begin with their process id (`Outbox`). Where one only looks dead, or is a new process with an old
        number, the lease's fence and the calls' keys keep what is sent twice harmless.
        """
        with self._transaction() as db:
            for (owner,) in db.execute("SELECT DISTINCT owner FROM leases WHERE until > 0").fetchall():
                pid = str(owner).partition("-")[0]
                if pid.isdigit() and (int(pid) == os.getpid() or not _is_alive(int(pid))):
                    db.execute("UPDATE leases SET until = 0 WHERE owner = ?", (owner,))

    def _append(self, db: sqlite3.Connection, calls: Sequence[QueuedCall]) -> None:
        db.executemany(
            "INSERT INTO outbox (interview, agent, key, waited_for, answers, value) VALUES (?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (key) DO NOTHING",
            [
                (q.interview, q.agent, q.key, q.call.mode is Mode.WAIT, q.answers, self._seal(q, "outbox", q.key))
                for q in calls
            ],
        )

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def _read(self, query: str, *parameters: object) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._db.execute(query, parameters).fetchall()

    def _seal(self, record: object, table: str, row: str) -> bytes:
        return self._cipher.seal(msgspec.msgpack.encode(record), f"{table}/{row}")

    def _open(self, record_type: type[_T], table: str, row: str, value: bytes) -> _T:
        plain = self._cipher.open(value, f"{table}/{row}")
        try:
            return msgspec.msgpack.decode(plain, type=record_type)
        except msgspec.DecodeError as error:
            raise StoreUnreadable(f"{table}/{row} was written by another version") from error


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True


def _drop(db: sqlite3.Connection, interview: str) -> None:
    for table in ("outbox", "results", "leases"):
        db.execute(f"DELETE FROM {table} WHERE interview = ?", (interview,))  # noqa: S608
    db.execute("DELETE FROM interviews WHERE id = ?", (interview,))


def _demand(db: sqlite3.Connection, lease: Lease) -> None:
    row = db.execute("SELECT fence FROM leases WHERE interview = ?", (lease.interview,)).fetchone()
    if row is None or row[0] != lease.fence:
        raise LeaseLost(lease.interview)


def _forget_if_finished(db: sqlite3.Connection, interview: str) -> None:
    """A finished interview whose calls have all arrived is no longer needed: its answers leave this machine."""
    finished = db.execute(
        "DELETE FROM interviews WHERE id = ? AND open = 0 AND NOT EXISTS (SELECT 1 FROM outbox WHERE interview = ?)",
        (interview, interview),
    )
    if finished.rowcount:
        db.execute("DELETE FROM results WHERE interview = ?", (interview,))


def _statements(schema: str) -> list[str]:
    text = "\n".join(line.partition("--")[0] for line in schema.splitlines())
    return [statement for statement in text.split(";") if statement.strip()]
