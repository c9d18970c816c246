"""Building large models without looks for garbage in circles: they have none, and the looks grow with what is there.

A survey of 500 questions is some 40,000 small objects. While they are made, Python's collector goes over all of them
again and again: a fifth of the time, and more than in proportion for longer ones.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    before = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if before:
            gc.enable()
