"""A function of ours that a deployment calls, and whose failure fails the deployment: no framework in between."""

from __future__ import annotations

from collections.abc import Mapping

from aws_cdk import CustomResource, Duration
from constructs import Construct

from infra.constructs.function import Function


def call_when_deploying(
    scope: Construct, name: str, *, of: Function, seconds: int, properties: Mapping[str, object]
) -> CustomResource:
    """Calls the function when the resource is made, and again whenever one of `properties` has changed.

    `seconds`: how long the function may take. One that dies without a word ends the deployment soon after that, not
    after CloudFormation's hour; a minute more is for its answer.
    """
    made = CustomResource(
        scope, name, service_token=of.function.function_arn, resource_type=f"Custom::Waihu{name}",
        service_timeout=Duration.seconds(seconds + 60), properties=dict(properties),
    )  # fmt: skip
    made.node.add_dependency(of)  # its ways out and its rights, too: they are resources of their own
    return made
