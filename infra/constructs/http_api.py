"""The one door: HTTP API with the user pool's JWT authorizer before every route but the health check."""

from __future__ import annotations

import json

from aws_cdk import Duration
from aws_cdk import aws_apigatewayv2 as apigateway
from aws_cdk import aws_apigatewayv2_authorizers as authorizers
from aws_cdk import aws_apigatewayv2_integrations as integrations
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from callscript import protocol, scripts_protocol
from infra.constructs.log_group import log_group
from infra.constructs.user_pool import UserPool
from infra.profile import Profile

_LOGGED = {
    "requestId": "$context.requestId",
    "time": "$context.requestTime",
    "route": "$context.routeKey",
    "status": "$context.status",
    "latency": "$context.responseLatency",
    "integration": "$context.integrationLatency",
    "error": "$context.integrationErrorMessage",
    "refused": "$context.authorizer.error",
}
"""No address, no token, no name of a person."""


class HttpApi(Construct):
    """Routes are those of `callscript.protocol`; a cell's actions lie under its name.

    The desk calls from its own process and no browser does, so that no origin is allowed: CORS says nothing to anyone
    unless `origin` (the desk's) is given.
    """

    def __init__(
        self, scope: Construct, name: str, *, users: UserPool, profile: Profile, key: kms.IKey, origin: str = ""
    ) -> None:
        super().__init__(scope, name)
        cors = apigateway.CorsPreflightOptions(
            allow_origins=[origin],
            allow_methods=[apigateway.CorsHttpMethod.GET, apigateway.CorsHttpMethod.POST],
            allow_headers=[
                "authorization", "content-type", protocol.SESSION_HEADER, protocol.KEY_HEADER,
                protocol.CORRELATION_HEADER, protocol.BUDGET_HEADER,
            ],
            max_age=Duration.minutes(5),
        )  # fmt: skip
        self.api = apigateway.HttpApi(
            self, "Api", create_default_stage=False, cors_preflight=cors if origin else None,
            description="Waihu: dispatch and the cells' actions",
        )  # fmt: skip
        self.log_group = log_group(self, "Log", profile=profile, key=key, guarded=True)
        stage = apigateway.HttpStage(
            self,
            "Stage",
            http_api=self.api,
            stage_name="$default",
            auto_deploy=True,
            detailed_metrics_enabled=True,
            throttle=apigateway.ThrottleSettings(
                rate_limit=profile.requests_per_second, burst_limit=profile.requests_per_second * 2
            ),
        )
        made = stage.node.default_child
        assert isinstance(made, apigateway.CfnStage)  # noqa: S101 - what the library promises
        made.access_log_settings = apigateway.CfnStage.AccessLogSettingsProperty(
            destination_arn=self.log_group.log_group_arn, format=json.dumps(_LOGGED)
        )
        self.authorizer = authorizers.HttpUserPoolAuthorizer("Agents", users.pool, user_pool_clients=[users.client])

    def add_dispatch(self, dispatch: lambda_.IFunction) -> None:
        """Sessions, releases and the health check."""
        to_dispatch = integrations.HttpLambdaIntegration("Dispatch", dispatch)
        for method, path in (("POST", protocol.SESSIONS_PATH), ("GET", protocol.RELEASE_PATH)):
            self.api.add_routes(
                path=path,
                methods=[apigateway.HttpMethod[method]],
                integration=to_dispatch,
                authorizer=self.authorizer,
            )
        self.api.add_routes(path=protocol.HEALTH_PATH, methods=[apigateway.HttpMethod.GET], integration=to_dispatch)

    def add_scripts(self, keeper: lambda_.IFunction) -> None:
        """What the admin's pages ask."""
        self.api.add_routes(
            path=scripts_protocol.SCRIPTS_PATH,
            methods=[apigateway.HttpMethod.POST],
            integration=integrations.HttpLambdaIntegration("Scripts", keeper),
            authorizer=self.authorizer,
        )
