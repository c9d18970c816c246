"""What may be remembered for a while: values that are read again when they are old, used on when they cannot be."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Recent(Generic[K, V]):
    """Values by key, each at most `seconds` old where it can be had (for ever if None), `most` of them."""

    def __init__(
        self,
        load: Callable[[K], V],
        *,
        seconds: float | None,
        most: int,
        keep_if: tuple[type[Exception], ...] = (),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._load = load
        self._seconds = seconds
        self._most = most
        self._keep_if = keep_if
        """While loading raises one of these, the old value stands."""
        self._clock = clock
        self._held: OrderedDict[K, tuple[float, V]] = OrderedDict()

    def get(self, key: K) -> V:
        """The value of `key`; raises what loading it raises."""
        now = self._clock()
        held = self._held.get(key)
        if held is not None and (self._seconds is None or now - held[0] < self._seconds):
            self._held.move_to_end(key)
            return held[1]
        try:
            value = self._load(key)
        except self._keep_if:
            if held is None:
                raise
            value = held[1]
        self._held[key] = (now, value)
        self._held.move_to_end(key)
        while len(self._held) > self._most:
            self._held.popitem(last=False)
        return value
