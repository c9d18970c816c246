"""Contacts into the database, in batches: each batch is one transaction of two round trips.

A number is compared by its blind index only; what is stored is its cipher. A contact any of whose numbers the campaign
has already (or that came earlier in the same file) is a duplicate and is left out.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from admin.contacts.rows import Complaint, Contact
from admin.language import say
from database.connection import Connection, Query
from database.numbers import NumberKeys
from database.values import Json

BATCH = 200

_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('waihu contacts import ' || $1, 0))"
_KNOWN = "SELECT number_index FROM outbound.phones WHERE campaign = $1 AND number_index = ANY (CAST($2 AS bytea[]))"
_CONTACTS = """
INSERT INTO outbound.contacts (id, campaign, name, language, timezone, attributes)
SELECT g.id, $1, g.name, g.language, g.timezone, g.attributes
  FROM jsonb_to_recordset(CAST($2 AS jsonb)) AS g(id uuid, name text, language text, timezone text, attributes jsonb)
"""
_PHONES = """
INSERT INTO outbound.phones (contact_id, campaign, position, number_cipher, number_index)
SELECT g.contact, $1, g.position, decode(g.cipher, 'hex'), decode(g.index, 'hex')
  FROM jsonb_to_recordset(CAST($2 AS jsonb)) AS g(contact uuid, position smallint, cipher text, index text)
"""
_CASES = """
INSERT INTO outbound.cases (campaign, contact_id, priority, due_at)
SELECT $1, g.id, g.priority, coalesce(g.due, now())
  FROM jsonb_to_recordset(CAST($2 AS jsonb)) AS g(id uuid, priority integer, due timestamptz)
"""


@dataclass
class Imported:
    """What became of the rows."""

    contacts: int = 0
    complaints: list[Complaint] = field(default_factory=list)

    @property
    def duplicates(self) -> int:
        return sum(complaint.code == "duplicate" for complaint in self.complaints)


def import_rows(
    rows: Iterable[Contact | Complaint], *, campaign: str, connection: Connection, keys: NumberKeys,
    dry_run: bool = False, progress: Callable[[int], None] = lambda _: None,
) -> Imported:  # fmt: skip
    """Writes each contact with its numbers and a case that is due; rows that cannot be imported are complained of.

    Args:
        connection: signed in as `waihu_admin`, outside any transaction.
        dry_run: everything is tried, nothing is kept.
        progress: told how many more rows were dealt with.

    Raises:
        DatabaseTrouble: what earlier batches wrote stays; importing the same file again leaves it out as duplicates.
    """
    importing = _Import(campaign, connection, keys, dry_run)
    for batch in _batches(rows):
        importing.run(batch)
        progress(len(batch))
    return importing.done


def _batches(rows: Iterable[Contact | Complaint]) -> Iterator[list[Contact | Complaint]]:
    batch: list[Contact | Complaint] = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


@dataclass
class _Import:
    campaign: str
    connection: Connection
    keys: NumberKeys
    dry_run: bool
    done: Imported = field(default_factory=Imported)
    seen: dict[bytes, int] = field(default_factory=dict)
    """Blind index of a number in the file -> line of the contact that was taken with it."""

    def run(self, batch: Sequence[Contact | Complaint]) -> None:
        self.done.complaints += [row for row in batch if isinstance(row, Complaint)]
        contacts = [row for row in batch if isinstance(row, Contact)]
        if not contacts:
            return
        indexes = {number: self.keys.blind_index(number) for contact in contacts for number in contact.phones}
        known = self._known(list(indexes.values()))
        fresh = [contact for contact in contacts if not self._is_duplicate(contact, indexes, known)]
        people, phones = _records(fresh, indexes, self.keys)
        self.connection.run_pipeline(
            [
                Query(_CONTACTS, (self.campaign, Json(people)), "contacts"),
                Query(_PHONES, (self.campaign, Json(phones)), "phones"),
                Query(_CASES, (self.campaign, Json(people)), "cases"),
                Query("ROLLBACK" if self.dry_run else "COMMIT"),
            ]
        )
        self.done.contacts += len(fresh)

    def _known(self, indexes: list[bytes]) -> set[bytes]:
        """Of `indexes` those that the campaign has; leaves the batch's transaction open."""
        # the lock makes two imports into one campaign wait for each other, so that neither misses the other's numbers
        known = Query(_KNOWN, (self.campaign, indexes), "known")
        results = self.connection.run_pipeline([Query("BEGIN"), Query(_LOCK, (self.campaign,)), known])
        return {row[0] for row in results[-1].rows}

    def _is_duplicate(self, contact: Contact, indexes: Mapping[str, bytes], known: set[bytes]) -> bool:
        for number in contact.phones:
            index = indexes[number]
            if index in known or index in self.seen:
                self.done.complaints.append(_duplicate(contact.line, self.seen.get(index)))
                return True
        self.seen.update((indexes[number], contact.line) for number in contact.phones)
        return False


def _duplicate(line: int, first: int | None) -> Complaint:
    if first is None:
        what = say("The campaign has this number already.", "这个活动里已经有这个号码。")
    else:
        what = say(f"The same number stands in line {first}.", f"与第 {first} 行的号码相同。")
    return Complaint(line, "", "duplicate", what, say("Nothing to do: it was left out.", "无需处理：已跳过。"))


def _records(
    contacts: Iterable[Contact], indexes: Mapping[str, bytes], keys: NumberKeys
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    people: list[dict[str, Any]] = []
    phones: list[dict[str, Any]] = []
    for contact in contacts:
        identity = str(uuid.uuid4())
        people.append(
            {
                "id": identity,
                "name": contact.name,
                "language": contact.language,
                "timezone": contact.timezone,
                "priority": contact.priority,
                "due": contact.due,
                "attributes": dict(contact.attributes),
            }
        )
        for position, number in enumerate(contact.phones, 1):
            phones.append(
                {
                    "contact": identity,
                    "position": position,
                    "cipher": keys.seal(number).hex(),
                    "index": indexes[number].hex(),
                }
            )
    return people, phones
