"""What was acknowledged to agents against what the database holds: nothing lost, nothing twice, nothing mixed up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from database.connection import Connection
from local.bench.agents import Interview
from local.bench.row import Row, goal

_ANSWERS = "SELECT interview_id::text, field, value #>> '{}' FROM outbound.answers"
_HISTORY = (
    "SELECT count(*) FROM (SELECT FROM outbound.answer_history GROUP BY interview_id, field HAVING count(*) > 1) t"
)
_JOURNAL = "SELECT key, count(*) FROM platform.journal WHERE outcome = 'done' GROUP BY key"
_CASES = """
SELECT i.id::text, i.case_id::text, i.agent, k.name
  FROM outbound.interviews i JOIN outbound.cases c ON c.id = i.case_id JOIN outbound.contacts k ON k.id = c.contact_id
"""
_TWICE = """
SELECT count(*) FROM outbound.interviews a JOIN outbound.interviews b
    ON b.case_id = a.case_id AND b.id > a.id AND a.started_at < coalesce(b.ended_at, 'infinity')
   AND b.started_at < coalesce(a.ended_at, 'infinity')
"""


@dataclass(frozen=True, slots=True)
class Accounts:
    """Differences between what agents were told and what is stored; all are to be 0."""

    acknowledged: int
    lost: int
    """Answers that were acknowledged and are not there, or are there with another value."""
    doubled: int
    """Answers stored more than once, or keys with more than one row in the journal."""
    mixed_up: int
    """Interviews whose case, contact or agent is another in the database than in the reply."""
    served_twice: int
    """Cases that two agents had at the same time."""
    unjournaled: int

    def rows(self, bench: str) -> Iterator[Row]:
        yield goal(bench, "answers acknowledged and checked", self.acknowledged, "answers")
        yield goal(bench, "answers lost", self.lost, "", at_most=0)
        yield goal(bench, "answers or actions doubled", self.doubled, "", at_most=0)
        yield goal(bench, "cases mixed up or served twice", self.mixed_up + self.served_twice, "", at_most=0)
        yield goal(bench, "acknowledged actions without their journal row", self.unjournaled, "", at_most=0)


def audit(connection: Connection, interviews: Sequence[Interview]) -> Accounts:
    """Compares `interviews` with what the database holds; `connection` is the superuser's."""
    stored = {(interview, field): value for interview, field, value in connection.fetch(_ANSWERS)}
    journal = {str(key): int(count) for key, count in connection.fetch(_JOURNAL)}
    cases = {row[0]: row[1:] for row in connection.fetch(_CASES)}
    answers = [(one.id, field, value) for one in interviews for field, value in one.answers.items()]
    taken = [one for one in interviews if one.case]
    return Accounts(
        acknowledged=len(answers),
        lost=sum(stored.get((interview, field)) != value for interview, field, value in answers),
        doubled=_count(connection, _HISTORY) + sum(count > 1 for count in journal.values()),
        mixed_up=sum(cases.get(one.id) != (one.case, one.agent, f"contact {one.contact}") for one in taken),
        served_twice=_count(connection, _TWICE),
        unjournaled=sum(key not in journal for one in interviews for key in one.keys),
    )


def _count(connection: Connection, sql: str) -> int:
    return int(connection.fetch(sql)[0][0])
