"""Which rows are a campaign's, table by table: found in the catalogue, so that a new table goes along by itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from database.connection import Connection

_SCHEMAS = ("outbound", "desk", "roster", "quality", "supervision", "platform")
_STAYS = frozenset({"outbound.lanes", "outbound.erasures", "outbound.do_not_call", "platform.journal"})
"""Lanes are made anew from the cases. The journal is sealed where it was written. Tombstones and numbers not to be
called are copied, and stay as well (`SHARED`)."""
_COLUMNS = """
SELECT n.nspname || '.' || c.relname, array_agg(quote_ident(a.attname) ORDER BY a.attnum),
       array_agg(quote_ident(a.attname) ORDER BY a.attnum) FILTER (WHERE a.attidentity <> '')
  FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
 WHERE n.nspname = ANY (CAST($1 AS text[])) AND c.relkind = 'r' AND NOT c.relispartition
 GROUP BY 1
 ORDER BY 1
"""
CHILDREN: Mapping[str, str] = {
    "platform.replies": "(t.agent, t.key) IN (SELECT k.agent, k.key FROM platform.keys k WHERE k.campaign = $1)",
    "supervision.readings": "t.message IN (SELECT m.id FROM supervision.messages m WHERE m.campaign = $1)",
}
"""Tables that know their campaign by another's row."""
SHARED: Mapping[str, str] = {
    "outbound.agents": "$1 <> ''",
    "outbound.do_not_call": "t.campaign IN ($1, '')",
    "outbound.erasures": "t.campaign IN ($1, '')",
    "platform.blocked_agents": "$1 <> ''",
    "platform.revoked_sessions": "$1 <> '' AND t.revoked_at > now() - interval '1 day'",
}
"""What must hold at the new place too, and goes on holding at the old one: added where it is not there yet."""
CELLS_OWN = frozenset(
    {"desk.states", "outbound.outcomes", "platform.clock", "platform.read_seal", "platform.session_keys"}
)
"""Tables of the cell itself: made by migrations and deployments."""


@dataclass(frozen=True, slots=True)
class Table:
    """One table's part: `where` finds the rows of campaign `$1` among `t`."""

    name: str
    columns: tuple[str, ...]
    """As SQL names them; without those that the new place numbers by itself."""
    where: str = "t.campaign = $1"

    @property
    def row(self) -> str:
        return ", ".join(f"t.{column}" for column in self.columns)


def tables(connection: Connection) -> tuple[list[Table], list[Table]]:
    """Tables whose rows move, and those of which rows are copied."""
    moved: list[Table] = []
    shared: list[Table] = []
    for name, columns, numbered in connection.fetch(_COLUMNS, list(_SCHEMAS)):
        kept = tuple(column for column in columns if column not in (numbered or ()))
        if name in SHARED:
            shared.append(Table(name, kept, SHARED[name]))
        elif name in CHILDREN:
            moved.append(Table(name, kept, CHILDREN[name]))
        elif "campaign" in columns and name not in _STAYS:
            moved.append(Table(name, kept))
    # Children first: what they are found by is deleted after them.
    return sorted(moved, key=lambda table: table.name not in CHILDREN), shared


def unknown(connection: Connection) -> list[str]:
    """Tables of which nobody has said what becomes of them when a campaign moves: a mistake of the program."""
    known = {table.name for part in tables(connection) for table in part} | _STAYS | CELLS_OWN
    return [name for name, *_ in connection.fetch(_COLUMNS, list(_SCHEMAS)) if name not in known]
