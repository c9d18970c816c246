"""Does the checker find it? Each rule is broken on purpose, in the pack's SQL or in the database, and a day is played.

`python -m tests.simulated_day.known_bad` tries them one by one; the tests break all of them at once.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from database.connection import Connection
from tests.harness.fresh_database import FreshDatabase, clone, running_server
from tests.simulated_day.desk import PACK
from tests.simulated_day.running import Result, play

NOTHING = "LANGUAGE sql STABLE SECURITY DEFINER AS"


@dataclass(frozen=True)
class Bad:
    """`found`: the rule that the checker must name. `pack`: old text and new; `sql`: run by the owner."""

    found: str
    pack: tuple[tuple[str, str], ...] = ()
    sql: tuple[str, ...] = ()


# ruff: noqa: ISC004
BAD = (
    Bad("window", sql=(
        "CREATE OR REPLACE FUNCTION outbound.part_at(whose text, zone text, moment timestamptz) RETURNS smallint "
        f"{NOTHING} 'SELECT 0::smallint'",)),
    Bad("gap", sql=(
        "CREATE OR REPLACE FUNCTION outbound.rested(it outbound.cases) RETURNS timestamptz "
        f"{NOTHING} 'SELECT NULL::timestamptz'",)),
    Bad("retry", pack=(("CASE WHEN m.final THEN 0 ELSE m.retry_minutes END", "CASE WHEN m.final THEN 0 ELSE 21 END"),)),
    Bad("attempts", pack=((">= coalesce(c.max_attempts, k.max_attempts)", ">= 99"),), sql=(
        "CREATE OR REPLACE FUNCTION outbound.rested(it outbound.cases) RETURNS timestamptz "
        f"{NOTHING} 'SELECT NULL::timestamptz'",)),
    Bad("per number", pack=(("< (SELECT k.max_per_number FROM clock k)", "< 99"),), sql=(
        "CREATE OR REPLACE FUNCTION outbound.numbers_left(contact uuid, but uuid DEFAULT NULL) RETURNS boolean "
        f"{NOTHING} 'SELECT EXISTS (SELECT FROM outbound.phones p WHERE p.contact_id = contact AND p.usable "
        "AND p.id IS DISTINCT FROM but)'",)),
    Bad("spread", sql=(
        "CREATE OR REPLACE FUNCTION outbound.parts_left(whose text, of_case uuid) RETURNS integer "
        f"{NOTHING} 'SELECT 2147483647'",)),
    Bad("do-not-call", pack=(("coalesce(d.expires_at > (SELECT k.at FROM clock k), true)", "false"),), sql=(
        "CREATE OR REPLACE FUNCTION outbound.barred_until(contact uuid) RETURNS timestamptz "
        f"{NOTHING} 'SELECT NULL::timestamptz'",
        "UPDATE outbound.cases SET barred_until = NULL")),
    Bad("dead number", pack=(("usable = p.usable AND NOT m.number_dead", "usable = p.usable"),)),
    Bad("quota in progress", sql=(
        "CREATE OR REPLACE FUNCTION outbound.full_cells(whose text, holding boolean DEFAULT false) RETURNS integer[] "
        "LANGUAGE sql VOLATILE SECURITY DEFINER AS 'SELECT ''{}''::integer[]'",)),
    Bad("language", pack=(("OR l.language = ANY (m.languages)", "OR true"),)),
    Bad("skill", pack=(("l.skills <@ m.skills", "true"),)),
    Bad("other agent", pack=(("AND c.avoid IS DISTINCT FROM :session.agent", ""),)),
    Bad("hard promise", pack=(("(c.agreed_agent IS NULL OR", "(true OR"),)),
    Bad("promise", pack=(("due_at = coalesce((SELECT g.at FROM agreed g), v.due_at)", "due_at = v.due_at"),)),
    Bad("lateness", pack=(("THEN 'missed' ELSE 'kept'", "THEN 'kept' ELSE 'missed'"),)),
    Bad("final", pack=(("THEN 'outcome'\n", "THEN NULL\n"),)),
    Bad("times", pack=((">= m.times THEN 'times'", ">= 99 THEN 'times'"),)),
    Bad("return", pack=(("make_interval(secs => k.lease_seconds)", "make_interval(secs => 10 * k.lease_seconds)"),
                        ("make_interval(secs => r.lease_seconds)", "make_interval(secs => 10 * r.lease_seconds)"))),
)  # fmt: skip


def spoilt(bads: Sequence[Bad]) -> str:
    """The shipped pack with all of `bads` in it."""
    text = PACK.read_text(encoding="utf-8")
    for bad in bads:
        for old, new in bad.pack:
            if old not in text:
                raise ValueError(f"{bad.found}: the pack no longer says {old!r}")
            text = text.replace(old, new)
    return text


def play_bad(
    database: FreshDatabase, bads: Sequence[Bad], *, agents: int, contacts: int, hours: float = 24.0, seed: int = 1
) -> Result:
    def spoil(owner: Connection) -> None:
        for bad in bads:
            for statement in bad.sql:
                owner.execute(statement)

    return play(database, agents=agents, contacts=contacts, hours=hours, seed=seed, spoil=spoil, pack=spoilt(bads))


def rules_of(result: Result) -> set[str]:
    return {each.partition(":")[0] for each in result.broken}


def main() -> int:
    missed = 0
    with tempfile.TemporaryDirectory(prefix="waihu-bad-") as folder:
        Path(folder).chmod(0o755)
        with running_server(Path(folder) / "data") as server:
            for bad in BAD:
                with clone(server) as database:
                    found = rules_of(play_bad(database, [bad], agents=18, contacts=260))
                caught = bad.found in found
                missed += not caught
                print(f"{'caught' if caught else 'MISSED'}  {bad.found}: {', '.join(sorted(found)) or '-'}", flush=True)
    return int(bool(missed))


if __name__ == "__main__":
    sys.exit(main())
