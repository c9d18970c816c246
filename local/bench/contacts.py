"""Contacts for benches, made in the database: a file of a million rows would take longer to import than to call."""

from __future__ import annotations

import datetime as dt

from database.connection import Connection
from database.numbers import NumberKeys

DISTINCT_NUMBERS = 20_000
"""So many are encrypted; further contacts share their ciphers, not their blind indexes."""
MADE_BY_RULES = 5_000
"""So many go through the tables' triggers one by one; the others are copies of them, by the set."""
NOON = 12

_CONTACTS = """
INSERT INTO outbound.contacts (campaign, external_id, name, timezone)
SELECT $1, 'bench-' || i, 'contact ' || i, $2 FROM generate_series(1, $3::integer) i
"""
_PHONES = """
INSERT INTO outbound.phones (contact_id, campaign, number_cipher, number_index)
SELECT k.id, k.campaign, ($2::bytea[])[(n.i - 1) % cardinality($2::bytea[]) + 1], sha256(convert_to($1 || n.i, 'UTF8'))
  FROM outbound.contacts k, LATERAL (SELECT CAST(substr(k.name, 9) AS integer) AS i) n
 WHERE k.campaign = $1
"""
_CASES = """
INSERT INTO outbound.cases (campaign, contact_id, due_at)
SELECT k.campaign, k.id, now() - make_interval(secs => 60 + random() * 3600)
  FROM outbound.contacts k WHERE k.campaign = $1
"""
_COPIES = """
CREATE TEMPORARY TABLE copies ON COMMIT DROP AS
SELECT n, gen_random_uuid() AS id, t.ids[(n - 1) % cardinality(t.ids) + 1] AS of
  FROM (SELECT array_agg(id) AS ids FROM outbound.contacts WHERE campaign = '{campaign}') t,
       generate_series({first}, {last}) n
"""
_COPIED = {
    "contacts": {"id": "c.id", "external_id": "'bench-' || c.n", "name": "'contact ' || c.n"},
    "phones": {
        "id": "gen_random_uuid()",
        "contact_id": "c.id",
        "number_cipher": "($1::bytea[])[(c.n - 1) % cardinality($1::bytea[]) + 1]",
        "number_index": "sha256(convert_to(t.campaign || c.n, 'UTF8'))",
    },
    "cases": {"id": "gen_random_uuid()", "contact_id": "c.id"},
}
"""Table -> what is another in a copy; everything else is as the original's triggers have made it."""
_COLUMNS = """
SELECT column_name FROM information_schema.columns
 WHERE table_schema = 'outbound' AND table_name = $1 AND is_generated = 'NEVER' AND is_identity = 'NO'
"""


def add_contacts(connection: Connection, campaign: str, count: int, numbers: NumberKeys) -> None:
    """Contacts `contact 1` … of `campaign`, which has none; where they live it is about noon: all may be called.

    Args:
        connection: the superuser's, outside any transaction.
    """
    ciphers = [numbers.seal(number_of(i)) for i in range(1, min(count, DISTINCT_NUMBERS) + 1)]
    first = min(count, MADE_BY_RULES)
    with connection.transaction():
        connection.execute(_CONTACTS, campaign, _where_it_is_noon(), first)
        connection.execute(_PHONES, campaign, ciphers)
        connection.execute(_CASES, campaign)
        if count > first:
            _copy(connection, campaign, first + 1, count, ciphers)
    for table in _COPIED:
        connection.execute(f"VACUUM (ANALYZE) outbound.{table}")


def number_of(contact: int) -> str:
    """The number of `contact N`."""
    return f"+86139{(contact - 1) % DISTINCT_NUMBERS + 1:08d}"


def _copy(connection: Connection, campaign: str, first: int, last: int, ciphers: list[bytes]) -> None:
    connection.execute(_COPIES.format(campaign=campaign, first=first, last=last))
    connection.execute("SET LOCAL session_replication_role = replica")  # no triggers, no foreign keys
    for table, other in _COPIED.items():
        columns = [name for (name,) in connection.fetch(_COLUMNS, table)]
        values = ", ".join(other.get(name, f"t.{name}") for name in columns)
        owner = "id" if table == "contacts" else "contact_id"
        sql = (
            f"INSERT INTO outbound.{table} ({', '.join(columns)}) "  # noqa: S608 - names from the catalogue
            f"SELECT {values} FROM copies c JOIN outbound.{table} t ON t.{owner} = c.of"
        )
        connection.execute(sql, *([ciphers] if table == "phones" else []))


def _where_it_is_noon() -> str:
    east = NOON - dt.datetime.now(dt.UTC).hour
    return f"Etc/GMT{-east:+d}" if east else "Etc/GMT"  # POSIX's sign: west is positive
