"""Reads a CSV file as people really save it: any of the encodings that Excel writes in China, any usual separator.

Pure: bytes in, rows with their line numbers out.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

from admin.errors import UnreadableTable
from admin.language import say

SEPARATORS = ",;\t"
LONGEST_FIELD = 16_000_000
"""Characters; a row's reader refuses far less, with the row's number."""
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True, slots=True)
class Row:
    """`line` is where the record begins in the file (a quoted cell may span lines); counts from 1."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    encoding: str
    separator: str
    header: tuple[str, ...]
    rows: tuple[Row, ...]


def read_table(data: bytes) -> Table:
    """The header and the rows of a CSV file; lines that hold nothing are left out.

    Raises:
        UnreadableTable: the encoding cannot be told, the quoting is broken, or there is no header.
    """
    encoding = detect_encoding(data)
    text = data.decode(encoding)
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise UnreadableTable(
            say(f"Line {line}: it holds a zero byte, which no text does.", f"第 {line} 行：有零字节，不是文本。"),
            say("Save it as CSV (UTF-8) from the spreadsheet.", "请在表格软件里另存为“CSV UTF-8”。"),
        )
    separator = _separator(text)
    rows = tuple(_rows(text, separator))
    if not rows:
        raise UnreadableTable(
            say("The file is empty.", "文件是空的。"),
            say("Its first line must name the columns, such as name,phone.", "第一行应当是列名，例如：姓名,电话。"),
        )
    header = tuple(cell.strip() for cell in rows[0].cells)
    return Table(encoding, separator, header, rows[1:])


def detect_encoding(data: bytes) -> str:
    """By byte order mark, else UTF-16 by its zero bytes, else UTF-8 if it decodes, else GB18030 if it decodes.

    GB18030 comes last because it accepts nearly any bytes.

    Raises:
        UnreadableTable: it is none of them, or one line is in one and another in the other.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _sure(data, encoding)
    even, odd = data[:4096:2].count(0), data[1:4096:2].count(0)
    if max(even, odd) * 20 >= len(data[:4096]) > 0 and min(even, odd) * 10 <= max(even, odd):
        return _sure(data, "utf-16-le" if odd >= even else "utf-16-be")
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        _refuse_mixture(data, error.start)
    else:
        return "utf-8"
    try:
        data.decode("gb18030")
    except UnicodeDecodeError:
        return _sure(data, "utf-8")
    return "gb18030"


def _refuse_mixture(data: bytes, wrong: int) -> None:
    """The first line is Chinese in UTF-8, and a later one is not UTF-8."""
    first, line = data.partition(b"\n")[0], data.count(b"\n", 0, wrong) + 1
    if line > 1 and len(re.findall(r"[一-鿿]", first.decode("utf-8"))) > 1:
        raise UnreadableTable(
            say(
                f"Line {line} is in another encoding than the lines before it, which are UTF-8.",
                f"第 {line} 行的编码与前面各行（UTF-8）不同。",
            ),
            say(
                "It was put together from two files: save each as CSV (UTF-8), then join them.",
                "文件由两份拼成：请先分别另存为“CSV UTF-8”，再合并。",
            ),
        )


def _sure(data: bytes, encoding: str) -> str:
    try:
        data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UnreadableTable(
            say(
                f"Line {line}: the bytes are neither UTF-8 nor GB18030 nor UTF-16.",
                f"第 {line} 行：编码既不是 UTF-8，也不是 GB18030 或 UTF-16。",
            ),
            say("Save the file as CSV (UTF-8) and try again.", "请另存为“CSV UTF-8”后再试。"),
        ) from error
    return encoding


def _separator(text: str) -> str:
    first = text.lstrip().partition("\n")[0]
    return max(SEPARATORS, key=first.count)


def _rows(text: str, separator: str) -> Iterator[Row]:
    # newline="" lets the csv module see the line ends, so that its line numbers are the file's
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    before, usual = 0, csv.field_size_limit(LONGEST_FIELD)
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield Row(before + 1, tuple(cells))
            before = reader.line_num
    except csv.Error as error:
        english, chinese = next((words for mark, words in _BROKEN.items() if mark in str(error)), _STRANGE)
        raise UnreadableTable(
            say(f"Line {before + 1}: {english}.", f"第 {before + 1} 行：{chinese}。"),
            say(
                'Close each quoted cell with a quotation mark; write a mark inside a cell twice: "".',
                '每个带引号的单元格都要以引号结束；单元格里的引号要写两个：""。',
            ),
        ) from error
    finally:
        csv.field_size_limit(usual)


_BROKEN = {
    "unexpected end": ("a quotation mark is opened and never closed", "引号开了，却一直没有结束"),
    "expected after": ("something follows a closing quotation mark", "结束引号后面还有别的内容"),
    "field limit": ("a cell has no end", "单元格没有结尾"),
}
_STRANGE = ("its cells cannot be told apart", "单元格分不开")
