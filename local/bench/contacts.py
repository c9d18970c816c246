"""Contacts for benches, made in the database: a file of a million rows would take longer to import than to call."""

from __future__ import annotations

import datetime as dt

from database.connection import Connection
from database.numbers import NumberKeys

DISTINCT_NUMBERS = 20_000
"""So many are encrypted; further contacts share their ciphers, not their blind indexes."""
NOON = 12

_CONTACTS = """
INSERT INTO outbound.contacts (campaign, external_id, name, timezone)
SELECT $1, $2 || i, 'contact ' || i, $3 FROM generate_series(1, $4::integer) i
"""
_PHONES = """
INSERT INTO outbound.phones (contact_id, campaign, number_cipher, number_index)
SELECT k.id, k.campaign, ($3::bytea[])[(n.i - 1) % cardinality($3::bytea[]) + 1], sha256(convert_to($2 || n.i, 'UTF8'))
  FROM outbound.contacts k, LATERAL (SELECT CAST(substr(k.name, 9) AS integer) AS i) n
 WHERE k.campaign = $1
"""
_CASES = """
INSERT INTO outbound.cases (campaign, contact_id, due_at)
SELECT k.campaign, k.id, now() - make_interval(secs => 60 + random() * 3600)
  FROM outbound.contacts k WHERE k.campaign = $1
"""


def add_contacts(connection: Connection, campaign: str, count: int, numbers: NumberKeys) -> None:
    """Contacts `contact 1` … of `campaign`, which has none; where they live it is about noon: all may be called.

    Args:
        connection: the superuser's, outside any transaction.
    """
    ciphers = [numbers.seal(number_of(i)) for i in range(1, min(count, DISTINCT_NUMBERS) + 1)]
    with connection.transaction():
        connection.execute(_CONTACTS, campaign, "bench-", _where_it_is_noon(), count)
        connection.execute(_PHONES, campaign, campaign, ciphers)
        connection.execute(_CASES, campaign)
    for table in ("contacts", "phones", "cases"):
        connection.execute(f"VACUUM (ANALYZE) outbound.{table}")


def number_of(contact: int) -> str:
    """The number of `contact N`."""
    return f"+86139{(contact - 1) % DISTINCT_NUMBERS + 1:08d}"


def _where_it_is_noon() -> str:
    east = NOON - dt.datetime.now(dt.UTC).hour
    return f"Etc/GMT{-east:+d}" if east else "Etc/GMT"  # POSIX's sign: west is positive
