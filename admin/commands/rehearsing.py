"""`test`, `synth` and `play`: transcripts played against the script, found by a search, and made by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from admin import rehearsals
from admin.application import SCRIPTS, app, err, out
from admin.language import say
from admin.rehearsals import Prepared
from admin.verdicts.for_people import show_problems, shown_path
from admin.verdicts.of_transcripts import as_json, show_coverage, show_unreached
from callscript.problems import Problem
from callscript.transcripts import Reply, Setting, Theatre, Transcript, synthesize, write_transcripts
from callscript.transcripts.reading import read_replies_written
from callscript.transcripts.replies import Server

SYNTH_FILE = "synth.txt"
PLAY_FILE = "played.txt"

_CAMPAIGN = Parameter(help=say("Name, folder or local.xml.", "名称、文件夹或 local.xml。"))
_SCRIPTS = Parameter(help=say("Folder of scripts.", "脚本所在文件夹。"))


def usable(prepared: Prepared) -> bool:
    """Whether the campaign can be played; if not, it is said why."""
    if prepared.campaign is None:
        show_problems(prepared.problems, prepared.sources, err)
        err.print(say("First mend the script: `waihu check`.", "请先修改脚本：waihu check。"), markup=False)
    return prepared.campaign is not None


@app.command(
    name="test",
    group=SCRIPTS,
    help=say(
        "Plays the transcripts of a campaign against its script, without any server, and says what differs and what no "
        "transcript touches.\n\n"
        "A transcript is one interview, written down in `transcripts/*.txt` beside `local.xml`:\n\n"
        "    == Wrong number ==\n"
        "    at greeting\n"
        "      says 请问是\n"
        "      person = wrong\n"
        "    at wrong_number\n"
        "    end wrong_person 4.10\n\n"
        "`waihu play` writes one while you click through, `waihu synth` writes those that cover everything; "
        "docs/transcripts.md has every word of it.\n\n"
        "Examples: `waihu test csat`, `waihu test csat --min-branches 100`",
        "不用任何服务器，按记录把脚本走一遍，指出不一致之处，以及哪些节点和分支没有记录走到。\n\n"
        "一份记录就是一次访问，写在 `local.xml` 旁边的 `transcripts/*.txt` 里：\n\n"
        "    == 打错了 ==\n"
        "    at greeting\n"
        "      says 请问是\n"
        "      person = wrong\n"
        "    at wrong_number\n"
        "    end wrong_person 4.10\n\n"
        "`waihu play` 边走边记，`waihu synth` 自动写出覆盖所有分支的记录；写法详见 docs/transcripts.md。\n\n"
        "例：`waihu test csat`、`waihu test csat --min-branches 100`",
    ),
)
def rehearse(
    campaign: Annotated[str, _CAMPAIGN],
    *,
    min_branches: Annotated[
        float, Parameter(help=say("Fail below this share of branches, in %.", "分支覆盖率低于此百分比即失败。"))
    ] = 0.0,
    options: Annotated[
        bool, Parameter(negative="", help=say("List options that nobody chose, too.", "同时列出没有选过的选项。"))
    ] = False,
    format: Annotated[Literal["text", "json"], Parameter(help=say("Form of the report.", "报告形式。"))] = "text",  # noqa: A002
    replies: Annotated[Path | None, Parameter(help=say("JSON file of replies.", "回复的 JSON 文件。"))] = None,
    scripts: Annotated[Path | None, _SCRIPTS] = None,
) -> int:
    prepared = rehearsals.prepare(campaign, scripts, replies)
    if not usable(prepared) or prepared.campaign is None:
        return 1
    written = rehearsals.transcripts_in(prepared.folder)
    theatre = Theatre(prepared.campaign, prepared.given)
    results = [theatre.play(each) for each in written.transcripts]
    problems = [*written.problems, *(problem for result in results for problem in result.problems)]
    coverage = theatre.coverage()
    covered, whole = coverage.shares["branches"]
    enough = not whole or 100 * covered / whole >= min_branches
    sources = {**prepared.sources, **written.sources}
    if format == "json":
        print(as_json(prepared.name, results, problems, coverage, sources))
        return 0 if enough and not problems else 1
    show_problems(problems, sources, out)
    passed = sum(result.passed for result in results)
    mark = "[red]✘[/]" if problems else "[green]✔[/]"
    told = say(f"{passed} of {len(results)} transcripts pass", f"{len(results)} 份记录，{passed} 份通过")
    out.print(f"{mark} [bold]{prepared.name}[/]: {told}")
    if not results:
        out.print(
            say(
                "Write one with `waihu play`, or all with `waihu synth`.",
                "用 waihu play 写一份，或用 waihu synth 自动写。",
            ),
            markup=False,
        )
    show_coverage(coverage, sources, out, options=options)
    if not enough:
        said = say(f"Fewer than {min_branches:g} % of the branches.", f"分支覆盖率不到 {min_branches:g} %。")
        out.print(f"[red]✘[/] {said}")
    return 0 if enough and not problems else 1


@app.command(
    group=SCRIPTS,
    help=say(
        "Writes transcripts that together take every branch of a campaign for which answers can be found: each `next`, "
        "no `next`, conditions that hold and fail, checks that hold and fail, exits.\n\n"
        "They come into `transcripts/synth.txt`, which is overwritten each time; the same script gives the same file. "
        "Read it after each change: its difference is what the change does to interviews. What could not be reached "
        "is said with the reason.\n\n"
        "Example: `waihu synth csat && waihu test csat --min-branches 100`",
        "自动写出一组记录，走遍项目中能找到答案的每个分支：每个 next、没有 next 成立、条件成立与不成立、"
        "检查通过与不通过、出口。\n\n"
        "写入 `transcripts/synth.txt`，每次覆盖；同一脚本得到同一文件。"
        "改完脚本重新生成并对比，差异就是这次修改对访问的影响。"
        "走不到的分支会说明原因。\n\n"
        "例：`waihu synth csat && waihu test csat --min-branches 100`",
    ),
)
def synth(
    campaign: Annotated[str, _CAMPAIGN],
    *,
    output: Annotated[
        Path | None, Parameter(help=say("File; else transcripts/synth.txt.", "文件；不写则为 transcripts/synth.txt。"))
    ] = None,
    options: Annotated[
        bool, Parameter(negative="", help=say("Choose every option once, too.", "同时让每个选项至少被选一次。"))
    ] = False,
    seed: Annotated[int, Parameter(help=say("Seed of random orders.", "随机顺序的种子。"))] = 1,
    replies: Annotated[Path | None, Parameter(help=say("JSON file of replies.", "回复的 JSON 文件。"))] = None,
    scripts: Annotated[Path | None, _SCRIPTS] = None,
) -> int:
    prepared = rehearsals.prepare(campaign, scripts, replies)
    if not usable(prepared) or prepared.campaign is None:
        return 1
    with out.status(say("Looking …", "正在寻找……")) as status:
        found = synthesize(
            Theatre(prepared.campaign, prepared.given),
            Setting(seed=seed),
            lambda covered, whole, walks: status.update(
                say(f"{covered} of {whole} branches, {walks} interviews", f"分支 {covered}/{whole}，走了 {walks} 次")
            ),
            options=options,
        )
    file = output or prepared.folder / SYNTH_FILE
    heading = say(
        f"Written by `waihu synth {prepared.name}`: change the script, not this file.",
        f"由 waihu synth {prepared.name} 生成：请改脚本，不要改此文件。",
    )
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(write_transcripts(found.transcripts, heading), encoding="utf-8")
    out.print(
        say(
            f"{len(found.transcripts)} transcripts → {shown_path(file)} ({found.walks} interviews tried)",
            f"{len(found.transcripts)} 份记录 → {shown_path(file)}（试走 {found.walks} 次）",
        ),
        soft_wrap=True,
    )
    show_unreached(found.unreached, prepared.sources, out)
    return 0


@app.command(
    group=SCRIPTS,
    help=say(
        "Walks through a campaign in the terminal as an agent would, with the real engine and no server: what the "
        "server would reply is made up from the types in `<data>`, from `transcripts/replies.json` and from `--reply`."
        "\n\n"
        "While it asks, `?` shows help, `:back`, `:exit`, `:jump`, `:language`, `:save`, `:quit` do what they say. "
        "What was played is saved as a transcript, which `waihu test` plays again.\n\n"
        "Examples: `waihu play csat`, `waihu play csat --speak en`, "
        "`waihu play csat --reply 'outbound.next_case contact.visits = 3'`, "
        "`waihu play csat --reply 'outbound.next_case fails no_case_due'`",
        "在终端里像坐席一样走一遍项目：用真正的引擎，不需要服务器；服务器的回复按 `<data>` 的类型、"
        "`transcripts/replies.json` 和 `--reply` 编造。\n\n"
        "过程中 `?` 查看帮助，`:back` 返回、`:exit` 出口、`:jump` 跳转、`:language` 换语言、"
        "`:save` 保存、`:quit` 退出。"
        "走过的内容可存为记录，由 `waihu test` 重放。\n\n"
        "例：`waihu play csat`、`waihu play csat --speak en`、"
        "`waihu play csat --reply 'outbound.next_case contact.visits = 3'`、"
        "`waihu play csat --reply 'outbound.next_case fails no_case_due'`",
    ),
)
def play(
    campaign: Annotated[str, _CAMPAIGN],
    *,
    speak: Annotated[str, Parameter(help=say("Language of the interview.", "访问使用的语言。"))] = "",
    reply: Annotated[
        list[str] | None,
        Parameter(negative="", help=say("A value of a reply, or a failure.", "回复中的一个值，或一次失败。")),
    ] = None,
    seed: Annotated[int, Parameter(help=say("Seed of random orders.", "随机顺序的种子。"))] = 1,
    save: Annotated[
        Path | None,
        Parameter(
            help=say("File to save to; else transcripts/played.txt.", "存到此文件；不写则为 transcripts/played.txt。")
        ),
    ] = None,
    replies: Annotated[Path | None, Parameter(help=say("JSON file of replies.", "回复的 JSON 文件。"))] = None,
    scripts: Annotated[Path | None, _SCRIPTS] = None,
) -> int:
    from admin.playing import Play, Terminal

    prepared = rehearsals.prepare(campaign, scripts, replies)
    if not usable(prepared) or prepared.campaign is None:
        return 1
    theatre = Theatre(prepared.campaign, prepared.given)
    given, problems = _given(theatre, reply or [])
    if problems:
        show_problems(problems, prepared.sources, err)
        return 2
    language = speak if speak in theatre.program.languages else ""
    if speak and not language:
        known = " ".join(theatre.program.languages)
        err.print(say(f"{prepared.name} speaks {known}.", f"{prepared.name} 有这些语言：{known}。"))
        return 2
    file = save or prepared.folder / PLAY_FILE
    setting = Setting(language=language, seed=seed, replies=given)
    Play(theatre, setting, Terminal(out), lambda played: _append(file, played)).run()
    return 0


def _given(theatre: Theatre, replies: list[str]) -> tuple[tuple[Reply, ...], tuple[Problem, ...]]:
    given, problems = read_replies_written(replies, "--reply")
    return given, problems or tuple(Server(theatre.campaign, replies=given).problems)


def _append(file: Path, played: Transcript) -> str:
    """Put a transcript at the end of `file`."""
    file.parent.mkdir(parents=True, exist_ok=True)
    before = file.read_text(encoding="utf-8").rstrip() + "\n\n" if file.exists() else ""
    file.write_text(before + write_transcripts([played]), encoding="utf-8")
    return shown_path(file)
