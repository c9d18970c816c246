"""What processes cost: processor time and memory, from /proc (proc(5))."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")
_PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class Cost:
    """Of several processes together."""

    processes: int
    cpu_seconds: float
    """User and system time since they began, with that of children that have ended."""
    megabytes: float
    """Proportional set size: what several share is counted once."""


def cost_of(pids: Iterable[int], *, memory: bool = False) -> Cost:
    """What `pids` have cost so far; one that has ended meanwhile is left out. Memory takes a while to add up."""
    seconds, bytes_, count = 0.0, 0, 0
    for pid in pids:
        try:
            seconds += _cpu_seconds(pid)
            bytes_ += _proportional_bytes(pid) if memory else 0
            count += 1
        except (FileNotFoundError, ProcessLookupError):
            continue
    return Cost(count, seconds, bytes_ / 1e6)


def with_children(pid: int) -> list[int]:
    """`pid` and all that it has started, as far as they still run."""
    found, at = [pid], 0
    while at < len(found):
        found += _children(found[at])
        at += 1
    return found


def _children(pid: int) -> list[int]:
    try:
        tasks = list((_PROC / str(pid) / "task").iterdir())
        return [int(child) for task in tasks for child in (task / "children").read_text().split()]
    except (FileNotFoundError, ProcessLookupError):
        return []


def _cpu_seconds(pid: int) -> float:
    fields = (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    user, system, childrens_user, childrens_system = fields[11:15]
    return sum(map(int, (user, system, childrens_user, childrens_system))) / TICK


def _proportional_bytes(pid: int) -> int:
    for line in (_PROC / str(pid) / "smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024
    return 0
