"""CloudWatch's Embedded Metric Format: the metrics in a log line, and many of them as `PutMetricData` wants it.

The format is specified in the CloudWatch user guide, "Specification: Embedded metric format".
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

VALUES_A_DATUM = 150
DATA_A_CALL = 1000


class Sample(msgspec.Struct, frozen=True):
    """One value of one metric under one set of dimensions; `second` is the time, in whole seconds since 1970."""

    namespace: str
    name: str
    unit: str
    dimensions: tuple[tuple[str, str], ...]
    second: int
    value: float


def samples_of(line: bytes) -> list[Sample]:
    """The samples in a log line; none if it is no EMF. What is malformed is left out, as CloudWatch does."""
    if b'"_aws"' not in line:
        return []
    try:
        document = msgspec.json.decode(line)
        metadata = document["_aws"]
        second = int(metadata["Timestamp"]) // 1000
        return [sample for directive in metadata["CloudWatchMetrics"] for sample in _read(document, directive, second)]
    except (msgspec.DecodeError, KeyError, TypeError, ValueError):
        return []


def _read(document: dict[str, Any], directive: dict[str, Any], second: int) -> Iterator[Sample]:
    for names in directive.get("Dimensions") or [[]]:
        if any(name not in document for name in names):
            continue
        dimensions = tuple(sorted((str(name), str(document[name])) for name in names))
        for metric in directive["Metrics"]:
            values = document.get(metric["Name"])
            for value in values if isinstance(values, list) else [values]:
                if isinstance(value, int | float) and not isinstance(value, bool):
                    yield Sample(
                        str(directive["Namespace"]), str(metric["Name"]), str(metric.get("Unit", "None")),
                        dimensions, second, float(value),
                    )  # fmt: skip


def calls_of(samples: Iterable[Sample]) -> Iterator[dict[str, Any]]:
    """Arguments of the `put_metric_data` calls that record `samples`: equal values of a second are counted together."""
    groups: dict[tuple[Any, ...], Counter[float]] = defaultdict(Counter)
    for s in samples:
        groups[s.namespace, s.name, s.unit, s.dimensions, s.second][s.value] += 1
    data: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for (namespace, name, unit, dimensions, second), counted in groups.items():
        values = list(counted.items())
        for start in range(0, len(values), VALUES_A_DATUM):
            part = values[start : start + VALUES_A_DATUM]
            data[namespace].append(
                {
                    "MetricName": name,
                    "Unit": unit,
                    "Dimensions": [{"Name": key, "Value": value} for key, value in dimensions],
                    "Timestamp": dt.datetime.fromtimestamp(second, dt.UTC),
                    "Values": [value for value, _ in part],
                    "Counts": [float(count) for _, count in part],
                }
            )
    for namespace, items in data.items():
        for start in range(0, len(items), DATA_A_CALL):
            yield {"Namespace": namespace, "MetricData": items[start : start + DATA_A_CALL]}
