"""Would the bench see it? `next_case` is measured on claims that are wrong on purpose, each in its own way.

`python -m tests.local.known_bad_claims`, by hand, some 20 seconds each. `./run bench next_case` is of the right one.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass

from database.connection import Connection
from local.bench import next_case
from local.bench.house import open_house
from local.bench.load import allow_many_sockets
from local.bench.row import Row
from local.bench.signing_in import sign_in

CASES, CROWD, ROUNDS = 2_000, 32, 3
SERVED_TWICE, NO_CASE = "served twice or mixed up", "'no case' or another error"
END_TO_END = "tables read from end to end"
_LOCK = "FOR UPDATE OF c SKIP LOCKED"


@dataclass(frozen=True)
class BadClaim:
    """`found`: the line of the bench that must not be 0. `text`: old and new, in `outbound.take_case`."""

    name: str
    found: str
    text: tuple[str, str] = ("", "")
    sql: tuple[str, ...] = ()


NO_GUARD = "DROP TRIGGER guard_case ON outbound.cases"
BAD = (
    BadClaim("nobody locks, the table does not mind", SERVED_TWICE, (_LOCK, ""), (NO_GUARD,)),
    BadClaim("nobody locks, the table refuses the second", NO_CASE, (_LOCK, "")),
    BadClaim("a lease of no length, the table does not mind", SERVED_TWICE,
             ("make_interval(secs => rule.lease_seconds)", "interval '-1 second'"), (NO_GUARD,)),
    BadClaim("no index tells what is due", END_TO_END, ("SET enable_seqscan TO 'off'", ""), (
        "DROP INDEX outbound.cases_next", "DROP INDEX outbound.cases_campaign")),
)  # fmt: skip


def spoil(owner: Connection, bad: BadClaim) -> None:
    """
    Raises:
        ValueError: the claim no longer says what was to be changed.
    """
    old, new = bad.text
    ((claim,),) = owner.fetch("SELECT pg_get_functiondef('outbound.take_case'::regproc)")
    if old not in claim:
        raise ValueError(f"{bad.name}: the claim no longer says {old!r}")
    for statement in (claim.replace(old, new), *bad.sql):
        owner.execute(statement)


def measured(bad: BadClaim) -> Sequence[Row]:
    with open_house() as house:
        house.add_contacts("csat", CASES)
        crew = sign_in(house, CROWD)
        with house.database.connect() as owner:
            spoil(owner, bad)
        if bad.found == END_TO_END:
            return list(next_case.planned(house, crew[:1], CASES))
        return list(next_case.asked(house, crew, CASES, ROUNDS, crowds=(CROWD,)))


def main() -> int:
    allow_many_sockets()
    missed = 0
    for bad in (each for each in BAD if each.found in sys.argv[1:] or not sys.argv[1:]):
        rows = [row for row in measured(bad) if bad.found in row.metric]
        count = sum(float(row.value) for row in rows)
        missed += not count
        print(f"{'caught' if count else 'MISSED'}  {bad.name}: {bad.found}: {count:g}", flush=True)
    return int(bool(missed))


if __name__ == "__main__":
    sys.exit(main())
