"""`publish`, `rollback` and `status`: what runs, what ran, and how it changes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from admin import folders, publishing
from admin.application import RUNNING, SCRIPTS, app, err, out
from admin.cloud import Cloud
from admin.commands.surroundings import live_schema, occasion, open_cloud
from admin.errors import AdminError, PublicationRefused
from admin.language import say
from admin.script_bucket import ScriptBucket
from admin.verdicts.for_people import count_line, shown_path

if TYPE_CHECKING:
    from admin.checking import Preparing


@app.command(
    group=SCRIPTS,
    help=say(
        "Checks a campaign, stores it as an immutable release and makes it the current one.\n\n"
        "The next case takes it; interviews that are open end on the release they began with; nothing restarts. "
        "Where anything is wrong, what runs stays.\n\n"
        'Examples: `waihu publish csat --comment "Ask of parking"`, `waihu publish --all`, `waihu publish --routing`',
        "检查项目，存为不可更改的版本，并设为当前版本。\n\n下一个个案就用新版本；进行中的访问用开始时的版本做完；"
        "不需要重启任何程序。有任何错误时，正在运行的版本不变。\n\n"
        '例：`waihu publish csat --comment "增加停车问题"`、`waihu publish --all`、`waihu publish --routing`',
    ),
)
def publish(
    campaign: Annotated[
        str | None, Parameter(help=say("Name or folder of the campaign.", "项目名称或文件夹。"))
    ] = None,
    *,
    comment: Annotated[
        str, Parameter(alias="-m", help=say("Why, for those who read the history.", "原因，留在历史记录里。"))
    ] = "",
    all: Annotated[  # noqa: A002 - the option's name
        bool, Parameter(negative="", help=say("Publish every campaign.", "发布所有项目。"))
    ] = False,
    routing: Annotated[
        bool,
        Parameter(
            negative="",
            help=say("Publish routing.xml: campaigns, groups, cells.", "发布 routing.xml：项目、班组、单元。"),
        ),
    ] = False,
    database: Annotated[
        bool,
        Parameter(
            negative="",
            help=say("Prepare every SQL statement on the live database before.", "先在真实数据库上预备每条 SQL。"),
        ),
    ] = False,
    scripts: Annotated[Path | None, Parameter(help=say("Folder of scripts.", "脚本所在文件夹。"))] = None,
) -> int:
    root = folders.scripts_root(scripts)
    if not (campaign or all or routing):
        raise AdminError(
            say("Nothing to publish was named.", "没有说要发布什么。"),
            say("Name a campaign, or say --all or --routing.", "请写项目名，或用 --all、--routing。"),
        )
    names = folders.campaigns(root) if all else [campaign] if campaign else []
    found = [folders.collect(folders.find_campaign(name, root), root) for name in names]
    cloud = open_cloud()
    with live_schema(database) as preparing:
        for folder in found:
            _renew_views(cloud, _publish_one(folder, cloud.bucket, comment, preparing), folder.files)
    if routing:
        _publish_routing(root / "routing.xml", cloud.bucket)
    return 0


def _renew_views(cloud: Cloud, done: publishing.Published, files: Mapping[str, bytes] | None = None) -> None:
    from admin.analysis import renew_views

    trouble = renew_views(cloud, done.campaign, done.release, files)
    if trouble is not None:
        what = say(f"Analysts' views of {done.campaign} were not made", f"{done.campaign} 的分析视图没有生成")
        err.print(f"  [yellow]{what}:[/] {trouble.what} {trouble.mend}")


def _publish_one(
    folder: folders.Folder, bucket: ScriptBucket, comment: str, preparing: Preparing | None
) -> publishing.Published:
    try:
        done = publishing.publish(
            folder.files, campaign=folder.campaign, bucket=bucket, occasion=occasion(comment),
            check=lambda files: publishing.everything(folder.campaign, files, preparing),
        )  # fmt: skip
    except PublicationRefused as refused:
        refused.sources = folder.sources
        raise
    if done.moved:
        was = f" ({say('before', '之前')}: {done.previous[:12]})" if done.previous else ""
        out.print(f"[green]✔[/] [bold]{done.campaign}[/] → {done.release[:12]}{was}")
    else:
        out.print(
            f"[dim]=[/] [bold]{done.campaign}[/] {done.release[:12]}: "
            + say("this very release is in force already", "与当前版本完全相同")
        )
    if done.warnings:
        out.print(f"  {count_line(done.warnings)}: waihu check {done.campaign}")
    return done


def _draw_dashboard(campaign: str, cloud: Cloud) -> None:
    from admin import boards
    from monitoring.metrics import NAMESPACE

    prefix, region = cloud.settings.dashboard_prefix, cloud.settings.aws_region
    if prefix and not boards.draw(
        cloud.client("cloudwatch"), campaign, prefix=prefix, namespace=NAMESPACE, region=region
    ):
        out.print("  " + say("CloudWatch took no dashboard for it", "CloudWatch 没有接受它的看板"))


def _publish_routing(file: Path, bucket: ScriptBucket) -> None:
    try:
        publishing.publish_routing(file.read_bytes(), bucket=bucket)
    except FileNotFoundError as error:
        raise AdminError(say(f"There is no {shown_path(file)}.", f"没有 {shown_path(file)}。")) from error
    except PublicationRefused as refused:
        refused.sources = {"routing.xml": file}
        raise
    out.print("[green]✔[/] [bold]routing.xml[/] " + say("is in force", "已生效"))


@app.command(
    group=SCRIPTS,
    help=say(
        "Makes an earlier release current again: the one before, or the one you name.\n\n"
        "Examples: `waihu rollback csat`, `waihu rollback csat 3fa94c`",
        "回到以前的版本：不写时回到上一个，也可以指定。\n\n例：`waihu rollback csat`、`waihu rollback csat 3fa94c`",
    ),
)
def rollback(
    campaign: Annotated[str, Parameter(help=say("Name of the campaign.", "项目名称。"))],
    release: Annotated[str | None, Parameter(help=say("First digits of a release.", "版本号的前几位。"))] = None,
    *,
    comment: Annotated[str, Parameter(alias="-m", help=say("Why.", "原因。"))] = "",
) -> int:
    cloud = open_cloud()
    done = publishing.roll_back(
        campaign, release, bucket=cloud.bucket, occasion=occasion(comment or say("rolled back", "回滚"))
    )
    _renew_views(cloud, done)
    if done.moved:
        was = f"{say('before', '之前')}: {str(done.previous)[:12]}"
        out.print(f"[green]✔[/] [bold]{campaign}[/] → {done.release[:12]} ({was})")
    else:
        out.print(say(f"{campaign} is at {done.release[:12]} already.", f"{campaign} 已经是 {done.release[:12]}。"))
    return 0


@app.command(
    group=RUNNING,
    help=say(
        "What runs: campaigns and their releases, cases by state, who is working, what failed lately.\n\n"
        "Example: `waihu status`, `waihu status csat`",
        "现在的情况：项目和版本、各状态的个案数、谁在工作、最近的失败。\n\n例：`waihu status`、`waihu status csat`",
    ),
)
def status(
    campaign: Annotated[
        str | None, Parameter(help=say("Only this one, with its history.", "只看这个项目，并列出历史。"))
    ] = None,
) -> int:
    from admin.status import show_status

    show_status(open_cloud(), campaign, out)
    return 0
