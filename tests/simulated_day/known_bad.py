"""Does the checker find it? Each rule is broken on purpose, in the pack's SQL or in the database, and a day is played.

`python -m tests.simulated_day.known_bad` tries them one by one; the tests break all of them at once.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from database.connection import Connection
from tests.harness.fresh_database import FreshDatabase, clone, running_server
from tests.simulated_day.desk import PACK
from tests.simulated_day.rulebook import rules_for
from tests.simulated_day.running import Result, play


def function(signature: str, answers: str, volatility: str = "STABLE") -> str:
    """One of the database's functions, put in place of the right one; it answers with `answers`, an expression."""
    how = f"LANGUAGE sql {volatility} SECURITY DEFINER"
    return f"CREATE OR REPLACE FUNCTION outbound.{signature} {how} AS $$SELECT {answers}$$"


RESTED = "rested(it outbound.cases) RETURNS timestamptz"
NEVER_RESTS = function(RESTED, "NULL::timestamptz")
ONLY_A_GAP = function(RESTED, "platform.now() + interval '20 minutes'")
ANY_PART = function("parts_left(whose text, of_case uuid) RETURNS integer", "2147483647")
NEVER_FULL = function(
    "full_cells(whose text, holding boolean DEFAULT false) RETURNS integer[]", "'{}'::integer[]", "VOLATILE"
)
AGAIN_AT_ONCE = ("CASE WHEN m.final THEN 0 ELSE m.retry_minutes END", "CASE WHEN m.final THEN 0 ELSE 21 END")
ANY_TIME = function("part_at(whose text, zone text, moment timestamptz) RETURNS smallint", "0::smallint")
ALWAYS_OPEN = """
CREATE OR REPLACE FUNCTION outbound.take_places(of_interview uuid, answers jsonb, OUT open boolean, OUT quota text,
  OUT cell text) LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN open := true; END $$
"""
BACKDATED = """
CREATE FUNCTION public.backdate() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN NEW.started_at := NEW.started_at - interval '1 second'; RETURN NEW; END $$
"""
CLAIMED, BEATING = "make_interval(secs => k.lease_seconds)", "make_interval(secs => r.lease_seconds)"


@dataclass(frozen=True)
class Bad:
    """`found`: the rule that the checker must name. `pack`, `rules`: old text and new; `sql`: run by the owner."""

    found: str
    pack: tuple[tuple[str, str], ...] = ()
    sql: tuple[str, ...] = ()
    rules: tuple[tuple[str, str], ...] = ()
    """In `calling.xml`, where a short day seldom comes to the point."""


BAD = (
    Bad("window", sql=(ANY_TIME,)),
    Bad("gap", sql=(NEVER_RESTS,)),
    Bad("retry", pack=(AGAIN_AT_ONCE,)),
    Bad("attempts", pack=((">= coalesce(c.max_attempts, k.max_attempts)", ">= 99"),), sql=(NEVER_RESTS,)),
    Bad("per number", pack=(("< (SELECT k.max_per_number FROM clock k)", "< 99"),), sql=(
        function("numbers_left(contact uuid, but uuid DEFAULT NULL) RETURNS boolean",
                 "EXISTS (SELECT FROM outbound.phones p WHERE p.contact_id = contact AND p.usable"
                 " AND p.id IS DISTINCT FROM but)"),)),
    Bad("per day", pack=(AGAIN_AT_ONCE,), sql=(ONLY_A_GAP, ANY_PART)),
    Bad("per part", pack=(AGAIN_AT_ONCE,), sql=(ONLY_A_GAP, ANY_PART)),
    Bad("spread", sql=(ANY_PART,)),
    Bad("do-not-call", pack=(("coalesce(d.expires_at > (SELECT k.at FROM clock k), true)", "false"),), sql=(
        function("barred_until(contact uuid) RETURNS timestamptz", "NULL::timestamptz"),
        "UPDATE outbound.cases SET barred_until = NULL")),
    Bad("dead number", pack=(("usable = p.usable AND NOT m.number_dead", "usable = p.usable"),)),
    Bad("quota", sql=(NEVER_FULL, ALWAYS_OPEN)),
    Bad("quota count", sql=("DROP TRIGGER count_quotas ON outbound.cases",)),
    Bad("quota in progress", sql=(NEVER_FULL,)),
    Bad("language", pack=(("OR l.language = ANY (m.languages)", "OR true"),)),
    Bad("skill", pack=(("l.skills <@ m.skills", "true"),)),
    Bad("other agent", pack=(("AND c.avoid IS DISTINCT FROM :session.agent", ""),)),
    Bad("hard promise", pack=(("(c.agreed_agent IS NULL OR", "(true OR"),)),
    Bad("promise", pack=(("due_at = coalesce((SELECT g.at FROM agreed g), v.due_at)", "due_at = v.due_at"),)),
    Bad("lateness", pack=(("THEN 'missed' ELSE 'kept'", "THEN 'kept' ELSE 'missed'"),)),
    Bad("final", pack=(("THEN 'outcome'\n", "THEN NULL\n"),)),
    Bad("times", pack=((">= m.times THEN 'times'", ">= 99 THEN 'times'"),),
        rules=(('code="2.22" final="no"', 'code="2.22" final="no" times="1"'),)),
    Bad("epochs", pack=(("epoch = c.epoch + 1,", "epoch = c.epoch + 2,"),), sql=(
        "DROP TRIGGER guard_case ON outbound.cases",)),
    Bad("double", pack=((CLAIMED, "interval '0'"), ("due.state = 'held' AND a.ended_at IS NULL", "false"))),
    Bad("lease", pack=((CLAIMED, "interval '5 seconds'"), (BEATING, "interval '5 seconds'"))),
    Bad("return", pack=((CLAIMED, "make_interval(secs => 10 * k.lease_seconds)"),
                        (BEATING, "make_interval(secs => 10 * r.lease_seconds)"))),
    Bad("refused", pack=(("c.epoch = i.epoch\n      RETURNING c.lease_until",
                          "c.epoch < i.epoch\n      RETURNING c.lease_until"),)),
    Bad("journal", sql=(
        BACKDATED,
        "CREATE TRIGGER backdate BEFORE INSERT ON outbound.attempts FOR EACH ROW EXECUTE FUNCTION public.backdate()")),
)  # fmt: skip


def spoilt(text: str, changes: Iterable[tuple[str, str]]) -> str:
    """
    Raises:
        ValueError: the text no longer says what was to be changed.
    """
    for old, new in changes:
        if old not in text:
            raise ValueError(f"no longer said: {old!r}")
        text = text.replace(old, new)
    return text


def play_bad(
    database: FreshDatabase, bads: Sequence[Bad], *, agents: int, contacts: int, hours: float = 24.0, seed: int = 1
) -> Result:
    def spoil(owner: Connection) -> None:
        for bad in bads:
            for statement in bad.sql:
                owner.execute(statement)

    pack = spoilt(PACK.read_text(encoding="utf-8"), (each for bad in bads for each in bad.pack))
    rules = spoilt(rules_for(contacts).decode(), (each for bad in bads for each in bad.rules))
    return play(
        database, agents=agents, contacts=contacts, hours=hours, seed=seed, spoil=spoil, pack=pack, rules=rules.encode()
    )


def rules_of(result: Result) -> set[str]:
    return {each.partition(":")[0] for each in result.broken}


def main() -> int:
    """`python -m tests.simulated_day.known_bad [RULE ...]`: of all rules, or of those that are named."""
    wanted = [bad for bad in BAD if bad.found in sys.argv[1:] or not sys.argv[1:]]
    missed = 0
    with tempfile.TemporaryDirectory(prefix="waihu-bad-") as folder:
        Path(folder).chmod(0o755)
        with running_server(Path(folder) / "data") as server:
            for bad in wanted:
                with clone(server) as database:
                    found = rules_of(play_bad(database, [bad], agents=18, contacts=260))
                caught = bad.found in found
                missed += not caught
                print(f"{'caught' if caught else 'MISSED'}  {bad.found}: {', '.join(sorted(found)) or '-'}", flush=True)
    print(f"{len(wanted) - missed} of {len(wanted)} caught", flush=True)
    return int(bool(missed))


if __name__ == "__main__":
    sys.exit(main())
