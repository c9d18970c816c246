"""The figures that were measured and that the model's times rest on (`measured.toml`)."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

MEASURED = Path(__file__).with_name("measured.toml")
NETWORK_MILLISECONDS = 1.5
"""A round trip from a function through the proxy to the database: 1 to 2 ms, not measured by us."""


@cache
def measured() -> dict[str, Any]:
    """The figures; `as_of` says when they were taken."""
    return tomllib.loads(MEASURED.read_text(encoding="utf-8"))


def milliseconds(action: str) -> float:
    """A function's usual time for `action`, with the network's round trips."""
    told = measured()
    one = told[action]
    return float(one["median"] - told["gateway_milliseconds"] + one["round_trips"] * NETWORK_MILLISECONDS)
