"""The platform's own statements around a script's: begin, end, store, note a failure."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from callscript.call_key import minted_at
from callscript.session_token import SignedClaims
from database.connection import Query
from functions.business.request import ActionCall

COMMIT = Query("COMMIT", name="commit")
_BEGIN = Query("BEGIN", name="begin")
_BEGIN_READ = Query("BEGIN READ ONLY", name="begin")
_ROLLBACK = Query("ROLLBACK", name="rollback")


class Who(msgspec.Struct, frozen=True):
    """Who acts, in what: what the platform's functions ask for."""

    call: ActionCall
    signed: SignedClaims
    fingerprint: bytes
    statements: tuple[str, ...]

    @property
    def claims(self) -> tuple[object, ...]:
        return self.signed.text, self.signed.key_id, self.signed.mac

    @property
    def place(self) -> tuple[object, ...]:
        """Campaign, release, node, action, interview, correlation, statements: as the journal has them."""
        call = self.call
        return (
            call.body.campaign,
            call.body.release,
            call.node,
            call.name,
            call.interview,
            call.correlation,
            list(self.statements),
        )


def begin_action(who: Who) -> list[Query]:
    """Opens the transaction of an action that writes."""
    sql = (
        "SELECT platform.begin_action($1::text, $2::text, $3::bytea, $4::text, $5::bytea, "
        "$6::text, $7::text, $8::text, $9::text, $10::uuid, $11::text, $12::text[])"
    )
    return [_BEGIN, Query(sql, (*who.claims, who.call.key, who.fingerprint, *who.place), "begin_action")]


def begin_read(who: Who) -> list[Query]:
    """Opens the transaction of a pure read."""
    sql = "SELECT platform.begin_read($1::text, $2::text, $3::bytea, $4::text, $5::uuid)"
    return [_BEGIN_READ, Query(sql, (*who.claims, who.call.body.campaign, who.call.interview), "begin_read")]


def limit_time(seconds: float) -> Query:
    """From here on no statement of the transaction takes longer."""
    return Query("SELECT platform.limit_time($1::integer)", (max(1, int(seconds * 1000)),), "limit_time")


def store_reply(text: str) -> Query:
    return Query("SELECT platform.store_reply($1::text)", (text,), "store_reply")


def end_action(row_counts: Mapping[str, int]) -> Query:
    return Query("SELECT platform.end_action('done', $1::jsonb)", (dict(row_counts),), "end_action")


def note_failure(who: Who, *, code: str, statement: str | None, sqlstate: str, roll_back: bool) -> list[Query]:
    """Journals that the action failed, in a transaction of its own, after leaving the one that is open."""
    sql = (
        "SELECT platform.note_failure($1::text, $2::text, $3::bytea, $4::text, $5::text, $6::text, $7::text, $8::text, "
        "$9::uuid, $10::text, $11::text[], $12::text, $13::text, $14::text)"
    )
    key = who.call.key if minted_at(who.call.key) is not None else None  # a read takes any key, the journal does not
    values = (*who.claims, key, *who.place, code, statement, sqlstate or None)
    rollback = [_ROLLBACK] if roll_back else []
    return [*rollback, _BEGIN, Query(sql, values, "note_failure"), COMMIT]
