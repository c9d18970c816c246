"""`calling`, `why-not` and `queue`: by which rules a campaign calls, and what keeps cases back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter
from rich.table import Table

from admin import folders
from admin.application import PEOPLE, app, out
from admin.calling import FILE, apply_calling, read_calling
from admin.commands.surroundings import occasion, open_cloud
from admin.errors import AdminError, NotFound, PublicationRefused
from admin.language import say
from admin.verdicts.for_people import count_line, show_problems, shown_path
from callscript.checker import check_calling
from callscript.model.campaign import Campaign as Script

calling = App(
    name="calling",
    group=PEOPLE,
    help=say(
        "The rules by which a campaign calls: windows, holidays, limits, quotas, what comes after each outcome.",
        "项目的拨打规则：时间窗口、假日、次数、配额、各种结果之后怎么办。",
    ),
)
app.command(calling)
Campaign = Annotated[str, Parameter(help=say("Name of the campaign.", "项目名称。"))]
File = Annotated[
    Path | None,
    Parameter(
        help=say(f"The file; {FILE} beside local.xml if left out.", f"规则文件；不写则用 local.xml 旁的 {FILE}。")
    ),
]
Agent = Annotated[str, Parameter(help=say("Ask for this agent.", "针对这位坐席。"))]


@calling.command(help=say("Reports every problem in a campaign's calling.xml.", "检查项目的 calling.xml。"))
def check(campaign: Campaign, file: File = None) -> int:
    path, data = _read(campaign, file)
    read = check_calling(data, path.name, folder=Path(campaign).name, campaign=_beside(campaign))
    show_problems(read.problems, {path.name: path}, out)
    failed = any(problem.is_error for problem in read.problems)
    out.print(f"{'[red]✘[/]' if failed else '[green]✔[/]'} {shown_path(path)}: {count_line(read.problems)}")
    return int(failed)


@calling.command(
    name="apply",
    help=say(
        "Puts a campaign's calling.xml in force, whole or not at all. The next case follows it; cases that wait are "
        "brought in line at once; counts of quota cells that stay are kept.\n\n"
        "Example: `waihu calling apply csat`",
        "使项目的 calling.xml 生效，全部或全不。下一个个案即按新规则；等待中的个案立即调整；保留的配额计数不变。\n\n"
        "例：`waihu calling apply csat`",
    ),
)
def apply_rules(campaign: Campaign, file: File = None) -> int:
    from admin.database import connected

    path, data = _read(campaign, file)
    try:
        read_calling(data, path.name, campaign=_beside(campaign))
        with connected(open_cloud()) as connection:
            done = apply_calling(data, campaign=campaign, connection=connection, who=occasion("").who, file=path.name)
    except PublicationRefused as refused:
        refused.sources = {path.name: path}
        raise
    out.print(
        f"[green]✔[/] [bold]{campaign}[/] "
        + say(
            f"calls by {shown_path(path)}; {done.changed_cases} waiting cases changed",
            f"已按 {shown_path(path)} 拨打；{done.changed_cases} 个等待中的个案随之改变",
        )
    )
    return 0


@calling.command(help=say("Shows how full a campaign's quotas are.", "显示项目的配额完成情况。"))
def quotas(campaign: Campaign) -> int:
    from admin.database import connected

    with connected(open_cloud()) as connection:
        rows = connection.fetch(
            "SELECT quota, name, complete, running, target FROM outbound.quota_cells WHERE campaign = $1 ORDER BY id",
            campaign,
        )
    _table(
        (
            say("quota", "配额"),
            say("cell", "格"),
            say("complete", "完成"),
            say("going on", "进行中"),
            say("wanted", "目标"),
        ),
        rows,
    )
    return 0


@calling.command(help=say("Lists the outcomes and what comes after each.", "列出全部结果代码，以及各自之后怎么办。"))
def outcomes(campaign: Annotated[str, Parameter(help=say("With its own rules.", "含该项目自己的规则。"))] = "") -> int:
    from admin.database import connected

    with connected(open_cloud()) as connection:
        rows = connection.fetch(
            f"""
            SELECT o.code, {say("o.title_en", "o.title_zh")}, coalesce(w.final, o.final),
                   coalesce(w.retry_minutes, o.retry_minutes), coalesce(w.times, o.times),
                   coalesce(w.next_number, o.next_number), coalesce(w.other_agent, o.other_agent),
                   coalesce(w.skill, o.skill), o.number_dead
              FROM outbound.outcomes o
              LEFT JOIN outbound.campaign_outcomes w ON w.code = o.code AND w.campaign = $1
             ORDER BY o.code
            """,  # noqa: S608 - one of two names of our own
            campaign,
        )
    _table((say("code", "代码"), say("meaning", "含义"), say("what comes next", "之后")), map(_what_next, rows))
    return 0


@app.command(
    name="why-not",
    group=PEOPLE,
    help=say(
        "Says which rules keep a case from being called, and when it may be called next.\n\n"
        "Example: `waihu why-not 5f1c…`, `waihu why-not 5f1c… --agent li`",
        "说明哪些规则使一个个案现在不能拨打，以及何时可以。\n\n"
        "例：`waihu why-not 5f1c…`、`waihu why-not 5f1c… --agent li`",
    ),
)
def tell_why_not(
    case: Annotated[str, Parameter(help=say("Id of the case or contact.", "个案或联系人的编号。"))],
    *,
    agent: Agent = "",
) -> int:
    from admin.database import connected
    from admin.queue import why_not

    with connected(open_cloud()) as connection:
        told = why_not(case, connection, agent)
    out.print(
        f"[bold]{told.case}[/] {told.campaign}, {told.state}, "
        + say(f"{told.attempts} attempts", f"已拨打 {told.attempts} 次")
    )
    if not told.rules:
        out.print("[green]✔[/] " + say("nothing keeps it: it may be called now", "没有阻碍：现在可以拨打"))
        return 0
    for held in told.rules:
        until = f" → {told.there(held.until)}" if held.until else ""
        out.print(f"[yellow]·[/] {held.rule}: {held.words}{until}", soft_wrap=True)
    if told.state == "closed":
        return 0
    when = told.there(told.callable_at) if told.callable_at else say("nobody can tell", "无法预知")
    out.print(say(f"may be called: {when}", f"可以拨打的时间：{when}"))
    return 0


@app.command(
    group=PEOPLE,
    help=say(
        "How many cases of a campaign may be called now, and what the others wait for.\n\n"
        "Example: `waihu queue csat --agent li`",
        "项目中有多少个案现在可以拨打，其余在等什么。\n\n例：`waihu queue csat --agent li`",
    ),
)
def queue(campaign: Campaign, *, agent: Agent = "") -> int:
    from admin.database import connected
    from admin.queue import queue as ask
    from admin.queue import reason_words

    with connected(open_cloud()) as connection:
        found = ask(campaign, connection, agent)
    if not found:
        out.print(say("No case is open.", "没有未结束的个案。"))
        return 0
    rows = [
        (reason, reason_words(reason), count, f"{next_at.astimezone(UTC):%Y-%m-%d %H:%M}" if next_at else "")
        for reason, count, next_at in found
    ]
    _table(
        (say("rule", "规则"), say("meaning", "含义"), say("cases", "个案"), say("first one at (UTC)", "最早（UTC）")),
        rows,
    )
    return 0


def _what_next(row: Sequence[object]) -> Sequence[object]:
    """A row of outcomes in three cells: code, meaning, what comes after it."""
    code, title, final, minutes, times, next_number, other_agent, skill, dead = row
    parts = [say("closed", "结束") if final else say(f"again in {_long(minutes)}", f"{_long(minutes)}后再打")]
    parts += [say(f"closed after {times} more", f"再出现 {times} 次后结束")] if times and not final else []
    parts += [say("next number", "换下一个号码")] if next_number or dead else []
    parts += [say("number not used again", "号码作废")] if dead else []
    parts += [say("other agent", "换坐席")] if other_agent and not final else []
    parts += [f"{say('skill', '技能')} {skill}"] if skill else []
    return code, title, ", ".join(parts)


def _long(minutes: object) -> str:
    """A time as one says it: in days or hours where it is whole ones."""
    count = int(str(minutes))
    for size, english, chinese in ((1440, "d", " 天"), (60, "h", " 小时")):
        if count and count % size == 0:
            return say(f"{count // size} {english}", f"{count // size}{chinese}")
    return say(f"{count} min", f"{count} 分钟")


def _read(campaign: str, file: Path | None) -> tuple[Path, bytes]:
    path = file or folders.find_campaign(campaign, folders.scripts_root(None)) / FILE
    if path.is_dir():
        path /= FILE
    try:
        return path, path.read_bytes()
    except OSError as error:
        raise AdminError(
            say(
                f"{shown_path(path)} cannot be read: {error.strerror}.",
                f"{shown_path(path)} 读不了：{error.strerror}。",
            ),
            say("docs/sample-and-queue.md shows one.", "docs/sample-and-queue.md 有示例。"),
        ) from error


def _beside(campaign: str) -> Script | None:
    """The questionnaire whose calls the rules are for; None where its script is not here, or has errors of its own."""
    from admin import checking

    root = folders.scripts_root(None)
    try:
        folder = folders.collect(folders.find_campaign(campaign, root), root)
    except NotFound:
        return None
    return checking.check(folder.files).campaign


def _table(headings: tuple[str, ...], rows: Iterable[Sequence[object]]) -> None:
    table = Table(*headings, box=None)
    for row in rows:
        table.add_row(
            *("" if cell is None else "✓" if cell is True else "–" if cell is False else str(cell) for cell in row)
        )
    out.print(table)
