"""A contact file's bytes become contacts and complaints, in one call."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from admin.contacts.columns import Columns, map_columns
from admin.contacts.complaints import Complaint
from admin.contacts.foreign import refuse_foreign
from admin.contacts.rows import Contact, Defaults, read_rows
from admin.contacts.table import Table, read_table
from admin.contacts.workbook import is_workbook, read_workbook
from admin.errors import UnreadableTable
from admin.language import say


@dataclass(frozen=True, slots=True)
class ContactFile:
    table: Table
    columns: Columns
    defaults: Defaults

    def __len__(self) -> int:
        return len(self.table.rows)

    def __iter__(self) -> Iterator[Contact | Complaint]:
        return read_rows(self.table.rows, self.table.header, self.columns, self.defaults)


def read_contacts(
    data: bytes, defaults: Defaults | None = None, columns: Mapping[str, str] | None = None, sheet: str = ""
) -> ContactFile:
    """The contacts of a CSV file or an Excel workbook, to be iterated.

    Args:
        columns: heading -> one of `admin.contacts.columns.HEADINGS`, or of `TYPES`, before the known headings.
        sheet: of a workbook; its first one if empty.

    Raises:
        UnreadableTable: the file as a whole cannot be read.
    """
    table = read_any(data, sheet)
    mapped = map_columns(table.header, columns, table)
    _refuse_nameless(table)
    if not table.rows:
        raise UnreadableTable(
            say("There are headings, and no row below them.", "只有列名，下面没有任何一行。"),
            say("Is it the right file, or the right sheet?", "文件或工作表选对了吗？"),
        )
    return ContactFile(table, mapped, defaults or Defaults())


def read_any(data: bytes, sheet: str = "") -> Table:
    """The table in a CSV file or a workbook.

    Raises:
        UnreadableTable: the file as a whole cannot be read.
    """
    refuse_foreign(data)
    return read_workbook(data, sheet) if is_workbook(data) else read_table(data)


def _refuse_nameless(table: Table) -> None:
    """Values that would be dropped without a word."""
    for place in (place for place, heading in enumerate(table.header) if not heading):
        row = next((row for row in table.rows if place < len(row.cells) and row.cells[place].strip()), None)
        if row is not None:
            raise UnreadableTable(
                say(
                    f"Line {row.line}: column {place + 1} has a value, but no heading in line 1.",
                    f"第 {row.line} 行：第 {place + 1} 列有内容，但第 1 行没有列名。",
                ),
                say("Give the column a heading, or empty it.", "请写上列名，或清空这一列。"),
            )
