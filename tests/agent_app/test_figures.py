"""Figures from CloudWatch's answers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError

from agent_app.figures import Completes, Failing, Figures, FiguresUnavailable, Latency, Outcome

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def metric(name: str, **dimensions: str) -> dict[str, Any]:
    return {"MetricName": name, "Dimensions": [{"Name": n, "Value": v} for n, v in dimensions.items()]}


class CloudWatch:
    """Answers in pages of one result, as the real one may."""

    def __init__(self, values: list[tuple[dict[str, Any], dict[str, list[tuple[datetime, float]]]]]) -> None:
        self.values = values
        self.error: Exception | None = None

    def get_paginator(self, _: str) -> CloudWatch:
        return self

    def paginate(self, *, Namespace: str, MetricName: str) -> Iterator[dict[str, Any]]:  # noqa: N803, ARG002
        if self.error:
            raise self.error
        for found, _ in self.values:
            if found["MetricName"] == MetricName:
                yield {"Metrics": [found]}

    def get_metric_data(self, **request: Any) -> dict[str, Any]:
        queries = request["MetricDataQueries"]
        at = int(request.get("NextToken", "0"))
        stat = queries[at]["MetricStat"]
        points = next(
            values.get(stat["Stat"], [])
            for found, values in self.values
            if found["MetricName"] == stat["Metric"]["MetricName"]
            and found["Dimensions"] == stat["Metric"]["Dimensions"]
        )
        result = {
            "Id": queries[at]["Id"],
            "Timestamps": [when for when, _ in points],
            "Values": [value for _, value in points],
        }
        reply: dict[str, Any] = {"MetricDataResults": [result]}
        if at + 1 < len(queries):
            reply["NextToken"] = str(at + 1)
        return reply


def board_of(*values: tuple[dict[str, Any], dict[str, list[tuple[datetime, float]]]]) -> Any:
    return Figures(CloudWatch(list(values)), "Waihu").board(NOON, 8)


def test_completes_are_those_whose_outcome_is_an_interview() -> None:
    eleven = NOON.replace(hour=11)
    board = board_of(
        (metric("Finished", campaign="csat", disposition="1.1"), {"Sum": [(eleven, 3), (NOON, 2)]}),
        (metric("Finished", campaign="csat", disposition="1.2"), {"Sum": [(NOON, 1)]}),
        (metric("Finished", campaign="csat", disposition="2.11"), {"Sum": [(NOON, 4)]}),
    )
    assert board.completes == (Completes(eleven, "csat", 3), Completes(NOON, "csat", 3))
    assert board.outcomes == (Outcome("csat", "1.1", 5), Outcome("csat", "2.11", 4), Outcome("csat", "1.2", 1))


def test_failures_name_their_node_the_worst_first() -> None:
    board = board_of(
        (metric("Failures", campaign="csat", code="x", node="nps"), {"Sum": [(NOON, 1)]}),
        (metric("Failures", campaign="csat", code="y", node="consent"), {"Sum": [(NOON, 7)]}),
        (metric("Failures", campaign="csat", code="z", node="quiet"), {"Sum": []}),
    )
    assert board.failures == (Failing("csat", "consent", "y", 7), Failing("csat", "nps", "x", 1))


def test_latency_has_its_percentiles() -> None:
    board = board_of(
        (
            metric("ActionTime", action="outbound.finish", campaign="csat"),
            {"SampleCount": [(NOON, 10)], "p50": [(NOON, 4.5)], "p95": [(NOON, 20.0)]},
        )
    )
    assert board.latencies == (Latency("csat", "outbound.finish", 10, 4.5, 20.0),)


def test_metrics_of_other_dimensions_are_not_counted_twice() -> None:
    board = board_of((metric("Finished", campaign="csat"), {"Sum": [(NOON, 9)]}))
    assert board.outcomes == ()


def test_an_absent_cloudwatch_is_said() -> None:
    cloudwatch = CloudWatch([])
    cloudwatch.error = ClientError({"Error": {"Code": "Throttling"}}, "ListMetrics")
    with pytest.raises(FiguresUnavailable, match="Throttling"):
        Figures(cloudwatch, "Waihu").board(NOON, 8)
