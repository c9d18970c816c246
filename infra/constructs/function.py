"""A Lambda function of ours: packed without Docker, settings from its typed model, its own role and log group."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import Duration, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from functions.hosting.settings import Settings
from infra import packaging
from infra.constructs.log_group import log_group
from infra.constructs.network import ISOLATED, Network
from infra.profile import Profile

TIMEOUT_SECONDS = 10
_INTERFACES = (
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:AssignPrivateIpAddresses",
    "ec2:UnassignPrivateIpAddresses",
)
"""What Lambda does in the function's name to put it into the network; EC2 takes no narrower resource for these."""


class Function(Construct):
    """Runs `handler` of package `package`; its variables are exactly the fields of `settings`.

    Its role may write its own log group and nothing else, until someone grants it more.
    """

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        package: str,
        handler: str,
        settings: Settings,
        profile: Profile,
        key: kms.IKey,
        concurrency: int | None = None,
        network: Network | None = None,
        seconds: int = TIMEOUT_SECONDS,
        megabytes: int = 1024,
    ) -> None:
        super().__init__(scope, name)
        self.log_group = log_group(self, "Log", profile=profile, key=key, guarded=True)
        self.role = iam.Role(
            self,
            "Role",
            assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
            description=f"{Stack.of(self).stack_name}: {handler}",
        )
        self._allow_to(["logs:CreateLogStream", "logs:PutLogEvents"], [self.log_group.log_group_arn])
        if network is not None:
            self._allow_to(_INTERFACES, ["*"])
        group = self._own_group(network) if network else None
        self.function = lambda_.Function(
            self,
            "Function",
            runtime=lambda_.Runtime.PYTHON_3_14,
            architecture=lambda_.Architecture.ARM_64,
            handler=handler,
            code=lambda_.Code.from_asset(str(packaging.folder_of(package))),
            memory_size=megabytes,
            timeout=Duration.seconds(seconds),
            reserved_concurrent_executions=concurrency,
            environment=settings.to_environment(),
            log_group=self.log_group,
            role=self.role,
            vpc=network.vpc if network else None,
            vpc_subnets=ISOLATED if network else None,
            security_groups=[group] if group else None,
        )

    def _own_group(self, network: Network) -> ec2.SecurityGroup:
        group = ec2.SecurityGroup(
            self, "Group", vpc=network.vpc, allow_all_outbound=False, description="Of this function alone"
        )
        network.allow_secrets(group)
        group.add_egress_rule(
            ec2.Peer.any_ipv4(), ec2.Port.tcp(443), "S3 by its gateway: the subnet has no other way out"
        )
        return group

    def _allow_to(self, actions: Sequence[str], resources: Sequence[str]) -> None:
        self.role.add_to_policy(iam.PolicyStatement(actions=list(actions), resources=list(resources)))
