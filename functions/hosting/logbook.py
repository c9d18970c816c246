"""One structured line an action, with its metrics in it (CloudWatch's Embedded Metric Format): no second line.

Written by hand rather than with Powertools: see `docs/decisions/`. No line holds personal data, a parameter's value,
SQL, or the text of an exception.
"""

from __future__ import annotations

import sys
import time
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TextIO

import msgspec

ACTIONS, ACTION_TIME, ROUND_TRIPS, FAILURES, FINISHED = "Actions", "ActionTime", "RoundTrips", "Failures", "Finished"
"""Names of the metrics; see `docs/metrics.md`."""


@dataclass(frozen=True, slots=True)
class Metric:
    """One measured value; `dimensions` name members of the line it stands in."""

    name: str
    unit: str
    value: float
    dimensions: tuple[str, ...]


def write(level: str, message: str, fields: Mapping[str, Any], stream: TextIO | None = None) -> None:
    """One line of JSON. Members that are None are left out."""
    line = {"level": level, "message": message, "timestamp": _now()}
    line.update((name, value) for name, value in fields.items() if value is not None)
    (stream or sys.stdout).write(msgspec.json.encode(line).decode() + "\n")
    (stream or sys.stdout).flush()


def measured(namespace: str, metrics: Sequence[Metric], at: float) -> dict[str, Any]:
    """The members that make a line carry `metrics`; `at` in seconds since 1970."""
    by_dimensions: dict[tuple[str, ...], list[dict[str, str]]] = {}
    for metric in metrics:
        by_dimensions.setdefault(metric.dimensions, []).append({"Name": metric.name, "Unit": metric.unit})
    directives = [
        {"Namespace": namespace, "Dimensions": [list(dimensions)], "Metrics": described}
        for dimensions, described in by_dimensions.items()
    ]
    values: dict[str, Any] = {metric.name: metric.value for metric in metrics}
    return {"_aws": {"Timestamp": int(at * 1000), "CloudWatchMetrics": directives}, **values}


def mistake(error: BaseException) -> dict[str, Any]:
    """What a log may say of an unexpected exception: types and places, not its text, which may quote anything."""
    frames = traceback.extract_tb(error.__traceback__)
    chain: list[str] = []
    cause: BaseException | None = error
    while cause is not None and len(chain) < 5:
        chain.append(type(cause).__name__)
        cause = cause.__cause__ or cause.__context__
    return {"error": chain, "where": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames[-8:]]}


def _now() -> str:
    now = time.time()
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(now)) + f".{int(now * 1000) % 1000:03d}Z"
