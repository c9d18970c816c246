"""SPSS `.sav` and Stata `.dta`, written by ReadStat through pyreadstat.

Special answers are user-missing values of SPSS (-97 not applicable, -98 don't know, -99 refused; with more nines where
a column has answers that low) and extended missing values of Stata (.a don't know, .b refused, .c not applicable), each
with its label. In a column of texts they are `#dk`, `#refused`, `#na`, which SPSS is told are missing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyreadstat

from datasets.columns import Column, Measured
from datasets.gathering import Gathered
from datasets.variables import SPECIAL_LABELS, SPECIALS

_SPSS_DAYS, _STATA_DAYS, _UNIX_DAYS = (
    day.toordinal() for day in (date(1582, 10, 14), date(1960, 1, 1), date(1970, 1, 1))
)
"""The days from which SPSS, Stata and Unix count."""
_DAY = 86_400.0
_SPSS_FORMATS = {
    Measured.DAY: "SDATE10", Measured.MOMENT: "DATETIME20", Measured.CLOCK: "TIME8",
    Measured.WHOLE: "F8.0", Measured.NUMBER: "F12.4",
}  # fmt: skip
_STATA_FORMATS = {
    Measured.DAY: "%td", Measured.MOMENT: "%tc", Measured.CLOCK: "%tcHH:MM:SS",
    Measured.WHOLE: "%10.0g", Measured.NUMBER: "%12.0g",
}  # fmt: skip
_SPSS_LONGEST = 32_767
_LETTERS = dict(zip(SPECIALS, "abc", strict=True))
_LONGEST_LABEL = {"sav": 250, "dta": 320}
_LONGEST_VALUE_LABEL = 120
"""Bytes of UTF-8."""


def write_sav(gathered: Gathered, path: Path) -> int:
    """Writes SPSS's file; returns how many texts were cut at SPSS's longest."""
    cut = 0
    frame: dict[str, Any] = {}
    labels: dict[str, Any] = {}
    missing: dict[str, list[Any]] = {}
    language = gathered.codebook.language
    for column in gathered.columns:
        if column.measured is Measured.TEXT:
            frame[column.name], shorter = _texts(column, _SPSS_LONGEST)
            cut += shorter
            if column.specials:
                missing[column.name] = [f"#{special}" for special in column.specials]
                labels[column.name] = {f"#{special}": _special_label(special, language) for special in column.specials}
            continue
        numbers, codes = _spss_numbers(column)
        frame[column.name] = numbers
        own: dict[float | str, str] = {code: _cut(text, _LONGEST_VALUE_LABEL) for code, text in column.labels.items()}
        for special in column.specials:
            own[codes[special]] = _special_label(special, language)
        if own:
            labels[column.name] = own
        if column.specials:
            missing[column.name] = [{"lo": codes["refused"], "hi": codes["na"]}]
    pyreadstat.write_sav(
        pd.DataFrame(frame, copy=False), str(path), file_label=_cut(gathered.codebook.title, 60),
        column_labels=_column_labels(gathered, "sav"), variable_value_labels=labels, missing_ranges=missing,
        variable_format=_formats(gathered, _SPSS_FORMATS), row_compress=True,
        variable_measure={column.name: "nominal" if column.nominal else "scale" for column in gathered.columns},
    )  # fmt: skip
    return cut


def write_dta(gathered: Gathered, path: Path) -> None:
    """Writes Stata's file (format 118: Stata 14 and later)."""
    frame: dict[str, Any] = {}
    labels: dict[str, Any] = {}
    missing: dict[str, list[str]] = {}
    language = gathered.codebook.language
    for column in gathered.columns:
        if column.measured is Measured.TEXT:
            frame[column.name], _ = _texts(column)
            continue
        frame[column.name] = _stata_numbers(column)
        own: dict[float | str, str] = {code: _cut(text, _LONGEST_VALUE_LABEL) for code, text in column.labels.items()}
        for special in column.specials:
            own[_LETTERS[special]] = _special_label(special, language)
        # Stata's labels are of whole numbers only.
        if own and column.measured is not Measured.NUMBER:
            labels[column.name] = own
        if column.specials:
            missing[column.name] = [_LETTERS[special] for special in column.specials]
    pyreadstat.write_dta(
        pd.DataFrame(frame, copy=False), str(path), file_label=_cut(gathered.codebook.title, 80),
        column_labels=_column_labels(gathered, "dta"), variable_value_labels=labels, missing_user_values=missing,
        variable_format=_formats(gathered, _STATA_FORMATS), version=15,
    )  # fmt: skip


def special_codes(column: Column) -> dict[str, float]:
    """SPSS's codes of the special answers: as many nines before the last two digits as no answer can be mistaken."""
    plain = column.plain()
    least = float(np.nanmin(plain)) if plain.size and not np.isnan(plain).all() else 0.0
    least = min([least, *column.labels])
    base = 0
    while least <= -(base + 97):
        base = base * 10 + 900
    return {"na": -(base + 97.0), "dk": -(base + 98.0), "refused": -(base + 99.0)}


def _spss_numbers(column: Column) -> tuple[np.ndarray[Any, Any], dict[str, float]]:
    codes = special_codes(column)
    numbers = _shifted(column, spss_number)
    for special in column.specials:
        numbers[column.special_rows(special)] = codes[special]
    return numbers, codes


def _stata_numbers(column: Column) -> Any:
    numbers = _shifted(column, stata_number)
    rows = {special: column.special_rows(special) for special in column.specials}
    if not any(held.any() for held in rows.values()):
        return numbers
    # A column that holds extended missing values is one of objects; equal numbers share one object.
    distinct, places = np.unique(numbers, return_inverse=True, equal_nan=True)
    objects = np.array([None if np.isnan(each) else float(each) for each in distinct], dtype=object)[places]
    for special, held in rows.items():
        objects[held] = _LETTERS[special]
    return pd.Series(objects, dtype=object)


def _shifted(
    column: Column, shift: Callable[[np.ndarray[Any, Any], Measured], np.ndarray[Any, Any]]
) -> np.ndarray[Any, Any]:
    return shift(column.plain(), column.measured)


def spss_number(numbers: np.ndarray[Any, Any], measured: Measured) -> np.ndarray[Any, Any]:
    """SPSS counts seconds since 1582-10-14."""
    if measured is Measured.DAY:
        return (numbers - _SPSS_DAYS) * _DAY
    return numbers + (_UNIX_DAYS - _SPSS_DAYS) * _DAY if measured is Measured.MOMENT else numbers


def stata_number(numbers: np.ndarray[Any, Any], measured: Measured) -> np.ndarray[Any, Any]:
    """Stata counts days, or milliseconds, since 1960-01-01."""
    if measured is Measured.DAY:
        return numbers - _STATA_DAYS
    if measured is Measured.MOMENT:
        return (numbers - (_STATA_DAYS - _UNIX_DAYS) * _DAY) * 1000.0
    return numbers * 1000.0 if measured is Measured.CLOCK else numbers


def _texts(column: Column, longest: int | None = None) -> tuple[Any, int]:
    """The column as pandas takes it, and how many texts of more than `longest` bytes were cut."""
    texts = column.texts if column.texts is not None else pa.chunked_array([], type=pa.large_string())
    too_long = int(pc.sum(pc.greater(pc.binary_length(texts), longest)).as_py() or 0) if longest else 0
    if too_long and longest:
        short = (_cut(text, longest) if text else text for text in texts.to_pylist())
        texts = pa.chunked_array([pa.array(short, type=pa.large_string())])
    return pd.Series(texts, dtype=pd.ArrowDtype(pa.large_string())), too_long


def _column_labels(gathered: Gathered, kind: str) -> dict[str, str | None]:
    return {column.name: _cut(column.label, _LONGEST_LABEL[kind]) for column in gathered.columns if column.label}


def _formats(gathered: Gathered, formats: Mapping[Measured, str]) -> dict[str, str]:
    return {column.name: formats[column.measured] for column in gathered.columns if column.measured in formats}


def _special_label(special: str, language: str) -> str:
    return SPECIAL_LABELS[special][language != "zh"]


def _cut(text: str, most_bytes: int) -> str:
    """The text, ended by `…` where the format has no room for it: its whole is in the DDI codebook."""
    data = text.encode()
    return text if len(data) <= most_bytes else data[: most_bytes - 3].decode(errors="ignore") + "…"
