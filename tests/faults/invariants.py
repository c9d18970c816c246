"""What must hold after any seed, decided from the tables and the agents' own records alone.

Nothing here uses the product's code: the tables are read with psycopg as the superuser, the records are `ledger`'s.
Each function returns what is wrong, in words; nothing wrong is an empty list.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import psycopg

from tests.faults.ledger import Ended, Entry, Given, Meant, Sent, Took, Trouble

Rows = list[tuple[Any, ...]]
KEEPS_REPLY = ("outbound.next_case", "outbound.finish")
"""Actions whose reply depends on the data, so that it must be kept with its key."""


@dataclass
class Evidence:
    """Everything that is known at the end of a seed."""

    entries: Sequence[Entry]
    tables: Mapping[str, Rows]
    log_lines: Sequence[Mapping[str, Any]]
    dead_workers: int
    """Invocations that Lambda reported as died or timed out."""
    expired: set[tuple[str, int]]
    """Cases with the epoch whose lease the machine let run out."""
    oddities: Sequence[str]
    """What faults themselves saw that must not be: a copy answered otherwise, an altered request accepted."""
    meant: dict[str, dict[int, Meant]] = field(default_factory=lambda: defaultdict(dict))
    given: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    accepted: list[Sent] = field(default_factory=list)
    refused: list[Sent] = field(default_factory=list)

    def __post_init__(self) -> None:
        for entry in self.entries:
            if isinstance(entry, Meant):
                self.meant[entry.interview][entry.number] = entry
            elif isinstance(entry, Given):
                self.given[entry.interview].add(entry.number)
            elif isinstance(entry, Sent):
                (self.accepted if entry.ok else self.refused).append(entry)

    @property
    def acknowledged(self) -> int:
        """Answers that agents were told are kept."""
        return sum(len(self.meant[i][number].values) for i, numbers in self.given.items() for number in numbers)


QUERIES = {
    "answers": "SELECT interview_id::text, field, value, on_path, agent, step FROM outbound.answers",
    "history": "SELECT interview_id::text, field, old_value, value, step, late, agent FROM outbound.answer_history"
    " ORDER BY id",
    "interviews": "SELECT id::text, case_id::text, epoch, agent, release, outcome, ended_at IS NOT NULL"
    " FROM outbound.interviews",
    "attempts": "SELECT interview_id::text, case_id::text, epoch, agent FROM outbound.attempts",
    "cases": "SELECT id::text, epoch, attempts, state, holder, outcome FROM outbound.cases WHERE epoch > 0",
    "keys": "SELECT agent, key, xid::text, at, action, interview::text FROM platform.keys",
    "replies": "SELECT agent, key, reply::jsonb FROM platform.replies",
    "journal": "SELECT agent, key, xid::text, at, action, interview::text, outcome, release, node, code"
    " FROM platform.journal ORDER BY xid",
}


def read_tables(dsn: str) -> dict[str, Rows]:
    """All that the checks need, as it stands now."""
    with psycopg.connect(dsn) as connection:
        return {name: connection.execute(query).fetchall() for name, query in QUERIES.items()}


def nothing_lost(seen: Evidence) -> Iterable[str]:
    """Every acknowledged answer is stored, with the value that was given last."""
    stored = {(row[0], row[1]): row[2] for row in seen.tables["answers"]}
    for interview, meant in seen.meant.items():
        fields = {name for each in meant.values() for name in each.values}
        for name in sorted(fields):
            allowed, must = _allowed(meant, seen.given[interview], name)
            value = stored.get((interview, name))
            if (value is None and must) or (value is not None and value not in allowed):
                yield f"interview {interview}, {name}: {value!r} is stored, {allowed!r} was given"


def _allowed(meant: Mapping[int, Meant], given: set[int], name: str) -> tuple[list[Any], bool]:
    """Values that may be stored at the end: the last acknowledged one, or one whose acknowledgement the agent's process
    did not live to see; and whether one must be."""
    allowed: list[Any] = []
    must = False
    for number in sorted(meant):
        if name in meant[number].values:
            value = meant[number].values[name]
            allowed = [value] if number in given else [*allowed, value]
            must = must or number in given
    return allowed, must


def nothing_doubled(seen: Evidence) -> Iterable[str]:
    """No change is recorded twice, no key ran twice, nothing is stored that nobody gave."""
    times: dict[tuple[Any, ...], int] = defaultdict(int)
    known = {(m.interview, name, value) for ms in seen.meant.values() for m in ms.values() for name, value in
             m.values.items()}  # fmt: skip
    for interview, name, _, value, step, _, _ in seen.tables["history"]:
        times[interview, name, value, step] += 1
        if (interview, name, value) not in known:
            yield f"interview {interview}, {name}: nobody gave {value!r}"
    yield from (f"{what}: recorded {count} times" for what, count in times.items() if count > 1)
    runs: dict[tuple[str, str], int] = defaultdict(int)
    for agent, key, _, _, _, _, outcome, *_ in seen.tables["journal"]:
        if outcome == "done" and key is not None:
            runs[agent, key] += 1
    yield from (f"key {key}: done {count} times" for key, count in runs.items() if count > 1)
    decided: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for call in seen.accepted:
        if call.action == "outbound.finish":
            decided[call.agent, call.interview, call.action].add(call.key)
    yield from (f"{what}: accepted under {len(keys)} keys" for what, keys in decided.items() if len(keys) > 1)
    ran: dict[tuple[str, str], int] = defaultdict(int)
    for _, _, _, _, action, interview, outcome, *_ in seen.tables["journal"]:
        if outcome == "done" and action in KEEPS_REPLY:
            ran[interview, action] += 1
    yield from (f"interview {one}: {action} ran {count} times" for (one, action), count in ran.items() if count > 1)


def nobody_shares_a_case(seen: Evidence) -> Iterable[str]:
    """One owner in each epoch, by tables and by what agents were told; a next one only after the last one's end."""
    owners: dict[tuple[str, int], set[str]] = defaultdict(set)
    for interview, case, epoch, *_ in seen.tables["interviews"]:
        owners[case, epoch].add(interview)
    for entry in seen.entries:
        if isinstance(entry, Took):
            owners[entry.case, entry.epoch].add(entry.interview)
    yield from (f"case {case}, epoch {epoch}: {sorted(who)}" for (case, epoch), who in owners.items() if len(who) > 1)
    yield from _overlaps(seen)


def _overlaps(seen: Evidence) -> Iterable[str]:
    taken, ended = _first(seen, "outbound.next_case"), _first(seen, "outbound.finish")
    by_case: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for interview, case, epoch, *_ in seen.tables["interviews"]:
        by_case[case].append((epoch, interview))
    replies = {(agent, key): reply for agent, key, reply in seen.tables["replies"]}
    leases = _leases(seen, replies)
    for case, turns in by_case.items():
        turns.sort()
        for (epoch, one), (_, other) in itertools.pairwise(turns):
            free_from = min((each for each in (ended.get(one), leases.get(one)) if each is not None), default=None)
            in_time = free_from is not None and other in taken and free_from < taken[other]
            if not in_time and (case, epoch) not in seen.expired:
                yield f"case {case}: taken from {one} (epoch {epoch}) by {other} while it was held"
    places = {row[0]: (row[1], row[2]) for row in seen.tables["interviews"]}
    for agent, key, _, at, action, interview, outcome, *_ in seen.tables["journal"]:
        if action != "outbound.finish" or outcome != "done" or interview not in places:
            continue
        case, epoch = places[interview]
        later = [other for number, other in by_case[case] if number > epoch and taken.get(other, at) < at]
        if later and not (replies.get((agent, key)) or {}).get("overtaken"):
            yield f"case {case}: settled by {interview} of epoch {epoch} after {later[0]} had taken it"


def _leases(seen: Evidence, replies: Mapping[tuple[str, str], Any]) -> dict[str, dt.datetime]:
    """Until when each interview was told that it holds its case (these agents send no heartbeats)."""
    told: dict[str, dt.datetime] = {}
    for agent, key, _, _, action, interview, *_ in seen.tables["journal"]:
        until = ((replies.get((agent, key)) or {}).get("case") or {}).get("lease_until")
        if action == "outbound.next_case" and until:
            told[interview] = dt.datetime.fromisoformat(until)
    return told


def _first(seen: Evidence, action: str) -> dict[str, Any]:
    """When each interview first did `action`."""
    found: dict[str, Any] = {}
    for _, _, _, at, name, interview, outcome, *_ in seen.tables["journal"]:
        if name == action and outcome == "done":
            found[interview] = min(found.get(interview, at), at)
    return found


def everything_agrees(seen: Evidence) -> Iterable[str]:
    """Journal, keys, replies, history, tables and what agents were told say the same."""
    yield from _keys_and_journal(seen)
    yield from _history_and_answers(seen)
    yield from _cases_and_attempts(seen)
    keys = {(row[0], row[1]) for row in seen.tables["keys"]}
    for call in seen.accepted:
        if call.key and (call.agent, call.key) not in keys:
            yield f"{call.action} of {call.interview} was accepted, but its key {call.key} is not known"
    rows = {row[0]: (row[1], row[2], row[3]) for row in seen.tables["interviews"]}
    for entry in seen.entries:
        if isinstance(entry, Took) and rows.get(entry.interview) != (entry.case, entry.epoch, entry.agent):
            yield f"interview {entry.interview} was told case {entry.case}, {entry.epoch}: {rows.get(entry.interview)}"
        if isinstance(entry, Ended) and entry.interview in rows and not _ended(seen, entry.interview):
            yield f"interview {entry.interview} has ended for its agent, not in the tables"


def _ended(seen: Evidence, interview: str) -> bool:
    return any(row[0] == interview and row[5] == "1.1" and row[6] for row in seen.tables["interviews"])


def _keys_and_journal(seen: Evidence) -> Iterable[str]:
    done = {(r[0], r[1]): r[2:6] for r in seen.tables["journal"] if r[6] == "done" and r[1] is not None}
    keys = {(r[0], r[1]): r[2:6] for r in seen.tables["keys"]}
    for who in sorted(done.keys() | keys.keys()):
        if done.get(who) != keys.get(who):
            yield f"key {who}: the journal says {done.get(who)}, the keys {keys.get(who)}"
    wanted = {who for who, row in keys.items() if row[2] in KEEPS_REPLY}
    kept = {(row[0], row[1]) for row in seen.tables["replies"]}
    yield from (f"key {who}: its reply was not kept" for who in sorted(wanted - kept))
    releases: dict[str, set[str]] = defaultdict(set)
    for row in seen.tables["journal"]:
        if row[5]:
            releases[row[5]].add(row[7])
    yield from (f"interview {one} ran on {len(used)} releases" for one, used in releases.items() if len(used) > 1)


def _history_and_answers(seen: Evidence) -> Iterable[str]:
    last: dict[tuple[str, str], Any] = {}
    for interview, name, old, value, step, late, _ in seen.tables["history"]:
        if late:
            continue
        before = last.get((interview, name), (None, None))[0]
        if before != old:
            yield f"interview {interview}, {name}: the history goes from {before!r} to {old!r} at step {step}"
        last[interview, name] = (value, step)
    stored = {(row[0], row[1]): row[2] for row in seen.tables["answers"]}
    for what in sorted(stored.keys() | last.keys()):
        if stored.get(what) != last.get(what, (None,))[0]:
            yield f"{what}: {stored.get(what)!r} is stored, the history ends with {last.get(what)!r}"
    owners = {row[0]: row[3] for row in seen.tables["interviews"]}
    for row in seen.tables["answers"]:
        if owners.get(row[0]) != row[4]:
            yield f"an answer of interview {row[0]} is {row[4]}'s, the interview {owners.get(row[0])}'s"


def _cases_and_attempts(seen: Evidence) -> Iterable[str]:
    attempts = sorted(seen.tables["attempts"])
    if attempts != sorted((row[0], row[1], row[2], row[3]) for row in seen.tables["interviews"]):
        yield "attempts and interviews differ"
    made: dict[str, list[int]] = defaultdict(list)
    for _, case, epoch, _ in attempts:
        made[case].append(epoch)
    for case, epoch, count, *_ in seen.tables["cases"]:
        if sorted(made[case]) != list(range(1, epoch + 1)) or not 1 <= count <= epoch:
            yield f"case {case}: epoch {epoch}, {count} attempts, of epochs {sorted(made[case])}"


def failures_are_named(seen: Evidence) -> Iterable[str]:
    """A refusal names its node and code to the agent and in the log; a worker that dies is reported."""
    logged = {(line.get("correlation_id"), line.get("code")): line for line in seen.log_lines}
    unnamed = 0
    for call in seen.refused:
        if not call.own:
            unnamed += call.status in {502, 503, 504}
            continue
        if call.status == 401:
            continue  # who is not known is not told where
        line = logged.get((call.correlation, call.code))
        # A call at the very start of an interview comes from no node yet: `-`. Without S3 no action is known.
        known = (call.action, "unknown") if call.code == "scripts_away" else (call.action,)
        if line is None or line.get("node") != (call.node or "-") or line.get("action") not in known:
            yield f"{call.code} of {call.action} at {call.node} [{call.correlation}]: the log says {line}"
        elif (call.told_node or "") != call.node:
            yield f"{call.code} of {call.action}: the agent was told node {call.told_node}, it is {call.node}"
        if line is not None and line.get("outcome") == "failed" and not _has_cause(line):
            yield f"{call.code} of {call.action} [{call.correlation}]: the log names no cause: {line}"
    if unnamed and not seen.dead_workers:
        yield f"{unnamed} calls were answered by the gateway alone, and Lambda reported no dead worker"


def _has_cause(line: Mapping[str, Any]) -> bool:
    return bool(line.get("code")) and line.get("code") != "internal_error"


def agents_were_spared(seen: Evidence) -> Iterable[str]:
    """No agent met an exception, a parked case or a complaint; nothing else was odd."""
    yield from (f"agent {entry.agent}: {entry.what}" for entry in seen.entries if isinstance(entry, Trouble))
    yield from seen.oddities


INVARIANTS: Mapping[str, Callable[[Evidence], Iterable[str]]] = {
    "lost": nothing_lost,
    "doubled": nothing_doubled,
    "doubly owned": nobody_shares_a_case,
    "disagreement": everything_agrees,
    "unnamed failure": failures_are_named,
    "trouble": agents_were_spared,
}


def judge(seen: Evidence) -> dict[str, list[str]]:
    """What is wrong, by invariant."""
    return {name: list(check(seen)) for name, check in INVARIANTS.items()}
