"""Interviews, outbox and sign-ins of the agents' app: one table, whose values only the app can read."""

from __future__ import annotations

from aws_cdk import RemovalPolicy
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_kms as kms
from constructs import Construct

from agent_app.store import table_layout as layout

ACTIONS = ("GetItem", "Query", "PutItem", "UpdateItem", "DeleteItem", "ConditionCheckItem", "Scan")
"""What the adapter does; a transaction is made of these."""
KEY_ACTIONS = ("Decrypt", "DescribeKey", "Encrypt", "GenerateDataKey", "ReEncryptFrom", "ReEncryptTo")
"""What DynamoDB does with the table's key in the name of who asks."""


class StateTable(Construct):
    """On demand, encrypted, with 35 days of points in time; old rows go by their time to live."""

    def __init__(self, scope: Construct, name: str, *, key: kms.IKey, keep: bool) -> None:
        super().__init__(scope, name)
        self.table = dynamodb.Table(
            self,
            "Table",
            partition_key=_text(layout.PARTITION),
            sort_key=_text(layout.SORT),
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            encryption=dynamodb.TableEncryption.CUSTOMER_MANAGED,
            encryption_key=key,
            time_to_live_attribute=layout.EXPIRES,
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True
            ),
            deletion_protection=keep,
            removal_policy=RemovalPolicy.RETAIN if keep else RemovalPolicy.DESTROY,
        )
        for index, (partition, sort) in layout.INDEXES.items():
            self.table.add_global_secondary_index(
                index_name=index,
                partition_key=_text(partition),
                sort_key=dynamodb.Attribute(name=sort, type=dynamodb.AttributeType.NUMBER),
                projection_type=dynamodb.ProjectionType.KEYS_ONLY,
            )

    @property
    def resources(self) -> list[str]:
        """What the desk's role may use."""
        return [self.table.table_arn, *(f"{self.table.table_arn}/index/{index}" for index in layout.INDEXES)]


def _text(name: str) -> dynamodb.Attribute:
    return dynamodb.Attribute(name=name, type=dynamodb.AttributeType.STRING)
