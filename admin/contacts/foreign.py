"""Files that are no table at all, known by how they begin, so that nobody is told of missing headings in a picture."""

from __future__ import annotations

from admin.errors import UnreadableTable
from admin.language import say

_BEGINNINGS = (
    (b"%PDF", "a PDF file", "PDF 文件"),
    (b"\x89PNG", "a picture", "图片"),
    (b"\xff\xd8\xff", "a picture", "图片"),
    (b"GIF8", "a picture", "图片"),
    (b"\x1f\x8b", "a compressed file (gzip)", "压缩文件（gzip）"),
    (b"7z\xbc\xaf", "a compressed file (7z)", "压缩文件（7z）"),
    (b"Rar!", "a compressed file (rar)", "压缩文件（rar）"),
    (b"<", "a page (HTML or XML), whatever its name ends with", "网页（HTML 或 XML），不管扩展名是什么"),
    (b"{", "a JSON file", "JSON 文件"),
    (b"[{", "a JSON file", "JSON 文件"),
)


def refuse_foreign(data: bytes) -> None:
    """
    Raises:
        UnreadableTable: `data` begins as no table does.
    """
    begins = data[:64].removeprefix(b"\xef\xbb\xbf").lstrip()
    for mark, english, chinese in _BEGINNINGS:
        if begins.startswith(mark):
            raise UnreadableTable(
                say(f"This is {english}, not a table.", f"这不是表格，而是{chinese}。"),
                say("Save the table as CSV (UTF-8) or as .xlsx.", "请把表格另存为 CSV（UTF-8）或 .xlsx。"),
            )
