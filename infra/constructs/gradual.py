"""How a function's new code takes over: a tenth of the calls first, the rest after five minutes without an alarm."""

from __future__ import annotations

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_codedeploy as codedeploy
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.constructs.function import Function

ALIAS = "live"


class Gradual(Construct):
    """The alias that callers use, and the deployment group that moves it: back again where an alarm goes off."""

    def __init__(
        self, scope: Construct, name: str, *, of: Function, application: codedeploy.ILambdaApplication
    ) -> None:
        super().__init__(scope, name)
        self.alias = lambda_.Alias(self, "Alias", alias_name=ALIAS, version=of.function.current_version)
        self.errors = cloudwatch.Alarm(
            self,
            "Errors",
            metric=self.alias.metric_errors(period=Duration.minutes(1)),
            threshold=2,
            evaluation_periods=1,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
            alarm_description="Calls of the function end in an error. docs/runbook.md#function-errors",
        )
        self.group = codedeploy.LambdaDeploymentGroup(
            self,
            "Group",
            alias=self.alias,
            application=application,
            deployment_config=codedeploy.LambdaDeploymentConfig.CANARY_10_PERCENT_5_MINUTES,
            alarms=[self.errors],
        )
