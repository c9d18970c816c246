"""Asks the cells each minute whether they do their work, and tells dispatch by way of the script bucket."""

from __future__ import annotations

from collections.abc import Mapping

from aws_cdk import Duration
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from admin.deployed.settings import CellWatchSettings
from callscript.bucket_layout import HEALTH
from infra.constructs.bucket_access import let_get, let_put
from infra.constructs.function import Function
from infra.constructs.script_bucket import ScriptBucket
from infra.profile import Profile

_HEALTH = (HEALTH,)


class CellWatch(Construct):
    """May call the cells' business functions and write `health/`, and nothing else. What fails is asked anew a minute
    later: there is nothing to be kept."""

    def __init__(
        self, scope: Construct, name: str, *, cells: Mapping[str, lambda_.IFunction], scripts: ScriptBucket,
        profile: Profile, key: kms.IKey,
    ) -> None:  # fmt: skip
        super().__init__(scope, name)
        bucket = scripts.bucket
        settings = CellWatchSettings(
            script_bucket=bucket.bucket_name,
            cell_functions=" ".join(f"{cell}={function.function_arn}" for cell, function in cells.items()),
        )
        self.function = Function(
            self, "Function", package="upkeep", handler="admin.deployed.cell_watch.handle", settings=settings,
            profile=profile, key=key, concurrency=1, seconds=30, megabytes=512,
        )  # fmt: skip
        role = self.function.role
        let_get(role, bucket, scripts.key, _HEALTH)
        let_put(role, bucket, scripts.key, _HEALTH)
        role.add_to_policy(
            iam.PolicyStatement(
                actions=["lambda:InvokeFunction"], resources=[function.function_arn for function in cells.values()]
            )
        )
        target = targets.LambdaFunction(self.function.function, retry_attempts=0, max_event_age=Duration.minutes(1))
        events.Rule(self, "Minutely", schedule=events.Schedule.rate(Duration.minutes(1)), targets=[target])
