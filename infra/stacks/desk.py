"""The agents' app: its table, its tasks, and the way in for browsers."""

from __future__ import annotations

from aws_cdk import Aws, CfnOutput, Stack
from aws_cdk import aws_iam as iam
from constructs import Construct

from infra.configuration import Configuration
from infra.constructs.desk import Desk
from infra.constructs.desk_settings import desk_settings
from infra.constructs.front import Front
from infra.constructs.secret_access import let_read
from infra.constructs.state_table import ACTIONS, KEY_ACTIONS, StateTable
from infra.stacks.core import CoreStack


class DeskStack(Stack):
    """Stateless tasks beside a table that outlives them all."""

    def __init__(self, scope: Construct, name: str, *, configuration: Configuration, core: CoreStack) -> None:
        profile = configuration.profile
        super().__init__(scope, name, description=f"Waihu {profile.name}: the agents' desk")
        self.table = StateTable(self, "State", key=core.key, keep=profile.keep_data)
        settings = desk_settings(
            api=core.api, users=core.users, table=self.table, keys=core.keys, dashboards=core.stack_name,
            configuration=configuration,
        )  # fmt: skip
        self.desk = Desk(
            self, "Desk", settings=settings, configuration=configuration, network=core.network, key=core.key
        )
        self.front = Front(
            self, "Front", desk=self.desk, configuration=configuration, network=core.network,
            logs=core.access_logs.bucket,
        )  # fmt: skip
        role = self.desk.task.task_role
        role.add_to_principal_policy(
            iam.PolicyStatement(actions=[f"dynamodb:{action}" for action in ACTIONS], resources=self.table.resources)
        )
        # The rights that DynamoDB asks of who uses a table under a customer's key, and for DynamoDB alone.
        by_table = {"StringEquals": {"kms:ViaService": f"dynamodb.{Aws.REGION}.amazonaws.com"}}
        role.add_to_principal_policy(
            iam.PolicyStatement(
                actions=[f"kms:{action}" for action in KEY_ACTIONS], resources=[core.key.key_arn], conditions=by_table
            )
        )
        let_read(role, [core.keys.store], core.key)
        if configuration.dialler == "connect":
            instance = f"instance/{configuration.connect_instance_id}"
            contacts = f"arn:{Aws.PARTITION}:connect:{Aws.REGION}:{Aws.ACCOUNT_ID}:{instance}/contact/*"
            role.add_to_principal_policy(
                iam.PolicyStatement(actions=["connect:StartOutboundVoiceContact"], resources=[contacts])
            )
        role.add_to_principal_policy(
            iam.PolicyStatement(
                actions=["cloudwatch:GetMetricData", "cloudwatch:ListMetrics", "cloudwatch:ListDashboards"],
                resources=["*"],
            )
        )
        role.add_to_principal_policy(
            iam.PolicyStatement(
                actions=["cloudwatch:GetDashboard"],
                resources=[f"arn:{Aws.PARTITION}:cloudwatch::{Aws.ACCOUNT_ID}:dashboard/{core.stack_name}-*"],
            )
        )
        CfnOutput(self, "DeskUrl", value=self.front.address)
        CfnOutput(self, "StateTableName", value=self.table.table.table_name)
