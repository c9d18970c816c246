"""The desk's settings, from the parts of a deployment."""

from __future__ import annotations

from aws_cdk import Aws

from agent_app.settings import AgentAppSettings
from infra.configuration import Configuration
from infra.constructs.http_api import HttpApi
from infra.constructs.secrets import Keys
from infra.constructs.state_table import StateTable
from infra.constructs.user_pool import UserPool


def desk_settings(
    *, api: HttpApi, users: UserPool, table: StateTable, keys: Keys, dashboards: str, configuration: Configuration
) -> AgentAppSettings:
    """What a task's environment holds; the store's key comes from Secrets Manager, by the task's role."""
    return AgentAppSettings(
        gateway_url=api.api.api_endpoint,
        user_pool_client_id=users.client.user_pool_client_id,
        aws_region=Aws.REGION,
        store_path="",
        store_table=table.table.table_name,
        store_key_secret=keys.store.secret_arn,
        release_cache_path="/scratch/releases",
        dashboard_prefix=dashboards,
        report_sessions=True,
        dialler="" if configuration.dialler == "none" else configuration.dialler,
        connect_instance_id=configuration.connect_instance_id,
        connect_contact_flow_id=configuration.connect_contact_flow_id,
        connect_queue_id=configuration.connect_queue_id,
        connect_source_phone=configuration.connect_source_phone,
    )
