"""Keys that only the system knows: they sign sessions and hide phone numbers."""

from __future__ import annotations

from aws_cdk import RemovalPolicy
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct


class Keys(Construct):
    """Two empty secrets: `waihu keys create` fills them once, since their form is our own and never in a template."""

    def __init__(self, scope: Construct, name: str, *, keep: bool) -> None:
        super().__init__(scope, name)
        policy = RemovalPolicy.RETAIN if keep else RemovalPolicy.DESTROY
        self.session = secretsmanager.Secret(self, "Session", removal_policy=policy)
        self.numbers = secretsmanager.Secret(self, "Numbers", removal_policy=policy)
