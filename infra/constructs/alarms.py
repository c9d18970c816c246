"""Alarms as `monitoring.alarms` says them, told to the topic."""

from __future__ import annotations

from collections.abc import Iterable

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
                namespace=rule.namespace,
                metric_name=rule.metric,
                dimensions=[
                    cloudwatch.CfnAlarm.DimensionProperty(name=name, value=value)
                    for name, value in rule.dimensions.items()
                ],
                statistic=None if _is_percentile(rule.statistic) else rule.statistic,
                extended_statistic=rule.statistic if _is_percentile(rule.statistic) else None,
                threshold=rule.threshold,
                comparison_operator="LessThanThreshold" if rule.below else "GreaterThanThreshold",
                period=rule.seconds,
                evaluation_periods=rule.among,
                datapoints_to_alarm=rule.of,
                treat_missing_data=rule.missing,
                alarm_actions=[topic.topic_arn],
                ok_actions=[topic.topic_arn],
            )


def _is_percentile(statistic: str) -> bool:
    return statistic.startswith("p")
