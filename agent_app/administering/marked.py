"""A source with its findings beside the lines that they are about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from callscript.scripts_protocol import Finding

AROUND = 2
"""Lines shown before and after a line with a finding."""


@dataclass(frozen=True, slots=True)
class MarkedLine:
    """One line of a source; `number` 0 stands for lines that are left out."""

    number: int
    source: str = ""
    findings: tuple[Finding, ...] = ()


def marked(source: str, findings: Sequence[Finding]) -> list[MarkedLine]:
    """The lines of `source` that have findings, each with its neighbours.

    A finding about the file as a whole (line 0) stands with the first line.
    """
    lines = source.splitlines() or [""]
    at: dict[int, list[Finding]] = {}
    for finding in findings:
        at.setdefault(min(max(finding.line, 1), len(lines)), []).append(finding)
    shown: list[MarkedLine] = []
    last = 0
    for number in sorted({near for line in at for near in range(line - AROUND, line + AROUND + 1)}):
        if not 1 <= number <= len(lines):
            continue
        if number > last + 1:
            shown.append(MarkedLine(0))
        shown.append(MarkedLine(number, lines[number - 1], tuple(at.get(number, ()))))
        last = number
    if shown and last < len(lines):
        shown.append(MarkedLine(0))
    return shown


def caret(finding: Finding) -> int:
    """Characters before the place of a finding in its line."""
    return max(finding.column - 1, 0)
