"""What became of each row that was not simply imported, as a CSV file for whoever made the table."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from admin.contacts.complaints import Complaint
from admin.language import say


def report_table(file: str, complaints: Iterable[Complaint]) -> bytes:
    """A CSV in UTF-8 with BOM: file, row, column, code, what, remedy. It never holds what stood in a cell."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(
        (say("file", "文件"), say("row", "行"), say("column", "列"), say("left out", "处理"), say("code", "代码"),
         say("what is wrong", "问题"), say("remedy", "办法"))
    )  # fmt: skip
    for each in complaints:
        treated = say("wrong", "有误") if each.grave else say("noted", "提示")
        cells = (file, str(each.line), each.column, treated, each.code, each.what, each.mend)
        writer.writerow([harmless(cell) for cell in cells])
    return text.getvalue().encode("utf-8-sig")


def harmless(cell: str) -> str:
    """A spreadsheet takes a cell that begins so for a formula; headings come from whoever made the file."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell
