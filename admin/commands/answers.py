"""`answers export`: what was answered, as a table."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from admin.application import PEOPLE, app, err
from admin.cloud import Cloud
from admin.commands.surroundings import open_cloud
from admin.errors import AdminError, NotFound
from admin.language import say
from database.connection import Connection

answers = App(name="answers", group=PEOPLE, help=say("What customers answered.", "客户的答案。"))
app.command(answers)


@answers.command(
    help=say(
        "Writes a CSV file (UTF-8 with BOM, as Excel likes it): one row an interview, one column a field, in the order "
        "of the script, over all its releases.\n\n"
        "Only answers on the interview's path are in it. Several choices are joined by `;`, special answers are `#dk`, "
        "`#refused`, `#na`. A text that a spreadsheet would take for a formula gets a ' in front.\n\n"
        "Examples: `waihu answers export csat --output csat.csv`, `waihu answers export csat | head`",
        "导出 CSV（UTF-8 带 BOM，Excel 可直接打开）：每次访问一行，每个字段一列，按脚本顺序，包含所有发布。\n\n"
        "只含路径上的答案。多选用 `;` 连接；特殊回答为 `#dk`、`#refused`、`#na`。"
        "会被表格软件当作公式的文字前面加 '。\n\n"
        "例：`waihu answers export csat --output csat.csv`、`waihu answers export csat | head`",
    )
)
def export(
    campaign: Annotated[str, Parameter(help=say("Name of the campaign.", "活动名称。"))],
    *,
    output: Annotated[
        Path | None, Parameter(alias="-o", help=say("File; the terminal if left out.", "文件；不写则输出到终端。"))
    ] = None,
    unfinished: Annotated[
        bool, Parameter(negative="", help=say("Also interviews without an outcome.", "包括还没有结果的访问。"))
    ] = False,
) -> int:
    from admin.answers import export as write
    from admin.database import connected

    cloud = open_cloud()
    with connected(cloud) as connection:
        orders = field_orders(cloud, campaign, connection)
        if output is None:
            sys.stdout.reconfigure(encoding="utf-8-sig", newline="")  # type: ignore[union-attr]
            count = write(sys.stdout, connection, campaign, orders, unfinished=unfinished)
        else:
            part = output.with_name(output.name + ".part")
            try:
                with part.open("w", encoding="utf-8-sig", newline="") as file:
                    count = write(file, connection, campaign, orders, unfinished=unfinished)
                part.replace(output)
            except OSError as error:
                raise AdminError(
                    say(f"{output} cannot be written: {error.strerror}.", f"{output} 写不了：{error.strerror}。")
                ) from error
            finally:
                part.unlink(missing_ok=True)
    err.print(say(f"{count} interviews", f"{count} 次访问") + (f" → {output}" if output else ""))
    return 0


def field_orders(cloud: Cloud, campaign: str, connection: Connection) -> list[list[str]]:
    """The fields of every release that interviews of the campaign were held with, the newest first."""
    from admin.answers import fields_of, releases_used
    from callscript.parser import load_campaign
    from callscript.problems import ScriptError

    held = cloud.bucket.pointer(campaign)
    if held is None:
        raise AdminError(
            say(f"{campaign} was never published.", f"{campaign} 还没有发布过。"),
            say(
                f"Published: {', '.join(cloud.bucket.campaigns())}.", f"已发布：{'、'.join(cloud.bucket.campaigns())}。"
            ),
        )
    orders: list[list[str]] = []
    for release in dict.fromkeys([held.pointer.release, *releases_used(connection, campaign)]):
        try:
            orders.append(fields_of(load_campaign(cloud.bucket.release_files(campaign, release)).usable))
        except (NotFound, ScriptError):
            # its answers are exported all the same, in columns of their own at the end
            err.print(say(f"The release {release[:12]} cannot be read.", f"发布 {release[:12]} 读不了。"))
    return orders
