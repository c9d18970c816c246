"""Erasing people on request: found by id or by number in every campaign, gone from every table, a tombstone stays.

Afterwards the whole database is searched for what is gone: names, numbers, blind indexes and ciphers of those people.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field

from admin.errors import AdminError, NotFound
from admin.language import say
from database.connection import Connection
from database.numbers import NumberKeys

_BY_NUMBER = "SELECT DISTINCT p.contact_id, p.campaign FROM outbound.phones p WHERE p.number_index = $1"
_BY_ID = """
SELECT k.id, k.campaign FROM outbound.contacts k WHERE k.id = $1
UNION SELECT c.contact_id, c.campaign FROM outbound.cases c WHERE c.id = $1
"""
_ABOUT = """
SELECT k.name, k.external_id FROM outbound.contacts k WHERE k.id = ANY (CAST($1 AS uuid[]))
"""
_CIPHERS = "SELECT number_cipher FROM outbound.phones WHERE contact_id = ANY (CAST($1 AS uuid[]))"
_COLUMNS = """
SELECT c.oid::regclass::text, a.attname::text, t.typname::text
  FROM pg_class c
  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  JOIN pg_type t ON t.oid = a.atttypid
 WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition
   AND c.relnamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace, 'pg_toast'::regnamespace)
   AND t.typname IN ('text', 'varchar', 'json', 'jsonb', '_text', 'bytea')
   AND has_column_privilege(c.oid, a.attnum, 'SELECT')
 ORDER BY 1, 2
"""
_LEAST = 2
"""Characters of a name that can be looked for: a single one is in every text."""
TOMBSTONES = ("outbound.erasures", "outbound.do_not_call", "erasures", "do_not_call")
"""Where a blind index may stay: so that nobody is imported or called again."""


@dataclass(frozen=True, slots=True)
class Person:
    contact: uuid.UUID
    campaign: str


@dataclass(slots=True)
class Traits:
    """What would give an erased person away, for the search."""

    texts: set[str] = field(default_factory=set)
    bytes_: set[bytes] = field(default_factory=set)


def find(identity: str, connection: Connection, keys: NumberKeys, region: str = "CN") -> list[Person]:
    """Contacts by the id of a contact or case, or by a telephone number.

    Raises:
        NotFound: nobody.
        AdminError: it is neither an id nor a number.
    """
    try:
        rows = connection.fetch(_BY_ID, uuid.UUID(identity.strip()))
    except ValueError:
        rows = connection.fetch(_BY_NUMBER, keys.blind_index(_number(identity, region)))
    if not rows:
        raise NotFound(
            say("Nobody of that id or number is known.", "没有该编号或号码的联系人。"),
            say(
                "Perhaps they were erased before: see `outbound.erasures`.", "也许以前已经删除：见 outbound.erasures。"
            ),
        )
    return [Person(*row) for row in rows]


def erase(
    people: list[Person], connection: Connection, keys: NumberKeys, *, who: str, why: str, number: str = ""
) -> Traits:
    """Erases them in one transaction; what they were known by is returned for `search`, and kept nowhere."""
    ids = [person.contact for person in people]
    traits = Traits()
    with connection.transaction():
        for name, external in connection.fetch(_ABOUT, ids):
            traits.texts |= {text for text in (name, external) if text and len(text) >= _LEAST}
        for (cipher,) in connection.fetch(_CIPHERS, ids):
            traits.bytes_.add(bytes(cipher))
            traits.texts.add(keys.reveal(bytes(cipher)))
        if number:
            traits.texts.add(number)
        for person in people:
            connection.fetch("SELECT outbound.erase_contact($1, $2, $3)", person.contact, who, why)
    return traits


def search(traits: Traits, connection: Connection) -> list[str]:
    """Every `table.column` that this role reads where one of `traits` still stands; others may share a name."""
    found = []
    texts, blobs = sorted(traits.texts), sorted(traits.bytes_)
    for table, column, kind in connection.fetch(_COLUMNS):
        if kind == "bytea":
            sql = f'SELECT EXISTS (SELECT FROM {table} WHERE "{column}" = ANY (CAST($1 AS bytea[])))'  # noqa: S608 - from the catalogue
            hit = bool(blobs) and table not in TOMBSTONES and connection.fetch(sql, blobs)[0][0]
        else:
            sql = (
                f"SELECT EXISTS (SELECT FROM {table} t, unnest(CAST($1 AS text[])) w "  # noqa: S608 - from the catalogue
                f'WHERE strpos(t."{column}"::text, w) > 0)'
            )
            hit = bool(texts) and connection.fetch(sql, texts)[0][0]
        if hit:
            found.append(f"{table}.{column}")
    return found


def _number(text: str, region: str) -> str:
    from admin.contacts.complaints import Refused
    from admin.contacts.phone_numbers import normal_number

    try:
        return normal_number(text, region)
    except Refused as refused:
        raise AdminError(refused.what, refused.mend) from refused


def number_of(identity: str, region: str) -> str:
    """`identity` as E.164 if it is a number, else empty."""
    try:
        uuid.UUID(identity.strip())
    except ValueError:
        return _number(identity, region)
    return ""
