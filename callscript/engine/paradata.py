"""Paradata: how often and how long each node and field was seen, left and changed. `${paradata}` gives it to a call.

One row a place: `{"place", "entered", "left", "changed", "confirmed", "ms", "first_at"}`, and under `"fields"` the same
for each of its fields that was changed or timed apart (a field without a row was entered and left with its node).
"""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from callscript.engine.state import Entry, Watch
from callscript.engine.working import Working


def arrive(work: Working, entry: Entry) -> None:
    """The agent sees this entry from now on."""
    watch = work.record_of(entry).watch
    first = watch.first or max(1, work.at - work.state.began_at)
    work.change(entry, watch=replace(watch, entered=watch.entered + 1, first=first))
    work.shown_at = work.at


def depart(work: Working) -> None:
    """The agent sees the cursor's entry no longer."""
    if work.shown_at and 0 <= work.cursor < work.length:
        entry = work.entry(work.cursor)
        watch = work.record_of(entry).watch
        spent = watch.spent + max(0, work.at - work.shown_at)
        work.change(entry, watch=replace(watch, spent=spent))
    work.shown_at = 0


def paradata_of(work: Working) -> list[dict[str, Any]]:
    """Rows of every place that was ever shown, on the path or off it, in the script's order."""
    began = work.state.began_at
    rows = []
    for chunk in work.records:
        for place, record in chunk.items():
            if record.watch.entered:
                row = {"place": place, **_row(record.watch), "first_at": began + record.watch.first}
                if record.fields:
                    row["fields"] = {name: _row(watch) for name, watch in record.fields.items()}
                rows.append(row)
    return rows


def _row(watch: Watch) -> dict[str, Any]:
    return {
        "entered": watch.entered,
        "left": watch.left,
        "changed": watch.changed,
        "confirmed": watch.confirmed,
        "ms": watch.spent,
    }
