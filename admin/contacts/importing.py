"""Contacts into the database: one file is one transaction, kept whole or not at all, of two round trips a batch.

A number is compared by its blind index only; what is stored is its cipher. A contact any of whose numbers the campaign
has already (or that came earlier in the same file) is a duplicate; it is left out, as is whoever is on a do-not-call
list with every number, or was erased on request. Being left out is no mistake of the file's: only wrong rows are.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import phonenumbers

from admin.contacts.complaints import Complaint
from admin.contacts.rows import Contact
from admin.language import say
from database.connection import Connection, Query
from database.numbers import NumberKeys
from database.values import Json

BATCH = 200

_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('waihu contacts import ' || $1, 0))"
_IMPORT = """
INSERT INTO outbound.imports (id, campaign, file, sha256, imported_by) VALUES ($1, $2, $3, $4, $5)
"""
_COUNTS = "UPDATE outbound.imports SET contacts = $2, left_out = $3, refused = $4 WHERE id = $1"
_KNOWN = """
SELECT number_index, 'duplicate' AS why, '' AS detail FROM outbound.phones
 WHERE campaign = $1 AND number_index = ANY (CAST($2 AS bytea[]))
UNION ALL
SELECT number_index, 'erased', '' FROM outbound.erasures WHERE number_index = ANY (CAST($2 AS bytea[]))
UNION ALL
SELECT number_index, 'do-not-call', source FROM outbound.do_not_call
 WHERE campaign IN ('', $1) AND number_index = ANY (CAST($2 AS bytea[])) AND coalesce(expires_at > platform.now(), true)
UNION ALL
SELECT number_index, 'elsewhere', campaign FROM outbound.phones
 WHERE campaign <> $1 AND number_index = ANY (CAST($2 AS bytea[]))
UNION ALL
SELECT NULL, 'external', external_id FROM outbound.contacts
 WHERE campaign = $1 AND external_id = ANY (CAST($3 AS text[]))
"""
_CONTACTS = """
INSERT INTO outbound.contacts (id, campaign, external_id, name, language, timezone, attributes, import_id)
SELECT g.id, $1, g.external, g.name, g.language, g.timezone, g.attributes, $3
  FROM jsonb_to_recordset(CAST($2 AS jsonb))
       AS g(id uuid, external text, name text, language text, timezone text, attributes jsonb)
"""
_PHONES = """
INSERT INTO outbound.phones (contact_id, campaign, position, kind, region, number_cipher, number_index)
SELECT g.contact, $1, g.position, g.kind, g.region, decode(g.cipher, 'hex'), decode(g.index, 'hex')
  FROM jsonb_to_recordset(CAST($2 AS jsonb))
       AS g(contact uuid, position smallint, kind text, region text, cipher text, index text)
"""
_CASES = """
INSERT INTO outbound.cases (campaign, contact_id, priority, weight, skills, due_at)
SELECT $1, g.id, g.priority, g.weight, ARRAY(SELECT jsonb_array_elements_text(g.skills)),
       coalesce(g.due, platform.now())
  FROM jsonb_to_recordset(CAST($2 AS jsonb))
       AS g(id uuid, priority integer, weight integer, skills jsonb, due timestamptz)
"""
KINDS: Mapping[int, str] = {
    phonenumbers.PhoneNumberType.FIXED_LINE: "fixed", phonenumbers.PhoneNumberType.MOBILE: "mobile",
    phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE: "fixed or mobile", phonenumbers.PhoneNumberType.VOIP: "voip",
    phonenumbers.PhoneNumberType.TOLL_FREE: "toll free", phonenumbers.PhoneNumberType.PREMIUM_RATE: "premium rate",
    phonenumbers.PhoneNumberType.SHARED_COST: "shared cost", phonenumbers.PhoneNumberType.PAGER: "pager",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the rows come from, for the record."""

    file: str = ""
    sha256: str = ""
    who: str = ""


@dataclass
class Imported:
    """What became of the rows. `kept` False: nothing of it is in the database."""

    contacts: int = 0
    complaints: list[Complaint] = field(default_factory=list)
    kept: bool = True

    @property
    def duplicates(self) -> int:
        return sum(complaint.code == "duplicate" for complaint in self.complaints)

    @property
    def refused(self) -> int:
        return sum(complaint.grave for complaint in self.complaints)

    @property
    def left_out(self) -> int:
        return sum(not complaint.grave and complaint.code != "elsewhere" for complaint in self.complaints)


def import_rows(
    rows: Iterable[Contact | Complaint], *, campaign: str, connection: Connection, keys: NumberKeys,
    dry_run: bool = False, accept_good: bool = True, elsewhere: bool = True, origin: Origin | None = None,
    progress: Callable[[int], None] = lambda _: None,
) -> Imported:  # fmt: skip
    """Writes each contact with its numbers and a case that is due, in one transaction.

    Args:
        connection: signed in as `waihu_admin`, outside any transaction.
        dry_run: everything is tried, nothing is kept.
        accept_good: keep the good rows although others are wrong; False: then nothing is kept.
        elsewhere: take people whom another campaign has, too (they are noted).
        progress: told how many more rows were dealt with.

    Raises:
        DatabaseTrouble: nothing was kept.
    """
    importing = _Import(campaign, connection, keys, origin or Origin(), elsewhere)
    try:
        for batch in _batches(rows):
            importing.run(batch)
            progress(len(batch))
        done = importing.done
        done.kept = not dry_run and (accept_good or not done.refused)
        importing.end()
    except BaseException:
        importing.abandon()
        raise
    return done


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
    origin: Origin
    elsewhere: bool
    done: Imported = field(default_factory=Imported)
    seen: dict[bytes, int] = field(default_factory=dict)
    """Blind index of a number in the file -> line of the contact that was taken with it."""
    seen_external: dict[str, int] = field(default_factory=dict)
    id: uuid.UUID = field(default_factory=uuid.uuid4)
    begun: bool = False

    def run(self, batch: Sequence[Contact | Complaint]) -> None:
        self.done.complaints += [row for row in batch if isinstance(row, Complaint)]
        contacts = [row for row in batch if isinstance(row, Contact)]
        if not contacts:
            return
        indexes = {number: self.keys.blind_index(number) for contact in contacts for number in contact.phones}
        known = self._known(list(indexes.values()), [each.external_id for each in contacts if each.external_id])
        fresh = [contact for contact in contacts if self._is_wanted(contact, indexes, known)]
        people, phones = _records(fresh, indexes, self.keys)
        self.connection.run_pipeline(
            [
                Query(_CONTACTS, (self.campaign, Json(people), self.id), "contacts"),
                Query(_PHONES, (self.campaign, Json(phones)), "phones"),
                Query(_CASES, (self.campaign, Json(people)), "cases"),
            ]
        )
        self.done.contacts += len(fresh)

    def end(self) -> None:
        if not self.begun:
            return
        counts = (self.id, self.done.contacts, self.done.left_out, self.done.refused)
        closing = [Query(_COUNTS, counts), Query("COMMIT")] if self.done.kept else [Query("ROLLBACK")]
        self.connection.run_pipeline(closing)
        self.begun = False

    def abandon(self) -> None:
        if self.begun and not self.connection.closed and self.connection.in_transaction:
            self.connection.run_pipeline([Query("ROLLBACK")])

    def _known(self, indexes: list[bytes], external: list[str]) -> dict[bytes | str, dict[str, str]]:
        """What is known of these numbers and of the customer's own ids: why -> detail."""
        queries = [Query(_KNOWN, (self.campaign, indexes, external), "known")]
        if not self.begun:
            # the lock makes two imports into one campaign wait for each other: neither misses the other's numbers
            first = (self.id, self.campaign, self.origin.file, self.origin.sha256, self.origin.who)
            queries = [Query("BEGIN"), Query(_LOCK, (self.campaign,)), Query(_IMPORT, first), *queries]
        results = self.connection.run_pipeline(queries)
        self.begun = True
        found: dict[bytes | str, dict[str, str]] = {}
        for index, why, detail in results[-1].rows:
            found.setdefault(detail if why == "external" else index, {})[why] = detail
        return found

    def _is_wanted(
        self, contact: Contact, indexes: Mapping[str, bytes], known: Mapping[bytes | str, Mapping[str, str]]
    ) -> bool:
        mine = [indexes[number] for number in contact.phones]
        facts = [known.get(index, {}) for index in mine]
        complaint = self._against(contact, mine, facts, known)
        if complaint is not None:
            self.done.complaints.append(complaint)
            if complaint.code != "elsewhere" or not self.elsewhere:
                return False
        self.seen.update((index, contact.line) for index in mine)
        if contact.external_id:
            self.seen_external[contact.external_id] = contact.line
        return True

    def _against(
        self, contact: Contact, mine: Sequence[bytes], facts: Sequence[Mapping[str, str]],
        known: Mapping[bytes | str, Mapping[str, str]],
    ) -> Complaint | None:  # fmt: skip
        earlier = next((self.seen[index] for index in mine if index in self.seen), None)
        if earlier is not None or any("duplicate" in fact for fact in facts):
            return _duplicate(contact.line, earlier)
        external = contact.external_id
        if external and (external in self.seen_external or "external" in known.get(external, {})):
            return _same_customer(contact.line, self.seen_external.get(external))
        if any("erased" in fact for fact in facts):
            return _left_out(contact.line, "erased", *_ERASED)
        if all("do-not-call" in fact for fact in facts):
            return _left_out(contact.line, "do-not-call", *_LISTED)
        other = next((fact["elsewhere"] for fact in facts if "elsewhere" in fact), None)
        if other is None:
            return None
        what = say(f"Campaign {other} has the same number.", f"项目 {other} 里有同一号码。")
        mend = (
            say(
                "It was imported all the same; --elsewhere skip leaves such rows out.",
                "仍已导入；--elsewhere skip 可跳过。",
            )
            if self.elsewhere
            else say("It was left out, as you asked.", "已按要求跳过。")
        )
        return Complaint(contact.line, "", "elsewhere", what, mend, grave=False)


_ERASED = ("They asked to be erased; nothing of them is kept.", "此人曾要求删除，不再保留其资料。")
_LISTED = ("Every number is on a do-not-call list.", "所有号码都在免打扰名单上。")


def _left_out(line: int, code: str, english: str, chinese: str) -> Complaint:
    mend = say("Nothing to do: it was left out.", "无需处理：已跳过。")
    return Complaint(line, "", code, say(english, chinese), mend, grave=False)


def _duplicate(line: int, first: int | None) -> Complaint:
    if first is None:
        return _left_out(line, "duplicate", "The campaign has this number already.", "这个项目里已经有这个号码。")
    return _left_out(line, "duplicate", f"The same number stands in line {first}.", f"与第 {first} 行的号码相同。")


def _same_customer(line: int, first: int | None) -> Complaint:
    if first is None:
        return _left_out(line, "duplicate", "The campaign has this customer already.", "这个项目里已经有这位客户。")
    return _left_out(line, "duplicate", f"The same customer stands in line {first}.", f"与第 {first} 行是同一客户。")


def _records(
    contacts: Iterable[Contact], indexes: Mapping[str, bytes], keys: NumberKeys
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    people: list[dict[str, Any]] = []
    phones: list[dict[str, Any]] = []
    for contact in contacts:
        identity = str(uuid.uuid4())
        people.append(
            {
                "id": identity, "external": contact.external_id, "name": contact.name, "language": contact.language,
                "timezone": contact.timezone, "priority": contact.priority, "weight": contact.weight,
                "skills": list(contact.skills), "due": contact.due, "attributes": dict(contact.attributes),
            }
        )  # fmt: skip
        for position, number in enumerate(contact.phones, 1):
            kind, region = kind_and_region(number)
            phones.append(
                {
                    "contact": identity, "position": position, "kind": kind, "region": region,
                    "cipher": keys.seal(number).hex(), "index": indexes[number].hex(),
                }
            )  # fmt: skip
    return people, phones


def kind_and_region(number: str) -> tuple[str, str]:
    """What kind of line an E.164 number is, and its region (ISO 3166), as far as the numbering plan tells."""
    parsed = phonenumbers.parse(number)
    kind = KINDS.get(phonenumbers.number_type(parsed), "")
    return kind, phonenumbers.region_code_for_number(parsed) or ""
