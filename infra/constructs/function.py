"""A Lambda function of ours: packed without Docker, settings from its typed model, its own role and log group."""

from __future__ import annotations

from pathlib import Path

import jsii
from aws_cdk import AssetHashType, BundlingOptions, DockerImage, Duration, ILocalBundling, RemovalPolicy
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from functions.hosting.settings import Settings
from infra import packaging
from infra.profile import Profile

TIMEOUT_SECONDS = 10


@jsii.implements(ILocalBundling)
class _LocalBundling:
    """CDK's hook for packing on this machine; it never falls back to Docker."""

    def __init__(self, function: str) -> None:
        self._function = function

    def try_bundle(self, output_dir: str, options: BundlingOptions | None = None, **_: object) -> bool:  # noqa: ARG002
        packaging.pack(self._function, Path(output_dir))
        return True


class Function(Construct):
    """Function `functions/<folder>`; its variables are exactly the fields of `settings`."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        folder: str,
        settings: Settings,
        profile: Profile,
        concurrency: int,
        vpc: ec2.IVpc | None = None,
    ) -> None:
        super().__init__(scope, name)
        log_group = logs.LogGroup(
            self,
            "Log",
            retention=logs.RetentionDays(_retention(profile.log_days)),
            removal_policy=RemovalPolicy.RETAIN if profile.keep_data else RemovalPolicy.DESTROY,
        )
        self.function = lambda_.Function(
            self,
            "Function",
            runtime=lambda_.Runtime.PYTHON_3_13,
            architecture=lambda_.Architecture.ARM_64,
            handler=f"functions.{folder}.handler.handle",
            code=_code(folder),
            memory_size=1024,
            timeout=Duration.seconds(TIMEOUT_SECONDS),
            reserved_concurrent_executions=concurrency,
            environment=settings.to_environment(),
            log_group=log_group,
            vpc=vpc,
            vpc_subnets=ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_ISOLATED) if vpc else None,
        )


def _code(folder: str) -> lambda_.AssetCode:
    return lambda_.Code.from_asset(
        str(packaging.ROOT),
        asset_hash_type=AssetHashType.OUTPUT,
        exclude=["**"],
        bundling=BundlingOptions(image=DockerImage.from_registry("unused"), local=_LocalBundling(folder)),
    )


def _retention(days: int) -> str:
    names = {7: "ONE_WEEK", 90: "THREE_MONTHS", 365: "ONE_YEAR"}
    return names[days]
