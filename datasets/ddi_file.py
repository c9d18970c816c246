"""A DDI-Codebook 2.5 document: what an archive asks for beside the data (https://ddialliance.org/Specification/DDI-Codebook/2.5/).

It describes the variables of the `.sav` and `.dta` files of the same campaign, by the names they have there: question
texts, codes with labels and the scripts' own values, special answers as missing, and counts of each.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from lxml import etree

from datasets.columns import Column, Measured
from datasets.gathering import Gathered
from datasets.statistics_files import special_codes
from datasets.variables import SPECIAL_LABELS

NAMESPACE = "ddi:codebook:2_5"
_NAMESPACES: Any = {None: NAMESPACE}
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_CHARACTER = {Measured.TEXT}
_CATEGORIES = {Measured.DAY: "date", Measured.MOMENT: "time", Measured.CLOCK: "time"}


def write_ddi(gathered: Gathered, path: Path, made_at: datetime) -> None:
    """Writes the codebook; `made_at` stands in it as the day of its making."""
    book = gathered.codebook
    root = etree.Element(_tag("codeBook"), nsmap=_NAMESPACES, version="2.5")
    if book.language:
        root.set(_LANGUAGE, book.language)
    document = _add(_add(root, "docDscr"), "citation")
    _add(_add(document, "titlStmt"), "titl", f"{book.title}: codebook")
    produced = _add(document, "prodStmt")
    _add(produced, "prodDate", made_at.date().isoformat(), date=made_at.date().isoformat())
    _add(produced, "software", "Waihu")
    study = _add(root, "stdyDscr")
    cited = _add(study, "citation")
    titles = _add(cited, "titlStmt")
    _add(titles, "titl", book.title)
    _add(titles, "IDNo", book.campaign)
    for release in book.releases:  # here, since a file's description has room for one
        _add(_add(cited, "verStmt"), "version", release)
    method = _add(_add(study, "method"), "dataColl")
    _add(method, "collMode", "Telephone interview (CATI)")
    file = _add(_add(root, "fileDscr", ID="F1"), "fileTxt")
    _add(file, "fileName", book.campaign)
    dimensions = _add(file, "dimensns")
    _add(dimensions, "caseQnty", str(gathered.interviews))
    _add(dimensions, "varQnty", str(len(gathered.columns)))
    described = _add(root, "dataDscr")
    for number, column in enumerate(gathered.columns, 1):
        _variable(described, column, f"V{number}", book.language)
    path.write_bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True))


def _variable(parent: etree._Element, column: Column, ident: str, language: str) -> None:
    """Children stand in the order that the schema's sequence asks for."""
    question = column.question
    interval = "discrete" if column.nominal else "contin"
    variable = _add(parent, "var", ID=ident, name=column.name, files="F1", intrvl=interval)
    _add(variable, "labl", column.label or column.heading)
    if question is not None and question.asked:
        _add(_add(variable, "qstn", seqNo=question.node or None), "qstnLit", question.asked)
    numbers = column.plain() if column.numbers is not None else None
    present = numbers[~np.isnan(numbers)] if numbers is not None else np.array([])
    if present.size and column.measured in (Measured.WHOLE, Measured.NUMBER):
        _add(_add(variable, "valrng"), "range", min=_plain(present.min()), max=_plain(present.max()))
    codes = special_codes(column) if numbers is not None else {}
    if column.specials:
        invalid = _add(variable, "invalrng")
        for special in column.specials:
            _add(invalid, "item", VALUE=_plain(codes[special]) if codes else f"#{special}")
    _statistics(variable, column, present)
    if question is not None:
        _add(variable, "txt", f"{question.field}{' (computed)' if question.computed else ''}: {column.heading}")
    _categories(variable, column, codes, present, language)
    _add(variable, "varFormat", type="character" if column.measured in _CHARACTER else "numeric",
         category=_CATEGORIES.get(column.measured))  # fmt: skip


def _statistics(
    variable: etree._Element, column: Column, present: np.ndarray[tuple[int], np.dtype[np.float64]]
) -> None:
    if column.numbers is not None:
        _add(variable, "sumStat", str(present.size), type="vald")
        _add(variable, "sumStat", str(column.numbers.size - present.size), type="invd")
    elif column.texts is not None:
        _add(variable, "sumStat", str(len(column.texts) - column.texts.null_count), type="vald")


def _categories(
    variable: etree._Element, column: Column, codes: dict[str, float],
    present: np.ndarray[tuple[int], np.dtype[np.float64]], language: str,
) -> None:  # fmt: skip
    for code, label in column.labels.items():
        category = _add(variable, "catgry")
        _add(category, "catValu", _plain(code))
        _add(category, "labl", label)
        if column.values.get(code, label) != label:
            _add(category, "txt", column.values[code])
        _add(category, "catStat", str(int((present == code).sum())), type="freq")
    for special in column.specials:
        category = _add(variable, "catgry", missing="Y")
        _add(category, "catValu", _plain(codes[special]) if codes else f"#{special}")
        _add(category, "labl", SPECIAL_LABELS[special][language != "zh"])
        if codes:
            _add(category, "catStat", str(int(column.special_rows(special).sum())), type="freq")


def _plain(number: float) -> str:
    return str(int(number)) if float(number).is_integer() else repr(float(number))


def _add(parent: etree._Element, tag: str, text: str | None = None, /, **attributes: str | None) -> etree._Element:
    child = etree.SubElement(parent, _tag(tag), {key: value for key, value in attributes.items() if value is not None})
    if text is not None:
        child.text = "".join(letter for letter in text if letter >= " " or letter in "\t\n")
    return child


def _tag(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"
