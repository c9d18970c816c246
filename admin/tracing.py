"""`waihu trace`: the story of an interview, a case, a contact or a failure, from all that was kept of it.

Sources: the journal (each action, done or failed), the attempts and interviews, the appointments, the history of
answers, and the functions' log lines. Personal data (what was answered) is shown only where it is asked for.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from admin.cloud import Cloud
from admin.errors import NotFound
from admin.language import say
from database.connection import Connection

MOST_LOG_LINES = 200


@dataclass(frozen=True, slots=True)
class Moment:
    """One thing that happened."""

    at: datetime
    source: str
    """`journal attempt interview appointment answer log`."""
    what: str
    good: bool = True


@dataclass
class Story:
    kind: str
    """What the id turned out to be: `interview case contact correlation`."""
    id: str
    facts: dict[str, str] = field(default_factory=dict)
    moments: list[Moment] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    """What could not be looked into, and why."""


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
        from admin.function_logs import find_lines

        wanted = [story.id, *scope.correlations] if story.kind == "correlation" else [*map(str, scope.interviews)]
        found, notes = find_lines(cloud, wanted, _beginning(story), MOST_LOG_LINES)
        story.moments += [Moment(line.at, "log", line.text, line.good) for line in found]
        story.notes += notes
    story.moments.sort(key=lambda moment: moment.at)
    if not story.moments and story.kind == "correlation":
        raise NotFound(
            say(f"Nothing is known of {identity}.", f"没有关于 {identity} 的任何记录。"),
            say(
                "Give the id of an interview, case or contact, or the correlation id of an error.",
                "请给出访问、个案、联系人的编号，或错误的关联编号。",
            ),
        )
    return story


def _recognise(identity: str, connection: Connection) -> tuple[Story, _Scope]:
    try:
        wanted = uuid.UUID(identity)
    except ValueError:
        return _by_correlation(identity, connection)
    for kind, sql in _KINDS.items():
        rows = connection.fetch(sql, wanted)
        if rows:
            interviews = [row[0] for row in rows if row[0]]
            story = Story(kind, str(wanted), _facts(connection, rows[0][1]))
            return story, _Scope(interviews, [rows[0][1]])
    return _by_correlation(identity, connection)


_KINDS: Mapping[str, str] = {
    "interview": "SELECT id, case_id FROM outbound.interviews WHERE id = $1",
    "case": "SELECT i.id, c.id FROM outbound.cases c LEFT JOIN outbound.interviews i ON i.case_id = c.id"
    " WHERE c.id = $1",
    "contact": "SELECT i.id, c.id FROM outbound.cases c LEFT JOIN outbound.interviews i ON i.case_id = c.id"
    " WHERE c.contact_id = $1",
}


def _by_correlation(identity: str, connection: Connection) -> tuple[Story, _Scope]:
    rows = connection.fetch(
        "SELECT DISTINCT interview FROM platform.journal WHERE correlation = $1 AND interview IS NOT NULL", identity
    )
    story = Story("correlation", identity)
    if rows:
        story.facts[say("interview", "访问")] = ", ".join(str(row[0]) for row in rows)
    return story, _Scope(correlations=[identity])


def _facts(connection: Connection, case: uuid.UUID) -> dict[str, str]:
    ((campaign, state, holder, lease, epoch, attempts, outcome, due, contact),) = connection.fetch(
        "SELECT campaign, state, holder, lease_until, epoch, attempts, outcome, due_at, contact_id"
        " FROM outbound.cases WHERE id = $1",
        case,
    )
    held = f"{state}: {holder} → {_clock(lease)}" if holder else state
    return {
        say("campaign", "活动"): campaign,
        say("contact", "联系人"): str(contact),
        say("case", "个案"): f"{case} ({held}, epoch {epoch})",
        say("attempts", "拨打次数"): str(attempts),
        say("outcome", "结果"): outcome or "-",
        say("due", "下次拨打"): _clock(due) if state == "waiting" else "-",
    }


def _journal(connection: Connection, scope: _Scope) -> Iterable[Moment]:
    rows = connection.fetch(
        "SELECT at, agent, node, action, statements, row_counts, outcome, code, statement, sqlstate, ended_at, release,"
        " correlation FROM platform.journal WHERE interview = ANY (CAST($1 AS uuid[])) OR correlation = ANY"
        " (CAST($2 AS text[])) ORDER BY at",
        scope.interviews,
        scope.correlations,
    )
    for (
        at,
        agent,
        node,
        action,
        statements,
        counts,
        outcome,
        code,
        statement,
        state,
        ended,
        release,
        correlation,
    ) in rows:
        took = f" {(ended - at) / timedelta(milliseconds=1):.1f} ms" if ended else ""
        done = ", ".join(f"{name}: {counts[name]}" for name in statements if counts and counts.get(name) is not None)
        trouble = " ".join(filter(None, (code, statement and f"{say('in', '语句')} {statement}", state)))
        about = f"{agent} {node or '-'} → {action} {outcome}{took}"
        tail = f" ({done})" if done else ""
        yield Moment(
            at,
            "journal",
            f"{about}{tail} {trouble} [{release[:8]} {correlation}]".replace("  ", " "),
            outcome == "done",
        )


def _attempts(connection: Connection, scope: _Scope) -> Iterable[Moment]:
    rows = connection.fetch(
        "SELECT a.number, a.agent, a.started_at, a.dialled_at, a.ended_at, a.outcome, o.title_en, o.title_zh,"
        " i.overtaken, a.interview_id FROM outbound.attempts a JOIN outbound.interviews i ON i.id = a.interview_id"
        " LEFT JOIN outbound.outcomes o ON o.code = a.outcome"
        " WHERE a.case_id = ANY (CAST($1 AS uuid[]))",
        scope.cases,
    )
    for number, agent, started, dialled, ended, outcome, title_en, title_zh, overtaken, interview in rows:
        name = say(f"attempt {number}", f"第 {number} 次拨打")
        yield Moment(started, "attempt", f"{name}: {agent} " + say("took the case", "取得个案") + f" ({interview})")
        if dialled:
            yield Moment(dialled, "attempt", f"{name}: " + say("number shown to the dialler", "号码交给拨号器"))
        if ended:
            late = say(", overtaken by another agent", "，已被别人接手") if overtaken else ""
            result = f"{outcome} {say(title_en or '', title_zh or '')}" if outcome else "-"
            yield Moment(ended, "attempt", f"{name}: {result}{late}", not overtaken)


def _appointments(connection: Connection, scope: _Scope) -> Iterable[Moment]:
    rows = connection.fetch(
        "SELECT made_at, agent, at, kind, state FROM outbound.appointments WHERE case_id = ANY (CAST($1 AS uuid[]))",
        scope.cases,
    )
    for made, agent, at, kind, state in rows:
        yield Moment(made, "appointment", f"{agent}: {_clock(at)} {kind}, {state}")


def _answers(connection: Connection, scope: _Scope, values: bool) -> Iterable[Moment]:
    rows = connection.fetch(
        "SELECT saved_at, field, round, old_value, old_special, value, special, on_path, node, step, overtaken, late"
        " FROM outbound.answer_history WHERE interview_id = ANY (CAST($1 AS uuid[])) ORDER BY id",
        scope.interviews,
    )
    for saved, name, round_, old, old_special, value, special, on_path, node, step, overtaken, late in rows:
        shown = f"{name}[{round_}]" if round_ else name
        if values:
            before = "" if old is None and not old_special else f"{_shown(old, old_special)} → "
            shown += f" = {before}{_shown(value, special)}"
        marks = [
            mark
            for holds, mark in (
                (not on_path, say("off the path", "不在路径上")),
                (overtaken, say("overtaken", "已被接手")),
                (late, say("came late, not in force", "迟到，未生效")),
            )
            if holds
        ]
        yield Moment(
            saved, "answer", f"{node} #{step}: {shown}" + (f" ({', '.join(marks)})" if marks else ""), not late
        )


def _shown(value: Any, special: str | None) -> str:
    return f"#{special}" if special else json.dumps(value, ensure_ascii=False)


def _beginning(story: Story) -> datetime:
    first = min((moment.at for moment in story.moments), default=datetime.now(UTC) - timedelta(days=7))
    return first - timedelta(minutes=5)


def _clock(at: datetime | None) -> str:
    return at.astimezone().strftime("%Y-%m-%d %H:%M:%S") if isinstance(at, datetime) else "-"


def show_story(story: Story, out: Console) -> None:
    """Prints the facts, then the timeline; times are local."""
    out.print(f"[bold]{story.kind}[/] {escape(story.id)}")
    for name, fact in story.facts.items():
        out.print(f"  [dim]{name}:[/] {escape(fact)}")
    table = Table(box=None, padding=(0, 1), show_header=False)
    table.add_column(no_wrap=True, style="dim")
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    day = ""
    for moment in story.moments:
        at = moment.at.astimezone()
        if str(at.date()) != day:
            day = str(at.date())
            table.add_row(f"[bold]{day}[/]", "", "")
        colour = _COLOURS[moment.source] if moment.good else "red"
        clock = at.strftime("%H:%M:%S.%f")[:-3]
        table.add_row(
            clock,
            f"[{colour}]{moment.source}[/]",
            escape(moment.what) if moment.good else f"[red]{escape(moment.what)}[/]",
        )
    out.print(table)
    for note in story.notes:
        out.print(f"[yellow]{escape(note)}[/]")


_COLOURS = {"journal": "cyan", "attempt": "green", "appointment": "magenta", "answer": "blue", "log": "white"}
