"""What cdk-nag's AwsSolutions rules say against these stacks and is so on purpose, each with its reason.

A finding that is not named here fails the tests and the deployment's review.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from aws_cdk import Acknowledgment, Validations
from constructs import IConstruct

from infra.constructs.function import Function

if TYPE_CHECKING:
    from infra.app import Deployment

_RULE = "AwsSolutions-"
_BUCKET = "ScriptsBucketC04F7688"
_BUCKET_ELSEWHERE = f"ExportsOutputFnGetAtt{_BUCKET}Arn51455724"
"""The script bucket as the templates name it: in its own stack, and in others."""

_BOARDS = "arn:<AWS::Partition>:cloudwatch::<AWS::AccountId>:dashboard"
_CONTACTS = "arn:<AWS::Partition>:connect:<AWS::Region>:<AWS::AccountId>:instance"
_OBJECTS = "Objects of one prefix of the script bucket: their names are not known beforehand."
_INTERFACES = "EC2 takes no narrower resource for the network interfaces that Lambda makes in the function's name."
_TURNED_BY_HAND = (
    "A ring of keys, or keys that data were encrypted with: exchanged by the steps of docs/rotate.md, which load the "
    "new one everywhere before it is used. A rotation that knows nothing of that would lock people out of their data."
)
_DEAD_LETTERS = "It is itself where a rule puts what failed."


def acknowledge(deployment: Deployment) -> None:
    """Tells the validations of everything below."""
    for construct, reasons in _all(deployment):
        for rule, reason in reasons.items():
            Validations.of(construct).acknowledge(Acknowledgment(id=_RULE + rule, reason=reason))


def _all(deployment: Deployment) -> Iterator[tuple[IConstruct, Mapping[str, str]]]:
    yield from _core(deployment)
    yield from _cells(deployment)
    yield from _desk(deployment)
    bucket = f"{deployment.core.stack_name}:{_BUCKET_ELSEWHERE}"
    yield deployment.watch.cell_watch, _objects(bucket, "health")
    for stack in (deployment.core, *deployment.cells):
        yield (
            stack,
            {
                "IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSCodeDeployRoleForLambdaLimited]": (
                    "CodeDeploy's own role, made by AWS for this and kept up by it."
                ),
                "SQS3": _DEAD_LETTERS,
            },
        )


def _core(deployment: Deployment) -> Iterator[tuple[IConstruct, Mapping[str, str]]]:
    core, demo = deployment.core, not deployment.configuration.profile.keep_data
    yield core.keys, {"SMG4": _TURNED_BY_HAND}
    yield (
        core.users,
        {
            "COG2": "Agents need none; who has a higher role is not given it without (token_rules.py).",
            **({"COG8": "Threat protection costs by the user: the demo does without."} if demo else {}),
        },
    )
    yield (
        core.token_rules,
        {
            "IAM5[Resource::arn:<AWS::Partition>:cognito-idp:<AWS::Region>:<AWS::AccountId>:userpool/*]": (
                "AdminGetUser alone, on this account's pools: pool and function would wait for each other's name."
            )
        },
    )
    yield core.api, {"APIG4": "GET /health says which cells are up, to whoever watches: no data, no token."}
    yield core.dispatch, _objects(f"<{_BUCKET}.Arn>", "releases", "pointers", "routing", "health")
    yield core.scripts_room, _objects(f"<{_BUCKET}.Arn>", "releases", "pointers", "history", "drafts")
    yield (
        core.publisher,
        {
            **_objects(f"<{_BUCKET}.Arn>", "incoming", "releases", "pointers", "history", "routing"),
            f"IAM5[Resource::{_BOARDS}/{core.stack_name}-campaign-*]": (
                "A dashboard for each campaign, whose names are not known beforehand."
            ),
        },
    )


def _cells(deployment: Deployment) -> Iterator[tuple[IConstruct, Mapping[str, str]]]:
    bucket = f"{deployment.core.stack_name}:{_BUCKET_ELSEWHERE}"
    for cell in deployment.cells:
        made = cell.functions
        for function in (made.fast, made.slow, made.housekeeper, made.migrator, made.rotator):
            assert isinstance(function, Function)  # noqa: S101
            yield function, {"IAM5[Resource::*]": _INTERFACES}
        for function in (made.fast, made.slow):
            yield function, _objects(bucket, "releases")
        yield made.housekeeper, _objects(bucket, "seals", "pointers", "releases")
        port = {"RDS11": "The port is closed to all but the proxy; another number would hide nothing."}
        demo = {
            "RDS3": "The demo has one instance, to be cheap.",
            "RDS10": "The demo is taken down again with one command.",
        }
        yield cell.database, port if deployment.configuration.profile.keep_data else port | demo


def _desk(deployment: Deployment) -> Iterator[tuple[IConstruct, Mapping[str, str]]]:
    desk, prefix = deployment.desk, deployment.core.stack_name
    instance = deployment.configuration.connect_instance_id
    yield (
        desk,
        {
            "ECS2": "The variables are names and addresses; the task's role reads the one secret.",
            "IAM5[Resource::*]": (
                "GetMetricData, ListMetrics, ListDashboards and ECR's token know no narrower resource."
            ),
            f"IAM5[Resource::{_BOARDS}/{prefix}-*]": (
                "Reading this deployment's dashboards, those of campaigns among them."
            ),
            **(
                {f"IAM5[Resource::{_CONTACTS}/{instance}/contact/*]": "A call that is yet to be placed."}
                if deployment.configuration.dialler == "connect"
                else {}
            ),
        },
    )
    yield (
        desk.front,
        {
            "EC23": "Browsers, from the networks that are configured, or CloudFront (all others get 403).",
            "CFR1": "Where agents may sit is the operator's to say: waihu:allowed_networks, with a domain.",
            "CFR2": "Behind it is a sign-in page with Cognito's limits; a firewall is the operator's to add.",
            "CFR4": "CloudFront's own certificate, without a domain, fixes the policy; browsers take TLS 1.3.",
            "CFR5": "Without a domain the load balancer has no certificate: that leg is in AWS's network.",
        },
    )


def _objects(bucket: str, *prefixes: str) -> dict[str, str]:
    return {f"IAM5[Resource::{bucket}/{prefix}/*]": _OBJECTS for prefix in prefixes}
