"""What a day left in the database: rows, as the checker reads them."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from database.connection import Connection, Query
from tests.simulated_day.rulebook import Row


@dataclass
class Left:
    """What the day left in the database."""

    attempts: list[Row]
    contacts: dict[Any, Row]
    phones: dict[Any, Row]
    listed: dict[bytes, list[Row]]
    promises: dict[Any, Row]
    journal: list[Row]
    cells: dict[tuple[str, str], Row]
    cases: dict[Any, Row]
    outcomes: list[Row]


def read(connection: Connection) -> Left:
    """`connection` as waihu_admin."""

    def rows(sql: str) -> list[Row]:
        return list(connection.run_pipeline([Query(sql)])[0].dicts())

    listed: dict[bytes, list[Row]] = defaultdict(list)
    for row in rows(
        "SELECT number_index, added_at, expires_at FROM outbound.do_not_call WHERE campaign IN ('', 'csat')"
    ):
        listed[bytes(row["number_index"])].append(row)
    return Left(
        attempts=rows(
            "SELECT case_id, number, epoch, agent, interview_id, phone_id, started_at, ended_at, outcome, lost"
            "  FROM outbound.attempts ORDER BY started_at, epoch"
        ),
        contacts={
            row["case_id"]: row
            for row in rows(
                "SELECT c.id AS case_id, k.id, k.timezone, k.language, k.attributes ->> 'region' AS region"
                "  FROM outbound.contacts k JOIN outbound.cases c ON c.contact_id = k.id"
            )
        },
        phones={row["id"]: row for row in rows("SELECT id, contact_id, number_index FROM outbound.phones")},
        listed=listed,
        promises={
            row["interview_id"]: row
            for row in rows("SELECT interview_id, agent, at, kind, state FROM outbound.appointments")
        },
        journal=rows(
            "SELECT at, action, outcome, code, agent, interview, correlation FROM platform.journal ORDER BY at"
        ),
        cells={
            (row["quota"], row["name"]): row
            for row in rows("SELECT quota, name, complete, running, target FROM outbound.quota_cells")
        },
        cases={
            row["id"]: row for row in rows("SELECT id, state, attempts, epoch, holder, lease_until FROM outbound.cases")
        },
        outcomes=rows(
            "SELECT code, final, retry_minutes, number_dead, category, other_agent, times, skill FROM outbound.outcomes"
        ),
    )


def simulated(row: Row) -> datetime:
    """The simulation's time of a journal row, from its correlation id."""
    match = re.match(r"sim-(\d{8}T\d{12})", row["correlation"])
    assert match is not None
    return datetime.strptime(match[1], "%Y%m%dT%H%M%S%f").replace(tzinfo=UTC)


def done(row: Row, action: str) -> bool:
    """Is it the journal of a successful `action` of the pack?"""
    return bool(row["action"] == f"outbound.{action}" and row["outcome"] == "done")
