"""Analysts' views follow each move of a pointer: by the command, the admin's page, `incoming/`, a rollback."""

from __future__ import annotations

from aws_cdk import Duration, Stack
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from callscript.bucket_layout import POINTERS
from infra.constructs.function import Function
from infra.constructs.script_bucket import ScriptBucket


class AnalystsViews(Construct):
    """EventBridge hears of each pointer and has the cell's housekeeper make the views: the functions that publish have
    no way into any cell's network, and no login."""

    def __init__(self, scope: Construct, name: str, *, of: Function, scripts: ScriptBucket, failed: sqs.IQueue) -> None:
        super().__init__(scope, name)
        key = events.EventField.from_path("$.detail.object.key")
        target = targets.LambdaFunction(
            of.function,
            event=events.RuleTargetInput.from_object({"task": "views", "key": key}),
            dead_letter_queue=failed,
            retry_attempts=5,
            max_event_age=Duration.hours(6),
        )
        events.Rule(
            self,
            "PointerMoved",
            description=f"{Stack.of(self).stack_name}: a campaign was published or rolled back",
            event_pattern=scripts.written_under(POINTERS),
            targets=[target],
        )
