"""`diff`: what changed between two versions of a campaign, in words."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from admin import folders
from admin.application import SCRIPTS, app, err, out
from admin.commands.surroundings import open_cloud
from admin.errors import NotFound
from admin.language import current, say
from admin.verdicts.for_people import show_problems
from callscript.changes import changes
from callscript.model.campaign import Campaign
from callscript.parser import load_campaign

LIVE = "live"
_COLOURS = {"added": "green", "removed": "red", "changed": "yellow"}


@app.command(
    group=SCRIPTS,
    help=say(
        "Says in words what changed from OLD to NEW: nodes, questions, options, conditions, checks, SQL, translations."
        "\n\nEach is a folder or name of a campaign as it is on disk, `CAMPAIGN@live` (what agents get now), or "
        "`CAMPAIGN@` and the first digits of a release. Without NEW: what publishing OLD would change.\n\n"
        "Examples: `waihu diff csat`, `waihu diff csat@1f3a csat@live`, `waihu diff ../old/csat csat`",
        "用文字说明从 OLD 到 NEW 改了什么：节点、问题、选项、条件、检查、SQL、译文。\n\n"
        "写法：磁盘上的项目名或文件夹；`项目@live`（坐席现在用的）；`项目@版本号前几位`。"
        "不写 NEW 时，说明发布 OLD 会改变什么。\n\n"
        "例：`waihu diff csat`、`waihu diff csat@1f3a csat@live`、`waihu diff ../old/csat csat`",
    ),
)
def diff(
    old: Annotated[str, Parameter(help=say("The earlier version.", "旧版本。"))],
    new: Annotated[str | None, Parameter(help=say("The later version.", "新版本。"))] = None,
    *,
    scripts: Annotated[Path | None, Parameter(help=say("Folder of scripts.", "脚本所在文件夹。"))] = None,
) -> int:
    root = folders.scripts_root(scripts)
    if new is None:
        old, new = f"{folders.find_campaign(old, root).name}@{LIVE}", old
    before, after = _version(old, root), _version(new, root)
    if before is None or after is None:
        return 1
    found = changes(before, after)
    for change in found:
        out.print(f"[{_COLOURS[change.sort]}]●[/] ", end="")
        out.print(change.sentence(current()), markup=False, soft_wrap=True)
    out.print(say(f"{old} → {new}: {len(found)} changes.", f"{old} → {new}：共 {len(found)} 处改动。"))
    return 0


def _version(which: str, root: Path) -> Campaign | None:
    """The campaign that `which` names; None, with its problems shown, where it cannot be read."""
    campaign, at, release = which.rpartition("@")
    files: Mapping[str, bytes]
    sources: Mapping[str, Path] = {}
    if at:
        files = _published(campaign, release)
    else:
        folder = folders.collect(folders.find_campaign(which, root), root)
        files, sources = folder.files, folder.sources
    loaded = load_campaign(files)
    if loaded.campaign is None:
        show_problems(loaded.problems, sources, err)
    return loaded.campaign


def _published(campaign: str, release: str) -> Mapping[str, bytes]:
    bucket = open_cloud().bucket
    if release == LIVE:
        held = bucket.pointer(campaign)
        wanted = [held.pointer.release] if held else []
    else:
        wanted = [each for each in bucket.releases(campaign) if each.startswith(release)]
    if len(wanted) != 1:
        raise NotFound(
            say(
                f"{campaign} has {len(wanted)} releases “{release}”.",
                f"{campaign} 有 {len(wanted)} 个版本“{release}”。",
            ),
            say("`waihu status CAMPAIGN` lists its releases.", "waihu status 项目名 会列出它的版本。"),
        )
    return bucket.release_files(campaign, wanted[0])
