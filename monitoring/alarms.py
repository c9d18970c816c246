"""Alarms, each with a line of the runbook (`docs/runbook.md`): what it means, and what to do first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from monitoring.metrics import BROKEN_ACTIONS, BROKEN_RELEASES, CELL_AWAY, MISTAKES, NAMESPACE, SERVER_AWAY, UPKEEP

RUNBOOK = "docs/runbook.md"
Missing = Literal["notBreaching", "breaching", "ignore"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """Goes off where `statistic` of the metric is above `threshold` in `of` of `among` periods of `seconds`."""

    name: str
    about: str
    """One line: what it means."""
    runbook: str
    """Anchor in the runbook."""
    namespace: str = ""
    metric: str = ""
    dimensions: Mapping[str, str] = field(default_factory=dict)
    statistic: str = "Sum"
    query: str = ""
    """Of CloudWatch Metrics Insights, in place of a metric whose dimensions are not written down anywhere."""
    threshold: float = 0
    below: bool = False
    """True: goes off where it is below."""
    seconds: int = 60
    of: int = 1
    among: int = 1
    missing: Missing = "notBreaching"

    @property
    def description(self) -> str:
        return f"{self.about} {RUNBOOK}#{self.runbook}"


NUMBERS_IN_LOGS = "LogEventsWithFindings"
"""Counted by the log groups' data protection."""


def _numbers_in(group: str) -> str:
    """Whatever other dimensions the metric bears: each log group's name is one of them."""
    return f"SELECT SUM({NUMBERS_IN_LOGS}) FROM \"AWS/Logs\" WHERE LogGroupName = '{group}'"  # noqa: S608 - CloudWatch's


def of_function(label: str, function: str, group: str) -> list[Alarm]:
    """Of any function; `group`: its log group."""
    of = {"FunctionName": function}
    return [
        Alarm(name=f"{label}-errors", about=f"Calls of {label} end in an error of the function itself.",
              runbook="function-errors", namespace="AWS/Lambda", metric="Errors",
              dimensions=of, threshold=2, of=2, among=5),
        Alarm(name=f"{label}-throttles", about=f"{label} is asked for more than it may do at once.",
              runbook="throttles", namespace="AWS/Lambda", metric="Throttles",
              dimensions=of, threshold=5, of=3, among=5),
        Alarm(name=f"{label}-numbers-in-logs", about=f"A telephone number was found (and masked) in a log of {label}.",
              runbook="a-number-in-a-log", query=_numbers_in(group), seconds=300),
    ]  # fmt: skip


def of_cell(cell: str, proxy: str, database: Mapping[str, str], group: str) -> list[Alarm]:
    """Of a cell: its proxy and database, and whether it does its work at all; `group`: the database's own log."""
    return [
        Alarm(name=f"{cell}-waiting-for-connections", about="Actions wait long for a connection of the pool.",
              runbook="waiting-for-connections", namespace="AWS/RDS", metric="DatabaseConnectionsBorrowLatency",
              dimensions={"ProxyName": proxy}, statistic="Maximum", threshold=500_000, of=3, among=5),
        Alarm(name=f"{cell}-pinned", about="Sessions are pinned: a statement keeps its connection to itself.",
              runbook="pinned-sessions", namespace="AWS/RDS", metric="DatabaseConnectionsCurrentlySessionPinned",
              dimensions={"ProxyName": proxy}, statistic="Maximum", threshold=5, of=5, among=5),
        Alarm(name=f"{cell}-database-processor", about="The database's processors are nearly full.",
              runbook="database-full", namespace="AWS/RDS", metric="CPUUtilization", dimensions=database,
              statistic="Average", threshold=80, seconds=300, of=3, among=3),
        Alarm(name=f"{cell}-database-away", about="The database says nothing of itself.", runbook="database-away",
              namespace="AWS/RDS", metric="DatabaseConnections", dimensions=database, statistic="SampleCount",
              threshold=1, below=True, seconds=300, of=2, among=2, missing="breaching"),
        Alarm(name=f"{cell}-away", about="The cell does not answer; its campaigns are not offered.",
              runbook="cell-away", namespace=NAMESPACE, metric=CELL_AWAY, dimensions={"cell": cell},
              statistic="Maximum"),
        Alarm(name=f"{cell}-database-numbers-in-logs", runbook="a-number-in-a-log", query=_numbers_in(group),
              about="A telephone number was found (and masked) in the database's own log.", seconds=300),
    ]  # fmt: skip


def of_upkeep(cell: str, queue: str) -> list[Alarm]:
    """Of a cell's schedule."""
    return [
        Alarm(name=f"{cell}-upkeep-failed", about="A task of the clock failed twice: partitions, seals or figures.",
              runbook="upkeep-failed", namespace="AWS/SQS", metric="ApproximateNumberOfMessagesVisible",
              dimensions={"QueueName": queue}, statistic="Maximum", seconds=300),
        Alarm(name=f"{cell}-no-upkeep", about="There was no upkeep for more than a day.", runbook="upkeep-failed",
              namespace=NAMESPACE, metric=UPKEEP, dimensions={"cell": cell, "outcome": "done"}, below=True,
              threshold=1, seconds=86_400, of=1, among=1, missing="breaching"),
    ]  # fmt: skip


def of_core(api: str, publisher_queue: str) -> list[Alarm]:
    """Of what every cell shares."""
    return [
        Alarm(name="api-errors", about="The API answers with errors of the servers behind it.", runbook="api-errors",
              namespace="AWS/ApiGateway", metric="5xx", dimensions={"ApiId": api}, threshold=5, of=2, among=5),
        Alarm(name="broken-release", about="A script in the bucket is not what was published; it was not run.",
              runbook="broken-release", namespace=NAMESPACE, metric=BROKEN_RELEASES),
        Alarm(name="broken-action", about="An action of a script fails: its statement or its reply is not right.",
              runbook="broken-action", namespace=NAMESPACE, metric=BROKEN_ACTIONS),
        Alarm(name="mistakes", about="The program made a mistake of its own (internal_error).", runbook="mistakes",
              namespace=NAMESPACE, metric=MISTAKES, threshold=3, of=2, among=5),
        Alarm(name="publisher-failed", about="Something handed in could be neither published nor refused.",
              runbook="publisher-failed", namespace="AWS/SQS", metric="ApproximateNumberOfMessagesVisible",
              dimensions={"QueueName": publisher_queue}, statistic="Maximum", seconds=300),
    ]  # fmt: skip


def of_desk(balancer: str, target: str) -> list[Alarm]:
    """Of the agents' app."""
    return [
        Alarm(name="desk-away", about="No task of the desk is healthy.", runbook="desk-away",
              namespace="AWS/ApplicationELB", metric="HealthyHostCount",
              dimensions={"LoadBalancer": balancer, "TargetGroup": target}, statistic="Minimum", threshold=1,
              below=True, of=2, among=2, missing="breaching"),
        Alarm(name="desk-errors", about="The desk answers browsers with errors.", runbook="desk-errors",
              namespace="AWS/ApplicationELB", metric="HTTPCode_Target_5XX_Count",
              dimensions={"LoadBalancer": balancer}, threshold=5, of=3, among=5),
        Alarm(name="answers-wait", about="Answers wait in the outbox: the servers behind the desk do not take them.",
              runbook="answers-wait", namespace=NAMESPACE, metric=SERVER_AWAY, dimensions={"service": "desk"},
              statistic="Maximum", seconds=300, of=2, among=2),
    ]  # fmt: skip
