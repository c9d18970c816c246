"""How a function's new code takes over: a tenth of the calls first, the rest after five minutes without an alarm."""

from __future__ import annotations

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_codedeploy as codedeploy
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sns as sns
from constructs import Construct

from infra.constructs.function import Function
from monitoring.alarms import RUNBOOK
from monitoring.metrics import CODES_COUNTED, MISTAKES, NAMESPACE

ALIAS = "live"


class Gradual(Construct):
    """The alias that callers use, and the deployment group that moves it: back again where an alarm goes off.

    Two alarms: calls that end in an error of the function (it cannot start, or runs out of time), and mistakes of the
    program, which it answers with `internal_error`: Lambda takes those for a success.
    """

    def __init__(
        self, scope: Construct, name: str, *, of: Function, label: str, application: codedeploy.ILambdaApplication,
        topic: sns.ITopic,
    ) -> None:  # fmt: skip
        super().__init__(scope, name)
        self.alias = lambda_.Alias(self, "Alias", alias_name=ALIAS, version=of.function.current_version)
        errors = self._alarm(
            "Errors", self.alias.metric_errors(period=Duration.minutes(1)), topic,
            f"Calls of {label} end in an error. {RUNBOOK}#function-errors",
        )  # fmt: skip
        mistakes = self._alarm(
            "Mistakes", self._mistakes(of, label), topic,
            f"The program of {label} makes mistakes of its own (internal_error). {RUNBOOK}#mistakes",
        )  # fmt: skip
        self.group = codedeploy.LambdaDeploymentGroup(
            self,
            "Group",
            alias=self.alias,
            application=application,
            deployment_config=codedeploy.LambdaDeploymentConfig.CANARY_10_PERCENT_5_MINUTES,
            alarms=[errors, mistakes],
        )

    def _mistakes(self, of: Function, label: str) -> cloudwatch.Metric:
        [code] = CODES_COUNTED[MISTAKES]
        counted = logs.MetricFilter(
            self,
            "MistakesCounted",
            log_group=of.log_group,
            metric_namespace=NAMESPACE,
            metric_name=f"{MISTAKES}-{label}",
            filter_pattern=logs.FilterPattern.string_value("$.code", "=", code),
            metric_value="1",
        )
        return counted.metric(statistic="Sum", period=Duration.minutes(1))

    def _alarm(self, name: str, metric: cloudwatch.IMetric, topic: sns.ITopic, about: str) -> cloudwatch.Alarm:
        alarm = cloudwatch.Alarm(
            self,
            name,
            metric=metric,
            threshold=2,
            evaluation_periods=1,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
            alarm_description=about,
        )
        alarm.add_alarm_action(actions.SnsAction(topic))
        return alarm
