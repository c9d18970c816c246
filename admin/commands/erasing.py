"""`contacts erase`: people who ask to be forgotten."""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter
from rich.prompt import Confirm

from admin.application import err, out
from admin.commands.contacts import contacts
from admin.commands.surroundings import occasion, open_cloud
from admin.language import say


@contacts.command(
    help=say(
        "Erases somebody in every campaign: name, numbers, attributes, answers with their history, notes, call-backs, "
        "stored replies. A tombstone with the blind index of each number stays, so that no file brings them back "
        "unseen. "
        "Afterwards every column is searched for what is gone.\n\n"
        'Examples: `waihu contacts erase +8613800000000 --why "by letter of 3 May"`, `waihu contacts erase 5f1c…`',
        "在所有项目中删除一个人：姓名、号码、属性、答案及其历史、备注、约定、存下的回复。每个号码的盲索引作为墓碑保留，"
        "以免再次被导入。随后在每一列中查找是否还有残留。\n\n"
        '例：`waihu contacts erase +8613800000000 --why "5 月 3 日来信"`、`waihu contacts erase 5f1c…`',
    )
)
def erase(
    who: Annotated[
        str,
        Parameter(help=say("A telephone number, or the id of a contact or case.", "电话号码，或联系人、个案的编号。")),
    ],
    *,
    why: Annotated[
        str, Parameter(help=say("For the record; no personal data.", "原因，供记录；不要写个人资料。"))
    ] = "",
    region: Annotated[str, Parameter(help=say("Country of numbers without +.", "不带 + 的号码属于哪国。"))] = "CN",
    yes: Annotated[bool, Parameter(negative="", help=say("Do not ask.", "不再询问。"))] = False,
) -> int:
    from admin import erasing
    from admin.database import connected, number_keys

    cloud = open_cloud()
    keys = number_keys(cloud)
    with connected(cloud) as connection:
        people = erasing.find(who, connection, keys, region)
        for person in people:
            out.print(f"  {person.campaign}: {person.contact}")
        question = say(f"Erase {len(people)} contact(s) for good?", f"永久删除 {len(people)} 个联系人？")
        if not yes and not Confirm.ask(question, console=err, default=False):
            return 1
        number = erasing.number_of(who, region)
        traits = erasing.erase(people, connection, keys, who=occasion("").who, why=why, number=number)
        left = erasing.search(traits, connection)
    out.print("[green]✔[/] " + say(f"{len(people)} erased, tombstones kept", f"已删除 {len(people)} 个，墓碑保留"))
    if left:
        told = say(
            f"The same name or number still stands in {', '.join(left)}: somebody else's, or a free text. Look.",
            f"{'、'.join(left)} 中仍有相同的姓名或号码：可能属于别人，或写在自由文本里。请查看。",
        )
        out.print(f"[yellow]![/] {told}", soft_wrap=True)
    note = say(
        "Agents' desks forget what they still keep of them within ten minutes; an interview that is open there ends.",
        "各坐席桌面会在十分钟内清除仍保存的内容；正在进行的访问也会随之结束。",
    )
    out.print(note, soft_wrap=True)
    return 0
