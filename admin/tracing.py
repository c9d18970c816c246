"""`waihu trace`: the story of an interview, a case, a contact or a failure, from all that was kept of it.

Sources: the journal (each action, done or failed), the attempts and interviews, the appointments, the history of
answers, and the functions' log lines. Personal data (what was answered) is shown only where it is asked for.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from admin.cloud import Cloud
from admin.errors import NotFound
from admin.function_logs import LogLine, find_lines
from admin.language import say
from admin.queue import why_not
from admin.story import Moment, Story
from database.connection import Connection, Query

MOST_LOG_LINES = 200

_KINDS: Mapping[str, str] = {
    "interview": "SELECT id, case_id FROM outbound.interviews WHERE id = $1",
    "case": "SELECT i.id, c.id FROM outbound.cases c LEFT JOIN outbound.interviews i ON i.case_id = c.id"
    " WHERE c.id = $1",
    "contact": "SELECT i.id, c.id FROM outbound.cases c LEFT JOIN outbound.interviews i ON i.case_id = c.id"
    " WHERE c.contact_id = $1",
}
_BY_CORRELATION = "SELECT DISTINCT interview FROM platform.journal WHERE correlation = $1 AND interview IS NOT NULL"
_CASE = """
SELECT campaign, state, holder, lease_until, epoch, attempts, outcome, due_at, contact_id
  FROM outbound.cases WHERE id = $1
"""
_JOURNAL = """
SELECT at, agent, node, action, statements, row_counts, outcome, code, statement, sqlstate, release, correlation
  FROM platform.journal
 WHERE interview = ANY (CAST($1 AS uuid[])) OR correlation = ANY (CAST($2 AS text[]))
 ORDER BY at
"""
_ATTEMPTS = """
SELECT a.number, a.agent, a.started_at, a.dialled_at, a.ended_at, a.outcome, a.lost, o.title_en, o.title_zh,
       i.overtaken, a.interview_id
  FROM outbound.attempts a
  JOIN outbound.interviews i ON i.id = a.interview_id
  LEFT JOIN outbound.outcomes o ON o.code = a.outcome
 WHERE a.case_id = ANY (CAST($1 AS uuid[]))
"""
_APPOINTMENTS = """
SELECT made_at, agent, at, kind, state FROM outbound.appointments WHERE case_id = ANY (CAST($1 AS uuid[]))
"""
_ANSWERS = """
SELECT h.saved_at, h.field, h.round, h.old_value, h.old_special, h.value, h.special, h.on_path, h.node, h.step,
       h.overtaken, h.late
  FROM outbound.answer_history h
 WHERE h.id = ANY (ARRAY(
         SELECT i.id FROM outbound.answer_history i WHERE i.interview_id = ANY (CAST($1 AS uuid[]))
         UNION
         SELECT i.id FROM platform.journal j
           JOIN outbound.answer_history i ON i.interview_id = j.interview AND i.saved_at = j.at
          WHERE j.correlation = ANY (CAST($2 AS text[]))))
 ORDER BY h.id
"""
"""Each half by an index of its own: together in one condition they would read the whole history."""

_Row = dict[str, Any]


@dataclass
class _Scope:
    interviews: list[uuid.UUID] = field(default_factory=list)
    cases: list[uuid.UUID] = field(default_factory=list)
    correlations: list[str] = field(default_factory=list)


def tell(identity: str, connection: Connection, cloud: Cloud | None, *, values: bool = False) -> Story:
    """The story of whatever `identity` is; `cloud` None leaves the logs out.

    Raises:
        NotFound: nothing of that id is known.
    """
    with connection.transaction(read_only=True):
        story, scope = _recognise(identity.strip(), connection)
        story.moments += _journal(connection, scope)
        story.moments += _attempts(connection, scope)
        story.moments += _appointments(connection, scope)
        story.moments += _answers(connection, scope, values)
    if cloud is not None:
        wanted = scope.correlations or [str(interview) for interview in scope.interviews]
        found, notes = find_lines(cloud, wanted, _beginning(story), MOST_LOG_LINES)
        _weave(story, found)
        story.notes += notes
    story.sort()
    if not story.moments and story.kind == "correlation":
        raise NotFound(
            say(f"Nothing is known of {identity}.", f"没有关于 {identity} 的任何记录。"),
            say(
                "Give the id of an interview, case or contact, or the correlation id of an error.",
                "请给出访问、个案、联系人的编号，或错误的关联编号。",
            ),
        )
    return story


def _weave(story: Story, lines: Iterable[LogLine]) -> None:
    """A log line of an action that the journal tells adds its cost to it; any other line stands for itself."""
    told = {moment.correlation: place for place, moment in enumerate(story.moments) if moment.source == "journal"}
    for line in lines:
        place = told.get(line.correlation)
        if place is None or not line.cost:
            story.moments.append(Moment(line.at, "log", line.text, line.good))
        else:
            moment = story.moments[place]
            story.moments[place] = replace(moment, what=f"{moment.what} {line.cost}")


def _recognise(identity: str, connection: Connection) -> tuple[Story, _Scope]:
    try:
        wanted = uuid.UUID(identity)
    except ValueError:
        return _by_correlation(identity, connection)
    for kind, sql in _KINDS.items():
        rows = connection.fetch(sql, wanted)
        if rows:
            interviews = [row[0] for row in rows if row[0]]
            return Story(kind, str(wanted), _facts(connection, rows[0][1])), _Scope(interviews, [rows[0][1]])
    return _by_correlation(identity, connection)


def _by_correlation(identity: str, connection: Connection) -> tuple[Story, _Scope]:
    story = Story("correlation", identity)
    interviews = [str(row[0]) for row in connection.fetch(_BY_CORRELATION, identity)]
    if interviews:
        story.facts[say("interview", "访问")] = ", ".join(interviews)
    return story, _Scope(correlations=[identity])


def _facts(connection: Connection, case: uuid.UUID) -> dict[str, str]:
    (row,) = _rows(connection, _CASE, case)
    state, holder = row["state"], row["holder"]
    held = f"{state}: {holder} → {_clock(row['lease_until'])}" if holder else state
    return {
        say("campaign", "项目"): row["campaign"],
        say("contact", "联系人"): str(row["contact_id"]),
        say("case", "个案"): f"{case} ({held}, epoch {row['epoch']})",
        say("attempts", "拨打次数"): str(row["attempts"]),
        say("outcome", "结果"): row["outcome"] or "-",
        say("due", "下次拨打"): _clock(row["due_at"]) if state == "waiting" else "-",
        say("now", "目前"): _why_not(connection, case),
    }


def _why_not(connection: Connection, case: uuid.UUID) -> str:
    """Each rule that keeps the case from being called now, and when it may be."""
    told = why_not(str(case), connection)
    if not told.rules:
        return say("may be called", "可以拨打")
    reasons = [held.words + (f" → {told.there(held.until)}" if held.until else "") for held in told.rules]
    when = say("may be called: ", "可以拨打的时间：") + told.there(told.callable_at) if told.callable_at else ""
    return "; ".join(filter(None, (*reasons, when)))


def _journal(connection: Connection, scope: _Scope) -> Iterable[Moment]:
    for row in _rows(connection, _JOURNAL, scope.interviews, scope.correlations):
        counts = row["row_counts"] or {}
        done = ", ".join(f"{name}: {counts[name]}" for name in row["statements"] if counts.get(name) is not None)
        statement = row["statement"] and f"{say('in', '语句')} {row['statement']}"
        told = (
            f"{row['agent']} {row['node'] or '-'} → {row['action']} {row['outcome']}",
            *(row["code"], statement, row["sqlstate"]),
            done and f"({done})",
            f"[{row['release'][:8]} {row['correlation']}]",
        )
        good = row["outcome"] == "done"
        yield Moment(row["at"], "journal", " ".join(filter(None, told)), good, row["correlation"])


def _attempts(connection: Connection, scope: _Scope) -> Iterable[Moment]:
    for row in _rows(connection, _ATTEMPTS, scope.cases):
        name = say(f"attempt {row['number']}", f"第 {row['number']} 次拨打")
        took = say("took the case", "取得个案")
        yield Moment(row["started_at"], "attempt", f"{name}: {row['agent']} {took} ({row['interview_id']})")
        if row["dialled_at"]:
            yield Moment(
                row["dialled_at"], "attempt", f"{name}: {say('number shown to the dialler', '号码交给拨号器')}"
            )
        if row["ended_at"]:
            yield Moment(row["ended_at"], "attempt", f"{name}: {_ending(row)}", not (row["overtaken"] or row["lost"]))


def _ending(row: _Row) -> str:
    if row["outcome"] is None and row["lost"]:
        return say("lost: its agent was gone, the next one goes on", "中断：坐席已离开，由下一位继续")
    late = say(", overtaken by another agent", "，已被别人接手") if row["overtaken"] or row["lost"] else ""
    return f"{row['outcome'] or '-'} {say(row['title_en'] or '', row['title_zh'] or '')}{late}"


def _appointments(connection: Connection, scope: _Scope) -> Iterable[Moment]:
    for row in _rows(connection, _APPOINTMENTS, scope.cases):
        told = f"{row['agent']}: {_clock(row['at'])} {row['kind']}, {row['state']}"
        yield Moment(row["made_at"], "appointment", told)


def _answers(connection: Connection, scope: _Scope, values: bool) -> Iterable[Moment]:
    """One moment for what one save wrote of one node."""
    saves: dict[tuple[Any, ...], list[_Row]] = {}
    for row in _rows(connection, _ANSWERS, scope.interviews, scope.correlations):
        key = tuple(row[name] for name in ("saved_at", "node", "step", "on_path", "overtaken", "late"))
        saves.setdefault(key, []).append(row)
    for (saved, node, step, on_path, overtaken, late), rows in saves.items():
        marks = (
            "" if on_path else say("off the path", "不在路径上"),
            say("overtaken", "已被接手") if overtaken else "",
            say("came late, not in force", "迟到，未生效") if late else "",
        )
        tail = ", ".join(filter(None, marks))
        told = ", ".join(_answer(row, values) for row in rows)
        yield Moment(saved, "answer", f"{node} #{step}: {told}" + (f" ({tail})" if tail else ""), not late)


def _answer(row: _Row, values: bool) -> str:
    name = f"{row['field']}[{row['round']}]" if row["round"] else str(row["field"])
    if not values:
        return name
    now, before = _shown(row["value"], row["special"]), _shown(row["old_value"], row["old_special"])
    return f"{name} = {now}" if before in ("null", now) else f"{name} = {before} → {now}"


def _shown(value: Any, special: str | None) -> str:
    return f"#{special}" if special else json.dumps(value, ensure_ascii=False)


def _beginning(story: Story) -> datetime:
    first = min((moment.at for moment in story.moments), default=datetime.now(UTC) - timedelta(days=7))
    return first - timedelta(minutes=5)


def _clock(at: datetime | None) -> str:
    return at.astimezone().strftime("%Y-%m-%d %H:%M:%S") if isinstance(at, datetime) else "-"


def _rows(connection: Connection, sql: str, *parameters: object) -> list[_Row]:
    return connection.run_pipeline([Query(sql, parameters)])[0].dicts()
