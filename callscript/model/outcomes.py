"""What may become of a call: AAPOR's disposition codes for telephone surveys (Standard Definitions, 10th edition).

The database has the same table with titles and times (`outbound.outcomes`); a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

_CLOSING = """
    1.1 1.2
    2.10 2.11 2.112 2.30 2.31 2.32 2.36 3.90
    4.10 4.20 4.30 4.31 4.32 4.40 4.41 4.42 4.43 4.44 4.45 4.46 4.47 4.50 4.51 4.52 4.53 4.54 4.60 4.70 4.80 4.90
"""
_CALLED_AGAIN = """
    2.111 2.12 2.20 2.21 2.22 2.221 2.33 2.331 2.332 2.333 2.34 2.35
    3.10 3.11 3.12 3.13 3.14 3.15 3.16 3.161 3.20 3.21 3.30 4.33 5.1 5.2
"""
_DEAD = """
    4.10 4.20 4.30 4.31 4.32 4.40 4.41 4.42 4.43 4.44 4.45 4.46 4.47 4.50 4.51 4.52 4.53 4.54
"""

OUTCOMES: Mapping[str, bool] = MappingProxyType(
    {**dict.fromkeys(_CLOSING.split(), True), **dict.fromkeys(_CALLED_AGAIN.split(), False)}
)
"""Code -> whether it closes the case where a campaign says nothing else."""
INTERVIEWS = frozenset({"1.1", "1.2"})
DEAD_NUMBERS = frozenset(_DEAD.split())
"""Codes after which the number is never called again, but the contact's other numbers are."""


def meant(code: str) -> str | None:
    """The known code that `code` is another spelling of: `4.7` and `4.7.0` are `4.70`, `1.10` is `1.1`."""
    digits = code.replace(".", "")
    for known in OUTCOMES:
        if known.replace(".", "") in (digits, digits + "0"):
            return known
    shorter = code.rstrip("0")
    return shorter if shorter in OUTCOMES else None
