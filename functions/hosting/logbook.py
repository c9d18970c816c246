"""One structured line an action, with its metrics in it (CloudWatch's Embedded Metric Format): no second line.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
The line is written at once, by one call, so that lines of a worker never mix (ADR 0021). No line holds personal data, a
parameter's value, SQL, or the text of an exception.
"""

from __future__ import annotations

import datetime as dt
import sys
import traceback
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from functions.hosting.web import Outcome, Story

SERVICE = "waihu"

# A member of a strange type must not cost the line, and with it the answer.
_encoder = msgspec.json.Encoder(enc_hook=lambda strange: f"a {type(strange).__name__}")


class Metric(msgspec.Struct, frozen=True):
    """One measured value; `dimensions` name members of the line it stands in."""

    name: str
    unit: str
    value: float
    dimensions: tuple[str, ...]


def write(level: str, message: str, fields: Mapping[str, Any]) -> None:
    """One line of JSON at `level` (`INFO`, `WARNING`, `ERROR`). Members that are None are left out."""
    now = dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds")
    line = {"level": level, "message": message, "timestamp": now, "service": SERVICE}
    line |= {name: value for name, value in fields.items() if value is not None}
    sys.stdout.write(_encoder.encode(line).decode() + "\n")
    sys.stdout.flush()


def write_request(message: str, story: Story, outcome: Outcome, **more: Any) -> None:
    """The line of a request, without metrics: an error where the mistake is ours, a warning where it was refused."""
    refused, ours = outcome.refused, outcome.mistake
    fields = {
        "correlation_id": story.correlation,
        "action": story.action,
        "campaign": story.campaign,
        "release": story.release,
        "status": outcome.answer["statusCode"],
        "code": refused.code if refused else None,
        "reason": (refused.reason or None) if refused else None,
        **more,
        **story.details,
        **(mistake(ours) if ours else {}),
    }
    write("ERROR" if ours else "WARNING" if refused else "INFO", message, fields)


def measured(namespace: str, metrics: Sequence[Metric], at: float, fields: Mapping[str, Any]) -> dict[str, Any]:
    """The members that make a line carry `metrics`; `at` in seconds since 1970.

    Each group of metrics with the same dimensions is one directive of the line; the dimensions' values are those of
    `fields`.
    """
    line: dict[str, Any] = {}
    for metric in metrics:
        line[metric.name] = metric.value
        for name in metric.dimensions:
            line[name] = str(fields[name])
    kinds = tuple((metric.name, metric.unit, metric.dimensions) for metric in metrics)
    line["_aws"] = {"Timestamp": int(at * 1000), "CloudWatchMetrics": _directives(namespace, kinds)}
    return line


@lru_cache(maxsize=64)
def _directives(namespace: str, kinds: tuple[tuple[str, str, tuple[str, ...]], ...]) -> msgspec.Raw:
    """What tells CloudWatch of metrics (name, unit, dimensions): the same for each line of a kind, so encoded once."""
    grouped: dict[tuple[str, ...], list[dict[str, str]]] = {}
    for name, unit, dimensions in kinds:
        grouped.setdefault(dimensions, []).append({"Name": name, "Unit": unit})
    return msgspec.Raw(
        msgspec.json.encode(
            [
                {"Namespace": namespace, "Dimensions": [list(dimensions)], "Metrics": named}
                for dimensions, named in grouped.items()
            ]
        )
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
