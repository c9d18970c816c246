"""One cell's database and the pool in front of it: functions only ever meet the proxy."""

from __future__ import annotations

from collections.abc import Mapping

from aws_cdk import CfnResource, Duration, Fn, RemovalPolicy, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_rds as rds
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from infra.constructs.log_group import log_group
from infra.constructs.network import ISOLATED, Network
from infra.profile import Profile
from monitoring import boards

DATABASE = "waihu"
PORT = 5432
OWNER, BUSINESS_USER, SLOW_USER, ADMIN_USER = "waihu_root", "waihu_business", "waihu_slow", "waihu_admin"
BORROW_SECONDS = 5
"""How long an action may wait for a connection: below the function's own time-out, so that the agent gets an answer."""
IDLE_MINUTES = 30
_VERSION_RDS = rds.PostgresEngineVersion.VER_17_9
_VERSION_AURORA = rds.AuroraPostgresEngineVersion.VER_17_9


class Database(Construct):
    """PostgreSQL in isolated subnets, by size an RDS instance or an Aurora cluster.

    The proxy speaks TLS and IAM to functions, and a secret of each login to the database. Only the proxy may reach the
    database's port. Both bear a name that the account has once, and write into log groups that are there before them.
    """

    def __init__(self, scope: Construct, name: str, *, network: Network, profile: Profile, key: kms.IKey) -> None:
        super().__init__(scope, name)
        self._network, self._profile, self._key = network, profile, key
        self._name = _name_of(Stack.of(self))
        self._group = self._closed_group("DatabaseGroup", "Database: the proxy comes in, nothing goes out")
        kind = "cluster" if profile.engine == "aurora" else "instance"
        self.log_group = self._log_group("Log", f"/aws/rds/{kind}/{self._name}/postgresql")
        self.source = self._aurora() if profile.engine == "aurora" else self._instance()
        _first(self.log_group, self.source)
        owner = self.source.secret
        assert owner is not None  # noqa: S101 - generated above
        self.owner = owner
        self.logins: Mapping[str, secretsmanager.ISecret] = {
            user: self._login(user) for user in (BUSINESS_USER, SLOW_USER, ADMIN_USER)
        }
        """Login role -> the secret with its password; the migration runner gives it to the role."""
        proxy_log = self._log_group("ProxyLog", f"/aws/rds/proxy/{self._name}")
        self.proxy = self.source.add_proxy(
            "Proxy",
            db_proxy_name=self._name,
            security_groups=[self._closed_group("ProxyGroup", "Proxy: functions come in, to the database it goes")],
            vpc=network.vpc,
            vpc_subnets=ISOLATED,
            secrets=[owner, *self.logins.values()],
            iam_auth=True,
            require_tls=True,
            borrow_timeout=Duration.seconds(BORROW_SECONDS),
            idle_client_timeout=Duration.minutes(IDLE_MINUTES),
            max_connections_percent=profile.proxy_percent,
            max_idle_connections_percent=min(50, profile.proxy_percent),
        )
        _first(proxy_log, self.proxy)

    @property
    def host(self) -> str:
        """Where every function connects: the proxy."""
        return self.proxy.endpoint

    @property
    def dimension(self) -> Mapping[str, str]:
        """By which CloudWatch knows it."""
        if isinstance(self.source, rds.DatabaseCluster):
            return {boards.CLUSTER: self.source.cluster_identifier}
        return {boards.INSTANCE: self.source.instance_identifier}

    def allow(self, caller: lambda_.Function, user: str, what: str) -> None:
        """Lets `caller` connect as `user`, with a token of IAM."""
        self.proxy.grant_connect(caller, user)
        self.proxy.connections.allow_from(caller, ec2.Port.tcp(PORT), what)

    def _closed_group(self, name: str, description: str) -> ec2.SecurityGroup:
        return ec2.SecurityGroup(
            self, name, vpc=self._network.vpc, allow_all_outbound=False, description=description
        )  # fmt: skip

    def _log_group(self, name: str, called: str) -> logs.LogGroup:
        return log_group(self, name, profile=self._profile, key=self._key, guarded=True, called=called)

    def _instance(self) -> rds.DatabaseInstance:
        profile = self._profile
        return rds.DatabaseInstance(
            self,
            "Postgres",
            instance_identifier=self._name,
            security_groups=[self._group],
            engine=rds.DatabaseInstanceEngine.postgres(version=_VERSION_RDS),
            instance_type=ec2.InstanceType(profile.database_class),
            vpc=self._network.vpc,
            vpc_subnets=ISOLATED,
            port=PORT,
            credentials=self._owner_credentials(),
            database_name=DATABASE,
            allocated_storage=profile.database_gigabytes,
            max_allocated_storage=profile.database_gigabytes * 4,
            storage_type=rds.StorageType.GP3,
            storage_encrypted=True,
            iam_authentication=True,
            storage_encryption_key=self._key,
            multi_az=profile.multi_az,
            backup_retention=Duration.days(profile.backup_days),
            copy_tags_to_snapshot=True,
            auto_minor_version_upgrade=True,
            parameters=_PARAMETERS,
            cloudwatch_logs_exports=["postgresql"],
            enable_performance_insights=False,
            deletion_protection=profile.keep_data,
            removal_policy=RemovalPolicy.SNAPSHOT if profile.keep_data else RemovalPolicy.DESTROY,
        )

    def _aurora(self) -> rds.DatabaseCluster:
        profile = self._profile
        size = ec2.InstanceType(profile.database_class)
        return rds.DatabaseCluster(
            self,
            "Postgres",
            cluster_identifier=self._name,
            security_groups=[self._group],
            engine=rds.DatabaseClusterEngine.aurora_postgres(version=_VERSION_AURORA),
            writer=rds.ClusterInstance.provisioned("Writer", instance_type=size),
            readers=[rds.ClusterInstance.provisioned("Standby", instance_type=size)] if profile.multi_az else [],
            vpc=self._network.vpc,
            vpc_subnets=ISOLATED,
            port=PORT,
            credentials=self._owner_credentials(),
            default_database_name=DATABASE,
            storage_encrypted=True,
            iam_authentication=True,
            storage_encryption_key=self._key,
            backup=rds.BackupProps(retention=Duration.days(profile.backup_days)),
            copy_tags_to_snapshot=True,
            parameters=_PARAMETERS,
            cloudwatch_logs_exports=["postgresql"],
            deletion_protection=profile.keep_data,
            removal_policy=RemovalPolicy.SNAPSHOT if profile.keep_data else RemovalPolicy.DESTROY,
        )

    def _owner_credentials(self) -> rds.Credentials:
        return rds.Credentials.from_generated_secret(OWNER, encryption_key=self._key)

    def _login(self, user: str) -> secretsmanager.Secret:
        return secretsmanager.Secret(
            self,
            f"Login-{user}",
            description=f"Password of {user}",
            encryption_key=self._key,
            generate_secret_string=secretsmanager.SecretStringGenerator(
                secret_string_template=f'{{"username": "{user}"}}',
                generate_string_key="password",
                exclude_punctuation=True,
                password_length=40,
            ),
        )


def _first(group: logs.LogGroup, writer: Construct) -> None:
    """`group` is there before `writer`: the resource alone, since all that belongs to it would wait in a circle."""
    made, before = writer.node.default_child, group.node.default_child
    assert isinstance(made, CfnResource) and isinstance(before, CfnResource)  # noqa: S101, PT018 - the library's promise
    made.add_dependency(before)


def _name_of(stack: Stack) -> str:
    """The stack's name and the beginning of its id: who deploys again after taking down meets none of the old names."""
    unique = Fn.select(0, Fn.split("-", Fn.select(2, Fn.split("/", stack.stack_id))))
    return f"{stack.stack_name.lower()}-{unique}"


_PARAMETERS = {
    "rds.force_ssl": "1",
    "log_min_duration_statement": "1000",
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
}
"""TLS only. Slow statements are logged, their parameters never; nor PostgreSQL's errors, which quote what it could not
read: what a statement fails of stands in the function's log."""
