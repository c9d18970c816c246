"""`graph`: a campaign's flow as a picture."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from admin import folders
from admin.application import SCRIPTS, app, err, out
from admin.language import say
from admin.verdicts.for_people import show_problems, shown_path
from callscript.parser import load_campaign
from callscript.pictures import flow_picture


@app.command(
    group=SCRIPTS,
    help=say(
        "Draws the way through a campaign as an SVG picture: its nodes in document order, the jumps beside them.\n\n"
        "A script with mistakes is drawn too, as long as it can be read.\n\n"
        "Examples: `waihu graph csat`, `waihu graph csat --texts en --output flow.svg`",
        "把项目的流程画成 SVG 图：节点按脚本顺序排列，跳转画在旁边。\n\n脚本有错误但能读懂时也会画出来。\n\n"
        "例：`waihu graph csat`、`waihu graph csat --texts en --output flow.svg`",
    ),
)
def graph(
    campaign: Annotated[str, Parameter(help=say("Name, folder or local.xml.", "名称、文件夹或 local.xml。"))],
    *,
    output: Annotated[
        Path | None, Parameter(help=say("File; else CAMPAIGN.svg here.", "文件；不写则为当前目录下的 项目名.svg。"))
    ] = None,
    texts: Annotated[str | None, Parameter(help=say("Language of its texts.", "图中文字的语言。"))] = None,
    scripts: Annotated[Path | None, Parameter(help=say("Folder of scripts.", "脚本所在文件夹。"))] = None,
) -> int:
    root = folders.scripts_root(scripts)
    folder = folders.collect(folders.find_campaign(campaign, root), root)
    loaded = load_campaign(folder.files)
    if loaded.campaign is None:
        show_problems(loaded.problems, folder.sources, err)
        return 1
    file = output or Path(f"{folder.campaign}.svg")
    file.write_text(flow_picture(loaded.campaign, texts), encoding="utf-8")
    out.print(
        say(f"Drawn: {shown_path(file)}. Any browser shows it.", f"已画好：{shown_path(file)}，用浏览器打开即可。"),
        soft_wrap=True,
    )
    return 0
