"""The agents' app: one process a task on Fargate, more of them as more agents sit down."""

from __future__ import annotations

import re

from aws_cdk import Aws, Duration, IgnoreMode
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecr_assets as ecr_assets
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from agent_app.settings import AgentAppSettings
from infra import packaging
from infra.configuration import Configuration
from infra.constructs.log_group import log_group
from infra.constructs.network import DESK, Network
from monitoring import metrics

PORT = 8501
DOCKERFILE = "agent_app/Dockerfile"
GRACE_SECONDS = 90
"""Between the request to end and the end: a call that is on its way comes back."""


class Desk(Construct):
    """Cluster, task and service; its settings are exactly the fields of `AgentAppSettings`.

    A task that is taken away loses nothing: interviews and outbox are in the table, and any other task goes on.
    """

    def __init__(
        self, scope: Construct, name: str, *, settings: AgentAppSettings, configuration: Configuration,
        network: Network, key: kms.IKey,
    ) -> None:  # fmt: skip
        super().__init__(scope, name)
        profile = configuration.profile
        cluster = ecs.Cluster(self, "Cluster", vpc=network.vpc, container_insights_v2=ecs.ContainerInsights.ENABLED)
        self.log_group = log_group(self, "Log", profile=profile, key=key, guarded=True)
        self.task = ecs.FargateTaskDefinition(
            self,
            "Task",
            cpu=profile.task_cpu,
            memory_limit_mib=profile.task_megabytes,
            runtime_platform=ecs.RuntimePlatform(
                cpu_architecture=ecs.CpuArchitecture.ARM64, operating_system_family=ecs.OperatingSystemFamily.LINUX
            ),
        )
        _let_pull(self.task, configuration.desk_image)
        self.task.add_volume(name="scratch")
        container = self.task.add_container(
            "App",
            image=_image(configuration.desk_image),
            environment=settings.to_environment(),
            logging=ecs.LogDrivers.aws_logs(stream_prefix="desk", log_group=self.log_group),
            port_mappings=[ecs.PortMapping(container_port=PORT)],
            readonly_root_filesystem=True,
            stop_timeout=Duration.seconds(GRACE_SECONDS),
            health_check=ecs.HealthCheck(
                command=["CMD", "python", "-m", "agent_app.healthy"],
                interval=Duration.seconds(15),
                retries=3,
                start_period=Duration.seconds(30),
            ),
        )
        container.add_mount_points(ecs.MountPoint(container_path="/scratch", source_volume="scratch", read_only=False))
        self.group = ec2.SecurityGroup(
            self, "Group", vpc=network.vpc, allow_all_outbound=False, description="Tasks of the desk"
        )
        self.group.add_egress_rule(ec2.Peer.any_ipv4(), ec2.Port.tcp(443), "The API, Cognito, and services of AWS")
        self.service = ecs.FargateService(
            self,
            "Service",
            cluster=cluster,
            task_definition=self.task,
            # No number of tasks: each deployment would set it back, in mid-shift. Scaling brings the fewest.
            min_healthy_percent=100,
            max_healthy_percent=200,
            circuit_breaker=ecs.DeploymentCircuitBreaker(enable=True, rollback=True),
            security_groups=[self.group],
            vpc_subnets=DESK,
            assign_public_ip=False,
            health_check_grace_period=Duration.seconds(60),
            enable_execute_command=False,
        )
        self._scale(profile.fewest_tasks, profile.most_tasks, profile.sessions_a_task)

    def _scale(self, fewest: int, most: int, sessions: int) -> None:
        """By the mean number of open sessions a task, which the tasks say themselves; by processor time as a second."""
        scalable = self.service.auto_scale_task_count(min_capacity=fewest, max_capacity=most)
        scalable.scale_to_track_custom_metric(
            "Sessions",
            metric=cloudwatch.Metric(
                namespace=metrics.NAMESPACE,
                metric_name=metrics.DESK_SESSIONS,
                dimensions_map={"service": "desk"},
                statistic="Average",
                period=Duration.minutes(1),
            ),
            target_value=sessions,
            scale_out_cooldown=Duration.seconds(60),
            # Who is taken away loses their place in the page: seldom.
            scale_in_cooldown=Duration.minutes(30),
        )
        scalable.scale_on_cpu_utilization(
            "Processor", target_utilization_percent=60, scale_out_cooldown=Duration.seconds(60),
            scale_in_cooldown=Duration.minutes(30),
        )  # fmt: skip


def _image(given: str) -> ecs.ContainerImage:
    """The image that exists already, or one that the CDK's command builds from the checkout when it deploys."""
    if given:
        return ecs.ContainerImage.from_registry(given)
    return ecs.ContainerImage.from_asset(
        str(packaging.ROOT),
        file=DOCKERFILE,
        platform=ecr_assets.Platform.LINUX_ARM64,
        ignore_mode=IgnoreMode.DOCKER,
        exclude=["*", *(f"!{path}" for path in (DOCKERFILE, *copied())), "**/__pycache__", "**/*.pyc"],
    )


_OF_ECR = re.compile(
    r"(?P<account>\d{12})\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.amazonaws\.com(\.cn)?/(?P<name>[^:@]+)[:@].+"
)


def _let_pull(task: ecs.FargateTaskDefinition, image: str) -> None:
    """An image that is given by its name brings no rights; one in a registry of AWS wants some."""
    found = _OF_ECR.fullmatch(image)
    if found:
        repository = f"arn:{Aws.PARTITION}:ecr:{found['region']}:{found['account']}:repository/{found['name']}"
        layers = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
        task.add_to_execution_role_policy(iam.PolicyStatement(actions=layers, resources=[repository]))
        token = iam.PolicyStatement(actions=["ecr:GetAuthorizationToken"], resources=["*"])
        task.add_to_execution_role_policy(token)


def copied() -> list[str]:
    """What the Dockerfile copies out of the checkout: the one list of what the image is made of."""
    lines = (packaging.ROOT / DOCKERFILE).read_text(encoding="utf-8").splitlines()
    return [line.split()[1] for line in lines if line.startswith("COPY ")]
