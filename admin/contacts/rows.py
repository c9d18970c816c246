"""One row of a contact file becomes a contact, or a complaint that says what is wrong with it and how to mend it."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

import phonenumbers

from admin.contacts.columns import Columns
from admin.contacts.complaints import Complaint, Refused
from admin.contacts.phone_numbers import known_region, normal_number, one_by_one
from admin.contacts.table import Row
from admin.errors import AdminError
from admin.language import say

LONGEST_CELL = 1000
BY_NUMBER = "by-number"
_FORMULA = re.compile(r"=|@\w+\(|[+-][A-Za-z=@(]")
_TEXT_BY_FORMULA = re.compile(r'="([^"]*)"')
"""`="139…"`: how programs keep a spreadsheet from taking a number for one; it is a text."""
_NO_ZONES = re.compile(r"(posix|right)/|Factory|localtime|posixrules")
_BOOLEANS = {
    "yes": True, "no": False, "true": True, "false": False, "1": True, "0": False, "是": True, "否": False,
    "有": True, "无": False,
}  # fmt: skip
LANGUAGES = {"中文": "zh", "汉语": "zh", "普通话": "zh", "chinese": "zh", "英文": "en", "英语": "en", "english": "en"}


@dataclass(frozen=True, slots=True)
class Contact:
    """A person to call; `phones` are E.164, the one to try first first."""

    line: int
    name: str
    phones: tuple[str, ...]
    language: str = "zh"
    timezone: str = "Asia/Shanghai"
    priority: int = 0
    due: str | None = None
    """Not before: ISO 8601 with offset; None is now."""
    attributes: Mapping[str, str | int | float | bool] = field(default_factory=dict)
    external_id: str | None = None
    """The customer's own number for them; one of a kind in a campaign."""
    weight: int = 1
    skills: tuple[str, ...] = ()
    """What an agent must be able to do to call them."""


@dataclass(frozen=True, slots=True)
class Defaults:
    region: str = "CN"
    """ISO 3166 region of numbers that are written without a country code."""
    language: str = "zh"
    timezone: str = "Asia/Shanghai"
    """Or `by-number`: that of the number's area, where it has only one."""


def read_rows(
    rows: Iterable[Row], header: tuple[str, ...], columns: Columns, defaults: Defaults
) -> Iterator[Contact | Complaint]:
    """Each row's contact, or the complaint about it."""
    for row in rows:
        try:
            yield _contact(row, header, columns, defaults)
        except Refused as refused:
            yield Complaint(row.line, refused.column, refused.code, refused.what, refused.mend)


def _contact(row: Row, header: tuple[str, ...], columns: Columns, defaults: Defaults) -> Contact:
    if len(row.cells) > len(header):
        raise Refused(
            "", "too-many-cells",
            say(f"{len(row.cells)} cells, {len(header)} columns.", f"有 {len(row.cells)} 格，只有 {len(header)} 列。"),
            say("Put a cell that holds a separator in quotation marks.", "单元格里有分隔符时，请加引号。"),
        )  # fmt: skip
    texts = tuple(_TEXT_BY_FORMULA.sub(r"\1", text) if text.startswith('="') else text for text in row.cells)
    for position, text in enumerate(texts):
        _refuse_strange(text, header[position])
        _refuse_formula(text, header[position])
    cells = tuple(text.strip() for text in texts) + ("",) * (len(header) - len(texts))
    attributes: dict[str, str | int | float | bool] = {
        name: typed(cells[position], columns.types.get(name, "text"), header[position])
        for position, name in columns.attributes.items()
        if cells[position]
    }
    if "subject_at" in attributes:
        column = header[next(p for p, name in columns.attributes.items() if name == "subject_at")]
        attributes["subject_at"] = _moment(str(attributes["subject_at"]), column).isoformat(timespec="minutes")
    phones = _phones(cells, header, columns, defaults.region)
    timezone = zone_named(*_cell_of(cells, header, columns, "timezone")) or default_timezone(phones[0], defaults)
    due = _cell(cells, columns, "due")
    return Contact(
        line=row.line,
        name=cells[columns.name] if columns.name is not None else "",
        phones=phones,
        language=language_tag(*_cell_of(cells, header, columns, "language")) or defaults.language,
        timezone=timezone,
        priority=_priority(_cell(cells, columns, "priority"), header, columns),
        due=_moment(due, header[columns.fields["due"]]).replace(tzinfo=ZoneInfo(timezone)).isoformat() if due else None,
        attributes=attributes,
        external_id=_cell(cells, columns, "external_id") or None,
        weight=_weight(_cell(cells, columns, "weight"), header, columns),
        skills=tuple(_cell(cells, columns, "skills").replace("，", " ").replace(",", " ").split()),
    )


def _cell(cells: tuple[str, ...], columns: Columns, name: str) -> str:
    position = columns.fields.get(name)
    return cells[position] if position is not None else ""


def _cell_of(cells: tuple[str, ...], header: tuple[str, ...], columns: Columns, name: str) -> tuple[str, str]:
    """The cell's text, and the heading of its column."""
    position = columns.fields.get(name)
    return (cells[position], header[position]) if position is not None else ("", "")


def _refuse_strange(text: str, column: str) -> None:
    if len(text) > LONGEST_CELL:
        raise Refused(
            column, "cell-too-long",
            say(f"{len(text)} characters, at most {LONGEST_CELL}.", f"有 {len(text)} 个字符，最多 {LONGEST_CELL} 个。"),
            say("Shorten it; is a quotation mark missing?", "请缩短；是否漏了引号？"),
        )  # fmt: skip
    if any(unicodedata.category(character) == "Cc" and character not in "\t\r\n" for character in text):
        raise Refused(
            column, "control-character",
            say("It holds an invisible control character.", "含有看不见的控制字符。"),
            say("Type the cell anew.", "请重新输入这一格。"),
        )  # fmt: skip


def _phones(cells: tuple[str, ...], header: tuple[str, ...], columns: Columns, region: str) -> tuple[str, ...]:
    found: list[str] = []
    for position in columns.phones:
        for text in one_by_one(cells[position]):
            if text.strip():
                number = normal_number(text, region, header[position])
                if number not in found:
                    found.append(number)
    if not found:
        raise Refused(
            header[columns.phones[0]], "no-phone",
            say("There is no phone number.", "没有电话号码。"),
            say("Give at least one.", "请至少填写一个。"),
        )  # fmt: skip
    return tuple(found)


def checked(defaults: Defaults) -> Defaults:
    """
    Raises:
        AdminError: what is to hold where the file says nothing is no region, zone or language.
    """
    try:
        zone = defaults.timezone if defaults.timezone == BY_NUMBER else zone_named(defaults.timezone, "--timezone")
        language = language_tag(defaults.language, "--contact-language")
    except Refused as refused:
        raise AdminError(f"{refused.column}: {refused.what}", refused.mend) from refused
    return Defaults(known_region(defaults.region), language, zone)


def default_timezone(number: str, defaults: Defaults) -> str:
    """The zone of a contact whose file says none.

    Raises:
        Refused: it was to be found by the number, and the number's area has several or none.
    """
    if defaults.timezone != BY_NUMBER:
        return defaults.timezone
    from phonenumbers.timezone import time_zones_for_number

    zones = [
        zone for zone in time_zones_for_number(phonenumbers.parse(number)) if "/" in zone and "Unknown" not in zone
    ]
    if len(zones) != 1:
        raise Refused(
            "", "timezone-unclear",
            say("The number's area has no time zone of its own.", "该号码所在地区没有唯一的时区。"),
            say("Add a column timezone.", "请增加“时区”一列。"),
        )  # fmt: skip
    return str(zones[0])


def typed(text: str, type_: str, column: str) -> str | int | float | bool:
    """An attribute's value as its column was declared.

    Raises:
        Refused: it is no such value.
    """
    if type_ == "text":
        return text
    plain = unicodedata.normalize("NFKC", text).strip()
    try:
        match type_:
            case "integer":
                return int(re.sub(r"\.0+$", "", plain))
            case "decimal":
                return _finite(float(plain))
            case "boolean":
                return _BOOLEANS[plain.casefold()]
            case _:
                return _moment(plain, column).date().isoformat()
    except (ValueError, KeyError) as error:
        raise Refused(
            column, "bad-attribute",
            say(f"This is no {type_}.", f"这不是 {type_} 类型的值。"),
            say(f"Write one, or declare the column as text: {column}=text.", f"请改正，或声明为文字：{column}=text。"),
        ) from error  # fmt: skip


def _finite(number: float) -> float:
    if not math.isfinite(number):
        raise ValueError(number)
    return number


def _refuse_formula(text: str, column: str) -> None:
    if _FORMULA.match(text.strip()):
        raise Refused(
            column, "formula",
            say("The cell holds a formula, not a value.", "单元格里是公式，不是数值。"),
            say("Copy the column and paste it as values.", "请复制该列，再“选择性粘贴”为数值。"),
        )  # fmt: skip


def _weight(text: str, header: tuple[str, ...], columns: Columns) -> int:
    if text and not re.fullmatch(r"[1-9]\d?|100", text):
        raise Refused(
            header[columns.fields["weight"]], "bad-weight",
            say("A weight is a whole number from 1 to 100.", "权重应为 1 到 100 的整数。"),
            say("Write 1 for usual, more for a greater share.", "一般写 1，数字越大份额越大。"),
        )  # fmt: skip
    return int(text or 1)


def language_tag(text: str, column: str) -> str:
    """
    Raises:
        Refused: it is no language's code, nor a name that is known.
    """
    tag = LANGUAGES.get(text.casefold(), text.replace("_", "-"))
    if tag and not re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", tag):
        raise Refused(
            column, "bad-language",
            say("This is no language code.", "这不是语言代码。"),
            say("Write a code such as zh, en or fr.", "请写语言代码，例如 zh、en、fr。"),
        )  # fmt: skip
    return tag


def zone_named(text: str, column: str) -> str:
    """
    Raises:
        Refused: there is no such zone.
    """
    try:
        return ZoneInfo(_NO_ZONES.sub("no zone", text)).key if text else ""
    except (ValueError, OSError, KeyError) as error:
        raise Refused(
            column, "bad-timezone",
            say("There is no such time zone.", "没有这个时区。"),
            say("Write an IANA name such as Asia/Shanghai.", "请写 IANA 时区名，例如 Asia/Shanghai。"),
        ) from error  # fmt: skip


def _priority(text: str, header: tuple[str, ...], columns: Columns) -> int:
    if not text:
        return 0
    if not re.fullmatch(r"\d{1,3}", text):
        raise Refused(
            header[columns.fields["priority"]], "bad-priority",
            say("A priority is a whole number from 0 to 999.", "优先级应为 0 到 999 的整数。"),
            say("Write 0 for usual, more for sooner.", "一般写 0，数字越大越先拨打。"),
        )  # fmt: skip
    return int(text)


def _moment(text: str, column: str) -> datetime:
    plain = re.sub(r"[年月/.]", "-", unicodedata.normalize("NFKC", text)).replace("日", " ").strip()
    for form in ("%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d"):
        try:
            return datetime.strptime(plain, form)  # noqa: DTZ007 - a wall clock; its zone is the contact's
        except ValueError:
            continue
    raise Refused(
        column, "bad-time",
        say("This is no date and time.", "这不是日期时间。"),
        say("Write it as 2026-11-30 14:30, or format the cell as a date.", "请写成 2026-11-30 14:30，或设为日期格式。"),
    )  # fmt: skip
