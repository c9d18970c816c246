"""`new` and `check`: scripts on the author's own disk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter
from rich.table import Table

from admin import folders, scaffold
from admin.application import SCRIPTS, app, out
from admin.language import say
from admin.verdicts.for_people import count_line, show_problems, shown_path
from admin.verdicts.for_programs import as_json, as_sarif
from callscript.checker import check_calling, check_routing
from callscript.problems import Problem

CALLING, ROUTING = "calling.xml", "routing.xml"

if TYPE_CHECKING:
    from admin.checking import Preparing


@app.command(
    group=SCRIPTS,
    help=say(
        "Makes the folder of a new campaign, with a small questionnaire that checks clean; its words are in the "
        "language of the command (`--language zh` for Chinese).\n\n"
        "Example: `waihu new teahouse --title 茶馆回访`",
        "新建一个项目的文件夹，里面是一份可以直接通过检查的小问卷；用词与命令语言一致"
        "（英文写 `--language en`）。\n\n例：`waihu new teahouse --title 茶馆回访`",
    ),
)
def new(
    campaign: Annotated[str, Parameter(help=say("Its name: small letters, digits, _.", "项目名：小写字母、数字、_。"))],
    *,
    title: Annotated[str, Parameter(help=say("What agents see.", "坐席看到的名称。"))] = "",
    scripts: Annotated[Path | None, Parameter(help=say("Folder of scripts.", "脚本所在文件夹。"))] = None,
) -> int:
    root = folders.scripts_root(scripts)
    folder = scaffold.new_campaign(campaign, root, title)
    out.print(say(f"Made {shown_path(folder / 'local.xml')}.", f"已新建 {shown_path(folder / 'local.xml')}。"))
    out.print(
        say(
            f"Next: edit it, then `waihu check {campaign}` and `waihu publish {campaign}`; "
            f"add it to {shown_path(root / 'routing.xml')} so that agents see it.",
            f"接下来：修改它，然后 waihu check {campaign}、waihu publish {campaign}；"
            f"再写进 {shown_path(root / 'routing.xml')}，坐席就能看到。",
        )
    )
    return 0


@app.command(
    group=SCRIPTS,
    help=say(
        "Finds every mistake that can be known before publishing, and says for each where it is and how to mend it.\n\n"
        "Without a campaign all are checked, and the routing. A `calling.xml` beside the script is checked with it. "
        "Exit status 1 where there is an error.\n\n"
        "Examples: `waihu check csat`, `waihu check scripts_bucket/campaigns/csat --format sarif`, "
        "`waihu check csat --database`",
        "找出发布前能知道的全部错误，逐条说明位置和改法。\n\n不写项目名时检查所有项目。有错误时退出码为 1。\n\n"
        "例：`waihu check csat`、`waihu check scripts_bucket/campaigns/csat --format sarif`、"
        "`waihu check csat --database`",
    ),
)
def check(
    campaign: Annotated[
        str | None,
        Parameter(
            help=say("Name, folder or local.xml; all if left out.", "名称、文件夹或 local.xml；不写则检查全部。")
        ),
    ] = None,
    *,
    format: Annotated[  # noqa: A002 - the option's name
        Literal["text", "json", "sarif"],
        Parameter(help=say("text for people, json and sarif for programs.", "text 给人看，json、sarif 给程序用。")),
    ] = "text",
    database: Annotated[
        bool,
        Parameter(
            negative="",
            help=say("Also prepare every SQL statement on the live database.", "同时在真实数据库上预备每条 SQL。"),
        ),
    ] = False,
    scripts: Annotated[Path | None, Parameter(help=say("Folder of scripts.", "脚本所在文件夹。"))] = None,
) -> int:
    from admin.commands.surroundings import live_schema

    root = folders.scripts_root(scripts)
    names = [campaign] if campaign else folders.campaigns(root)
    with live_schema(database) as preparing:
        verdicts = [_check_one(name, root, preparing, format) for name in names]
    if campaign is None and (root / ROUTING).is_file():
        read = check_routing((root / ROUTING).read_bytes(), ROUTING)
        sound = not any(problem.is_error for problem in read.problems)
        verdicts.append(sound)
        _tell(ROUTING, read.problems, {ROUTING: root / ROUTING}, {}, format)
    return 0 if all(verdicts) else 1


def _check_one(name: str, root: Path, preparing: Preparing | None, form: str) -> bool:
    from admin import checking

    folder = folders.collect(folders.find_campaign(name, root), root)
    verdict = checking.check(folder.files, folder.campaign, preparing)
    problems, sources = verdict.problems, folder.sources
    rules = folders.find_campaign(name, root) / CALLING
    if rules.is_file():
        read = check_calling(rules.read_bytes(), CALLING, folder=folder.campaign, campaign=verdict.campaign)
        problems, sources = (*problems, *read.problems), {**sources, CALLING: rules}
    _tell(folder.campaign, problems, sources, verdict.round_trips, form)
    return not any(problem.is_error for problem in problems)


def _tell(
    name: str, problems: Sequence[Problem], sources: Mapping[str, Path], rounds: Mapping[str, int], form: str
) -> None:
    if form == "json":
        print(as_json(name, problems, sources, rounds))
    elif form == "sarif":
        print(as_sarif(problems, sources))
    else:
        # errors last: beside the count, where the eye is when a long list of warnings has scrolled by
        show_problems(sorted(problems, key=lambda problem: problem.is_error), sources, out)
        mark = "[red]✘[/]" if any(problem.is_error for problem in problems) else "[green]✔[/]"
        out.print(f"{mark} [bold]{name}[/]: {count_line(problems)}")
        if rounds:
            out.print(_round_trips(rounds))


def _round_trips(found: Mapping[str, int]) -> Table:
    table = Table(box=None, padding=(0, 2), header_style="dim")
    table.add_column(say("server action", "服务端操作"))
    table.add_column(say("round trips to the database", "数据库往返次数"), justify="right")
    for action, count in found.items():
        table.add_row(action, str(count))
    return table
