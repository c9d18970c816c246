"""One row of a contact file becomes a contact, or a complaint that says what is wrong with it and how to mend it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

import phonenumbers

from admin.contacts.columns import Columns
from admin.contacts.table import Row
from admin.language import say

LONGEST_CELL = 1000
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
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Complaint:
    """Why a row was not imported. `what` never holds the cell's content: it may be somebody's number."""

    line: int
    column: str
    code: str
    what: str
    mend: str


@dataclass(frozen=True, slots=True)
class Defaults:
    region: str = "CN"
    """ISO 3166 region of numbers that are written without a country code."""
    language: str = "zh"
    timezone: str = "Asia/Shanghai"


class _Refused(Exception):
    def __init__(self, column: str, code: str, what: str, mend: str) -> None:
        self.column, self.code, self.what, self.mend = column, code, what, mend
        super().__init__(code)


def read_rows(
    rows: Iterable[Row], header: tuple[str, ...], columns: Columns, defaults: Defaults
) -> Iterator[Contact | Complaint]:
    """Each row's contact, or the complaint about it."""
    for row in rows:
        try:
            yield _contact(row, header, columns, defaults)
        except _Refused as refused:
            yield Complaint(row.line, refused.column, refused.code, refused.what, refused.mend)


def _contact(row: Row, header: tuple[str, ...], columns: Columns, defaults: Defaults) -> Contact:
    if len(row.cells) > len(header):
        raise _Refused(
            "", "too-many-cells",
            say(f"{len(row.cells)} cells, {len(header)} columns.", f"有 {len(row.cells)} 格，只有 {len(header)} 列。"),
            say("Put a cell that holds a separator in quotation marks.", "单元格里有分隔符时，请加引号。"),
        )  # fmt: skip
    for position, text in enumerate(row.cells):
        _refuse_strange(text, header[position])
    cells = tuple(cell.strip() for cell in row.cells) + ("",) * (len(header) - len(row.cells))
    attributes = {name: cells[position] for position, name in columns.attributes.items() if cells[position]}
    if "subject_at" in attributes:
        column = header[next(p for p, name in columns.attributes.items() if name == "subject_at")]
        attributes["subject_at"] = _moment(attributes["subject_at"], column).isoformat(timespec="minutes")
    timezone = _timezone(_cell(cells, columns, "timezone"), header, columns) or defaults.timezone
    due = _cell(cells, columns, "due")
    return Contact(
        line=row.line,
        name=cells[columns.name] if columns.name is not None else "",
        phones=_phones(cells, header, columns, defaults.region),
        language=_language(_cell(cells, columns, "language"), header, columns) or defaults.language,
        timezone=timezone,
        priority=_priority(_cell(cells, columns, "priority"), header, columns),
        due=_moment(due, header[columns.fields["due"]]).replace(tzinfo=ZoneInfo(timezone)).isoformat() if due else None,
        attributes=attributes,
    )


def _cell(cells: tuple[str, ...], columns: Columns, name: str) -> str:
    position = columns.fields.get(name)
    return cells[position] if position is not None else ""


def _refuse_strange(text: str, column: str) -> None:
    if len(text) > LONGEST_CELL:
        raise _Refused(
            column, "cell-too-long",
            say(f"{len(text)} characters, at most {LONGEST_CELL}.", f"有 {len(text)} 个字符，最多 {LONGEST_CELL} 个。"),
            say("Shorten it; is a quotation mark missing?", "请缩短；是否漏了引号？"),
        )  # fmt: skip
    if any(unicodedata.category(character) == "Cc" and character not in "\t\r\n" for character in text):
        raise _Refused(
            column, "control-character",
            say("It holds an invisible control character.", "含有看不见的控制字符。"),
            say("Type the cell anew.", "请重新输入这一格。"),
        )  # fmt: skip


def _phones(cells: tuple[str, ...], header: tuple[str, ...], columns: Columns, region: str) -> tuple[str, ...]:
    found: list[str] = []
    for position in columns.phones:
        for text in re.split(r"[;；、/|\n]", cells[position]):
            if text.strip():
                number = normal_number(text, region, header[position])
                if number not in found:
                    found.append(number)
    if not found:
        raise _Refused(
            header[columns.phones[0]], "no-phone",
            say("There is no phone number.", "没有电话号码。"),
            say("Give at least one.", "请至少填写一个。"),
        )  # fmt: skip
    return tuple(found)


def normal_number(text: str, region: str, column: str = "") -> str:
    """`text` as E.164, if it is a number that can exist."""
    plain = unicodedata.normalize("NFKC", text).strip().lstrip("'")
    if re.fullmatch(r"\d(\.\d+)?[eE]\+?\d+", plain):
        raise _Refused(
            column, "number-as-float",
            say("The spreadsheet turned the number into 1.38E+10.", "表格软件把号码变成了 1.38E+10 的形式。"),
            say("Format the column as text, type the number anew.", "请把该列设为“文本”，重新输入。"),
        )  # fmt: skip
    try:
        number = phonenumbers.parse(re.sub(r"\.0$", "", plain), region)
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_valid_number(number):
        raise _Refused(
            column, "bad-number",
            say(f"This is no phone number that exists in {region}.", f"这不是一个有效的电话号码（地区 {region}）。"),
            say("Check the digits; begin foreign numbers with +.", "请核对；国外号码以 + 开头。"),
        )  # fmt: skip
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _language(text: str, header: tuple[str, ...], columns: Columns) -> str:
    tag = LANGUAGES.get(text.casefold(), text.replace("_", "-"))
    if tag and not re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", tag):
        raise _Refused(
            header[columns.fields["language"]], "bad-language",
            say("This is no language code.", "这不是语言代码。"),
            say("Write zh or en.", "请写 zh 或 en。"),
        )  # fmt: skip
    return tag


def _timezone(text: str, header: tuple[str, ...], columns: Columns) -> str:
    try:
        return ZoneInfo(text).key if text else ""
    except (ValueError, OSError, KeyError) as error:
        raise _Refused(
            header[columns.fields["timezone"]], "bad-timezone",
            say("There is no such time zone.", "没有这个时区。"),
            say("Write an IANA name such as Asia/Shanghai.", "请写 IANA 时区名，例如 Asia/Shanghai。"),
        ) from error  # fmt: skip


def _priority(text: str, header: tuple[str, ...], columns: Columns) -> int:
    if not text:
        return 0
    if not re.fullmatch(r"\d{1,3}", text):
        raise _Refused(
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
    raise _Refused(
        column, "bad-time",
        say("This is no date and time.", "这不是日期时间。"),
        say("Write it as 2026-11-30 14:30.", "请写成 2026-11-30 14:30。"),
    )  # fmt: skip
