"""CSV, one row an interview: values as they stand in the scripts, streamed, and read back without loss."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, TextIO

from datasets.gathering import TICK, Tick
from datasets.marks import cell, disarmed, read_cell
from datasets.snapshot import Interview, place_of
from datasets.variables import FRAME_NAMES, Codebook, Kind, Question, Variable


def write_csv(out: TextIO, variables: Sequence[Variable], interviews: Iterable[Interview], tick: Tick) -> int:
    """Writes the file (UTF-8 with BOM is the caller's choice of encoding); returns how many interviews."""
    writer = csv.writer(out)
    writer.writerow((*FRAME_NAMES, *(variable.heading for variable in variables)))
    places = [place_of(variable) for variable in variables]
    count = 0
    for interview in interviews:
        given = interview.answers.get
        writer.writerow([*map(plain, interview.frame), *[cell(given(place)) for place in places]])
        count += 1
        if count % TICK == 0:
            tick(count)
    tick(count)
    return count


def plain(value: Any) -> str:
    """A value of the frame as a cell."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else ""
    return value.isoformat(timespec="seconds") if isinstance(value, datetime) else disarmed(str(value))


def read_csv(lines: Iterable[str], codebook: Codebook) -> Iterator[tuple[dict[str, str], dict[tuple[str, str], Any]]]:
    """Reads a file of `write_csv` back: of each interview its frame, and its answers by (field, round).

    Raises:
        ValueError: a cell is none that was written for its column; the text names row and column.
    """
    rows = csv.reader(lines)
    header = next(rows)
    kinds = {question.field: question for question in codebook.questions}
    columns = [_column(heading, kinds) for heading in header[len(FRAME_NAMES) :]]
    for number, row in enumerate(rows, 2):
        answers: dict[tuple[str, str], Any] = {}
        for (key, kind), text in zip(columns, row[len(FRAME_NAMES) :], strict=True):
            try:
                value = read_cell(text, kind)
            except (ValueError, KeyError) as error:
                raise ValueError(f"row {number}, column {key[0]}: {text!r} cannot be read as {kind.value}") from error
            if value is not None:
                answers[key] = value
        yield dict(zip(FRAME_NAMES, row, strict=False)), answers


def _column(heading: str, kinds: dict[str, Question]) -> tuple[tuple[str, str], Kind]:
    field, _, rest = heading.partition("[")
    return (field, rest.removesuffix("]")), kinds[field].kind if field in kinds else Kind.TEXT
