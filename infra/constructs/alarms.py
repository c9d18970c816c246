"""Alarms as `monitoring.alarms` says them, told to the topic."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_sns as sns
from constructs import Construct

from monitoring.alarms import Alarm


class Alarms(Construct):
    """One alarm of CloudWatch for each of `rules`; going off and coming back are both told."""

    def __init__(self, scope: Construct, name: str, *, rules: Iterable[Alarm], topic: sns.ITopic, prefix: str) -> None:
        super().__init__(scope, name)
        for rule in rules:
            cloudwatch.CfnAlarm(
                self,
                rule.name,
                alarm_name=f"{prefix}-{rule.name}",
                alarm_description=rule.description,
                **_asked(rule),
                threshold=rule.threshold,
                comparison_operator="LessThanThreshold" if rule.below else "GreaterThanThreshold",
                evaluation_periods=rule.among,
                datapoints_to_alarm=rule.of,
                treat_missing_data=rule.missing,
                alarm_actions=[topic.topic_arn],
                ok_actions=[topic.topic_arn],
            )


def _asked(rule: Alarm) -> dict[str, Any]:
    """What the alarm looks at: one metric, or a query over several."""
    if rule.query:
        query = cloudwatch.CfnAlarm.MetricDataQueryProperty(id="found", expression=rule.query, period=rule.seconds)
        return {"metrics": [query]}
    dimensions = [
        cloudwatch.CfnAlarm.DimensionProperty(name=name, value=value) for name, value in rule.dimensions.items()
    ]
    statistic = "extended_statistic" if rule.statistic.startswith("p") else "statistic"
    metric = {"namespace": rule.namespace, "metric_name": rule.metric, "dimensions": dimensions, "period": rule.seconds}
    return {**metric, statistic: rule.statistic}
