"""`translate`: translators' files made, brought up to date, and what they still lack."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter
from cyclopts.validators import Number

from admin import translating
from admin.application import SCRIPTS, app, err, out
from admin.language import say
from admin.translating import Wording
from admin.verdicts.for_people import show_problems, shown_path
from callscript.model.expression import Text
from callscript.places import Span
from callscript.translations import Updated, read_catalogue, update_catalogue

LONGEST = 60


@app.command(
    group=SCRIPTS,
    help=say(
        "Makes the file in which a campaign (or a pack) is translated, or brings it up to date, and says what is "
        "missing.\n\n"
        "The file is `translations/LANG.po`; any gettext editor (Poedit, OmegaT, Weblate) opens it. What a translator "
        "wrote is never lost: a translation whose text changed is marked *fuzzy* and not shown to agents until someone "
        "looks at it; one whose text is gone moves to the end of the file; comments stay.\n\n"
        "Examples: `waihu translate csat en`, `waihu translate outbound en`, `waihu translate csat en --check`",
        "生成或更新项目（或包）的翻译文件，并说明还缺什么。\n\n"
        "文件是 `translations/语言.po`，任何 gettext 编辑器（Poedit、OmegaT、Weblate）都能打开。译者写的内容不会丢失："
        "原文改过的译文标为 *fuzzy*，在有人核对之前不给坐席看；原文已删除的译文移到文件末尾；注释保留。\n\n"
        "例：`waihu translate csat en`、`waihu translate outbound en`、`waihu translate csat en --check`",
    ),
)
def translate(
    campaign: Annotated[str, Parameter(help=say("Campaign or pack.", "项目或包。"))],
    language: Annotated[str, Parameter(help=say("Such as en, zh, pt-BR.", "如 en、zh、pt-BR。"))],
    /,
    *,
    check: Annotated[
        bool,
        Parameter(negative="", help=say("Write nothing; fail if anything is missing.", "不写文件；有缺失即失败。")),
    ] = False,
    show: Annotated[int, Parameter(validator=Number(gte=0), help=say("Most texts to list.", "最多列出多少条。"))] = 20,
    scripts: Annotated[Path | None, Parameter(help=say("Folder of scripts.", "脚本所在文件夹。"))] = None,
) -> int:
    if not language.replace("-", "").replace("_", "").isalnum() or not language.isascii():
        err.print(say("A language is written like en or pt-BR.", "语言写法如 en、pt-BR。"))
        return 2
    wording = translating.wording_of(campaign, scripts)
    if wording.problems:
        show_problems(wording.problems, wording.sources, err)
        return 1
    file = translating.file_for(wording, language)
    data = file.read_bytes() if file.is_file() else None
    if data is not None and (problems := read_catalogue(data, str(file)).problems):
        show_problems(problems, {str(file): file}, err)
        return 1
    updated = update_catalogue(data, wording.texts, language=language, project=wording.name, also=wording.elsewhere)
    if not check and updated.data != data:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(updated.data)
    _tell(updated, file, wording, show=show, written=not check and updated.data != data)
    for pack, lacking in translating.packs_lacking(wording, language, scripts, data).items():
        out.print(
            say(
                f"  The pack {pack} lacks {lacking} texts that this campaign shows: waihu translate {pack} {language}",
                f"  包 {pack} 还缺本项目要用的 {lacking} 条译文：waihu translate {pack} {language}",
            ),
            soft_wrap=True,
        )
    return 1 if check and (updated.missing or updated.stale or updated.data != data) else 0


def _tell(updated: Updated, file: Path, wording: Wording, *, show: int, written: bool) -> None:
    mark = "[yellow]●[/]" if updated.missing or updated.stale else "[green]✔[/]"
    told = say(
        f"{updated.translated} of {updated.total} texts translated, {len(updated.missing)} missing, "
        f"{len(updated.stale)} stale",
        f"{updated.total} 条文字，已译 {updated.translated}，缺 {len(updated.missing)}，过期 {len(updated.stale)}",
    )
    out.print(f"{mark} [bold]{shown_path(file)}[/]: {told}", soft_wrap=True)
    changes = {
        say("new", "新增"): updated.added,
        say("moved", "改名沿用"): updated.moved,
        say("back again", "恢复"): updated.revived,
        say("put aside", "移到末尾"): updated.dropped,
    }
    said = "  ".join(f"{what}: {len(keys)}" for what, keys in changes.items() if keys)
    if said:
        out.print(f"  {said}" + ("" if written else say(" (nothing written)", "（未写入）")))
    _list(say("Missing:", "缺少译文："), updated.missing, wording.texts, wording.sources, show)
    _list(
        say("Stale (the text has changed):", "过期（原文已改）："), updated.stale, wording.texts, wording.sources, show
    )


def _list(
    heading: str, keys: tuple[str, ...], texts: Mapping[str, Text], sources: Mapping[str, Path], most: int
) -> None:
    if not keys or not most:
        return
    out.print(heading)
    for key in keys[:most]:
        text = texts[key]
        source = text.source if len(text.source) <= LONGEST else text.source[: LONGEST - 1] + "…"
        path = sources.get(text.span.file)
        place = Span(shown_path(path), text.span.line, text.span.column) if path else text.span
        out.print(f"  {place} {key}: {' '.join(source.split())}", markup=False, soft_wrap=True)
    if len(keys) > most:
        out.print(say(f"  … and {len(keys) - most} more", f"  ……还有 {len(keys) - most} 条"))
