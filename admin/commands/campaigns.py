"""`campaign move`: another cell for a campaign, with all that it has."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from admin.application import RUNNING, app, out
from admin.cloud import Cloud
from admin.commands.surroundings import open_cloud
from admin.errors import AdminError
from admin.language import say
from admin.settings import NoSurroundings, read_settings

campaign_app = App(name="campaign", group=RUNNING, help=say("Where campaigns live.", "项目所在的单元。"))
app.command(campaign_app)
_NAME = re.compile(r"[a-z][a-z0-9_-]{0,63}")


@campaign_app.command(
    help=say(
        "Moves a campaign to another cell: contacts, cases, interviews, answers with their history, appointments, "
        "rules, keys and replies. Both databases change, or neither; then the routing names the new cell.\n\n"
        "The variables lead to the cell that it is in; FILE has those of the other that differ, one NAME=VALUE a line. "
        'Nobody may hold a case of it: give it groups="nobody" in routing.xml first (docs/cells.md). Who worked on it '
        "signs in anew.\n\n"
        "Example: `waihu campaign move csat --to c2 --there c2.env`",
        "把项目移到另一个单元：联系人、个案、访问、答案及其历史、预约、规则、幂等键和回复。"
        "两个数据库要么都改，要么都不改；然后路由改指新单元。\n\n"
        "环境变量指向项目现在的单元；FILE 写另一个单元不同的变量，每行一个 名称=值。"
        '不能有人持有它的个案：请先在 routing.xml 改为 groups="nobody"'
        "（docs/cells.md）。做过它的坐席要重新登录。\n\n例：`waihu campaign move csat --to c2 --there c2.env`",
    )
)
def move(
    campaign: Annotated[str, Parameter(help=say("Name of the campaign.", "项目名称。"))],
    *,
    to: Annotated[
        str, Parameter(help=say("The new cell, as routing.xml names it.", "新单元，按 routing.xml 的名称。"))
    ],
    there: Annotated[Path, Parameter(help=say("Variables of the new cell that differ.", "新单元不同的变量。"))],
) -> int:
    from admin.moving.routing import check_cell, home, routing_in_force, send_to

    if not _NAME.fullmatch(campaign):
        raise AdminError(say(f"{campaign!r} is no campaign's name.", f"{campaign!r} 不是项目名称。"))
    here = open_cloud()
    routing = routing_in_force(here.bucket)
    old = home(campaign, routing)
    check_cell(to, routing)
    if old == to:
        out.print(say(f"{campaign} is in {to} already.", f"{campaign} 已经在 {to}。"))
        return 0
    _move_rows(campaign, here, _other(here, there))
    send_to(campaign, to, here.bucket)
    out.print("[green]✔[/] " + say(f"{campaign}: {old} → {to}", f"{campaign}：{old} → {to}"))
    return 0


def _move_rows(campaign: str, here: Cloud, there: Cloud) -> None:
    from admin.database import connected
    from admin.moving.rows import move as move_rows

    with connected(here, migrating=True) as source, connected(there, migrating=True) as target:
        done = move_rows(campaign, source, target)
    for name, rows in (done.rows | done.shared).items():
        out.print(f"  {rows:>10,}  {name}")
    if not done.rows:
        out.print(say("  no row: it was moved before, or has none", "  没有数据：以前已移动，或本来没有"))
    out.print(say(f"  {done.sessions} sessions ended", f"  结束了 {done.sessions} 个会话"))


def _other(here: Cloud, file: Path) -> Cloud:
    """The cloud that `file` leads to, where it differs from `here`."""
    known = {type(here.settings).variable(field.name): field.name for field in dataclasses.fields(here.settings)}
    variables = here.settings.to_environment()
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise AdminError(say(f"{file} cannot be read: {error}.", f"{file} 读不到：{error}。")) from error
    for number, line in enumerate(lines, 1):
        name, equals, value = line.partition("=")
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if not equals or name.strip() not in known:
            raise AdminError(
                say(f"{file}:{number}: {name.strip()!r} is no variable of the command.",
                    f"{file}:{number}：{name.strip()!r} 不是本命令的变量。"),
                say("docs/admin.md lists them.", "见 docs/admin.md 的列表。"),
            )  # fmt: skip
        variables[name.strip()] = value.strip()
    try:
        return here.elsewhere(read_settings(variables))
    except NoSurroundings as error:
        raise AdminError(f"{file}: {error}") from error
