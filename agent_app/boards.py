"""CloudWatch's own dashboards, drawn here: the very definitions, with values that CloudWatch's API gives.

A search is taken apart and asked metric by metric, which every server can do; what is computed from other metrics is
named and not drawn.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

_SEARCH = re.compile(r"SEARCH\('\{(?P<schema>[^}]+)\}\s*(?P<terms>[^']*)',\s*'(?P<stat>\w+)'(?:,\s*(?P<period>\d+))?\)")
_TERM = re.compile(r'(\w+)="([^"]*)"')
_QUERIES_A_CALL = 500
MOST_LINES = 40
"""Of one graph: beyond them nobody sees anything."""


class BoardsUnavailable(Exception):
    """CloudWatch did not answer, or the definition cannot be read; `args[0]` says why."""


@dataclass(frozen=True, slots=True)
class Line:
    """One series: `points` are (time, value), in order."""

    label: str
    points: tuple[tuple[datetime, float], ...]
    together: float = 0.0
    """What was counted in all; where nothing is counted, the last value."""


@dataclass(frozen=True, slots=True)
class Graph:
    title: str
    width: int
    """In columns of 24."""
    lines: tuple[Line, ...]
    not_drawn: tuple[str, ...] = ()
    """Expressions over other metrics."""


@dataclass(frozen=True, slots=True)
class Note:
    text: str
    """Markdown."""
    width: int = 24


Widget = Graph | Note


@dataclass(frozen=True, slots=True)
class _Asked:
    """One series to ask for."""

    label: str
    namespace: str
    metric: str
    dimensions: tuple[tuple[str, str], ...]
    statistic: str
    period: int


class Boards:
    """`cloudwatch`: a boto3 client."""

    def __init__(self, cloudwatch: Any, prefix: str) -> None:
        self._cloudwatch = cloudwatch
        self._prefix = prefix

    def names(self) -> list[str]:
        """Of the deployment's dashboards, without its prefix.

        Raises:
            BoardsUnavailable
        """
        try:
            pages = self._cloudwatch.get_paginator("list_dashboards").paginate(DashboardNamePrefix=self._prefix)
            found = [board["DashboardName"] for page in pages for board in page["DashboardEntries"]]
        except (BotoCoreError, ClientError) as error:
            raise _unavailable(error) from error
        return sorted(
            (name.removeprefix(f"{self._prefix}-") for name in found if name.startswith(f"{self._prefix}-")),
            key=lambda name: (name.startswith("campaign-"), name),
        )

    def read(self, name: str, since: datetime, until: datetime) -> list[Widget]:
        """The widgets of a dashboard, with their values between two times.

        Raises:
            BoardsUnavailable
        """
        try:
            text = self._cloudwatch.get_dashboard(DashboardName=f"{self._prefix}-{name}")["DashboardBody"]
            widgets = json.loads(text)["widgets"]
            drawn = [self._widget(widget, since, until) for widget in widgets]
        except (BotoCoreError, ClientError) as error:
            raise _unavailable(error) from error
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise BoardsUnavailable(f"{name}: {type(error).__name__}") from error
        return [widget for widget in drawn if widget is not None]

    def _widget(self, widget: dict[str, Any], since: datetime, until: datetime) -> Widget | None:
        properties, width = widget["properties"], int(widget.get("width", 6))
        if widget["type"] == "text":
            return Note(properties["markdown"], width)
        if widget["type"] != "metric":
            return None
        asked, not_drawn = self._asked(properties)
        return Graph(properties.get("title", ""), width, self._lines(asked[:MOST_LINES], since, until), not_drawn)

    def _asked(self, properties: dict[str, Any]) -> tuple[list[_Asked], tuple[str, ...]]:
        asked: list[_Asked] = []
        computed: list[str] = []
        before: list[str] = []
        for row in properties["metrics"]:
            names = [part for part in row if isinstance(part, str)]
            options = next((part for part in row if isinstance(part, dict)), {})
            if "expression" in options:
                found = _SEARCH.fullmatch(options["expression"].strip())
                if found is None:
                    computed.append(f"{options.get('label', '')} {options['expression']}".strip())
                elif options.get("visible", True):
                    asked += self._searched(found, properties)
                continue
            before = _whole(names, before)
            asked.append(_one(before, options, properties))
        return asked, tuple(computed)

    def _searched(self, found: re.Match[str], properties: dict[str, Any]) -> Iterator[_Asked]:
        namespace, *dimensions = found["schema"].split(",")
        wanted: dict[str, set[str]] = {}
        for name, value in _TERM.findall(found["terms"]):
            wanted.setdefault(name, set()).add(value)
        [metric] = wanted.pop("MetricName")
        pages = self._cloudwatch.get_paginator("list_metrics").paginate(Namespace=namespace, MetricName=metric)
        period = int(found["period"] or properties.get("period", 300))
        for page in pages:
            for held in page["Metrics"]:
                pairs = {pair["Name"]: pair["Value"] for pair in held["Dimensions"]}
                if set(pairs) == set(dimensions) and all(pairs.get(k) in values for k, values in wanted.items()):
                    # What the search fixed to one value says nothing in a label.
                    label = " · ".join(pairs[name] for name in dimensions if len(wanted.get(name, ())) != 1) or metric
                    yield _Asked(label, namespace, metric, tuple(sorted(pairs.items())), found["stat"], period)

    def _lines(self, asked: Sequence[_Asked], since: datetime, until: datetime) -> tuple[Line, ...]:
        points: dict[str, list[tuple[datetime, float]]] = {f"q{number}": [] for number in range(len(asked))}
        for start in range(0, len(asked), _QUERIES_A_CALL):
            queries = [_query(f"q{start + n}", one) for n, one in enumerate(asked[start : start + _QUERIES_A_CALL])]
            request = {"MetricDataQueries": queries, "StartTime": since, "EndTime": until}
            while True:
                reply = self._cloudwatch.get_metric_data(**request, ScanBy="TimestampAscending")
                for result in reply["MetricDataResults"]:
                    points[result["Id"]] += zip(result["Timestamps"], result["Values"], strict=True)
                if not reply.get("NextToken"):
                    break
                request["NextToken"] = reply["NextToken"]
        return tuple(
            Line(one.label, tuple(found), sum(value for _, value in found) if one.statistic == "Sum" else found[-1][1])
            for n, one in enumerate(asked)
            if (found := points[f"q{n}"])
        )


def _whole(names: Sequence[str], before: Sequence[str]) -> list[str]:
    """A row with the parts that it takes from the one before: `.` for one, `...` for all up to its own."""
    if names and names[0] == "...":
        own = names[1:]
        return [*before[: len(before) - len(own)], *own]
    return [before[number] if part == "." else part for number, part in enumerate(names)]


def _one(names: Sequence[str], options: dict[str, Any], properties: dict[str, Any]) -> _Asked:
    namespace, metric, *rest = names
    dimensions = tuple(zip(rest[::2], rest[1::2], strict=True))
    return _Asked(
        options.get("label") or metric,
        namespace,
        metric,
        dimensions,
        options.get("stat") or properties.get("stat", "Average"),
        int(options.get("period") or properties.get("period", 300)),
    )


def _query(id_: str, one: _Asked) -> dict[str, Any]:
    dimensions = [{"Name": name, "Value": value} for name, value in one.dimensions]
    metric = {"Namespace": one.namespace, "MetricName": one.metric, "Dimensions": dimensions}
    return {"Id": id_, "MetricStat": {"Metric": metric, "Period": one.period, "Stat": one.statistic}}


def _unavailable(error: Exception) -> BoardsUnavailable:
    code = error.response["Error"]["Code"] if isinstance(error, ClientError) else type(error).__name__
    return BoardsUnavailable(code)
