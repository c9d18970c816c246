"""A contact file's bytes become contacts and complaints, in one call."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from admin.contacts.columns import Columns, map_columns
from admin.contacts.rows import Complaint, Contact, Defaults, read_rows
from admin.contacts.table import Table, read_table
from admin.contacts.workbook import is_workbook, read_workbook


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
    table = read_workbook(data, sheet) if is_workbook(data) else read_table(data)
    return ContactFile(table, map_columns(table.header, columns), defaults or Defaults())
