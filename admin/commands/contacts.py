"""`contacts import` and `contacts demo`: people to call."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import App, Parameter
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.text import Text

from admin.application import PEOPLE, app, err, out
from admin.commands.surroundings import open_cloud
from admin.contacts.rows import Complaint
from admin.errors import AdminError
from admin.language import say

MOST_SHOWN = 50

contacts = App(
    name="contacts",
    group=PEOPLE,
    help=say(
        "People to call: import a CSV file, or make invented ones.", "联系人：导入 CSV，或生成演示用的虚构联系人。"
    ),
)
app.command(contacts)


@contacts.command(
    name="import",
    help=say(
        "Imports a CSV file: each good row becomes a contact with a case that is due; each bad row is reported with "
        "its line, and the rest is imported.\n\n"
        "UTF-8, GB18030 (Excel) and UTF-16 are recognised, and headings such as 姓名/name, 电话/phone (several), "
        "语言/language, 时区/timezone, 优先级/priority, 事项/subject, 预约时间. Other columns become the contact's "
        "attributes. A number that the campaign has already is left out.\n\n"
        "Examples: `waihu contacts import people.csv --campaign csat --dry-run`, "
        "`waihu contacts import people.csv --campaign csat --column 手机1=phone`",
        "导入 CSV：每个正确的行成为一个联系人和一个待拨个案；有错的行报告行号，其余照常导入。\n\n"
        "自动识别 UTF-8、GB18030（Excel）、UTF-16，以及 姓名/name、电话/phone（可多列）、语言、时区、优先级、事项、"
        "预约时间 等列名；其他列作为联系人的属性。活动里已有的号码会跳过。\n\n"
        "例：`waihu contacts import people.csv --campaign csat --dry-run`、"
        "`waihu contacts import people.csv --campaign csat --column 手机1=phone`",
    ),
)
def import_file(
    file: Annotated[Path, Parameter(help=say("The CSV file.", "CSV 文件。"))],
    *,
    campaign: Annotated[str, Parameter(help=say("Campaign that calls them.", "由哪个活动拨打。"))],
    dry_run: Annotated[bool, Parameter(negative="", help=say("Try everything, keep nothing.", "只试不存。"))] = False,
    column: Annotated[
        list[str] | None,
        Parameter(negative="", help=say("HEADING=field: what a column is.", "列名=字段：指明某列是什么。")),
    ] = None,
    region: Annotated[str, Parameter(help=say("Country of numbers without +.", "不带 + 的号码属于哪国。"))] = "CN",
    language: Annotated[
        str, Parameter(name="--contact-language", help=say("Language where the file says none.", "文件没写语言时用。"))
    ] = "zh",
    timezone: Annotated[
        str, Parameter(help=say("Time zone where the file says none.", "文件没写时区时用。"))
    ] = "Asia/Shanghai",
) -> int:
    from admin.contacts import Defaults, import_rows, read_contacts
    from admin.database import connected, number_keys

    try:
        data = file.read_bytes()
    except OSError as error:
        raise AdminError(
            say(f"{file} cannot be read: {error.strerror}.", f"{file} 读不了：{error.strerror}。")
        ) from error
    contact_file = read_contacts(data, Defaults(region, language, timezone), _mapping(column or []))
    cloud = open_cloud()
    _refuse_unknown(campaign, cloud.bucket.campaigns())
    with connected(cloud) as connection, _progress() as progress:
        task = progress.add_task(file.name, total=len(contact_file))
        done = import_rows(
            contact_file, campaign=campaign, connection=connection, keys=number_keys(cloud), dry_run=dry_run,
            progress=lambda rows: progress.advance(task, rows),
        )  # fmt: skip
    done.complaints.sort(key=lambda complaint: complaint.line)
    for complaint in done.complaints[:MOST_SHOWN]:
        out.print(_told(file, complaint), soft_wrap=True)
    if len(done.complaints) > MOST_SHOWN:
        rest = len(done.complaints) - MOST_SHOWN
        out.print(say(f"… and {rest} more rows.", f"……还有 {rest} 行。"))
    _summary(
        done.contacts, done.duplicates, len(done.complaints) - done.duplicates, contact_file.table.encoding, dry_run
    )
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
    from admin.contacts.columns import HEADINGS

    mapping: dict[str, str] = {}
    for column in columns:
        heading, equals, field = column.rpartition("=")
        if not equals or field not in HEADINGS:
            raise AdminError(
                say(f"--column {column} says nothing that is known.", f"--column {column} 看不懂。"),
                say(
                    f"Write HEADING=field; fields: {', '.join(HEADINGS)}.",
                    f"写成 列名=字段；字段有：{'、'.join(HEADINGS)}。",
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


def _progress() -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=err,
        transient=True,
    )


def _summary(contacts_made: int, duplicates: int, refused: int, encoding: str, dry_run: bool) -> None:
    mark = "[dim]=[/]" if dry_run else "[green]✔[/]"
    trial = say(" (dry run: nothing was kept)", "（试运行：没有保存）") if dry_run else ""
    out.print(
        f"{mark} "
        + say(
            f"{contacts_made} imported, {duplicates} left out as duplicates, {refused} refused ({encoding})",
            f"导入 {contacts_made} 个联系人，跳过重复 {duplicates} 个，拒绝 {refused} 行；编码 {encoding}",
        )
        + trial
    )
