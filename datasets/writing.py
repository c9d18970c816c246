"""One data set into one file: whole or not at all.

The file is written beside its place under another name and renamed when it is complete, so a reader never sees half of
one, and what was there before stays until then.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, get_args

from database.connection import Connection
from datasets.csv_file import write_csv
from datasets.gathering import Tick, gather
from datasets.snapshot import Snapshot, Wanted, snapshot
from datasets.variables import Codebook

Format = Literal["csv", "xlsx", "sav", "dta", "ddi"]
FORMATS: tuple[Format, ...] = get_args(Format)
_SUFFIXES: dict[str, Format] = {".csv": "csv", ".xlsx": "xlsx", ".sav": "sav", ".dta": "dta", ".xml": "ddi"}


@dataclass(frozen=True, slots=True)
class Written:
    """What has become of an export."""

    interviews: int
    cut: int = 0
    """Texts that Excel or SPSS have no room for."""
    strange: tuple[tuple[str, int], ...] = ()
    """Headings with how many answers did not fit their column's type and are missing in the file."""


def format_of(path: Path) -> Format | None:
    """The format that a file's name asks for."""
    return _SUFFIXES.get(path.suffix.lower())


def write_file(
    path: Path, form: Format, connection: Connection, codebook: Codebook, wanted: Wanted, *,
    begun: Callable[[int], Tick] = lambda _total: lambda _count: None,
) -> Written:  # fmt: skip
    """Writes a campaign's data set to `path`, atomically.

    Args:
        begun: told how many interviews are coming; gives what is told of each few that came.

    Raises:
        DataDoesNotFit: the format has no room for it.
        OSError: the file cannot be written.
    """
    with snapshot(connection, wanted) as rows, replacing(path) as part:
        return _write(part, form, rows, codebook, begun(rows.count()))


def _write(part: Path, form: Format, rows: Snapshot, codebook: Codebook, tick: Tick) -> Written:
    variables = rows.variables(codebook)
    if form == "csv":
        with part.open("w", encoding="utf-8-sig", newline="") as file:
            return Written(write_csv(file, variables, rows.interviews(), tick))
    if form == "xlsx":
        from datasets.xlsx_file import write_xlsx

        return Written(*write_xlsx(part, codebook, variables, rows.interviews(), tick))
    from datasets.ddi_file import write_ddi
    from datasets.statistics_files import write_dta, write_sav

    gathered = gather(codebook, variables, rows.outcomes(), rows.interviews(), tick)
    if form == "ddi":
        write_ddi(gathered, part, datetime.now(UTC))
    elif form == "sav":
        return Written(gathered.interviews, write_sav(gathered, part), gathered.strange)
    else:
        write_dta(gathered, part)
    return Written(gathered.interviews, strange=gathered.strange)


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A file to write beside `path`; it takes its place at the end, or is removed where anything went wrong."""
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        yield part
        with part.open("rb") as file:
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
