"""What is counted in log lines: scripts that are not what was published, mistakes of the program, cold starts."""

from __future__ import annotations

from collections.abc import Mapping

from aws_cdk import aws_logs as logs
from constructs import Construct

from monitoring.metrics import BROKEN_RELEASES, COLD_STARTS, MISTAKES, NAMESPACE


class LogCounts(Construct):
    """Metric filters on each log group of `groups` (label -> group)."""

    def __init__(self, scope: Construct, name: str, *, groups: Mapping[str, logs.ILogGroup]) -> None:
        super().__init__(scope, name)
        for label, group in groups.items():
            for metric, code in ((BROKEN_RELEASES, "broken_release"), (MISTAKES, "internal_error")):
                logs.MetricFilter(
                    self,
                    f"{label}-{metric}",
                    log_group=group,
                    metric_namespace=NAMESPACE,
                    metric_name=metric,
                    filter_pattern=logs.FilterPattern.string_value("$.code", "=", code),
                    metric_value="1",
                )
            logs.CfnMetricFilter(
                self,
                f"{label}-ColdStarts",
                log_group_name=group.log_group_name,
                filter_pattern='[kind="REPORT", ..., init="Init", duration="Duration:", milliseconds, unit]',
                metric_transformations=[
                    logs.CfnMetricFilter.MetricTransformationProperty(
                        metric_namespace=NAMESPACE, metric_name=f"{COLD_STARTS}-{label}", metric_value="1"
                    )
                ],
            )
