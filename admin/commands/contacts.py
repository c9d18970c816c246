"""`contacts import`, `preview` and `demo`: people to call."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import App, Parameter
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.text import Text

from admin.application import PEOPLE, app, err, out
from admin.commands.surroundings import occasion, open_cloud
from admin.commands.tables import named, read_file
from admin.contacts.complaints import Complaint
from admin.errors import AdminError, SurroundingsAway
from admin.language import say

if TYPE_CHECKING:
    from admin.contacts.files import ContactFile
    from admin.contacts.importing import Imported

MOST_SHOWN = 50

contacts = App(
    name="contacts",
    group=PEOPLE,
    help=say(
        "People to call: import a file, look at it first, make invented ones.",
        "联系人：导入、预览，或生成演示用的虚构联系人。",
    ),
)
app.command(contacts)


Table = Annotated[
    Path, Parameter(help=say("A CSV file or an Excel workbook (.xlsx).", "CSV 文件或 Excel 工作簿（.xlsx）。"))
]
Columns = Annotated[
    list[str] | None,
    Parameter(
        name="--column",
        alias="--map",
        negative="",
        help=say(
            "HEADING=field, or HEADING=integer for an attribute: what a column is.",
            "列名=字段，或 列名=integer：指明某列是什么。",
        ),
    ),
]
Region = Annotated[str, Parameter(help=say("Country of numbers without +.", "不带 + 的号码属于哪国。"))]
Language = Annotated[
    str, Parameter(name="--contact-language", help=say("Language where the file says none.", "文件没写语言时用。"))
]
Zone = Annotated[
    str,
    Parameter(
        help=say(
            "Time zone where the file says none; by-number: that of the number.",
            "文件没写时区时用；by-number 表示按号码归属地。",
        )
    ),
]
Sheet = Annotated[
    str, Parameter(help=say("Sheet of a workbook; the first one if left out.", "工作簿的工作表；不写则用第一张。"))
]


@contacts.command(
    name="import",
    help=say(
        "Imports a CSV file or Excel workbook: each row becomes a contact with a due case. If any row is wrong, "
        "nothing is imported, and each wrong row is reported with its number, column and remedy; --accept-good keeps "
        "the good rows. Duplicates, people on a do-not-call list and people who asked to be erased are left out and "
        "said.\n\n"
        "UTF-8, GB18030 (Excel) and UTF-16 are recognised, and headings such as 姓名/name, 电话/phone (several), "
        "语言/language, 时区/timezone, 优先级/priority, 事项/subject, 预约时间. Other columns become the contact's "
        "attributes, as text unless --column says integer, decimal, boolean or date.\n\n"
        "Examples: `waihu contacts import people.xlsx --campaign csat --dry-run`, "
        "`waihu contacts import people.csv --campaign csat --column 手机1=phone --column 次数=integer`",
        "导入 CSV 或 Excel：每行成为一个联系人和一个待拨个案。只要有一行有误就什么都不导入，并逐行报告行号、列和"
        "办法；--accept-good 则保留正确的行。重复的、在免打扰名单上的、曾要求删除的会跳过并说明。\n\n"
        "自动识别 UTF-8、GB18030（Excel）、UTF-16，以及 姓名/name、电话/phone（可多列）、语言、时区、优先级、事项、"
        "预约时间 等列名；其他列作为联系人的属性，默认为文字，可用 --column 声明为 integer、decimal、boolean、"
        "date。\n\n"
        "例：`waihu contacts import people.xlsx --campaign csat --dry-run`、"
        "`waihu contacts import people.csv --campaign csat --column 手机1=phone --column 次数=integer`",
    ),
)
def import_file(
    file: Table,
    *,
    campaign: Annotated[str, Parameter(help=say("Campaign that calls them.", "由哪个项目拨打。"))],
    dry_run: Annotated[bool, Parameter(negative="", help=say("Try everything, keep nothing.", "只试不存。"))] = False,
    accept_good: Annotated[
        bool,
        Parameter(
            negative="", help=say("Keep the good rows although others are wrong.", "有误的行除外，其余照常导入。")
        ),
    ] = False,
    elsewhere: Annotated[
        Literal["take", "skip"],
        Parameter(help=say("People whom another campaign has.", "其他项目里已有的联系人：导入或跳过。")),
    ] = "take",
    report: Annotated[
        Path | None,
        Parameter(
            help=say(
                "Where to write the report; FILE.report.csv if left out.", "报告写到哪里；不写则为 文件名.report.csv。"
            )
        ),
    ] = None,
    column: Columns = None,
    sheet: Sheet = "",
    region: Region = "CN",
    language: Language = "zh",
    timezone: Zone = "Asia/Shanghai",
) -> int:
    from admin.contacts import import_rows
    from admin.contacts.importing import Origin
    from admin.database import connected, number_keys

    data = read_file(file)
    contact_file = _parsed(file, data, column, sheet, region, language, timezone)
    cloud = open_cloud()
    _refuse_unknown(campaign, cloud.bucket.campaigns())
    origin = Origin(file.name, hashlib.sha256(data).hexdigest(), occasion("").who)
    with _whole_or_not(file), connected(cloud) as connection, _progress() as progress:
        task = progress.add_task(file.name, total=len(contact_file))
        done = import_rows(
            contact_file, campaign=campaign, connection=connection, keys=number_keys(cloud), dry_run=dry_run,
            accept_good=accept_good, elsewhere=elsewhere == "take", origin=origin,
            progress=lambda rows: progress.advance(task, rows),
        )  # fmt: skip
    _tell(file, done, report)
    return _summary(done, contact_file.table.encoding, dry_run)


@contacts.command(
    help=say(
        "Shows how a file would be read: encoding, what each column is taken for, the first rows as they would be "
        "imported. Nothing is written, and no database is asked.\n\nExample: `waihu contacts preview people.xlsx`",
        "预览文件如何被读取：编码、每列的含义、前几行导入后的样子。不写入任何内容，也不连接数据库。\n\n"
        "例：`waihu contacts preview people.xlsx`",
    )
)
def preview(
    file: Table,
    *,
    rows: Annotated[int, Parameter(help=say("How many rows.", "显示多少行。"))] = 5,
    column: Columns = None,
    sheet: Sheet = "",
    region: Region = "CN",
    language: Language = "zh",
    timezone: Zone = "Asia/Shanghai",
) -> int:
    from admin.commands.contact_preview import show

    show(file, _parsed(file, read_file(file), column, sheet, region, language, timezone), rows)
    return 0


@contacts.command(
    help=say(
        "Writes a CSV file of invented people with numbers kept for fiction; the same for the same seed.\n\n"
        "Example: `waihu contacts demo > demo.csv`, then `waihu contacts import demo.csv --campaign csat`",
        "生成虚构联系人的 CSV，号码是专供虚构使用的；种子相同，内容相同。\n\n"
        "例：`waihu contacts demo > demo.csv`，再 `waihu contacts import demo.csv --campaign csat`",
    )
)
def demo(
    *,
    count: Annotated[int, Parameter(help=say("How many.", "多少个。"))] = 1000,
    seed: Annotated[int | None, Parameter(help=say("Another seed, other people.", "换一个种子，换一批人。"))] = None,
    kind: Annotated[
        Literal["service", "clinic"], Parameter(help=say("What they are called about.", "为什么事拨打。"))
    ] = "service",
    output: Annotated[
        Path | None, Parameter(alias="-o", help=say("File; the terminal if left out.", "文件；不写则输出到终端。"))
    ] = None,
) -> int:
    from admin.contacts.demo import SEED, demo_table

    try:
        table = demo_table(count, SEED if seed is None else seed, kind)
    except ValueError as error:
        raise AdminError(str(error)) from error
    if output is None:
        sys.stdout.buffer.write(table)
    else:
        output.write_bytes(table)
    return 0


def _told(file: Path, complaint: Complaint) -> Text:
    about = f" {complaint.column}:" if complaint.column else ""
    place = (f"{file}:{complaint.line}", "bold")
    return Text.assemble(
        place, ": ", (complaint.code, "yellow"), f":{about} {complaint.what} ", ("→", "green"), f" {complaint.mend}"
    )


def _mapping(columns: list[str]) -> dict[str, str]:
    from admin.contacts.columns import HEADINGS, TYPES

    mapping: dict[str, str] = {}
    for column in columns:
        heading, equals, field = column.rpartition("=")
        if not equals or field not in (*HEADINGS, *TYPES):
            raise AdminError(
                say(f"--column {column} says nothing that is known.", f"--column {column} 看不懂。"),
                say(
                    f"Write HEADING=field; fields: {', '.join(HEADINGS)}; or a type: {', '.join(TYPES)}.",
                    f"写成 列名=字段；字段有：{'、'.join(HEADINGS)}；或类型：{'、'.join(TYPES)}。",
                ),
            )
        mapping[heading] = field
    return mapping


def _refuse_unknown(campaign: str, known: list[str]) -> None:
    if campaign not in known:
        raise AdminError(
            say(f"{campaign} was never published.", f"{campaign} 还没有发布过。"),
            say(f"Published: {', '.join(known) or 'none'}.", f"已发布：{'、'.join(known) or '无'}。"),
        )


@contextmanager
def _whole_or_not(file: Path) -> Iterator[None]:
    """What an import that breaks off has left is said: nothing, unless it was in its last step."""
    try:
        yield
    except SurroundingsAway as error:
        again = say(
            f"{file} was not imported (or, if it broke off at the very end, as a whole). Import it again: who is there "
            "already is left out.",
            f"{file} 没有导入（若恰在最后一步中断，则已全部导入）。请重新导入：已有的会自动跳过。",
        )
        raise SurroundingsAway(error.what, f"{error.mend} {again}".strip()) from error
    except KeyboardInterrupt:
        err.print(say(f"Nothing of {file} was imported.", f"{file} 一行也没有导入。"))
        raise


def _progress() -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=err,
        transient=True,
    )


def _parsed(  # noqa: PLR0917 - the options, in their order
    file: Path, data: bytes, column: list[str] | None, sheet: str, region: str, language: str, timezone: str
) -> ContactFile:
    from admin.contacts import Defaults, read_contacts
    from admin.contacts.rows import checked

    defaults = checked(Defaults(region, language, timezone))
    with named(file):
        return read_contacts(data, defaults, _mapping(column or []), sheet)


def _tell(file: Path, done: Imported, report: Path | None) -> None:
    """The first complaints on the screen, all of them in a file."""
    from admin.contacts.report import report_table

    done.complaints.sort(key=lambda complaint: complaint.line)
    for complaint in done.complaints[:MOST_SHOWN]:
        out.print(_told(file, complaint), soft_wrap=True)
    if len(done.complaints) > MOST_SHOWN:
        rest = len(done.complaints) - MOST_SHOWN
        out.print(say(f"… and {rest} more rows.", f"……还有 {rest} 行。"))
    if not done.complaints and report is None:
        return
    place = report or file.with_name(f"{file.name}.report.csv")
    try:
        place.write_bytes(report_table(file.name, done.complaints))
    except OSError as error:
        err.print(say(f"The report could not be written: {error}.", f"报告写不了：{error}。"))
    else:
        out.print(say(f"Every row that needs a look: {place}", f"需要查看的行都在：{place}"), soft_wrap=True)


def _summary(done: Imported, encoding: str, dry_run: bool) -> int:
    counts = say(
        f"{done.contacts} good, {done.left_out} left out ({done.duplicates} duplicates), {done.refused} wrong "
        f"({encoding})",
        f"正确 {done.contacts} 行，跳过 {done.left_out} 行（重复 {done.duplicates} 行），有误 {done.refused} 行；"
        f"编码 {encoding}",
    )
    if done.kept:
        out.print("[green]✔[/] " + say("imported: ", "已导入：") + counts)
    elif dry_run:
        out.print("[dim]=[/] " + say("dry run, nothing was kept: ", "试运行，没有保存：") + counts)
    else:
        out.print("[red]✘[/] " + say("nothing was imported: ", "什么都没有导入：") + counts)
        out.print(
            "  → "
            + say(
                "Mend the rows, or keep the good ones with --accept-good.",
                "请改正这些行，或用 --accept-good 只导入正确的行。",
            )
        )
    return 0 if done.kept or dry_run else 1
