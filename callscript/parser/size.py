"""How much there is in a campaign's scripts, counted before anything is read.

Reading and checking take time in proportion to it, so that this limit bounds both, whatever a script does.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Mapping

from callscript.parser import kinds
from callscript.places import Span
from callscript.problems import Problem

MOST = 14_500
"""Parts of one campaign with its packs: 2,000 short questions, or 800 with branches, computes and hints."""

_BREAK = re.compile(rb"\n")
_VALUE = 3
"""A value that is read takes as long as so many elements."""
_SQL_BYTES = 20
"""So many bytes of a `server.xml` count as a part."""


def too_large(files: Mapping[str, bytes]) -> Problem | None:
    """The problem of a campaign that has more than `MOST` parts, at the line in which it has."""
    scripts = {file: data for file, data in files.items() if file.endswith(".xml")}
    found = sum(parts_of(file, data) for file, data in scripts.items())
    if found <= MOST:
        return None
    values = {"found": str(found), "most": str(MOST)}
    return Problem(kinds.CAMPAIGN_TOO_LARGE, _place(scripts), values)


def parts_of(file: str, data: bytes) -> int:
    """Elements, values that are read, calls and parentheses; SQL by its length and what it binds."""
    parts = data.count(b"<") - data.count(b"</") + _VALUE * data.count(b"${") + data.count(b"(") // 8
    if file.endswith("server.xml"):
        parts += len(data) // _SQL_BYTES + data.count(b":") // 4
    return parts


def _place(scripts: Mapping[str, bytes]) -> Span:
    """Of the packs, which many campaigns share, no line is to blame while the campaign's own script is there."""
    left = MOST
    for file in sorted(scripts, key=lambda file: (file == "local.xml", file)):
        parts = parts_of(file, scripts[file])
        if parts > left:
            return Span(file, _line(file, scripts[file], left), 1)
        left -= parts
    raise AssertionError("asked of a campaign that is not too large")


def _line(file: str, data: bytes, left: int) -> int:
    """The first line with which there are more than `left` parts."""
    ends = [found.start() for found in _BREAK.finditer(data)]
    return 1 + bisect_left(ends, left + 1, key=lambda end: parts_of(file, data[:end]))
