"""`python -m local.bench.data_export FORMAT FILE`: one export, and what it took: seconds, peak megabytes, processor."""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from pathlib import Path
from typing import get_args

from database.connection import Connection
from datasets.snapshot import Wanted
from datasets.variables import SPECIALS, Category, Codebook, Kind, Question
from datasets.writing import Format, write_file

_KINDS = (
    (60, Kind.CHOICE),
    (80, Kind.INTEGER),
    (85, Kind.DECIMAL),
    (90, Kind.CHOICES),
    (95, Kind.DATE),
    (999, Kind.TEXT),
)


def codebook(fields: int = 100) -> Codebook:
    """What the bench's interviews ask: 60 choices, 20 whole numbers, 5 decimals, 5 lists, 5 dates, 5 texts."""
    options = tuple(Category(f"o{number}", f"选项 {number}") for number in range(5))
    questions = []
    for number in range(1, fields + 1):
        kind = next(kind for most, kind in _KINDS if number <= most)
        listed = options if kind in (Kind.CHOICE, Kind.CHOICES) else ()
        questions.append(Question(f"f{number:03}", kind, f"问题 {number}", "请问……", "node", listed, SPECIALS))
    return Codebook("big", "Big", "zh", tuple(questions))


def main() -> None:
    form, file = sys.argv[1:]
    if form not in get_args(Format):
        raise SystemExit(f"no format {form}")
    connection = Connection.open(*json.loads(os.environ["WAIHU_BENCH_DATABASE"]))
    begun = time.monotonic()
    write_file(Path(file), form, connection, codebook(), Wanted("big"))  # type: ignore[arg-type]
    seconds = time.monotonic() - begun
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(json.dumps([seconds, used.ru_maxrss / 1024, used.ru_utime + used.ru_stime]))


if __name__ == "__main__":
    main()
