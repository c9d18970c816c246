"""What the columns of a contact file mean, by their headings in Chinese or English."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from admin.contacts.table import Table
from admin.errors import UnreadableTable
from admin.language import say

HEADINGS: Mapping[str, tuple[str, ...]] = {
    "name": ("name", "full name", "contact", "customer", "姓名", "名字", "名称", "客户", "客户姓名", "联系人"),
    "phone": (
        "phone", "phone number", "mobile", "mobile phone", "telephone", "tel", "cell", "number",
        "电话", "电话号码", "手机", "手机号", "手机号码", "联系电话", "号码", "备用电话", "固定电话", "座机",
    ),
    "language": ("language", "lang", "语言", "语种"),
    "timezone": ("timezone", "time zone", "tz", "zone", "时区"),
    "priority": ("priority", "优先级", "优先"),
    "weight": ("weight", "权重"),
    "skills": ("skills", "skill", "技能"),
    "external_id": ("external id", "customer id", "client id", "customer number", "客户编号", "客户号", "会员号"),
    "due": ("due", "due at", "call after", "not before", "开始拨打", "最早拨打时间", "拨打时间"),
    "subject": ("subject", "about", "topic", "事项", "主题", "事由", "服务内容", "项目"),
    "subject_at": ("subject at", "appointment", "appointment at", "date", "时间", "日期", "预约时间", "服务时间"),
}  # fmt: skip
"""Field -> headings that mean it. Several columns may be phones; a column that is none of these is an attribute."""

TYPES = ("text", "integer", "decimal", "boolean", "date")
"""What an attribute can be declared as."""

_FIELDS = {heading: field for field, headings in HEADINGS.items() for heading in headings}


@dataclass(frozen=True, slots=True)
class Columns:
    """Positions of the columns, from 0."""

    name: int | None
    phones: tuple[int, ...]
    fields: Mapping[str, int]
    """`language timezone priority due`, where the file has them."""
    attributes: Mapping[int, str]
    """Position -> attribute's name."""
    types: Mapping[str, str] = field(default_factory=dict)
    """Attribute's name -> one of `TYPES`; text where it is not here."""


def map_columns(header: tuple[str, ...], given: Mapping[str, str] | None = None, table: Table | None = None) -> Columns:
    """What each column of `header` is; `given` (heading -> field, or one of `TYPES` for an attribute) goes before the
    built-in headings. From `table` come hints where no column is a phone number.

    Raises:
        UnreadableTable: no column is a phone number, a heading comes twice, or `given` names one that is not there.
    """
    wishes = {_plain(heading): field for heading, field in (given or {}).items()}
    _refuse_unknown(wishes, header)
    phones: list[int] = []
    fields: dict[str, int] = {}
    attributes: dict[int, str] = {}
    types: dict[str, str] = {}
    for position, heading in enumerate(header):
        field = wishes.get(_plain(heading)) or _field(heading)
        if field == "phone":
            phones.append(position)
        elif field is None or field in ("subject", "subject_at") or field in TYPES:
            if heading:
                name = field if field in ("subject", "subject_at") else heading
                other = next((place for place, known in attributes.items() if known == name), None)
                if other is not None:
                    _refuse_twice(header[other], heading, name, (other + 1, position + 1))
                attributes[position] = name
            if field in TYPES:
                types[heading] = field
        elif field in fields:
            _refuse_twice(header[fields[field]], heading, field, (fields[field] + 1, position + 1))
        else:
            fields[field] = position
    if not phones:
        _refuse_no_phone(header, table)
    return Columns(fields.pop("name", None), tuple(phones), fields, attributes, types)


def _plain(heading: str) -> str:
    return re.sub(r"[\s_\-]+", " ", heading).strip().casefold()


def _field(heading: str) -> str | None:
    plain = _plain(heading)
    # "phone 2" and "电话2" are phones like "phone"
    return _FIELDS.get(plain) or _FIELDS.get(re.sub(r"\s*[(（]?\d+[)）]?$", "", plain))


def _refuse_unknown(wishes: Mapping[str, str], header: tuple[str, ...]) -> None:
    there = {_plain(heading) for heading in header}
    for heading in wishes:
        if heading not in there:
            raise UnreadableTable(
                say(f"There is no column “{heading}”.", f"没有“{heading}”这一列。"),
                say(f"The file has: {', '.join(header)}.", f"文件里有：{'、'.join(header)}。"),
            )


def _refuse_twice(first: str, second: str, field: str, places: tuple[int, int]) -> None:
    left, right = places
    raise UnreadableTable(
        say(
            f"Columns {left} (“{first}”) and {right} (“{second}”) both mean {field}.",
            f"第 {left} 列“{first}”和第 {right} 列“{second}”都表示 {field}。",
        ),
        say("Rename one of them, or say which is which with --column.", "请改其中一个列名，或用 --column 指明。"),
    )


def _refuse_no_phone(header: tuple[str, ...], table: Table | None) -> None:
    if any(re.search(r"\d{7}", cell) for cell in header):  # which is not repeated: it is somebody's number
        raise UnreadableTable(
            say("Line 1 holds a number where the headings should be.", "第 1 行是号码，而不是列名。"),
            say(
                "Put a line of headings before it, such as name,phone.",
                "请在前面加一行列名，例如：姓名,电话。",
            ),
        )
    below = next((row for row in (table.rows[:10] if table else ()) if "phone" in map(_field, row.cells)), None)
    if below is not None:
        raise UnreadableTable(
            say(
                f"The headings stand in line {below.line}, not in the first line.",
                f"列名在第 {below.line} 行，而不在第一行。",
            ),
            say("Take away the lines above them.", "请删去它上面的各行。"),
        )
    encoding = table.encoding if table else ""
    doubt = (
        say(
            " If they look wrong, the file has another encoding: save it as CSV (UTF-8).",
            "如果显示为乱码，说明是别的编码：请另存为“CSV UTF-8”。",
        )
        if encoding == "gb18030"
        else ""
    )
    raise UnreadableTable(
        say("Line 1: no column holds phone numbers.", "第 1 行：没有电话号码这一列。"),
        say(
            f"Found: {', '.join(header)}. Call it phone or 电话, or say --column 'HEADING=phone'.{doubt}",
            f"文件里有：{'、'.join(header)}。请把列名改为“电话”或 phone，或用 --column '列名=phone' 指明。{doubt}",
        ),
    )
