"""A function of ours that a deployment calls, and whose failure fails the deployment: no framework in between."""

from __future__ import annotations

from collections.abc import Mapping

from aws_cdk import CustomResource
from constructs import Construct

from infra.constructs.function import Function


def call_when_deploying(
    scope: Construct, name: str, *, of: Function, properties: Mapping[str, object]
) -> CustomResource:
    """Calls the function when the resource is made, and again whenever one of `properties` has changed."""
    return CustomResource(
        scope, name, service_token=of.function.function_arn, resource_type=f"Custom::Waihu{name}",
        properties=dict(properties),
    )  # fmt: skip
