"""Metrics out of log lines, and into as few calls as possible."""

from __future__ import annotations

import json

import boto3
import pytest
from moto import mock_aws

from local.emf import Sample, calls_of, samples_of
from local.log_shipper import LogShipper


def line(**members: object) -> bytes:
    directive = {"Namespace": "N", "Dimensions": [["action"]], "Metrics": [{"Name": "Time", "Unit": "Milliseconds"}]}
    metadata = {"Timestamp": 1_700_000_000_123, "CloudWatchMetrics": [directive]}
    return json.dumps({"_aws": metadata, "action": "save", "Time": 12.5} | members).encode()


def sample(value: float, second: int = 1_700_000_000, name: str = "Time") -> Sample:
    return Sample("N", name, "Milliseconds", (("action", "save"),), second, value)


def test_line_with_a_metric() -> None:
    assert samples_of(line()) == [sample(12.5)]


def test_many_values_of_one_metric() -> None:
    assert samples_of(line(Time=[1, 2, 2])) == [sample(1.0), sample(2.0), sample(2.0)]


@pytest.mark.parametrize(
    "text",
    [
        b"plain text",
        b'{"_aws": 1}',
        b'{"_aws": {"Timestamp": 1}}',
        b'"_aws" {',
        b'{"_aws": {"Timestamp": "x", "CloudWatchMetrics": []}}',
        line(Time="much"),
        line(Time=True),
        line(
            _aws={"Timestamp": 1, "CloudWatchMetrics": [{"Namespace": "N", "Dimensions": [["absent"]], "Metrics": []}]}
        ),
    ],
)
def test_line_without_metrics(text: bytes) -> None:
    assert samples_of(text) == []


def test_equal_values_of_a_second_are_counted() -> None:
    (call,) = calls_of([sample(1.0), sample(2.0), sample(1.0), sample(1.0, second=1_700_000_001)])
    assert call["Namespace"] == "N"
    assert [(datum["Values"], datum["Counts"]) for datum in call["MetricData"]] == [
        ([1.0, 2.0], [2.0, 1.0]),
        ([1.0], [1.0]),
    ]


def test_limits_of_the_call_are_kept() -> None:
    calls = list(calls_of([sample(float(value)) for value in range(400)]))
    assert [len(datum["Values"]) for call in calls for datum in call["MetricData"]] == [150, 150, 100]
    calls = list(calls_of([sample(1.0, name=f"m{number}") for number in range(1500)]))
    assert [len(call["MetricData"]) for call in calls] == [1000, 500]


@mock_aws
def test_shipper_delivers_lines_and_metrics() -> None:
    logs, metrics = (boto3.client(service, region_name="ap-southeast-1") for service in ("logs", "cloudwatch"))
    shipper = LogShipper(logs, metrics)
    shipper.put("group", "stream", b"hello")
    shipper.put("group", "stream", line())
    shipper.put("group", "stream", b"   ")
    shipper.flush()
    events = logs.get_log_events(logGroupName="group", logStreamName="stream")["events"]
    assert [event["message"] for event in events] == ["hello", line().decode()]
    assert [metric["MetricName"] for metric in metrics.list_metrics(Namespace="N")["Metrics"]] == ["Time"]


def test_what_cannot_be_delivered_is_kept_in_order() -> None:
    dead = boto3.client("logs", region_name="ap-southeast-1", endpoint_url="http://127.0.0.1:1")
    shipper = LogShipper(dead, dead)
    for text in (b"1", b"2"):
        shipper.put("group", "stream", text)
    shipper.flush()
    shipper.put("group", "stream", b"3")
    with mock_aws():
        alive = [boto3.client(service, region_name="ap-southeast-1") for service in ("logs", "cloudwatch")]
        shipper._logs, shipper._metrics = alive
        shipper.flush()
        events = alive[0].get_log_events(logGroupName="group", logStreamName="stream")["events"]
    assert [event["message"] for event in events] == ["1", "2", "3"]
