"""The dashboards, as CloudWatch keeps them: *Operations*, *Business*, and one for each campaign.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from monitoring.metrics import (
    ACTION_TIME,
    ACTIONS,
    AGENTS,
    BREAK_OFFS,
    CASES,
    CELL_AWAY,
    COLD_STARTS,
    DESK_SESSIONS,
    DIMENSIONS,
    FAILURES,
    FINISHED,
    NAMESPACE,
    PUBLICATIONS,
    QUOTA,
    ROUND_TRIPS,
    SERVER_AWAY,
)  # fmt: skip

Widget = dict[str, Any]
Body = dict[str, Any]
PERIOD = 300
"""Seconds a point."""
COMPLETE = '(disposition="1.1" OR disposition="1.2")'
"""Complete and partial interviews, by AAPOR."""
WIDE, HALF, THIRD, HIGH = 24, 12, 8, 6
INSTANCE, CLUSTER = "DBInstanceIdentifier", "DBClusterIdentifier"
"""By which CloudWatch knows a database of RDS, and one of Aurora."""


@dataclass(frozen=True, slots=True)
class Deployed:
    """The parts of a deployment whose own metrics of AWS are drawn: label -> their name there."""

    functions: Mapping[str, str] = field(default_factory=dict)
    proxies: Mapping[str, str] = field(default_factory=dict)
    databases: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Cell -> dimension and name: an instance or a cluster."""
    api: str = ""
    balancer: str = ""


def operations(deployed: Deployed, *, region: str, namespace: str = NAMESPACE) -> Body:
    """What an operator looks at first: how long, what fails, what is short."""
    functions, proxies = deployed.functions, deployed.proxies
    widgets = [
        _note("## Operations\nWhat fails, how long it takes, what is short. Runbook: docs/runbook.md"),
        _search("Actions by outcome", ACTIONS, "Sum", namespace, HALF),
        _search("Failures by node and code", FAILURES, "Sum", namespace, HALF),
        _search("Action time p50 (ms)", ACTION_TIME, "p50", namespace, THIRD),
        _search("Action time p95 (ms)", ACTION_TIME, "p95", namespace, THIRD),
        _search("Action time p99 (ms)", ACTION_TIME, "p99", namespace, THIRD),
        _each("Errors of functions", "AWS/Lambda", "Errors", "FunctionName", functions, "Sum"),
        _each("Throttles", "AWS/Lambda", "Throttles", "FunctionName", functions, "Sum"),
        _each("At once", "AWS/Lambda", "ConcurrentExecutions", "FunctionName", functions, "Maximum"),
        _each("Duration p95 (ms)", "AWS/Lambda", "Duration", "FunctionName", functions, "p95"),
        _cold_starts(functions),
        _search("Round trips to the database p95", ROUND_TRIPS, "p95", namespace, THIRD),
        _each("Proxy: longest wait for a connection (µs)", "AWS/RDS", "DatabaseConnectionsBorrowLatency", "ProxyName",
              proxies, "Maximum"),
        _each("Proxy: pinned sessions", "AWS/RDS", "DatabaseConnectionsCurrentlySessionPinned", "ProxyName", proxies,
              "Maximum"),
        _each("Proxy: connections in use", "AWS/RDS", "DatabaseConnectionsCurrentlyBorrowed", "ProxyName", proxies,
              "Maximum"),
        _databases("Database: processor (%)", deployed.databases, "CPUUtilization"),
        _databases("Database: connections", deployed.databases, "DatabaseConnections"),
        _databases("Database: a commit (Aurora, ms), a write (RDS, s)", deployed.databases, "CommitLatency",
                   "WriteLatency"),
        _rows("API: latency and errors", [
            ["AWS/ApiGateway", "Latency", "ApiId", deployed.api, {"stat": "p95"}],
            ["AWS/ApiGateway", "5xx", "ApiId", deployed.api, {"stat": "Sum", "yAxis": "right"}],
            ["AWS/ApiGateway", "4xx", "ApiId", deployed.api, {"stat": "Sum", "yAxis": "right"}],
        ]),
        _rows("Desk: open sessions a task, servers away", [
            [namespace, DESK_SESSIONS, "service", "desk", {"stat": "Average"}],
            [namespace, SERVER_AWAY, "service", "desk", {"stat": "Maximum", "yAxis": "right"}],
        ]),
        _rows("Desk: load balancer", [
            ["AWS/ApplicationELB", "HTTPCode_Target_5XX_Count", "LoadBalancer", deployed.balancer, {"stat": "Sum"}],
            ["AWS/ApplicationELB", "TargetResponseTime", "LoadBalancer", deployed.balancer,
             {"stat": "p95", "yAxis": "right"}],
        ]),
        _search("Publications", PUBLICATIONS, "Sum", namespace, THIRD),
        _search("Cells away", CELL_AWAY, "Maximum", namespace, THIRD),
    ]  # fmt: skip
    return _body(widgets, region)


def business(*, region: str, namespace: str = NAMESPACE) -> Body:
    """What a manager looks at: how far each campaign is, and why it is not further."""
    return _body(
        [
            _note("## Business\nAll campaigns. Each has a dashboard of its own, made when it is published."),
            _search("Completed interviews", FINISHED, "Sum", namespace, HALF, COMPLETE, period=3600),
            _search("Outcomes", FINISHED, "Sum", namespace, HALF, period=3600),
            _response_rate("Response rate (%), all campaigns", namespace),
            _search("Quotas filled (%)", QUOTA, "Maximum", namespace, THIRD),
            _search("Agents by state", AGENTS, "Maximum", namespace, THIRD),
            _search("Broken off, by question", BREAK_OFFS, "Sum", namespace, HALF, period=3600),
            _search("Cases by state", CASES, "Maximum", namespace, HALF),
        ],
        region,
    )


def campaign(name: str, *, region: str, namespace: str = NAMESPACE) -> Body:
    """The same of one campaign, with what fails in it."""
    only = f'campaign="{name}"'
    return _body(
        [
            _note(f"## {name}\nMade when the campaign was published."),
            _search("Outcomes", FINISHED, "Sum", namespace, HALF, only, period=3600),
            _response_rate("Response rate (%)", namespace, only),
            _search("Quotas filled (%)", QUOTA, "Maximum", namespace, THIRD, only),
            _search("Agents by state", AGENTS, "Maximum", namespace, THIRD, only),
            _search("Cases by state", CASES, "Maximum", namespace, THIRD, only),
            _search("Broken off, by question", BREAK_OFFS, "Sum", namespace, HALF, only, period=3600),
            _search("Failures by node and code", FAILURES, "Sum", namespace, HALF, only),
            _search("Action time p95 (ms)", ACTION_TIME, "p95", namespace, HALF, only),
            _search("Actions by outcome", ACTIONS, "Sum", namespace, HALF, only),
        ],
        region,
    )


def search_expression(metric: str, statistic: str, namespace: str, only: str = "", period: int = PERIOD) -> str:
    """CloudWatch's search for every series of `metric`; `only` narrows it by values of dimensions."""
    schema = ",".join((namespace, *DIMENSIONS[metric]))
    terms = " ".join(filter(None, (f'MetricName="{metric}"', only)))
    return f"SEARCH('{{{schema}}} {terms}', '{statistic}', {period})"


def _body(widgets: Sequence[Widget], region: str) -> Body:
    """Laid out from left to right, a new row where one is full."""
    placed: list[Widget] = []
    x = y = row = 0
    for widget in widgets:
        if x + widget["width"] > WIDE:
            x, y, row = 0, y + row, 0
        properties = widget["properties"] | ({"region": region} if widget["type"] == "metric" else {})
        placed.append({**widget, "properties": properties, "x": x, "y": y})
        x, row = x + widget["width"], max(row, widget["height"])
    return {"widgets": placed}


def _note(text: str) -> Widget:
    return {"type": "text", "width": WIDE, "height": 2, "properties": {"markdown": text}}


def _metric(title: str, rows: list[Any], width: int, **more: object) -> Widget:
    properties = {"title": title, "view": "timeSeries", "stacked": False, "period": PERIOD, "metrics": rows, **more}
    return {"type": "metric", "width": width, "height": HIGH, "properties": properties}


def _search(  # noqa: PLR0917 - a table of widgets reads best in columns
    title: str, metric: str, statistic: str, namespace: str, width: int, only: str = "", *, period: int = PERIOD
) -> Widget:  # fmt: skip
    row = [{"expression": search_expression(metric, statistic, namespace, only, period), "id": "s", "label": ""}]
    return _metric(title, [row], width, period=period, stat=statistic)


def _rows(title: str, rows: list[Any]) -> Widget:
    return _metric(title, rows, THIRD)


def _each(  # noqa: PLR0917
    title: str, namespace: str, metric: str, dimension: str, names: Mapping[str, str], statistic: str
) -> Widget:  # fmt: skip
    rows = [[namespace, metric, dimension, name, {"label": label}] for label, name in names.items()]
    return _metric(title, rows, THIRD, stat=statistic)


def _databases(title: str, databases: Mapping[str, Mapping[str, str]], metric: str, of_rds: str = "") -> Widget:
    """`of_rds`: what an RDS instance has in place of `metric`, which only Aurora writes."""
    rows = [
        ["AWS/RDS", of_rds if of_rds and dimension == INSTANCE else metric, dimension, name, {"label": cell}]
        for cell, named in databases.items()
        for dimension, name in named.items()
    ]
    return _metric(title, rows, THIRD, stat="Average")


def _cold_starts(functions: Mapping[str, str]) -> Widget:
    """Lambda has no metric of them: the reports in the functions' logs tell (metric filters of the deployment)."""
    rows = [[NAMESPACE, f"{COLD_STARTS}-{label}", {"label": label}] for label in functions]
    return _metric("Cold starts", rows, THIRD, stat="Sum")


def _response_rate(title: str, namespace: str, only: str = "") -> Widget:
    """AAPOR's: complete and partial interviews (1.…) among all that ended."""
    complete = search_expression(FINISHED, "Sum", namespace, f"{only} {COMPLETE}".strip(), 3600)
    every = search_expression(FINISHED, "Sum", namespace, only, 3600)
    rows = [
        [{"expression": complete, "id": "c", "visible": False}],
        [{"expression": every, "id": "a", "visible": False}],
        [{"expression": "100*SUM(c)/SUM(a)", "id": "r", "label": "%"}],
    ]
    return _metric(title, rows, THIRD, period=3600, yAxis={"left": {"min": 0, "max": 100}})
