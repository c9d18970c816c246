"""Paradata as CSV: what happened in interviews, not what was said. One snapshot, streamed page by page."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from typing import Any, Literal, TextIO

from database.connection import Connection
from datasets.csv_file import plain
from datasets.marks import cell
from datasets.snapshot import PAGE, Wanted, snapshot

What = Literal["visits", "calls", "changes"]

_VISITS = """
SELECT p.interview_id::text, p.place, p.entered, p.departed, p.changed, p.confirmed, p.milliseconds, p.first_at
  FROM supervision.paradata p
 WHERE p.interview_id = ANY (CAST($1 AS uuid[])) ORDER BY p.interview_id, p.first_at, p.place
"""
_CALLS = """
SELECT a.interview_id::text, a.case_id::text, a.number, a.agent, a.started_at, a.dialled_at, a.ended_at, a.outcome,
       a.lost
  FROM outbound.attempts a WHERE a.interview_id = ANY (CAST($1 AS uuid[])) ORDER BY a.started_at, a.interview_id
"""
_CHANGES = """
SELECT h.interview_id::text, h.field, h.round, h.node, h.agent, h.answered_at, h.saved_at, h.late, h.on_path,
       CASE WHEN h.old_special IS NULL THEN h.old_value ELSE jsonb_build_object('', h.old_special) END,
       CASE WHEN h.special IS NULL THEN h.value ELSE jsonb_build_object('', h.special) END
  FROM outbound.answer_history h WHERE h.interview_id = ANY (CAST($1 AS uuid[])) ORDER BY h.id
"""
_SQL: Mapping[What, tuple[str, str]] = {
    "visits": ("interview place entered left changed confirmed milliseconds first_at", _VISITS),
    "calls": ("interview case number agent started_at dialled_at ended_at outcome lost", _CALLS),
    "changes": ("interview field round node agent answered_at saved_at late on_path old new", _CHANGES),
}


def write_paradata(out: TextIO, connection: Connection, wanted: Wanted, what: What) -> int:
    """Writes one row a screen, call or change of the wanted interviews; returns how many rows."""
    headings, sql = _SQL[what]
    writer = csv.writer(out)
    writer.writerow(headings.split())
    count = 0
    with snapshot(connection, wanted) as rows:
        page: list[str] = []
        # Gathered first: the connection reads interviews ahead, and can only do one thing at a time.
        for interview in [each.frame[0] for each in rows.interviews()]:
            page.append(interview)
            if len(page) == PAGE:
                count += _write(writer, connection, sql, page)
                page = []
        count += _write(writer, connection, sql, page)
    return count


def _write(writer: Any, connection: Connection, sql: str, interviews: list[str]) -> int:
    found = connection.fetch(sql, interviews)
    for row in found:
        writer.writerow([_cell(value) for value in row])
    return len(found)


def _cell(value: Any) -> str:
    return cell(value) if isinstance(value, dict | list | int | float | bool) else plain(value)
