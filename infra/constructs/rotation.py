"""New passwords for a cell's database logins, every so many days, without anyone's hand."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import Duration
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from infra.constructs.function import Function

DAYS = 30


class Rotation(Construct):
    """Secrets Manager calls the function; other functions sign in by IAM, and only the proxy uses the passwords."""

    def __init__(self, scope: Construct, name: str, *, of: Function, secrets: Sequence[secretsmanager.ISecret]) -> None:
        super().__init__(scope, name)
        for number, secret in enumerate(secrets):
            secretsmanager.RotationSchedule(
                self,
                f"Every-{number}",
                secret=secret,
                rotation_lambda=of.function,
                automatically_after=Duration.days(DAYS),
                rotate_immediately_on_update=False,
            )
