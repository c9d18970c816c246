"""`agents block`, `unblock`, `blocked`, `limit`, `knows`: who may not work, how fast, and what they can."""

from __future__ import annotations

from typing import Annotated

from cyclopts import App, Parameter
from cyclopts.validators import Number

from admin.application import RUNNING, app, out
from admin.commands.surroundings import occasion, open_cloud
from admin.language import say

_BLOCK = """
INSERT INTO platform.blocked_agents AS b (agent, blocked_by, reason) VALUES ($1, $2, $3)
ON CONFLICT (agent) DO UPDATE SET blocked_by = excluded.blocked_by, reason = excluded.reason
"""

_LIMIT = """
INSERT INTO platform.limits (campaign, cases_per_minute) VALUES ($1, $2)
ON CONFLICT (campaign) DO UPDATE SET cases_per_minute = excluded.cases_per_minute
"""

_KNOWS = """
INSERT INTO outbound.agents AS a (id, languages, skills) VALUES ($1, $2, $3)
ON CONFLICT (id) DO UPDATE SET languages = excluded.languages, skills = excluded.skills
"""

agents = App(name="agents", group=RUNNING, help=say("Who may not work, and how fast.", "停用与恢复坐席、限速。"))
app.command(agents)

Agent = Annotated[str, Parameter(help=say("Their name in the user pool.", "用户池中的用户名。"))]


@agents.command(
    help=say(
        "Refuses every action of an agent from now on, whatever session they hold: the database decides at each one. "
        "Answers that wait in their outbox wait on, and arrive once they are unblocked.",
        "即刻拒绝该坐席的一切操作，无论其会话如何：数据库在每次操作时判断。待发的答案继续保留，恢复后送达。",
    )
)
def block(
    agent: Agent, *, reason: Annotated[str, Parameter(help=say("Why, for the record.", "原因，供记录。"))] = ""
) -> int:
    from admin.database import connected

    with connected(open_cloud()) as connection:
        connection.execute(_BLOCK, agent, occasion("").who, reason)
        known = connection.fetch("SELECT EXISTS (SELECT FROM platform.journal WHERE agent = $1)", agent)[0][0]
    out.print("[green]✔[/] " + say(f"{agent} is blocked", f"已停用 {agent}"))
    if not known:
        out.print("[yellow]![/] " + say("nobody of this name has worked yet", "此用户名还没有工作过"))
    return 0


@agents.command(help=say("Lets an agent work again.", "恢复坐席。"))
def unblock(agent: Agent) -> int:
    from admin.database import connected

    with connected(open_cloud()) as connection:
        freed = connection.execute("DELETE FROM platform.blocked_agents WHERE agent = $1", agent)
    told = say(f"{agent} may work again", f"已恢复 {agent}") if freed else say(f"{agent} was not blocked", "未被停用")
    out.print(f"[green]✔[/] {told}")
    return 0


@agents.command(help=say("Lists who is blocked, since when, by whom, why.", "列出被停用的坐席、时间、操作人、原因。"))
def blocked() -> int:
    from rich.table import Table

    from admin.database import connected

    with connected(open_cloud()) as connection:
        rows = connection.fetch(
            "SELECT agent, to_char(blocked_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI'), blocked_by, reason "
            "FROM platform.blocked_agents ORDER BY agent"
        )
    table = Table(
        say("agent", "坐席"), say("since (UTC)", "时间（UTC）"), say("by", "操作人"), say("why", "原因"), box=None
    )
    for row in rows:
        table.add_row(*row)
    out.print(table)
    return 0


@agents.command(
    help=say(
        "Sets how many cases of a campaign one agent may take within a minute; 0 takes the limit away.",
        "设定一名坐席每分钟最多领取该项目多少个案；0 表示取消限制。",
    )
)
def limit(
    campaign: Annotated[str, Parameter(help=say("The campaign.", "项目。"))],
    cases: Annotated[int, Parameter(help=say("Cases in a minute.", "每分钟个案数。"), validator=Number(gte=0))],
) -> int:
    from admin.database import connected

    with connected(open_cloud()) as connection:
        if cases:
            connection.execute(_LIMIT, campaign, cases)
        else:
            connection.execute("DELETE FROM platform.limits WHERE campaign = $1", campaign)
    told = say(f"{campaign}: at most {cases} cases a minute", f"{campaign}：每分钟最多 {cases} 个案")
    out.print("[green]✔[/] " + (told if cases else say(f"{campaign}: no limit", f"{campaign}：不限")))
    return 0


@agents.command(
    help=say(
        "Says which languages an agent speaks and what they can do: they are given only such cases, from the next one "
        "on. Without languages: any.\n\nExample: `waihu agents knows li --speaks zh --speaks en --skill conversion`",
        "设定坐席会的语言和技能：从下一个个案起只给相应的个案。不写语言表示不限。\n\n"
        "例：`waihu agents knows li --speaks zh --speaks en --skill conversion`",
    )
)
def knows(
    agent: Agent,
    *,
    speaks: Annotated[
        list[str] | None,
        Parameter(name="--speaks", negative="", help=say("A language, as contacts have it.", "会的语言。")),
    ] = None,
    skill: Annotated[list[str] | None, Parameter(negative="", help=say("A skill.", "技能。"))] = None,
) -> int:
    from admin.database import connected

    with connected(open_cloud()) as connection:
        connection.execute(_KNOWS, agent, speaks or [], skill or [])
    told = f"{', '.join(speaks or []) or say('any language', '语言不限')}; {', '.join(skill or []) or '-'}"
    out.print(f"[green]✔[/] {agent}: {told}")
    return 0
