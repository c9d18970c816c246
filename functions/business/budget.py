"""How long the caller still waits: nothing is begun for one who will be gone before it is done."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from callscript.protocol import BUDGET_HEADER
from functions.business.errors import TOO_LATE
from functions.hosting.errors import BAD_REQUEST, Refused
from functions.hosting.web import Request

LEAST_SECONDS = 0.1
"""With less than this left a statement is not started: its answer would find nobody."""
LONGEST_WAY_SECONDS = 30.0
"""API Gateway waits no longer for a function. What seems to be under way for longer was received by another clock."""


class Budget(msgspec.Struct, frozen=True):
    """Until when (seconds since 1970) the caller waits; None: nobody said."""

    until: float | None
    now: Callable[[], float]

    def left(self) -> float | None:
        """Seconds that the caller still waits."""
        return None if self.until is None else max(0.0, self.until - self.now())

    def check(self) -> None:
        """
        Raises:
            Refused: `too_late`.
        """
        if self.until is not None and self.now() > self.until - LEAST_SECONDS:
            raise Refused(TOO_LATE)


def budget_of(request: Request, now: Callable[[], float]) -> Budget:
    """The budget that `request` names, in milliseconds; counted from when API Gateway received it, so that waiting for
    a worker is part of it.

    Raises:
        Refused: `bad_request`, if it names none that is a number.
    """
    text = request.headers.get(BUDGET_HEADER, "")
    if not text:
        return Budget(None, now)
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise Refused(BAD_REQUEST, parameter=BUDGET_HEADER)
    return Budget(_begun(request.received, now()) + int(text) / 1000, now)


def _begun(received: float | None, at: float) -> float:
    """When the caller began to wait, by our clock. The gateway's is believed as far as the two can be of one mind."""
    if received is None or not at - LONGEST_WAY_SECONDS <= received <= at:
        return at
    return received
