"""What is counted in log lines: scripts that were changed or fail, mistakes of the program, cold starts."""

from __future__ import annotations

from collections.abc import Mapping

from aws_cdk import aws_logs as logs
from constructs import Construct

from monitoring.metrics import CODES_COUNTED, COLD_STARTS, NAMESPACE


class LogCounts(Construct):
    """Metric filters on each log group of `groups` (label -> group)."""

    def __init__(self, scope: Construct, name: str, *, groups: Mapping[str, logs.ILogGroup]) -> None:
        super().__init__(scope, name)
        for label, group in groups.items():
            for metric, codes in CODES_COUNTED.items():
                any_of = [logs.FilterPattern.string_value("$.code", "=", code) for code in codes]
                logs.MetricFilter(
                    self,
                    f"{label}-{metric}",
                    log_group=group,
                    metric_namespace=NAMESPACE,
                    metric_name=metric,
                    filter_pattern=any_of[0] if len(any_of) == 1 else logs.FilterPattern.any(*any_of),
                    metric_value="1",
                )
            logs.CfnMetricFilter(
                self,
                f"{label}-ColdStarts",
                log_group_name=group.log_group_name,
                filter_pattern='"REPORT RequestId" "Init Duration"',
                metric_transformations=[
                    logs.CfnMetricFilter.MetricTransformationProperty(
                        metric_namespace=NAMESPACE, metric_name=f"{COLD_STARTS}-{label}", metric_value="1"
                    )
                ],
            )
