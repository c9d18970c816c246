"""A campaign's rules of calling: `calling.xml` into the database's tables, all in one transaction or nothing.

What the file does not say falls back to what holds for all campaigns; what it no longer says is gone. Cases that wait
are brought in line at once (`outbound.replan`), counts of quota cells that stay are kept.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from admin.errors import NotFound, PublicationRefused
from admin.language import say
from callscript.checker import check_calling
from callscript.model.calling import Calling
from callscript.model.campaign import Campaign
from database.connection import Connection
from database.values import Json

FILE = "calling.xml"
COLUMNS = (
    "max_attempts", "max_per_number", "max_per_day", "max_per_part", "spread", "gap_minutes", "lease_seconds",
    "hard_wait_minutes", "late_minutes", "slot_minutes", "slot_places",
)  # fmt: skip
_CLEAR = ("calling", "windows", "holidays", "day_parts", "campaign_outcomes")
_WINDOWS = """
INSERT INTO outbound.windows (campaign, weekday, opens, closes)
SELECT $1, g.day, g.opens, g.closes
  FROM jsonb_to_recordset(CAST($2 AS jsonb)) AS g(day smallint, opens time, closes time)
"""
_HOLIDAYS = """
INSERT INTO outbound.holidays (campaign, day, name)
SELECT $1, g.day, g.name FROM jsonb_to_recordset(CAST($2 AS jsonb)) AS g(day date, name text)
"""
_PARTS = """
INSERT INTO outbound.day_parts (campaign, number, name, weekdays, begins, ends)
SELECT $1, g.number, g.name, ARRAY(SELECT jsonb_array_elements_text(g.days)::smallint), g.opens, g.closes
  FROM jsonb_to_recordset(CAST($2 AS jsonb)) AS g(number smallint, name text, days jsonb, opens time, closes time)
"""
_OUTCOMES = """
INSERT INTO outbound.campaign_outcomes (campaign, code, final, retry_minutes, next_number, other_agent, times, skill)
SELECT $1, g.code, coalesce(g.final, o.final), coalesce(g.retry_minutes, o.retry_minutes), g.next_number, g.other_agent,
       g.times, g.skill
  FROM jsonb_to_recordset(CAST($2 AS jsonb))
       AS g(code text, final boolean, retry_minutes integer, next_number boolean, other_agent boolean, times integer,
            skill text)
  JOIN outbound.outcomes o ON o.code = g.code
"""
_QUOTAS = """
INSERT INTO outbound.quotas (campaign, id, source)
SELECT $1, g.id, g.source FROM jsonb_to_recordset(CAST($2 AS jsonb)) AS g(id text, source text)
ON CONFLICT (campaign, id) DO UPDATE SET source = excluded.source
"""
_CELLS = """
INSERT INTO outbound.quota_cells (campaign, quota, name, match, target)
SELECT $1, g.quota, g.name, g.match, g.target
  FROM jsonb_to_recordset(CAST($2 AS jsonb)) AS g(quota text, name text, match jsonb, target integer)
ON CONFLICT (campaign, quota, name) DO UPDATE SET match = excluded.match, target = excluded.target
"""
_OTHER_CELLS = """
DELETE FROM outbound.quota_cells c
 WHERE c.campaign = $1 AND NOT EXISTS (
   SELECT FROM jsonb_to_recordset(CAST($2 AS jsonb)) AS g(quota text, name text)
    WHERE (g.quota, g.name) = (c.quota, c.name))
"""
_OTHER_QUOTAS = """
DELETE FROM outbound.quotas q
 WHERE q.campaign = $1 AND NOT EXISTS (
   SELECT FROM jsonb_to_recordset(CAST($2 AS jsonb)) AS g(id text) WHERE g.id = q.id)
"""


@dataclass(frozen=True, slots=True)
class Applied:
    calling: Calling
    changed_cases: int
    """Waiting cases that the new rules moved to other parts of the week, or closed."""


def read_calling(data: bytes, file: str = FILE, *, campaign: Campaign | None = None) -> Calling:
    """
    Args:
        campaign: the questionnaire beside the file, where it is there and sound: quotas are held against it.

    Raises:
        PublicationRefused: the file has errors; it holds all of them.
    """
    read = check_calling(data, file, campaign=campaign)
    errors = tuple(problem for problem in read.problems if problem.is_error)
    if errors or read.document is None:
        raise PublicationRefused(
            say(f"{file} has {len(errors)} error(s).", f"{file} 有 {len(errors)} 个错误。"),
            say("The rules in force are unchanged.", "现行规则没有改变。"),
            read.problems,
        )
    return read.document


def apply_calling(data: bytes, *, campaign: str, connection: Connection, who: str, file: str = FILE) -> Applied:
    """Puts the rules in `data` in force for `campaign`.

    Raises:
        PublicationRefused: the file has errors.
        NotFound: the file is another campaign's.
    """
    calling = read_calling(data, file)
    if calling.campaign != campaign:
        raise NotFound(
            say(
                f"{file} is for {calling.campaign}, not {campaign}.",
                f"{file} 属于 {calling.campaign}，不是 {campaign}。",
            ),
            say("Correct its attribute campaign.", "请改正 campaign 属性。"),
        )
    with connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(hashtextextended('waihu calling ' || $1, 0))", campaign)
        for table in _CLEAR:
            connection.execute(f"DELETE FROM outbound.{table} WHERE campaign = $1", campaign)  # noqa: S608 - ours
        _put_settings(calling, data, connection, who)
        for sql, rows in _rows(calling):
            connection.execute(sql, campaign, Json(list(rows)))
        changed = connection.fetch("SELECT outbound.replan($1)", campaign)[0][0]
    return Applied(calling, int(changed))


def _put_settings(calling: Calling, data: bytes, connection: Connection, who: str) -> None:
    names = [name for name in COLUMNS if name in calling.numbers]
    columns = "".join(f", {name}" for name in names)
    values = "".join(f", ${place}" for place in range(4, 4 + len(names)))
    connection.execute(
        f"INSERT INTO outbound.calling (campaign, sha256, applied_by{columns}) VALUES ($1, $2, $3{values})",  # noqa: S608 - our own names
        calling.campaign,
        hashlib.sha256(data).hexdigest(),
        who,
        *(calling.numbers[name] for name in names),
    )


def _rows(calling: Calling) -> Iterable[tuple[str, Iterable[dict[str, Any]]]]:
    """Statement and its rows, in the order in which they must be run."""
    cells = [
        {"quota": quota.id, "name": cell.name, "match": dict(cell.match), "target": cell.target}
        for quota in calling.quotas
        for cell in quota.cells
    ]
    quotas = [{"id": quota.id, "source": quota.source} for quota in calling.quotas]
    yield (
        _WINDOWS,
        ({"day": day, "opens": each.opens, "closes": each.closes} for each in calling.windows for day in each.days),
    )
    yield _HOLIDAYS, ({"day": each.date, "name": each.name} for each in calling.holidays)
    yield (
        _PARTS,
        (
            {"number": number, "name": each.name, "days": list(each.days), "opens": each.opens, "closes": each.closes}
            for number, each in enumerate(calling.parts, 1)
        ),
    )
    yield _OUTCOMES, (
        {
            "code": each.code, "final": each.final, "retry_minutes": each.retry_minutes, "times": each.times,
            "next_number": each.next_number, "other_agent": each.other_agent, "skill": each.skill,
        }
        for each in calling.outcomes
    )  # fmt: skip
    yield _OTHER_CELLS, cells
    yield _OTHER_QUOTAS, quotas
    yield _QUOTAS, quotas
    yield _CELLS, cells
