"""Dashboards, alarms, queries: each names what is written, has its runbook line, and stays bounded."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from functions.business import report
from functions.business.executor import Executed
from functions.hosting import logbook
from functions.hosting.errors import INTERNAL_ERROR, Refused
from functions.hosting.web import Outcome, Story
from monitoring import alarms, boards, metrics, queries
from monitoring.words import in_language as words_in

ROOT = Path(__file__).resolve().parents[2]
DEPLOYED = boards.Deployed(
    functions={"dispatch": "f1", "business-c1": "f2"},
    proxies={"c1": "p1"},
    databases={"c1": {"DBInstanceIdentifier": "d1"}},
    api="a1",
    balancer="app/b/1",
)
ALL_BOARDS = {
    "operations": boards.operations(DEPLOYED, region="r"),
    "business": boards.business(region="r"),
    "campaign": boards.campaign("csat", region="r"),
}
ALL_ALARMS = [
    *alarms.of_function("dispatch", "f1", "g1"),
    *alarms.of_cell("c1", "p1", {"DBInstanceIdentifier": "d1"}, "g2"),
    *alarms.of_upkeep("c1", "q1"),
    *alarms.of_core("a1", "q2"),
    *alarms.of_desk("b1", "t1"),
]
COUNTED_IN_LOGS = (metrics.COLD_STARTS, *metrics.CODES_COUNTED)


def rows(body: dict[str, Any]) -> list[Any]:
    return [row for widget in body["widgets"] if widget["type"] == "metric" for row in widget["properties"]["metrics"]]


@pytest.mark.parametrize("name", metrics.DIMENSIONS)
def test_no_dimension_grows_with_the_number_of_people(name: str) -> None:
    dimensions = metrics.DIMENSIONS[name]

    assert set(dimensions) <= metrics.BOUNDED
    assert not {"agent", "contact", "case", "interview", "session", "correlation_id"} & set(dimensions)
    assert len(dimensions) <= 3


def test_every_metric_that_programs_write_stands_in_the_list_and_by_its_dimensions() -> None:
    """Nobody names a metric or its dimensions by hand beside the list."""
    written = re.compile(r"Metric\(\s*([A-Z_]+|\"\w+\")[^)]*?,\s*(DIMENSIONS\[\w+\]|\([^)]*\))\s*\)", re.DOTALL)
    found = {}
    for room in ("functions", "admin", "agent_app"):
        for file in (ROOT / room).rglob("*.py"):
            for name, dimensions in written.findall(file.read_text()):
                found[f"{file.name}: {name}"] = dimensions
    assert found
    assert all(dimensions.startswith("DIMENSIONS[") for dimensions in found.values()), found


@pytest.mark.parametrize("name", ALL_BOARDS)
def test_a_dashboard_draws_only_what_is_written(name: str) -> None:
    for row in rows(ALL_BOARDS[name]):
        options = row[-1] if isinstance(row[-1], dict) else {}
        for schema in re.findall(r"SEARCH\('\{([^}]+)\} ([^']*)'", options.get("expression", "")):
            namespace, *dimensions = schema[0].split(",")
            [metric] = re.findall(r'MetricName="(\w+)"', schema[1])
            assert namespace == metrics.NAMESPACE
            assert tuple(dimensions) == metrics.DIMENSIONS[metric]
        if isinstance(row[0], str) and row[0] == metrics.NAMESPACE:
            assert row[1] in metrics.DIMENSIONS or row[1].startswith(COUNTED_IN_LOGS)


@pytest.mark.parametrize("name", ALL_BOARDS)
def test_a_dashboard_fits_what_cloudwatch_takes(name: str) -> None:
    body = ALL_BOARDS[name]
    taken: set[tuple[int, int]] = set()
    for widget in body["widgets"]:
        places = {
            (x, y)
            for x in range(widget["x"], widget["x"] + widget["width"])
            for y in range(widget["y"], widget["y"] + widget["height"])
        }
        assert not places & taken
        assert widget["x"] + widget["width"] <= boards.WIDE
        taken |= places
    assert len(body["widgets"]) <= 500
    assert len(json.dumps(body)) < 1_000_000


@pytest.mark.parametrize("name", ALL_BOARDS)
def test_every_word_of_a_dashboard_is_said_in_chinese_too(name: str) -> None:
    said = [
        widget["properties"].get("title") or widget["properties"]["markdown"] for widget in ALL_BOARDS[name]["widgets"]
    ]

    assert [words for words in said if words == words_in(words, "zh")] == []
    assert all(words == words_in(words, "en") for words in said)


def test_every_alarm_has_its_line_in_the_runbook() -> None:
    text = (ROOT / alarms.RUNBOOK).read_text()
    anchors = {
        re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-") for head in re.findall(r"^## (.+)$", text, re.MULTILINE)
    }

    assert {alarm.runbook for alarm in ALL_ALARMS} <= anchors
    assert len({alarm.name for alarm in ALL_ALARMS}) == len(ALL_ALARMS)
    assert all(1 <= alarm.of <= alarm.among and alarm.seconds * alarm.among <= 86_400 for alarm in ALL_ALARMS)


OF_AWS: dict[str, tuple[set[str], set[frozenset[str]]]] = {
    "AWS/Lambda": ({"Errors", "Throttles", "ConcurrentExecutions", "Duration"}, {frozenset({"FunctionName"})}),
    "AWS/ApiGateway": ({"4xx", "5xx", "Latency"}, {frozenset({"ApiId"})}),
    "AWS/SQS": ({"ApproximateNumberOfMessagesVisible"}, {frozenset({"QueueName"})}),
    "AWS/ApplicationELB": (
        {"HealthyHostCount", "HTTPCode_Target_5XX_Count", "TargetResponseTime"},
        {frozenset({"LoadBalancer"}), frozenset({"LoadBalancer", "TargetGroup"})},
    ),
    "AWS/RDS": (
        {"CPUUtilization", "DatabaseConnections", "CommitLatency", "WriteLatency", "DatabaseConnectionsBorrowLatency",
         "DatabaseConnectionsCurrentlySessionPinned", "DatabaseConnectionsCurrentlyBorrowed"},
        {frozenset({"DBInstanceIdentifier"}), frozenset({"DBClusterIdentifier"}), frozenset({"ProxyName"})},
    ),
}  # fmt: skip
"""Metrics of AWS's own, by the names and dimensions of its user guides."""
OF_PROXIES = "DatabaseConnections(BorrowLatency|Currently)"
ONLY_BY = {"CommitLatency": "DBClusterIdentifier", "WriteLatency": "DBInstanceIdentifier"}
"""RDS has no latency of commits, and Aurora writes through its storage."""


def asked_of_aws() -> list[tuple[str, str, dict[str, str]]]:
    """Namespace, metric and dimensions of each row and alarm that asks for a metric by its name."""
    cluster = boards.operations(boards.Deployed(databases={"c1": {"DBClusterIdentifier": "d1"}}), region="r")
    found = [
        (row[0], row[1], dict(zip(row[2::2], row[3::2], strict=False)))
        for body in (*ALL_BOARDS.values(), cluster)
        for row in rows(body)
        if isinstance(row[0], str)
    ]
    return found + [(alarm.namespace, alarm.metric, dict(alarm.dimensions)) for alarm in ALL_ALARMS if alarm.metric]


def test_each_metric_that_is_asked_for_is_one_that_somebody_writes() -> None:
    for namespace, metric, given in asked_of_aws():
        dimensions = frozenset(given)
        if namespace == metrics.NAMESPACE:
            of_logs = metric.startswith(COUNTED_IN_LOGS)
            assert of_logs or dimensions == set(metrics.DIMENSIONS[metric]), metric
            continue
        known, ways = OF_AWS[namespace]
        assert metric in known
        assert dimensions in ways, metric
        if namespace == "AWS/RDS":
            assert ("ProxyName" in dimensions) == bool(re.match(OF_PROXIES, metric)), metric
            assert ONLY_BY.get(metric) in {None, *dimensions}, metric


def test_an_alarm_asks_for_one_metric_or_by_a_query() -> None:
    assert all(bool(alarm.metric) != bool(alarm.query) and bool(alarm.metric) == bool(alarm.namespace)
               for alarm in ALL_ALARMS)  # fmt: skip
    [query] = {alarm.query for alarm in ALL_ALARMS if alarm.name == "dispatch-numbers-in-logs"}
    assert query == "SELECT SUM(LogEventsWithFindings) FROM \"AWS/Logs\" WHERE LogGroupName = 'g1'"


def lines() -> dict[str, Any]:
    """The members that lines of the functions have, taken from the code that writes them: name -> a value."""
    refused = Refused(INTERNAL_ERROR, parameter="p", statement="s", sqlstate="42703", reason="r")
    story = Story("correlation", "csat", "r1", "n", "a", {"interview": "i", "session": "s"})
    executed = Executed()
    executed.traced.rows["s"], executed.traced.round_trips = 1, 1
    executed.traced.rounds.append({"statements": ["s"], "ms": 1.0})
    failed = report.line(story, Outcome({"statusCode": 500}, refused, ValueError("x")), executed, milliseconds=1.0,
                         at=0.0, namespace="Waihu", disposition=None)  # fmt: skip
    ended = report.line(story, Outcome({"statusCode": 200}), executed, milliseconds=1.0, at=0.0, namespace="Waihu",
                        disposition="1.1")  # fmt: skip
    written = {**failed, **{name: value for name, value in ended.items() if value is not None}}
    publication = {"key": "incoming/x.zip", "verdict": "incoming/x.zip.verdict.txt"}
    return {"message": "action", **written, **publication, **logbook.mistake(ValueError("x"))}


def test_saved_queries_ask_for_members_that_lines_have_and_that_insights_can_show() -> None:
    """A member that holds more than one value is no column there: it is asked for by the whole line."""
    has = lines()
    named_of_publisher = (ROOT / "admin" / "deployed" / "publisher.py").read_text()
    assert '"key": key' in named_of_publisher
    assert '"verdict": key + VERDICT' in named_of_publisher
    shown = {name for name, value in has.items() if isinstance(value, str | int | float)} | {"error.0"}
    assert isinstance(has["error"], list)
    for title, query in queries.QUERIES.items():
        for command in query.strip().split("\n|"):
            if command.strip().startswith("fields "):
                named = {name.strip() for name in command.strip().removeprefix("fields ").split(",")}
                assert {name for name in named if not name.startswith("@")} <= shown, title
        conditions = re.findall(r"\b(?:filter|and|by|sort|ispresent\()\s*([a-z_A-Z]+(?:\.0)?)(?![\w.]| *\()", query)
        assert {name for name in conditions if name not in {"ispresent", "bin", "calls"}} <= shown, title
