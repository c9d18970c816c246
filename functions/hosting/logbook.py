"""One structured line an action, with its metrics in it (CloudWatch's Embedded Metric Format): no second line.

Powertools forms both. No line holds personal data, a parameter's value, SQL, or the text of an exception.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import msgspec
from aws_lambda_powertools import Logger
from aws_lambda_powertools.metrics.provider.cloudwatch_emf.cloudwatch import AmazonCloudWatchEMFProvider

ACTIONS, ACTION_TIME, ROUND_TRIPS, FAILURES, FINISHED = "Actions", "ActionTime", "RoundTrips", "Failures", "Finished"
"""Names of the metrics; see `docs/metrics.md`."""


@dataclass(frozen=True, slots=True)
class Metric:
    """One measured value; `dimensions` name members of the line it stands in."""

    name: str
    unit: str
    value: float
    dimensions: tuple[str, ...]


class _Output:
    """Standard output as it is now: tests and Lambda both replace it after import."""

    def write(self, text: str) -> int:
        return sys.stdout.write(text)

    def flush(self) -> None:
        sys.stdout.flush()


@cache
def _logger() -> Logger:
    return Logger(
        service="waihu",
        level="INFO",
        stream=_Output(),  # type: ignore[arg-type]  # only write and flush are used
        location=None,
        datefmt=None,
        utc=True,
        use_rfc3339=True,
        json_serializer=lambda line: msgspec.json.encode(line).decode(),
    )


def write(level: str, message: str, fields: Mapping[str, Any]) -> None:
    """One line of JSON at `level` (`INFO`, `WARNING`, `ERROR`). Members that are None are left out."""
    known = {name: value for name, value in fields.items() if value is not None}
    getattr(_logger(), level.lower())(message, extra=known)


def measured(namespace: str, metrics: Sequence[Metric], at: float, fields: Mapping[str, Any]) -> dict[str, Any]:
    """The members that make a line carry `metrics`; `at` in seconds since 1970.

    Each group of metrics with the same dimensions is one directive of the line; the dimensions' values are those of
    `fields`.
    """
    by_dimensions: dict[tuple[str, ...], list[Metric]] = {}
    for metric in metrics:
        by_dimensions.setdefault(metric.dimensions, []).append(metric)
    line: dict[str, Any] = {}
    directives: list[Any] = []
    for dimensions, group in by_dimensions.items():
        serialised = _serialise(namespace, group, at, {name: str(fields[name]) for name in dimensions})
        directives += serialised["_aws"]["CloudWatchMetrics"]
        line |= serialised
    line["_aws"] = {"Timestamp": int(at * 1000), "CloudWatchMetrics": directives}
    return line


def _serialise(namespace: str, metrics: Sequence[Metric], at: float, dimensions: dict[str, str]) -> dict[str, Any]:
    provider = _provider(namespace)
    provider.clear_metrics()
    provider.dimension_set.update(dimensions)
    provider.set_timestamp(int(at * 1000))
    for metric in metrics:
        provider.add_metric(name=metric.name, unit=metric.unit, value=metric.value)
    return dict(provider.serialize_metric_set())


@cache
def _provider(namespace: str) -> AmazonCloudWatchEMFProvider:
    """One for all lines: making it takes longer than using it."""
    return AmazonCloudWatchEMFProvider(
        metric_set={}, dimension_set={}, namespace=namespace, metadata_set={}, default_dimensions={}
    )


def mistake(error: BaseException) -> dict[str, Any]:
    """What a log may say of an unexpected exception: types and places, not its text, which may quote anything."""
    frames = traceback.extract_tb(error.__traceback__)
    chain: list[str] = []
    cause: BaseException | None = error
    while cause is not None and len(chain) < 5:
        chain.append(type(cause).__name__)
        cause = cause.__cause__ or cause.__context__
    return {"error": chain, "where": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames[-8:]]}
