"""An Excel workbook: the data, what each column means, and what each value means.

XlsxWriter makes the package: sheets, styles, the two sheets of meanings. The sheet of data is then streamed into it
as the standard's own XML (ECMA-376), a row at a time: cell by cell through the library ten million cells take four
times as long. Texts are inline strings, which no spreadsheet runs as a formula.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time
from functools import lru_cache
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from datasets.columns import text_of
from datasets.errors import DataDoesNotFit
from datasets.gathering import TICK, Tick
from datasets.marks import cell
from datasets.snapshot import Interview, place_of
from datasets.variables import FRAME, SPECIAL_LABELS, Codebook, Kind, Variable

MOST_ROWS = 1_048_576
MOST_COLUMNS = 16_384
LONGEST_TEXT = 32_767
_CUT = "…"
_SHEETS = {"zh": ("数据", "变量", "取值"), "en": ("Data", "Variables", "Values")}
_HEADINGS = {
    "zh": (("列", "标签", "类型", "题目", "节点"), ("列", "取值", "标签")),
    "en": (("Column", "Label", "Type", "Question", "Node"), ("Column", "Value", "Label")),
}
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_ESCAPED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_EPOCH = date(1899, 12, 30).toordinal()


def write_xlsx(
    path: Path, codebook: Codebook, variables: Sequence[Variable], interviews: Iterable[Interview], tick: Tick
) -> tuple[int, int]:
    """Writes the workbook; returns how many interviews, and how many texts were cut at Excel's longest.

    Raises:
        DataDoesNotFit: more columns or rows than a sheet has.
    """
    if len(FRAME) + len(variables) > MOST_COLUMNS:
        raise DataDoesNotFit("columns", len(FRAME) + len(variables), MOST_COLUMNS)
    shell, styles = _shell(codebook, variables)
    sheet = _Sheet(variables, styles)
    with (
        zipfile.ZipFile(shell) as template,
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as package,
    ):
        for item in template.infolist():
            if item.filename != "xl/worksheets/sheet1.xml":
                package.writestr(item.filename, template.read(item.filename))
        before, after = _around_rows(template.read("xl/worksheets/sheet1.xml"))
        with package.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as out:
            out.write(before)
            for block in sheet.rows(interviews, tick):
                out.write(block)
            out.write(after)
    return sheet.count, sheet.cut


class _Sheet:
    """Rows of the sheet of data as XML."""

    def __init__(self, variables: Sequence[Variable], styles: dict[Kind, int]) -> None:
        self.count = 0
        self.cut = 0
        self._styles = styles
        self._frame = [(xl_col_to_name(place), self._writer(frame.kind)) for place, frame in enumerate(FRAME)]
        self._answers = [
            (place_of(variable), xl_col_to_name(len(FRAME) + place), self._writer(variable.question.kind))
            for place, variable in enumerate(variables)
        ]

    def rows(self, interviews: Iterable[Interview], tick: Tick) -> Iterator[bytes]:
        """Blocks of rows; the first row of all is the header's."""
        block: list[str] = []
        for interview in interviews:
            self.count += 1
            if self.count >= MOST_ROWS:
                raise DataDoesNotFit("rows", self.count + 1, MOST_ROWS)
            row = str(self.count + 1)
            block.append(f'<row r="{row}">')
            for (column, write), value in zip(self._frame, interview.frame, strict=True):
                if value is not None and value is not False:
                    block.append(write(f"{column}{row}", value))
            given = interview.answers.get
            for place, column, write in self._answers:
                value = given(place)
                if value is not None:
                    block.append(write(f"{column}{row}", value))
            block.append("</row>")
            if self.count % TICK == 0:
                yield "".join(block).encode()
                block.clear()
                tick(self.count)
        yield "".join(block).encode()
        tick(self.count)

    def _writer(self, kind: Kind) -> Callable[[str, Any], str]:
        readers: dict[Kind, Callable[[Any], str]] = {
            Kind.INTEGER: _number, Kind.DECIMAL: _number, Kind.DATE: _day, Kind.TIME: _clock, Kind.DATETIME: _moment,
        }  # fmt: skip
        read, style = readers.get(kind), self._styles.get(kind)
        styled = f' s="{style}"' if style is not None else ""

        def write(place: str, value: Any) -> str:
            if type(value) is bool:
                return f'<c r="{place}" t="b"><v>{int(value)}</v></c>'
            if read is not None and type(value) is not dict:
                try:
                    return f'<c r="{place}"{styled}><v>{read(value)}</v></c>'
                except (ValueError, TypeError):
                    pass
            return self._text(place, value)

        return write

    def _text(self, place: str, value: Any) -> str:
        text = value if type(value) is str else cell(value) if type(value) is dict else text_of(value)
        if len(text) > LONGEST_TEXT:
            self.cut += 1
            text = text[: LONGEST_TEXT - 1] + _CUT
        return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{escaped(text)}</t></is></c>'


@lru_cache(maxsize=65536)
def escaped(text: str) -> str:
    """Text for the sheet's XML; what XML cannot hold becomes `_x0001_`, as the standard says."""
    text = _ESCAPED.sub("_x005F_", text)
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "_x000D_")
    return _ILLEGAL.sub(lambda found: f"_x{ord(found[0]):04X}_", text)


def _number(value: Any) -> str:
    number = float(value)
    if number - number != 0 or (isinstance(value, int) and abs(value) > 2**53):
        raise ValueError(value)
    return str(value)


@lru_cache(maxsize=65536)
def _day(value: str) -> str:
    number = date.fromisoformat(value).toordinal() - _EPOCH
    if number < 61:
        raise ValueError(value)  # Excel's calendar has a 29 February 1900 that never was: before it, text
    return str(number)


@lru_cache(maxsize=65536)
def _clock(value: str) -> str:
    at = time.fromisoformat(value)
    return repr((at.hour * 3600 + at.minute * 60 + at.second) / 86_400)


def _moment(value: str | datetime) -> str:
    at = datetime.fromisoformat(value) if isinstance(value, str) else value.astimezone(UTC)
    seconds = (at.hour * 3600 + at.minute * 60 + at.second) / 86_400
    return repr(int(_day(at.date().isoformat())) + round(seconds, 9))


def _shell(codebook: Codebook, variables: Sequence[Variable]) -> tuple[io.BytesIO, dict[Kind, int]]:
    """The workbook without its data, and the number that each kind's style has in it."""
    package = io.BytesIO()
    words = "zh" if codebook.language == "zh" else "en"
    book = xlsxwriter.Workbook(package, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": codebook.title, "company": "", "comments": f"campaign {codebook.campaign}"})
    bold = book.add_format({"bold": True})
    sheet, about, values = (book.add_worksheet(name) for name in _SHEETS[words])
    styles = {}
    formats = {Kind.DATE: "yyyy-mm-dd", Kind.TIME: "hh:mm:ss", Kind.DATETIME: "yyyy-mm-dd hh:mm:ss"}
    for number, (kind, form) in enumerate(formats.items(), 2):
        # One cell of each style, so that the library numbers them in this order: the bold one is 1.
        sheet.write_blank(1, number, None, book.add_format({"num_format": form}))
        styles[kind] = number
    for place, heading in enumerate((*(frame.name for frame in FRAME), *(each.heading for each in variables))):
        sheet.write_string(0, place, heading, bold)
    sheet.freeze_panes(1, 1)
    _meanings(about, values, variables, bold, words)
    book.close()
    package.seek(0)
    return package, styles


def _meanings(about: Any, values: Any, variables: Sequence[Variable], bold: Any, words: str) -> None:
    for sheet, headings in zip((about, values), _HEADINGS[words], strict=True):
        for place, heading in enumerate(headings):
            sheet.write_string(0, place, heading, bold)
        sheet.set_column(1, 3, 28)
        sheet.freeze_panes(1, 0)
    row = value_row = 1
    for frame in FRAME:
        about.write_row(row, 0, (frame.name, frame.labels[words != "zh"], frame.kind.value))
        row += 1
    for variable in variables:
        question = variable.question
        texts = (variable.heading, question.label, question.kind.value, question.asked[:LONGEST_TEXT], question.node)
        about.write_row(row, 0, texts)
        row += 1
        meant = [(category.value, category.label) for category in question.categories]
        meant += [(f"#{special}", SPECIAL_LABELS[special][words != "zh"]) for special in question.specials]
        for value, label in meant:
            values.write_row(value_row, 0, (variable.heading, value, label))
            value_row += 1


def _around_rows(sheet: bytes) -> tuple[bytes, bytes]:
    """The sheet's XML up to the end of its header row, and what follows its rows."""
    start = sheet.index(b"</row>") + len(b"</row>")
    # The size that it states is that of the shell; readers do well without.
    before = re.sub(rb"<dimension [^>]*/>", b"", sheet[:start])
    return before, sheet[sheet.index(b"</sheetData>") :]
