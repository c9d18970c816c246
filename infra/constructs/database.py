"""One cell's database and the pool in front of it: functions only ever meet the proxy."""

from __future__ import annotations

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_rds as rds
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from infra.constructs.network import Network
from infra.profile import Profile

DATABASE = "waihu"
BUSINESS_USER = "waihu_business"
BORROW_SECONDS = 5
"""How long an action may wait for a connection: below the function's own time-out, so that the agent gets an answer."""


class Database(Construct):
    """PostgreSQL in isolated subnets; the proxy speaks TLS and IAM to functions, and a secret to the database."""

    def __init__(self, scope: Construct, name: str, *, network: Network, profile: Profile) -> None:
        super().__init__(scope, name)
        self.instance = rds.DatabaseInstance(
            self,
            "Postgres",
            engine=rds.DatabaseInstanceEngine.postgres(version=rds.PostgresEngineVersion.VER_17),
            instance_type=ec2.InstanceType(profile.database_class),
            vpc=network.vpc,
            vpc_subnets=ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_ISOLATED),
            credentials=rds.Credentials.from_generated_secret("waihu_root"),
            database_name=DATABASE,
            allocated_storage=profile.database_gigabytes,
            storage_encrypted=True,
            multi_az=profile.multi_az,
            parameters={"rds.force_ssl": "1"},
            deletion_protection=profile.keep_data,
            removal_policy=RemovalPolicy.SNAPSHOT if profile.keep_data else RemovalPolicy.DESTROY,
        )
        self.business_login = secretsmanager.Secret(
            self,
            "BusinessLogin",
            generate_secret_string=secretsmanager.SecretStringGenerator(
                secret_string_template=f'{{"username": "{BUSINESS_USER}"}}',
                generate_string_key="password",
                exclude_punctuation=True,
                password_length=40,
            ),
        )
        self.proxy = self.instance.add_proxy(
            "Proxy",
            vpc=network.vpc,
            vpc_subnets=ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_ISOLATED),
            secrets=[self.business_login],
            iam_auth=True,
            require_tls=True,
            borrow_timeout=Duration.seconds(BORROW_SECONDS),
            max_connections_percent=profile.proxy_percent,
        )
