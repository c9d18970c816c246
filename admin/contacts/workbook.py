"""Reads the first sheet that is shown (or a named one) of an Excel workbook into the same table as a CSV file.

Formulas are not worked out and not trusted to what Excel worked out last: their cells keep the formula, which the row's
reader refuses. A workbook is a zip of XML: what would unpack to too much is refused before it is unpacked.
"""

from __future__ import annotations

import io
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any

from admin.contacts.table import Row, Table
from admin.errors import UnreadableTable
from admin.language import say

MOST_UNPACKED = 600_000_000
MOST_COLUMNS = 500
LAST_ROW = 1_048_576
"""Of any spreadsheet; a file that names a later one would make the reader count to it."""
_ZIP = b"PK\x03\x04"
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"


def is_workbook(data: bytes) -> bool:
    """Whether `data` is a workbook and no text.

    Raises:
        UnreadableTable: it is one of the old kind (`.xls`).
    """
    if data.startswith(_OLD_EXCEL):
        raise UnreadableTable(
            say(
                "This is a workbook of the old kind (.xls), or one with a password.",
                "这是旧版（.xls）或带密码的工作簿。",
            ),
            say("Save it as .xlsx, without a password.", "请另存为不带密码的 .xlsx。"),
        )
    return data.startswith(_ZIP)


def read_workbook(data: bytes, sheet: str = "") -> Table:
    """The header and rows of one sheet; rows that hold nothing are left out, their numbers are the sheet's.

    Raises:
        UnreadableTable: it is no workbook, is too big, or has no such sheet or no header.
    """
    _refuse_bomb(data)
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and extensions that we do not read
            book = load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
            names = [each.title for each in book.worksheets]
            shown = [each.title for each in book.worksheets if each.sheet_state == "visible"]
            if not names:
                raise UnreadableTable(
                    say("It has no sheet of cells.", "里面没有任何工作表。"),
                    say("Save the table as .xlsx or as CSV (UTF-8).", "请把表格另存为 .xlsx 或“CSV UTF-8”。"),
                )
            name = sheet or (shown or names)[0]
            if name not in names:
                raise UnreadableTable(
                    say(f"There is no sheet “{name}”.", f"没有工作表“{name}”。"),
                    say(f"There is: {', '.join(names)}.", f"现有：{'、'.join(names)}。"),
                )
            rows = tuple(_rows(book[name]))
            book.close()
    except (InvalidFileException, zipfile.BadZipFile, zlib.error, KeyError, ValueError, OSError, SyntaxError) as error:
        raise UnreadableTable(
            say(
                "It begins as a workbook does, but is none, or only a part of one.",
                "开头像工作簿，但不是，或者不完整。",
            ),
            say("Open it in the spreadsheet and save it again as .xlsx.", "请在表格软件里打开，重新另存为 .xlsx。"),
        ) from error
    if not rows:
        others = [other for other in names if other != name]
        raise UnreadableTable(
            say(f"Sheet “{name}” is empty.", f"工作表“{name}”是空的。"),
            say(
                f"There is also: {', '.join(others)}; name one with --sheet.",
                f"另有：{'、'.join(others)}；用 --sheet 指明。",
            )
            if others
            else say(
                "Its first row must name the columns, such as name, phone.", "第一行应当是列名，例如：姓名、电话。"
            ),
        )
    header = tuple(cell.strip() for cell in rows[0].cells)
    width = max((place for place, cell in enumerate(header, 1) if cell), default=0)
    return Table(f"xlsx, {name}", "", header[:width], tuple(_cut(row, width) for row in rows[1:]))


def _refuse_bomb(data: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
    except zipfile.BadZipFile:
        return  # the reader itself says what is wrong
    unpacked = sum(part.file_size for part in parts)
    if not any(part.filename == "xl/workbook.xml" for part in parts):
        raise UnreadableTable(
            say("This is a zip file, but no Excel workbook.", "这是 zip 文件，但不是 Excel 工作簿。"),
            say("Save the table as .xlsx or as CSV (UTF-8).", "请把表格另存为 .xlsx 或“CSV UTF-8”。"),
        )
    if unpacked > MOST_UNPACKED:
        raise UnreadableTable(
            say(f"The workbook unpacks to {unpacked:,} bytes.", f"工作簿解压后有 {unpacked:,} 字节。"),
            say("Save the one sheet with contacts as CSV UTF-8.", "请把联系人工作表另存为 CSV UTF-8。"),
        )


def _rows(sheet: Any) -> Iterator[Row]:
    """Rows that hold something. How many there are is not what the file says of itself: some write it wrong."""
    sheet.reset_dimensions()
    blank: object = None
    for number, cells in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS, values_only=True), 1):
        if number > LAST_ROW:
            raise UnreadableTable(
                say(f"Row {number}: no sheet has so many rows.", f"第 {number} 行：工作表不可能有这么多行。"),
                say("Save the table as .xlsx or as CSV (UTF-8) again.", "请重新另存为 .xlsx 或“CSV UTF-8”。"),
            )
        if cells is blank:
            continue
        used = len(cells)
        while used and cells[used - 1] is None:
            used -= 1
        texts = tuple(_text(cell) for cell in cells[:used])
        if any(text.strip() for text in texts):
            yield Row(number, texts)
        elif not used:
            blank = cells  # the reader fills gaps with one and the same empty row


def _cut(row: Row, width: int) -> Row:
    """Empty cells beyond the header are the sheet's, not the author's."""
    used = max((place for place, cell in enumerate(row.cells, 1) if cell.strip()), default=0)
    return Row(row.line, row.cells[: max(width, used)])


def _text(value: Any) -> str:
    """A cell as somebody would have typed it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="minutes") if value.time() != time() else value.date().isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    return getattr(value, "text", None) or str(value)  # an array formula has its text in it
