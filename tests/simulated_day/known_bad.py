"""Does the checker find it? Each rule is broken on purpose, in the pack or in the database, and a day is played.

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
AGAIN_AT_ONCE = ("meaning.final THEN 0 ELSE meaning.retry_minutes END", "meaning.final THEN 0 ELSE 21 END")
ANY_TIME = function("part_at(whose text, zone text, moment timestamptz) RETURNS smallint", "0::smallint")
BACKDATED = """
CREATE FUNCTION public.backdate() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN NEW.started_at := NEW.started_at - interval '1 second'; RETURN NEW; END $$
"""
LEASE = "make_interval(secs => rule.lease_seconds)"
_WITH = """
SELECT pg_get_functiondef(p.oid) FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
 WHERE n.nspname = 'outbound' AND p.prokind = 'f' AND position($1 in p.prosrc) > 0
"""


@dataclass(frozen=True)
class Bad:
    """`found`: the rule that the checker must name. `texts`, `rules`: old text and new; `sql`: run by the owner."""

    found: str
    texts: tuple[tuple[str, str], ...] = ()
    """In the pack or in the database's functions, wherever it stands."""
    sql: tuple[str, ...] = ()
    rules: tuple[tuple[str, str], ...] = ()
    """In `calling.xml`, where a short day seldom comes to the point."""


BAD = (
    Bad("window", sql=(ANY_TIME,)),
    Bad("gap", sql=(NEVER_RESTS,)),
    Bad("retry", texts=(AGAIN_AT_ONCE,)),
    Bad("attempts", texts=((">= coalesce(it.max_attempts, rule.max_attempts)", ">= 99"),), sql=(NEVER_RESTS,)),
    Bad("per number", texts=(("< rule.max_per_number", "< 99"),), sql=(
        function("numbers_left(contact uuid, but uuid DEFAULT NULL) RETURNS boolean",
                 "EXISTS (SELECT FROM outbound.phones p WHERE p.contact_id = contact AND p.usable"
                 " AND p.id IS DISTINCT FROM but)"),)),
    Bad("per day", texts=(AGAIN_AT_ONCE,), sql=(ONLY_A_GAP, ANY_PART)),
    Bad("per part", texts=(AGAIN_AT_ONCE,), sql=(ONLY_A_GAP, ANY_PART)),
    Bad("spread", sql=(ANY_PART,)),
    Bad("do-not-call", texts=(("coalesce(d.expires_at > moment, true)", "false"),), sql=(
        function("barred_until(contact uuid) RETURNS timestamptz", "NULL::timestamptz"),
        "UPDATE outbound.cases SET barred_until = NULL")),
    Bad("dead number", texts=(("usable = p.usable AND NOT meaning.number_dead", "usable = p.usable"),)),
    Bad("quota", sql=(NEVER_FULL,), rules=(('value="north" target="8"', 'value="north" target="1"'),)),
    Bad("quota count", sql=("DROP TRIGGER count_quotas ON outbound.cases",)),
    Bad("quota in progress", sql=(NEVER_FULL,)),
    Bad("language", texts=(("OR l.language = ANY (speaks)", "OR true"),)),
    Bad("skill", texts=(("l.skills <@ can", "true"),)),
    Bad("other agent", texts=(("AND c.avoid IS DISTINCT FROM who.agent", ""),)),
    Bad("hard promise", texts=(("(c.agreed_agent IS NULL OR", "(true OR"),)),
    Bad("promise", texts=(("due_at = coalesce(agreed.at,", "due_at = coalesce(NULL::timestamptz,"),)),
    Bad("lateness", texts=(("THEN 'missed' ELSE 'kept'", "THEN 'kept' ELSE 'missed'"),)),
    Bad("final", texts=(("THEN 'outcome'\n", "THEN NULL\n"),)),
    Bad("times", texts=((">= meaning.times THEN 'times'", ">= 99 THEN 'times'"),),
        rules=(('code="2.22" final="no"', 'code="2.22" final="no" times="1"'),)),
    Bad("epochs", texts=(("epoch = c.epoch + 1,", "epoch = c.epoch + 2,"),), sql=(
        "DROP TRIGGER guard_case ON outbound.cases",)),
    Bad("double", texts=((LEASE, "interval '0'"), ("a.case_id = due.id AND a.ended_at IS NULL", "false"))),
    Bad("lease", texts=((LEASE, "interval '5 seconds'"),)),
    Bad("return", texts=((LEASE, "make_interval(secs => 10 * rule.lease_seconds)"),)),
    Bad("refused", texts=(("c.epoch = i.epoch\n    RETURNING c.lease_until",
                           "c.epoch < i.epoch\n    RETURNING c.lease_until"),)),
    Bad("journal", sql=(
        BACKDATED,
        "CREATE TRIGGER backdate BEFORE INSERT ON outbound.attempts FOR EACH ROW EXECUTE FUNCTION public.backdate()")),
)  # fmt: skip


def spoilt(text: str, changes: Iterable[tuple[str, str]]) -> str:
    for old, new in changes:
        text = text.replace(old, new)
    return text


def play_bad(
    database: FreshDatabase, bads: Sequence[Bad], *, agents: int, contacts: int, hours: float = 24.0, seed: int = 1
) -> Result:
    """
    Raises:
        ValueError: a text that was to be changed stands nowhere any more.
    """
    texts = [each for bad in bads for each in bad.texts]
    pack, rules = PACK.read_text(encoding="utf-8"), rules_for(contacts).decode()

    def spoil(owner: Connection) -> None:
        for old, new in texts:
            functions = owner.fetch(_WITH, old)
            if not functions and old not in pack:
                raise ValueError(f"nowhere any more: {old!r}")
            for (function,) in functions:
                owner.execute(function.replace(old, new))
        for statement in (each for bad in bads for each in bad.sql):
            owner.execute(statement)

    changed = spoilt(rules, (each for bad in bads for each in bad.rules))
    return play(
        database, agents=agents, contacts=contacts, hours=hours, seed=seed, spoil=spoil, pack=spoilt(pack, texts),
        rules=changed.encode(),
    )  # fmt: skip


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
