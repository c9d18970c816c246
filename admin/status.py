"""`waihu status`: what runs, in one look."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from admin.cloud import Cloud
from admin.errors import AdminError
from admin.language import say
from admin.script_bucket import Pointer
from database.connection import Connection

_CASES = """
SELECT c.campaign,
       count(*) FILTER (WHERE c.state = 'waiting' AND c.due_at <= now()
                          OR c.state = 'held' AND c.lease_until < now()) AS due,
       count(*) FILTER (WHERE c.state = 'waiting' AND c.due_at > now()) AS later,
       count(*) FILTER (WHERE c.state = 'held' AND c.lease_until >= now()) AS held,
       count(*) FILTER (WHERE c.state = 'closed') AS closed,
       count(*) FILTER (WHERE c.outcome LIKE '1.%') AS interviews,
       count(*) FILTER (WHERE c.state <> 'closed' AND NOT EXISTS (
         SELECT FROM outbound.phones p
          WHERE p.contact_id = c.contact_id AND p.usable
            AND NOT EXISTS (SELECT FROM outbound.do_not_call d
                             WHERE d.number_index = p.number_index AND d.campaign IN ('', c.campaign)
                               AND coalesce(d.expires_at > now(), true)))) AS unreachable
  FROM outbound.cases c
 GROUP BY c.campaign
"""
_WORKING = """
SELECT c.holder, c.campaign, count(*), max(c.lease_until)
  FROM outbound.cases c
 WHERE c.state = 'held' AND c.lease_until >= now()
 GROUP BY c.holder, c.campaign
 ORDER BY c.holder
"""
_OUTCOMES = """
SELECT i.outcome, o.title_en, o.title_zh, count(*)
  FROM outbound.interviews i JOIN outbound.outcomes o ON o.code = i.outcome
 WHERE i.campaign = $1
 GROUP BY 1, 2, 3
 ORDER BY 4 DESC
"""
_FAILURES = """
SELECT campaign, action, code, count(*), max(at), (array_agg(correlation ORDER BY at DESC))[1]
  FROM platform.journal
 WHERE outcome = 'failed' AND at > now() - interval '1 hour' AND ($1::text IS NULL OR campaign = $1)
 GROUP BY campaign, action, code
 ORDER BY 4 DESC
 LIMIT 10
"""


def show_status(cloud: Cloud, campaign: str | None, out: Console) -> None:
    """Prints it; where the database is away the releases are shown all the same, and the rest is said to be missing."""
    from admin.database import connected

    known = cloud.bucket.campaigns()
    if campaign is not None and campaign not in known:
        raise AdminError(
            say(f"{campaign} was never published.", f"{campaign} 还没有发布过。"),
            say(f"Published: {', '.join(known) or 'none'}.", f"已发布：{'、'.join(known) or '无'}。"),
        )
    names = [campaign] if campaign else known
    pointers = {name: held.pointer for name in names if (held := cloud.bucket.pointer(name))}
    try:
        with connected(cloud) as connection:
            out.print(_overview(pointers, {row[0]: row[1:] for row in connection.fetch(_CASES)}))
            if campaign:
                _show_one(connection, campaign, cloud.bucket.history(campaign), out)
            _show_people(connection.fetch(_WORKING), out)
            _show_failures(connection.fetch(_FAILURES, campaign), out)
    except AdminError:
        out.print(_overview(pointers, {}))
        raise


def _overview(pointers: dict[str, Pointer], cases: dict[str, tuple[Any, ...]]) -> Table:
    table = Table(box=None, padding=(0, 1), header_style="bold")
    for heading in (say("campaign", "项目"), say("release", "版本"), say("published", "发布时间"), say("by", "发布人")):
        table.add_column(heading, no_wrap=True)
    for heading in (
        say("due", "待拨"), say("later", "稍后"), say("held", "进行中"), say("closed", "已结案"),
        say("interviews", "完成访问"), say("no number", "无号码"),
    ):  # fmt: skip
        table.add_column(heading, justify="right", no_wrap=True)
    for name, pointer in pointers.items():
        counts = cases.get(name, (0,) * 6) if cases else ("?",) * 6
        table.add_row(
            f"[bold]{escape(name)}[/]", pointer.release[:12], _ago(pointer.published_at), escape(pointer.published_by),
            *map(str, counts[:5]), f"[yellow]{counts[5]}[/]" if counts[5] else "0",
        )  # fmt: skip
    if not pointers:
        table.add_row(say("nothing was published yet", "还没有发布任何项目"))
    return table


def _show_one(connection: Connection, campaign: str, history: list[Pointer], out: Console) -> None:
    rows = connection.fetch(_OUTCOMES, campaign)
    if rows:
        out.print("\n[bold]" + say("Outcomes of interviews", "访问结果") + "[/]")
        out.print(_plain((code, say(en, zh), str(count)) for code, en, zh, count in rows))
    out.print("\n[bold]" + say("History of releases", "版本历史") + "[/]")
    out.print(_plain((p.release[:12], _ago(p.published_at), p.published_by, p.comment) for p in history[:15]))


def _show_people(rows: list[tuple[Any, ...]], out: Console) -> None:
    out.print("\n[bold]" + say("Working now", "正在工作") + "[/]")
    out.print(_plain((agent, campaign) for agent, campaign, _, _ in rows) if rows else say("  nobody", "  没有人"))


def _show_failures(rows: list[tuple[Any, ...]], out: Console) -> None:
    out.print("\n[bold]" + say("Failures within an hour", "一小时内的失败") + "[/]")
    if not rows:
        out.print(say("  none", "  无"))
        return
    out.print(
        _plain(
            (c, a, code or "-", f"×{n}", f"{last.astimezone():%H:%M:%S}", f"waihu trace {example}")
            for c, a, code, n, last, example in rows
        )
    )


def _plain(rows: Iterable[tuple[str, ...]]) -> Table:
    table = Table(box=None, padding=(0, 2), show_header=False)
    for row in rows:
        table.add_row(*(escape(cell) for cell in row))
    return table


def _ago(at: str) -> str:
    then = datetime.fromisoformat(at)
    minutes = int((datetime.now(UTC) - then).total_seconds() // 60)
    for size, en, zh in ((1440, "d", "天"), (60, "h", "小时"), (1, "min", "分钟")):
        if minutes >= size:
            return say(f"{minutes // size} {en} ago", f"{minutes // size} {zh}前")
    return say("just now", "刚刚")
