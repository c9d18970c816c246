"""How far a bench has come, shown while it works; nothing where nobody watches."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

from rich.progress import Progress

T = TypeVar("T")

shown: ContextVar[Progress | None] = ContextVar("shown", default=None)
"""The display of the run, if there is one."""


@contextmanager
def step(what: str, total: float | None) -> Iterator[Callable[[float], None]]:
    """A bar of its own for `what`; gives a function that says how far it is (None: nobody knows how much there is)."""
    display = shown.get()
    if display is None:
        yield lambda _: None
        return
    task = display.add_task(what, total=total)
    try:
        yield lambda done: display.update(task, completed=done)
    finally:
        display.remove_task(task)


def counted(what: str, items: Iterable[T], total: int) -> Iterator[T]:
    """`items`, with a bar that moves with each."""
    with step(what, total) as far:
        for number, item in enumerate(items, 1):
            yield item
            far(number)


def pause(what: str, seconds: float) -> None:
    """Waits, with a bar that moves with the time."""
    begun = time.monotonic()
    with step(what, seconds) as far:
        while (gone := time.monotonic() - begun) < seconds:
            far(gone)
            time.sleep(min(0.2, seconds - gone))
