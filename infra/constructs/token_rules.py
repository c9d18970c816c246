"""What the user pool writes into a token: no supervisor or admin without a second factor."""

from __future__ import annotations

from aws_cdk import Aws
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from admin.deployed.settings import TokenSettings
from infra.constructs.function import Function
from infra.constructs.user_pool import UserPool
from infra.profile import Profile


class TokenRules(Construct):
    """The pool asks this function at each token; an account without an authenticator gets no role above `agent`."""

    def __init__(self, scope: Construct, name: str, *, users: UserPool, profile: Profile, key: kms.IKey) -> None:
        super().__init__(scope, name)
        made = Function(
            self, "Function", package="upkeep", handler="admin.deployed.token_rules.handle", settings=TokenSettings(),
            profile=profile, key=key, seconds=5, megabytes=512,
        )  # fmt: skip
        # Not the pool's ARN: pool and function would wait for each other.
        pools = f"arn:{Aws.PARTITION}:cognito-idp:{Aws.REGION}:{Aws.ACCOUNT_ID}:userpool/*"
        made.role.add_to_policy(iam.PolicyStatement(actions=["cognito-idp:AdminGetUser"], resources=[pools]))
        users.pool.add_trigger(
            cognito.UserPoolOperation.PRE_TOKEN_GENERATION_CONFIG, made.function, cognito.LambdaVersion.V2_0
        )
        self.function = made
