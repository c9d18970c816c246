"""What the agents' stores still hold: read as anyone could, by SQLite, without the product's own code."""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_HEADS = """
SELECT c.interview, c.agent, count(*) OVER (PARTITION BY c.interview), c.key, c.waited_for, c.attempts, c.last_code,
       c.due_at, l.owner, l.until
FROM outbox AS c LEFT JOIN leases AS l ON l.interview = c.interview
ORDER BY c.interview, c.position
"""


@contextlib.contextmanager
def _opened(store: Path) -> Iterator[sqlite3.Connection]:
    with contextlib.closing(sqlite3.connect(f"file:{store}?mode=ro", uri=True, timeout=10)) as database:
        yield database


def counted(store: Path, table: str) -> int:
    with _opened(store) as database:
        return int(database.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


def left(store: Path) -> int:
    """Calls that wait, and interviews that are open or whose calls have not all arrived."""
    return counted(store, "outbox") + counted(store, "interviews")


def stuck(store: Path) -> list[str]:
    """The first call that waits in each interview, and all that could hold it up; times against this clock's now."""
    seen: dict[str, str] = {}
    with _opened(store) as database:
        for interview, *row in database.execute(_HEADS):
            seen.setdefault(interview, f"interview {interview}: {_told(time.time() * 1000, *row)}")
        for interview, agent, turn in database.execute("SELECT id, agent, turn FROM interviews WHERE open = 1"):
            seen.setdefault(interview, f"interview {interview}: open at turn {turn}, agent {agent}, nothing waits")
    return list(seen.values())


def _told(now: float, agent: str, calls: int, key: str, waited_for: int, *state: Any) -> str:
    attempts, code, due_at, owner, until = state
    due = f"due in {(due_at - now) / 1000:.1f} s" if due_at else "never put off"
    lease = f"leased by {owner} for {(until - now) / 1000:.1f} s more" if until else "not leased"
    whose = ", the agent waits for it" if waited_for else ""
    return (
        f"{calls} calls wait, agent {agent}; the first: key {key}{whose}, {attempts} attempts,"
        f" last refused with {code or 'nothing'}, {due}, {lease}"
    )
