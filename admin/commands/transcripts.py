"""`test`: interviews written down, played against the script."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter
from rich.text import Text

from admin import folders
from admin.application import SCRIPTS, app, out
from admin.errors import AdminError, PublicationRefused
from admin.language import say
from admin.verdicts.for_people import shown_path


@app.command(
    name="test",
    group=SCRIPTS,
    help=say(
        "Plays a campaign's transcripts (interviews written down as TOML, docs/transcripts.md) without any server, and "
        "says where the script goes another way, and which nodes, ways and options no transcript comes through.\n\n"
        "They lie in the campaign's folder `transcripts/`, or in `tests/scenarios/CAMPAIGN/`.\n\n"
        "Example: `waihu test csat`",
        "不用任何服务器，按写好的访问记录（TOML，见 docs/transcripts.md）走一遍脚本：指出与记录不同之处，"
        "以及没有走到的节点、分支和选项。\n\n"
        "记录放在活动文件夹的 `transcripts/` 或 `tests/scenarios/活动名/`。\n\n例：`waihu test csat`",
    ),
)
def play_transcripts(
    campaign: Annotated[str, Parameter(help=say("Name or folder of the campaign.", "活动名称或文件夹。"))],
    *,
    transcripts: Annotated[Path | None, Parameter(help=say("Folder of transcripts.", "访问记录所在文件夹。"))] = None,
    scripts: Annotated[Path | None, Parameter(help=say("Folder of scripts.", "脚本所在文件夹。"))] = None,
) -> int:
    from callscript import engine
    from callscript.checker import check_files
    from callscript.transcripts import TranscriptError, coverage_of, play, read_transcript

    root = folders.scripts_root(scripts)
    folder = folders.collect(folders.find_campaign(campaign, root), root)
    files = _files(folder, transcripts)
    checked = check_files(folder.files)
    if checked.campaign is None:
        refused = PublicationRefused(say("The scripts have errors.", "脚本有错误。"), "", checked.problems)
        refused.sources = folder.sources
        raise refused
    program = engine.prepare(checked.campaign)
    replies = _replies(files[0].parent / "replies.toml")
    played = []
    for file in files:
        try:
            transcript = read_transcript(file.read_bytes(), shown_path(file), replies)
        except TranscriptError as error:
            raise AdminError(
                str(error), say("docs/transcripts.md shows the form.", "格式见 docs/transcripts.md。")
            ) from error
        run = play(program, transcript)
        played.append(run)
        out.print(
            Text.assemble(("✘ ", "red") if run.differences else ("✔ ", "green"), f"{file.stem}: {transcript.title}")
        )
        for difference in run.differences:
            out.print(Text.assemble(f"    {difference}"), soft_wrap=True)
    left = coverage_of(checked.campaign, played)
    out.print(say(f"{left.share:.0%} of nodes and ways", f"走到 {left.share:.0%} 的节点和分支"))
    _show(say("not reached", "没有走到"), left.nodes)
    _show(say("not taken", "没有走过"), [f"{node} → {goal}" for node, goal in left.ways])
    _show(say("not chosen", "没有选过"), [f"{name}: {option}" for name, option in left.options])
    return 1 if any(run.differences for run in played) else 0


def _files(folder: folders.Folder, given: Path | None) -> list[Path]:
    own = folder.sources["local.xml"].parent / "transcripts"
    places = [given] if given else [own, folder.root.parent / "tests" / "scenarios" / folder.campaign]
    for place in places:
        files = [file for file in sorted(place.glob("*.toml")) if file.name != "replies.toml"]
        if files:
            return files
    raise AdminError(
        say(f"{folder.campaign} has no transcripts.", f"{folder.campaign} 没有访问记录。"),
        say(f"Put them into {shown_path(own)}.", f"请放到 {shown_path(own)}。"),
    )


def _replies(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    except tomllib.TOMLDecodeError as error:
        raise AdminError(f"{shown_path(file)}: {error}") from error


def _show(name: str, left: object) -> None:
    items = list(left) if isinstance(left, list | tuple) else []
    if items:
        out.print(Text.assemble((f"  {name}: ", "yellow"), ", ".join(str(item) for item in items)), soft_wrap=True)
