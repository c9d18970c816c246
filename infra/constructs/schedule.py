"""What is done by the clock: the daily upkeep, and every minute's figures for the dashboards."""

from __future__ import annotations

from aws_cdk import Duration
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.constructs.function import Function


class Schedule(Construct):
    """Calls the cell's upkeep function; what failed three times lies in a queue, which has an alarm.

    Upkeep twice a day, so that each day has had one whenever the alarm looks back, and a lost one costs nothing.
    """

    def __init__(self, scope: Construct, name: str, *, of: Function, key: kms.IKey) -> None:
        super().__init__(scope, name)
        self.failed = sqs.Queue(
            self, "Failed", encryption=sqs.QueueEncryption.KMS, encryption_master_key=key, enforce_ssl=True,
            retention_period=Duration.days(14),
        )  # fmt: skip
        self._rule("Upkeep", events.Schedule.cron(hour="1,13", minute="10"), "upkeep", of)
        self._rule("Minutely", events.Schedule.rate(Duration.minutes(1)), "figures", of)

    def _rule(self, name: str, schedule: events.Schedule, task: str, of: Function) -> None:
        target = targets.LambdaFunction(
            of.function,
            event=events.RuleTargetInput.from_object({"task": task}),
            dead_letter_queue=self.failed,
            retry_attempts=2,
            max_event_age=Duration.hours(1),
        )
        events.Rule(self, name, schedule=schedule, targets=[target])
