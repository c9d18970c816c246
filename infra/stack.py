"""The whole deployment of one cell: composes constructs and grants each function what it needs, no more."""

from __future__ import annotations

from aws_cdk import CfnOutput, Stack
from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from functions.business.settings import BusinessSettings
from functions.dispatch.settings import DispatchSettings
from infra.constructs.dashboard import Dashboard
from infra.constructs.database import BUSINESS_USER, DATABASE, Database
from infra.constructs.function import Function
from infra.constructs.http_api import HttpApi
from infra.constructs.network import Network
from infra.constructs.script_bucket import ScriptBucket
from infra.constructs.secrets import Keys
from infra.constructs.user_pool import UserPool
from infra.profile import Profile


class WaihuStack(Stack):
    """Everything but the agents' app, which is added with the network's public side."""

    def __init__(self, scope: Construct, name: str, *, profile: Profile) -> None:
        super().__init__(scope, name, description=f"Waihu, outbound calling ({profile.name})")
        self._profile = profile
        self._scripts = ScriptBucket(self, "Scripts", keep=profile.keep_data)
        self._keys = Keys(self, "Keys", keep=profile.keep_data)
        self._network = Network(self, "Network")
        self._database = Database(self, "Database", network=self._network, profile=profile)
        users = UserPool(self, "Users", keep=profile.keep_data)
        dispatch = self._dispatch()
        business = self._business()
        api = HttpApi(self, "Api", users=users, dispatch=dispatch.function)
        api.add_cell(profile.cell, business.function)
        Dashboard(self, "Dashboard", namespace=BusinessSettings.metrics_namespace)
        CfnOutput(self, "ApiUrl", value=api.api.api_endpoint)
        CfnOutput(self, "ScriptBucketName", value=self._scripts.bucket.bucket_name)
        CfnOutput(self, "UserPoolId", value=users.pool.user_pool_id)
        CfnOutput(self, "UserPoolClientId", value=users.client.user_pool_client_id)

    def _dispatch(self) -> Function:
        settings = DispatchSettings(
            script_bucket=self._scripts.bucket.bucket_name, session_key_secret=self._keys.session.secret_arn
        )
        made = Function(
            self, "Dispatch", folder="dispatch", settings=settings, profile=self._profile,
            concurrency=self._profile.dispatch_concurrency,
        )  # fmt: skip
        self._scripts.bucket.grant_read(made.function)
        self._keys.session.grant_read(made.function)
        return made

    def _business(self) -> Function:
        proxy = self._database.proxy
        settings = BusinessSettings(
            cell=self._profile.cell,
            script_bucket=self._scripts.bucket.bucket_name,
            session_key_secret=self._keys.session.secret_arn,
            number_key_secret=self._keys.numbers.secret_arn,
            database_host=proxy.endpoint,
            database_port=5432,
            database_name=DATABASE,
            database_user=BUSINESS_USER,
            database_secret="",  # nosec: empty means IAM
        )
        made = Function(
            self, "Business", folder="business", settings=settings, profile=self._profile,
            concurrency=self._profile.business_concurrency, vpc=self._network.vpc,
        )  # fmt: skip
        self._scripts.bucket.grant_read(made.function)
        self._keys.session.grant_read(made.function)
        self._keys.numbers.grant_read(made.function)
        proxy.grant_connect(made.function, BUSINESS_USER)
        proxy.connections.allow_from(made.function, ec2.Port.tcp(5432), f"actions of cell {self._profile.cell}")
        return made
