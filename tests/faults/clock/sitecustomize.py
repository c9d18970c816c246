"""Shifts the wall clock of a Python process by as many seconds as the file named in FAULT_CLOCK says, now and later.

Python imports a module of this name at start-up, from wherever PYTHONPATH points: so a process's clock can jump without
any right and without a hook in the product. Clocks that only measure (monotonic) are left alone, as they are when an
administrator sets a machine's time.
"""

from __future__ import annotations

import os
import time


def _shift() -> None:
    path = os.environ.get("FAULT_CLOCK", "")
    if not path:
        return
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except OSError:
        return
    true_time, true_time_ns = time.time, time.time_ns

    def offset() -> int:
        return int(os.pread(descriptor, 20, 0) or b"0")

    time.time = lambda: true_time() + offset()
    time.time_ns = lambda: true_time_ns() + offset() * 1_000_000_000


_shift()
