"""`waihu answers export`: one row an interview, one column a field, as spreadsheets and statistics programs read it.

Columns stand in the order of the script. A campaign's releases may differ: the newest order rules, and a field that
only an older release had stands after the field that preceded it there; one that no readable release has a place for
stands last. Only answers on the interview's path are exported. Rows are streamed: memory does not grow with their
number.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TextIO

from callscript.model.campaign import Campaign
from callscript.model.local import Action, Compute, Field, Matrix, Node, Repeat, Shuffle
from database.connection import Connection

PAGE = 500
SPECIALS = {"dk": "#dk", "refused": "#refused", "na": "#na"}
"""How special answers are shown: a mark that no choice and no number can be."""
FIXED = (
    "interview",
    "case",
    "external_id",
    "agent",
    "release",
    "language",
    "started_at",
    "ended_at",
    "outcome",
    "overtaken",
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")

_INTERVIEWS = """
SELECT i.id, i.case_id, k.external_id, i.agent, left(i.release, 12), i.language, i.started_at, i.ended_at,
       i.outcome, i.overtaken
  FROM outbound.interviews i
  JOIN outbound.cases c ON c.id = i.case_id
  JOIN outbound.contacts k ON k.id = c.contact_id
 WHERE i.campaign = $1 AND (i.started_at, i.id) > ($2::timestamptz, $3::uuid)
   AND ($5::boolean OR i.outcome IS NOT NULL)
 ORDER BY i.started_at, i.id
 LIMIT $4
"""
_ANSWERS = """
SELECT interview_id, field, round, value, special
  FROM outbound.answers
 WHERE interview_id = ANY (CAST($1 AS uuid[])) AND on_path
"""
_HELD = """
SELECT DISTINCT field, round FROM outbound.answers WHERE campaign = $1 AND on_path ORDER BY field, round
"""
_RELEASES = (
    "SELECT release, max(started_at) FROM outbound.interviews WHERE campaign = $1 GROUP BY release ORDER BY 2 DESC"
)


@dataclass(frozen=True, slots=True)
class Column:
    field: str
    round: str = ""

    @property
    def heading(self) -> str:
        return f"{self.field}[{self.round}]" if self.round else self.field


def releases_used(connection: Connection, campaign: str) -> list[str]:
    """Releases with which the campaign's interviews were held, the one used last first."""
    return [row[0] for row in connection.fetch(_RELEASES, campaign)]


def fields_of(campaign: Campaign) -> list[str]:
    """Every field and computed value, in document order."""
    found: dict[str, None] = {}
    lists = campaign.local.options
    for item in _items(campaign.local.nodes):
        for field in item.rows if isinstance(item, Matrix) else (item,):
            found.setdefault(field.name)
            options = lists.get(field.options or "") if isinstance(field, Field) else None
            for option in options.options if options else ():
                if option.other:
                    found.setdefault(option.other)
    return list(found)


def merge_orders(orders: Sequence[Sequence[str]]) -> list[str]:
    """One order of all names: the first order's, and what only later ones have after what preceded it there.

    >>> merge_orders([["a", "c"], ["a", "b", "c", "d"]])
    ['a', 'b', 'c', 'd']
    """
    merged: list[str] = []
    for order in orders:
        place = 0
        for name in order:
            if name in merged:
                place = merged.index(name) + 1
            else:
                merged.insert(place, name)
                place += 1
    return merged


def export(
    out: TextIO, connection: Connection, campaign: str, orders: Sequence[Sequence[str]], *, unfinished: bool = False
) -> int:
    """Writes the CSV file (UTF-8 with BOM is the caller's choice of encoding); returns how many interviews.

    Args:
        orders: the fields of each release in its order, the newest release first.
        unfinished: also interviews that have no outcome yet.
    """
    # one snapshot for all pages, so that no interview comes twice or half
    connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
    try:
        columns = _columns(merge_orders(orders), connection.fetch(_HELD, campaign))
        writer = csv.writer(out)
        writer.writerow((*FIXED, *(column.heading for column in columns)))
        written = 0
        for page in _pages(connection, campaign, unfinished):
            answers = _answers(connection, [row[0] for row in page])
            for row in page:
                held = answers.get(row[0], {})
                writer.writerow((*map(_plain, row), *(held.get(column, "") for column in columns)))
            written += len(page)
        return written
    finally:
        connection.roll_back()


def _columns(fields: Iterable[str], rounds: Iterable[tuple[str, str]]) -> list[Column]:
    by_field: dict[str, list[str]] = {}
    for field, round_ in rounds:
        by_field.setdefault(field, []).append(round_)
    ordered = dict.fromkeys([*fields, *by_field])
    return [
        Column(field, round_) for field in ordered for round_ in sorted(by_field.get(field, [""]), key=_round_order)
    ]


def _round_order(round_: str) -> tuple[tuple[int, str], ...]:
    return tuple((int(part), "") if part.isdigit() else (0, part) for part in round_.split("/"))


def _pages(connection: Connection, campaign: str, unfinished: bool) -> Iterator[list[tuple[Any, ...]]]:
    after: tuple[Any, Any] = ("-infinity", "00000000-0000-0000-0000-000000000000")
    while page := connection.fetch(_INTERVIEWS, campaign, *after, PAGE, unfinished):
        yield page
        after = (page[-1][6], page[-1][0])


def _answers(connection: Connection, interviews: list[Any]) -> dict[Any, dict[Column, str]]:
    found: dict[Any, dict[Column, str]] = {}
    for interview, field, round_, value, special in connection.fetch(_ANSWERS, interviews):
        found.setdefault(interview, {})[Column(field, round_)] = cell(value, special)
    return found


def cell(value: Any, special: str | None) -> str:
    """An answer as a cell: choices joined by `;`, specials as marks, text that a spreadsheet would run disarmed."""
    if special:
        return SPECIALS.get(special, f"#{special}")
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, list):
        return _disarmed(";".join(str(one) for one in value))
    return _disarmed(str(value))


def _disarmed(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) and not _is_number(text) else text


def _is_number(text: str) -> bool:
    return text.lstrip("+-").replace(".", "", 1).isdecimal()


def _plain(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else ""
    return value.isoformat(timespec="seconds") if hasattr(value, "isoformat") else _disarmed(str(value))


def _items(nodes: Iterable[Node]) -> Iterator[Field | Compute | Matrix]:
    for node in nodes:
        if isinstance(node, Action):
            yield from (item for item in node.items if isinstance(item, Field | Compute | Matrix))
        elif isinstance(node, Repeat | Shuffle):
            yield from _items(node.nodes)
