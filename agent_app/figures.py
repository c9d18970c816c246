"""A supervisor's figures, from CloudWatch's API alone: they are there wherever the functions' metrics are.

The functions write, in the deployment's namespace: `Finished` by `campaign, disposition`; `Failures` by `campaign,
node, code`; `Actions` by `campaign, action, outcome`; `ActionTime` (milliseconds) by `campaign, action`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

FINISHED = ("Finished", frozenset({"campaign", "disposition"}))
FAILURES = ("Failures", frozenset({"campaign", "node", "code"}))
ACTION_TIME = ("ActionTime", frozenset({"campaign", "action"}))
COMPLETE = "1."
"""AAPOR codes 1.1 and 1.2: complete and partial interviews."""
_QUERIES_A_CALL = 500
_HOUR = 3600


class FiguresUnavailable(Exception):
    """CloudWatch did not answer; `args[0]` is its code."""


@dataclass(frozen=True, slots=True)
class Completes:
    hour: datetime
    campaign: str
    count: int


@dataclass(frozen=True, slots=True)
class Outcome:
    campaign: str
    disposition: str
    count: int


@dataclass(frozen=True, slots=True)
class Failing:
    campaign: str
    node: str
    code: str
    count: int


@dataclass(frozen=True, slots=True)
class Latency:
    """Milliseconds, as the business function measured them."""

    campaign: str
    action: str
    count: int
    median: float
    p95: float


@dataclass(frozen=True, slots=True)
class Board:
    completes: tuple[Completes, ...]
    outcomes: tuple[Outcome, ...]
    failures: tuple[Failing, ...]
    latencies: tuple[Latency, ...]


@dataclass(frozen=True, slots=True)
class _Metric:
    name: str
    dimensions: tuple[tuple[str, str], ...]

    def __getitem__(self, dimension: str) -> str:
        return dict(self.dimensions)[dimension]


@dataclass(frozen=True, slots=True)
class _Series:
    metric: _Metric
    statistic: str
    points: tuple[tuple[datetime, float], ...]

    @property
    def total(self) -> int:
        return round(sum(value for _, value in self.points))


class Figures:
    """Reads the metrics of one namespace through a boto3 CloudWatch client."""

    def __init__(self, cloudwatch: Any, namespace: str) -> None:
        self._cloudwatch = cloudwatch
        self._namespace = namespace

    def board(self, until: datetime, hours: int) -> Board:
        """All figures of the `hours` before `until`, whole hours.

        Raises:
            FiguresUnavailable: CloudWatch cannot be asked.
        """
        until = until.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
        since = until - timedelta(hours=hours)
        try:
            finished = self._series(FINISHED, ["Sum"], since, until, _HOUR)
            failures = self._series(FAILURES, ["Sum"], since, until, hours * _HOUR)
            times = self._series(ACTION_TIME, ["SampleCount", "p50", "p95"], since, until, hours * _HOUR)
        except (BotoCoreError, ClientError) as error:
            code = error.response["Error"]["Code"] if isinstance(error, ClientError) else type(error).__name__
            raise FiguresUnavailable(code) from error
        return Board(_completes(finished), _outcomes(finished), _failures(failures), _latencies(times))

    def _series(
        self, kind: tuple[str, frozenset[str]], statistics: Sequence[str], since: datetime, until: datetime, period: int
    ) -> list[_Series]:
        wanted = [(metric, statistic) for metric in self._metrics(*kind) for statistic in statistics]
        found: list[_Series] = []
        for start in range(0, len(wanted), _QUERIES_A_CALL):
            found += self._read(wanted[start : start + _QUERIES_A_CALL], since, until, period)
        return found

    def _metrics(self, name: str, dimensions: frozenset[str]) -> Iterable[_Metric]:
        pages = self._cloudwatch.get_paginator("list_metrics").paginate(Namespace=self._namespace, MetricName=name)
        for page in pages:
            for metric in page["Metrics"]:
                pairs = tuple(sorted((d["Name"], d["Value"]) for d in metric["Dimensions"]))
                if {key for key, _ in pairs} == dimensions:
                    yield _Metric(name, pairs)

    def _read(
        self, wanted: Sequence[tuple[_Metric, str]], since: datetime, until: datetime, period: int
    ) -> list[_Series]:
        queries = [self._query(f"q{number}", *one, period) for number, one in enumerate(wanted)]
        points: dict[str, list[tuple[datetime, float]]] = defaultdict(list)
        request = {"MetricDataQueries": queries, "StartTime": since, "EndTime": until, "ScanBy": "TimestampAscending"}
        while True:
            reply = self._cloudwatch.get_metric_data(**request)
            for result in reply["MetricDataResults"]:
                points[result["Id"]] += zip(result["Timestamps"], result["Values"], strict=True)
            if not reply.get("NextToken"):
                break
            request["NextToken"] = reply["NextToken"]
        return [
            _Series(metric, statistic, tuple(points[f"q{number}"])) for number, (metric, statistic) in enumerate(wanted)
        ]

    def _query(self, id_: str, metric: _Metric, statistic: str, period: int) -> dict[str, Any]:
        dimensions = [{"Name": name, "Value": value} for name, value in metric.dimensions]
        named = {"Namespace": self._namespace, "MetricName": metric.name, "Dimensions": dimensions}
        return {"Id": id_, "MetricStat": {"Metric": named, "Period": period, "Stat": statistic}}


def _completes(finished: Sequence[_Series]) -> tuple[Completes, ...]:
    hours: dict[tuple[datetime, str], float] = defaultdict(float)
    for series in finished:
        if series.metric["disposition"].startswith(COMPLETE):
            for at, value in series.points:
                hours[at.replace(minute=0, second=0, microsecond=0), series.metric["campaign"]] += value
    return tuple(Completes(hour, campaign, round(count)) for (hour, campaign), count in sorted(hours.items()))


def _outcomes(finished: Sequence[_Series]) -> tuple[Outcome, ...]:
    rows = [Outcome(s.metric["campaign"], s.metric["disposition"], s.total) for s in finished if s.total]
    return tuple(sorted(rows, key=lambda row: (row.campaign, -row.count, row.disposition)))


def _failures(failures: Sequence[_Series]) -> tuple[Failing, ...]:
    rows = [Failing(s.metric["campaign"], s.metric["node"], s.metric["code"], s.total) for s in failures if s.total]
    return tuple(sorted(rows, key=lambda row: (-row.count, row.campaign, row.node)))


def _latencies(times: Sequence[_Series]) -> tuple[Latency, ...]:
    by_metric: dict[_Metric, dict[str, float]] = defaultdict(dict)
    for series in times:
        if series.points:
            by_metric[series.metric][series.statistic] = series.points[-1][1]
    rows = [
        Latency(m["campaign"], m["action"], round(v.get("SampleCount", 0)), v.get("p50", 0.0), v.get("p95", 0.0))
        for m, v in by_metric.items()
    ]
    return tuple(sorted(rows, key=lambda row: (-row.count, row.action)))
