"""`answers export`: what was answered, as a table for people, spreadsheets, statistics programs and archives."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import App, Parameter
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from admin.application import PEOPLE, app, err
from admin.commands.surroundings import open_cloud
from admin.errors import AdminError
from admin.language import say
from datasets.errors import DataDoesNotFit
from datasets.writing import FORMATS, Format, Written, format_of, write_file

answers = App(name="answers", group=PEOPLE, help=say("What customers answered.", "客户的答案。"))
app.command(answers)


@answers.command(
    help=say(
        "Writes a data set: one row an interview, over all releases of the script, with labels and missing values.\n\n"
        "The file's name says what it is: `.csv` (UTF-8 with BOM), `.xlsx`, `.sav` (SPSS), `.dta` (Stata), `.xml` (DDI "
        "codebook). Only answers on the interview's path are in it. The file takes its place when it is whole: an "
        "export that is broken off leaves what was there. docs/data.md explains the columns.\n\n"
        "Examples: `waihu answers export csat -o csat.sav`, `waihu answers export csat -o new.csv --since 2026-11-01`, "
        "`waihu answers export csat | head`",
        "导出数据：每次访问一行，包含脚本的所有版本，带标签和缺失值定义。\n\n"
        "按文件名决定格式：`.csv`（UTF-8 带 BOM）、`.xlsx`、`.sav`（SPSS）、`.dta`（Stata）、`.xml`（DDI 编码本）。"
        "只含路径上的答案。文件完整后才替换原文件，中途取消不会留下半个文件。列的说明见 docs/data.md。\n\n"
        "例：`waihu answers export csat -o csat.sav`、`waihu answers export csat -o new.csv --since 2026-11-01`、"
        "`waihu answers export csat | head`",
    )
)
def export(
    campaign: Annotated[str, Parameter(help=say("Name of the campaign.", "项目名称。"))],
    *,
    output: Annotated[
        Path | None,
        Parameter(alias="-o", help=say("File; CSV to the terminal if left out.", "文件；不写则在终端输出 CSV。")),
    ] = None,
    format: Annotated[  # noqa: A002 - the option's name
        Format | None, Parameter(help=say("Where the file's name does not say it.", "文件名看不出格式时指定。"))
    ] = None,
    since: Annotated[
        datetime | None,
        Parameter(help=say("Only interviews with anything new since then.", "只要此后有新内容的访问。")),
    ] = None,
    labels: Annotated[Literal["", "zh", "en"], Parameter(help=say("Language of the labels.", "标签的语言。"))] = "",
    unfinished: Annotated[
        bool, Parameter(negative="", help=say("Also interviews without an outcome.", "包括还没有结果的访问。"))
    ] = False,
) -> int:
    from admin.codebooks import codebook
    from admin.database import connected
    from datasets.snapshot import Wanted

    form = format or (format_of(output) if output else "csv")
    if form is None or (output is None and form != "csv"):
        raise AdminError(
            say("It is not clear which format is wanted.", "不清楚要哪种格式。"),
            say(f"--format is one of {', '.join(FORMATS)}, and all but csv want --output.",
                f"--format 可以是 {'、'.join(FORMATS)}；除 csv 外都要写 --output。"),
        )  # fmt: skip
    # A time without a zone is that of this machine.
    wanted = Wanted(campaign, unfinished, since.astimezone() if since else None)
    cloud = open_cloud()
    with connected(cloud) as connection, _told(output) as begun:
        book = codebook(cloud, campaign, connection, labels)
        if output is None:
            written = _to_terminal(connection, book, wanted)
        else:
            written = write_file(output, form, connection, book, wanted, begun=begun)
    _tell(written, output)
    return 0


def _to_terminal(connection: object, book: object, wanted: object) -> Written:
    from datasets.csv_file import write_csv
    from datasets.snapshot import snapshot

    sys.stdout.reconfigure(encoding="utf-8-sig", newline="")  # type: ignore[union-attr]
    with snapshot(connection, wanted) as rows:  # type: ignore[arg-type]
        return Written(write_csv(sys.stdout, rows.variables(book), rows.interviews(), lambda _: None))  # type: ignore[arg-type]


@contextmanager
def _told(output: Path | None) -> Iterator[Callable[[int], Callable[[int], None]]]:
    """Progress on a terminal, and an export's failures in words."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as progress:

        def begun(total: int) -> Callable[[int], None]:
            task = progress.add_task(say("interviews", "访问"), total=total)
            return lambda count: progress.update(task, completed=count)

        try:
            yield begun
        except DataDoesNotFit as error:
            what = {"rows": say("rows", "行"), "columns": say("columns", "列")}[error.what]
            raise AdminError(
                say(f"{error.there_are:,} {what} do not fit into {output}: the format takes {error.most:,}.",
                    f"{output} 放不下 {error.there_are:,} {what}：这种格式最多 {error.most:,}。"),
                say("Take --since, or another format: .csv, .sav and .dta take them all.",
                    "请用 --since，或换一种格式：.csv、.sav、.dta 都放得下。"),
            ) from error  # fmt: skip
        except OSError as error:
            raise AdminError(
                say(f"{output} cannot be written: {error.strerror}.", f"{output} 写不了：{error.strerror}。")
            ) from error


def _tell(written: Written, output: Path | None) -> None:
    err.print(
        say(f"{written.interviews} interviews", f"{written.interviews} 次访问") + (f" → {output}" if output else "")
    )
    if written.cut:
        err.print(say(f"{written.cut} texts were longer than the format takes and were cut; CSV has them whole.",
                      f"有 {written.cut} 段文字超出这种格式的长度，已截断；CSV 中是完整的。"))  # fmt: skip
    for heading, count in written.strange:
        err.print(say(f"{heading}: {count} answers are not of the column's type and are missing; CSV has them.",
                      f"{heading}：有 {count} 个答案与列的类型不符，在此文件中缺失；CSV 中有。"))  # fmt: skip


@answers.command(
    help=say(
        "Writes what happened rather than what was said, as CSV: `visits` of screens with times, `calls` with "
        "outcomes, or `changes` of answers.\n\nExample: `waihu answers paradata csat -o visits.csv --what visits`",
        "导出过程数据（CSV）：`visits` 各屏的停留时间，`calls` 每次拨打及结果，`changes` 答案的每次修改。\n\n"
        "例：`waihu answers paradata csat -o visits.csv --what visits`",
    )
)
def paradata(
    campaign: Annotated[str, Parameter(help=say("Name of the campaign.", "项目名称。"))],
    *,
    output: Annotated[Path, Parameter(alias="-o", help=say("File.", "文件。"))],
    what: Annotated[Literal["visits", "calls", "changes"], Parameter(help=say("Which.", "哪一种。"))] = "visits",
    since: Annotated[
        datetime | None,
        Parameter(help=say("Only interviews with anything new since then.", "只要此后有新内容的访问。")),
    ] = None,
) -> int:
    from admin.database import connected
    from datasets.paradata import write_paradata
    from datasets.snapshot import Wanted
    from datasets.writing import replacing

    wanted = Wanted(campaign, unfinished=True, since=since.astimezone() if since else None)
    with (
        connected(open_cloud()) as connection,
        _told(output),
        replacing(output) as part,
        part.open("w", encoding="utf-8-sig", newline="") as file,
    ):
        count = write_paradata(file, connection, wanted, what)
    err.print(say(f"{count} rows → {output}", f"{count} 行 → {output}"))
    return 0
