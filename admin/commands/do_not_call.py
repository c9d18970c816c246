"""`dnc`: numbers that are not to be called, in one campaign or in all, for good or until a day."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from admin.application import PEOPLE, app, out
from admin.commands.surroundings import occasion, open_cloud
from admin.commands.tables import named, read_file
from admin.contacts.complaints import Refused
from admin.contacts.phone_numbers import known_region, normal_number
from admin.do_not_call import add_numbers, numbers_in, remove_number
from admin.errors import AdminError
from admin.language import say

dnc = App(
    name="dnc",
    group=PEOPLE,
    help=say(
        "Do-not-call lists: they hold when contacts are imported, each time a case is taken, and each time one is "
        "dialled.",
        "免打扰名单：导入时、每次取个案时、每次拨号时都生效。",
    ),
)
app.command(dnc)
Number = Annotated[str, Parameter(help=say("A telephone number.", "电话号码。"))]
Campaign = Annotated[
    str, Parameter(help=say("Only in this campaign; in all if left out.", "只限此项目；不写则所有项目。"))
]
Region = Annotated[str, Parameter(help=say("Country of numbers without +.", "不带 + 的号码属于哪国。"))]
Until = Annotated[
    datetime | None, Parameter(help=say("Until when (UTC); for good if left out.", "到何时为止（UTC）；不写则永久。"))
]
Source = Annotated[str, Parameter(help=say("Where it comes from, for the record.", "来源，供记录。"))]


@dnc.command(
    name="import",
    help=say(
        "Adds the numbers of a file: one in a line, or the column with phones of a CSV file or workbook. Wrong numbers "
        "are reported by line and nothing is added unless --accept-good.\n\n"
        "Example: `waihu dnc import national.csv --source national-list --until 2027-01-01`",
        "加入文件中的号码：每行一个，或 CSV、Excel 里的电话列。有误的号码按行报告；除非 --accept-good，否则一个也"
        "不加入。\n\n"
        "例：`waihu dnc import national.csv --source national-list --until 2027-01-01`",
    ),
)
def import_list(
    file: Path,
    *,
    campaign: Campaign = "",
    source: Source = "list",
    until: Until = None,
    region: Region = "CN",
    accept_good: Annotated[
        bool,
        Parameter(negative="", help=say("Keep the good ones although others are wrong.", "有误的除外，其余照常加入。")),
    ] = False,
) -> int:
    from admin.database import connected, number_keys

    data = read_file(file)
    with named(file):
        good, wrong = numbers_in(data, known_region(region))
    for complaint in wrong[:50]:
        out.print(f"{file}:{complaint.line}: {complaint.code}: {complaint.what} → {complaint.mend}", soft_wrap=True)
    if wrong and not accept_good:
        told = say(f"{len(wrong)} wrong, nothing was added", f"{len(wrong)} 个有误，一个也没有加入")
        out.print(f"[red]✘[/] {told}")
        return 1
    cloud = open_cloud()
    with connected(cloud) as connection:
        added = add_numbers(
            good, campaign=campaign, source=source, until=until, who=occasion("").who, connection=connection,
            keys=number_keys(cloud),
        )  # fmt: skip
    out.print(
        "[green]✔[/] "
        + say(f"{added} of {len(good)} numbers are new on the list", f"{len(good)} 个号码中 {added} 个是新加入的")
    )
    return 0


@dnc.command(help=say("Adds one number.", "加入一个号码。"))
def add(
    number: Number, *, campaign: Campaign = "", source: Source = "asked", until: Until = None, region: Region = "CN"
) -> int:
    from admin.database import connected, number_keys

    good = [_one(number, region)]
    cloud = open_cloud()
    with connected(cloud) as connection:
        add_numbers(
            good, campaign=campaign, source=source, until=until, who=occasion("").who, connection=connection,
            keys=number_keys(cloud),
        )  # fmt: skip
    out.print("[green]✔[/] " + say("it is not called any more", "以后不再拨打"))
    return 0


@dnc.command(help=say("Takes one number off the list.", "从名单中去掉一个号码。"))
def remove(number: Number, *, campaign: Campaign = "", region: Region = "CN") -> int:
    from admin.database import connected, number_keys

    good = _one(number, region)
    cloud = open_cloud()
    with connected(cloud) as connection:
        removed = remove_number(good, campaign=campaign, connection=connection, keys=number_keys(cloud))
    out.print(
        "[green]✔[/] "
        + (say("it may be called again", "可以重新拨打") if removed else say("it was not listed", "不在名单上"))
    )
    return 0


def _one(number: str, region: str) -> str:
    try:
        return normal_number(number, known_region(region))
    except Refused as refused:
        raise AdminError(refused.what, refused.mend) from refused
