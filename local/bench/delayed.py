"""A network that takes longer: a relay in a process of its own, which holds each round trip up for a while."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection as Pipe

from local.bench.wire_count import WireCount


@contextmanager
def delayed(target: tuple[str, int], seconds: float) -> Iterator[int]:
    """The port that leads to `target` with `seconds` added to each round trip; without delay it is `target`'s own."""
    if not seconds:
        yield target[1]
        return
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_relay, args=(target, seconds, theirs), daemon=True)
    process.start()
    try:
        yield int(ours.recv())
    finally:
        process.kill()
        process.join()


def _relay(target: tuple[str, int], seconds: float, pipe: Pipe) -> None:
    with WireCount(lambda: target, seconds) as wire:
        pipe.send(wire.port)
        pipe.poll(None)
