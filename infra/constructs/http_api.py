"""The one door: HTTP API with the user pool's JWT authorizer before every route but the health check."""

from __future__ import annotations

from aws_cdk import aws_apigatewayv2 as apigateway
from aws_cdk import aws_apigatewayv2_authorizers as authorizers
from aws_cdk import aws_apigatewayv2_integrations as integrations
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from callscript import protocol
from infra.constructs.user_pool import UserPool


class HttpApi(Construct):
    """Routes are those of `callscript.protocol`; a cell's actions lie under its name."""

    def __init__(self, scope: Construct, name: str, *, users: UserPool, dispatch: lambda_.IFunction) -> None:
        super().__init__(scope, name)
        self.api = apigateway.HttpApi(self, "Api", create_default_stage=True)
        self._authorizer = authorizers.HttpUserPoolAuthorizer("Agents", users.pool, user_pool_clients=[users.client])
        to_dispatch = integrations.HttpLambdaIntegration("Dispatch", dispatch)
        self._route("POST", protocol.SESSIONS_PATH, to_dispatch)
        self._route("GET", protocol.RELEASE_PATH, to_dispatch)
        self.api.add_routes(path=protocol.HEALTH_PATH, methods=[apigateway.HttpMethod.GET], integration=to_dispatch)

    def add_cell(self, cell: str, business: lambda_.IFunction) -> None:
        """Sends the actions of `cell` to its business function, whichever version of it a session was given.

        A version that is deployed beside it gets a route of its own, which goes before the one with `{version}`.
        """
        integration = integrations.HttpLambdaIntegration(f"Business-{cell}", business)
        for path in (protocol.ACTION_PATH, protocol.VERSION_PATH):
            self._route("POST", path.replace("{cell}", cell), integration)

    def _route(self, method: str, path: str, integration: integrations.HttpLambdaIntegration) -> None:
        self.api.add_routes(
            path=path,
            methods=[apigateway.HttpMethod[method]],
            integration=integration,
            authorizer=self._authorizer,
        )
