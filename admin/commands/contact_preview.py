"""How a contact file is read, shown before anything is done with it."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

from rich.table import Table

from admin.application import out
from admin.contacts.complaints import Complaint
from admin.contacts.files import ContactFile
from admin.language import say
from database.numbers import mask


def show(file: Path, contact_file: ContactFile, rows: int) -> None:
    """Encoding, columns with what they are taken for, and the first `rows` contacts; numbers are masked."""
    table, columns = contact_file.table, contact_file.columns
    separator = f", {table.separator!r}" if table.separator else ""
    out.print(
        f"[bold]{file.name}[/]: {table.encoding}{separator}, " + say(f"{len(table.rows)} rows", f"{len(table.rows)} 行")
    )
    meanings = dict.fromkeys(columns.phones, "phone") | {place: field for field, place in columns.fields.items()}
    if columns.name is not None:
        meanings[columns.name] = "name"
    for place, heading in enumerate(table.header):
        attribute = columns.attributes.get(place)
        meaning = meanings.get(place) or (
            f"{say('attribute', '属性')} {attribute} ({columns.types.get(attribute, 'text')})" if attribute else "-"
        )
        out.print(f"  {heading} → {meaning}")
    _first(contact_file, rows)


def _first(contact_file: ContactFile, rows: int) -> None:
    headings = (
        say("row", "行"), say("name", "姓名"), say("numbers", "号码"), say("language", "语言"),
        say("time zone", "时区"), say("attributes", "属性"),
    )  # fmt: skip
    table = Table(*headings, box=None)
    for row in islice(contact_file, rows):
        if isinstance(row, Complaint):
            table.add_row(str(row.line), f"[red]{row.code}[/]", row.column, "", "", row.what)
        else:
            numbers = " ".join(mask(number) for number in row.phones)
            about = ", ".join(f"{name}={value!r}" for name, value in row.attributes.items())
            table.add_row(str(row.line), row.name, numbers, row.language, row.timezone, about)
    out.print(table)
