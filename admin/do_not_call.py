"""Do-not-call lists: numbers by blind index only; the numbers themselves are not kept."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime

from admin.contacts.columns import map_columns
from admin.contacts.complaints import Complaint, Refused
from admin.contacts.files import read_any
from admin.contacts.phone_numbers import normal_number
from database.connection import Connection
from database.numbers import NumberKeys

BATCH = 5000
_ADD = """
INSERT INTO outbound.do_not_call (number_index, campaign, agent, source, expires_at)
SELECT DISTINCT n.index, CAST($2 AS text), CAST($3 AS text), CAST($4 AS text), CAST($5 AS timestamptz)
  FROM unnest(CAST($1 AS bytea[])) AS n(index)
ON CONFLICT (number_index, campaign) DO UPDATE SET source = excluded.source, expires_at = excluded.expires_at
 WHERE coalesce(do_not_call.expires_at < excluded.expires_at, do_not_call.expires_at IS NOT NULL)
RETURNING number_index
"""
_REMOVE = "DELETE FROM outbound.do_not_call WHERE number_index = $1 AND campaign = $2"


def numbers_in(data: bytes, region: str) -> tuple[list[str], list[Complaint]]:
    """E.164 numbers of a list: one in a line, or the phone columns of a table with a heading; and what is no number.

    Raises:
        UnreadableTable: the file as a whole cannot be read.
    """
    table = read_any(data)
    rows = [(row.line, row.cells) for row in table.rows]
    if len(table.header) == 1 and len(re.findall(r"\d", table.header[0])) > 4:
        rows.insert(0, (1, table.header))  # a bare list has no heading
        places: Sequence[int] = (0,)
    else:
        places = map_columns(table.header, table=table).phones
    good: list[str] = []
    wrong: list[Complaint] = []
    for line, cells in rows:
        for place in places:
            text = cells[place].strip() if place < len(cells) else ""
            if not text:
                continue
            try:
                good.append(normal_number(text, region))
            except Refused as refused:
                wrong.append(Complaint(line, refused.column, refused.code, refused.what, refused.mend))
    return good, wrong


def add_numbers(
    numbers: Sequence[str], *, campaign: str, source: str, until: datetime | None, who: str, connection: Connection,
    keys: NumberKeys,
) -> int:  # fmt: skip
    """Puts `numbers` on the list, all or none; an entry that is there stays, unless the new one holds longer.

    Returns how many entries are new or hold longer now.
    """
    end = until.replace(tzinfo=until.tzinfo or UTC) if until else None
    indexes = sorted({keys.blind_index(number) for number in numbers})
    changed = 0
    with connection.transaction():
        for begin in range(0, len(indexes), BATCH):
            part = indexes[begin : begin + BATCH]
            changed += len(connection.fetch(_ADD, part, campaign, who, source, end))
    return changed


def remove_number(number: str, *, campaign: str, connection: Connection, keys: NumberKeys) -> bool:
    """Takes one entry off; False: it was not there."""
    return bool(connection.execute(_REMOVE, keys.blind_index(number), campaign))
