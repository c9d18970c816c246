"""Checks and publishes what is put into the bucket's `incoming/`, and leaves the verdict beside it."""

from __future__ import annotations

from aws_cdk import Aws, Duration, Stack
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from admin.deployed.settings import PublisherSettings
from callscript.bucket_layout import HISTORY, INCOMING, POINTERS, RELEASES, ROUTING
from infra.constructs.bucket_access import let_get, let_put
from infra.constructs.function import Function
from infra.constructs.script_bucket import ScriptBucket
from infra.profile import Profile

_WRITTEN = (RELEASES, POINTERS, HISTORY, ROUTING)


class Publisher(Construct):
    """EventBridge hears of each object; the function publishes it by the very code of `waihu publish`."""

    def __init__(
        self, scope: Construct, name: str, *, scripts: ScriptBucket, profile: Profile, key: kms.IKey, dashboards: str
    ) -> None:
        super().__init__(scope, name)
        bucket = scripts.bucket
        settings = PublisherSettings(script_bucket=bucket.bucket_name, dashboard_prefix=dashboards)
        self.function = Function(
            self, "Function", package="upkeep", handler="admin.deployed.publisher.handle", settings=settings,
            profile=profile, key=key, concurrency=2, seconds=120, megabytes=1769,
        )  # fmt: skip
        let_get(self.function.role, bucket, key, [INCOMING, *_WRITTEN])
        let_put(self.function.role, bucket, key, [INCOMING, *_WRITTEN])
        here = f"arn:{Aws.PARTITION}"
        self._may(["events:PutEvents"], f"{here}:events:{Aws.REGION}:{Aws.ACCOUNT_ID}:event-bus/default")
        self._may(["cloudwatch:PutDashboard"], f"{here}:cloudwatch::{Aws.ACCOUNT_ID}:dashboard/{dashboards}-campaign-*")
        self.failed = sqs.Queue(
            self, "Failed", encryption=sqs.QueueEncryption.KMS, encryption_master_key=key, enforce_ssl=True,
            retention_period=Duration.days(14),
        )  # fmt: skip
        events.Rule(
            self,
            "HandedIn",
            description=f"{Stack.of(self).stack_name}: something was put into {INCOMING}",
            event_pattern=scripts.written_under(INCOMING),
            targets=[
                targets.LambdaFunction(
                    self.function.function,
                    dead_letter_queue=self.failed,
                    retry_attempts=2,
                    max_event_age=Duration.hours(2),
                )
            ],
        )

    def _may(self, actions: list[str], resource: str) -> None:
        self.function.role.add_to_policy(iam.PolicyStatement(actions=actions, resources=[resource]))
