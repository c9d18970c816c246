"""Checking scripts: the full check of 500 actions, without a database; `engine` measures reading alone."""

from __future__ import annotations

from collections.abc import Iterator

from callscript.checker import check_files
from local.bench.engine import survey_files
from local.bench.row import Row, timed

SIZE = 500
TIMES = 7
CHECK_GOAL_MS = 2_000.0


def rows() -> Iterator[Row]:
    files = survey_files(SIZE)
    yield timed(lambda: check_files(files), TIMES, warm=1).row(
        "checking", f"check {SIZE} actions", "ms", at_most=CHECK_GOAL_MS
    )
