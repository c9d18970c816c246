"""Who may sign in: agents, supervisors and admins, and the groups that routing.xml speaks of."""

from __future__ import annotations

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_cognito as cognito
from constructs import Construct

ROLES = ("agent", "supervisor", "admin")


class UserPool(Construct):
    """Accounts are made by an administrator only; the app signs in with SRP or password over TLS."""

    def __init__(self, scope: Construct, name: str, *, keep: bool) -> None:
        super().__init__(scope, name)
        self.pool = cognito.UserPool(
            self,
            "Pool",
            self_sign_up_enabled=False,
            sign_in_case_sensitive=False,
            password_policy=cognito.PasswordPolicy(min_length=12),
            removal_policy=RemovalPolicy.RETAIN if keep else RemovalPolicy.DESTROY,
        )
        self.client = self.pool.add_client(
            "AgentApp",
            auth_flows=cognito.AuthFlow(user_password=True, user_srp=True),
            access_token_validity=Duration.hours(1),
            id_token_validity=Duration.hours(1),
            refresh_token_validity=Duration.hours(12),
            prevent_user_existence_errors=True,
            enable_token_revocation=True,
        )
        for role in ROLES:
            cognito.CfnUserPoolGroup(self, f"Role-{role}", user_pool_id=self.pool.user_pool_id, group_name=role)
