"""Reads a CSV file as people really save it: any of the encodings that Excel writes in China, any usual separator.

Pure: bytes in, rows with their line numbers out.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

from admin.errors import UnreadableTable
from admin.language import say

SEPARATORS = ",;\t"
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
        raise UnreadableTable(
            say("The file holds zero bytes: it is no CSV file.", "文件里有零字节：这不是 CSV 文件。"),
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
    """By byte order mark, else UTF-8 if it decodes, else UTF-16 by its zero bytes, else GB18030 if it decodes.

    GB18030 comes last because it accepts nearly any bytes.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _sure(data, encoding)
    if b"\0" in data[:4096]:
        even, odd = data[:4096:2].count(0), data[1:4096:2].count(0)
        return _sure(data, "utf-16-le" if odd >= even else "utf-16-be")
    for encoding in ("utf-8", "gb18030"):
        try:
            data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return encoding
    return _sure(data, "utf-8")


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
    before = 0
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield Row(before + 1, tuple(cells))
            before = reader.line_num
    except csv.Error as error:
        raise UnreadableTable(
            say(f"Line {before + 1}: {error}.", f"第 {before + 1} 行：引号或分隔有误（{error}）。"),
            say(
                'Close each quoted cell with a quotation mark; write a mark inside a cell twice: "".',
                '每个带引号的单元格都要以引号结束；单元格里的引号要写两个：""。',
            ),
        ) from error
