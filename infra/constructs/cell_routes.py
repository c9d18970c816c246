"""The routes of one cell at the shared API: they come and go with the cell's own stack."""

from __future__ import annotations

from aws_cdk import aws_apigatewayv2 as apigateway
from aws_cdk import aws_apigatewayv2_integrations as integrations
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from callscript import protocol
from infra.constructs.http_api import HttpApi


class CellRoutes(Construct):
    """Sends the actions of `cell` to its functions, whichever version of them a session was given.

    A version that is deployed beside it gets a route of its own, which goes before the one with `{version}`.
    """

    def __init__(
        self, scope: Construct, name: str, *, cell: str, api: HttpApi, fast: lambda_.IFunction, slow: lambda_.IFunction
    ) -> None:
        super().__init__(scope, name)
        served = {
            "Fast": (fast, (protocol.ACTION_PATH, protocol.VERSION_PATH)),
            "Slow": (slow, (protocol.SLOW_ACTION_PATH, protocol.SLOW_VERSION_PATH)),
        }
        for label, (function, paths) in served.items():
            integration = integrations.HttpLambdaIntegration(f"{label}-{cell}", function)
            for number, path in enumerate(paths):
                apigateway.HttpRoute(
                    self,
                    f"{label}-{number}",
                    http_api=api.api,
                    route_key=apigateway.HttpRouteKey.with_(path.replace("{cell}", cell), apigateway.HttpMethod.POST),
                    integration=integration,
                    authorizer=api.authorizer,
                )
