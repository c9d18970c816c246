"""What the agent's app needs to know of its surroundings."""

from __future__ import annotations

import dataclasses

from functions.hosting.settings import Settings


@dataclasses.dataclass(frozen=True, kw_only=True)
class AgentAppSettings(Settings):
    gateway_url: str
    """Base URL of the API, without a closing slash."""
    user_pool_client_id: str
    """App client without a secret that allows USER_PASSWORD_AUTH."""
    aws_region: str
    store_path: str
    """File of the durable store (SQLite); its folder is made if it is missing. Empty: `store_table` is the store."""
    store_table: str = ""
    """Name of the store's table (DynamoDB)."""
    store_key_secret: str
    """Name of the secret with the store's keys: `{"current": "k1", "keys": {"k1": "<64 hex>"}}`."""
    release_cache_path: str
    """Folder in which releases are kept by hash."""
    metrics_namespace: str = "Waihu"
    dashboard_prefix: str = "Waihu"
    """Dashboards of CloudWatch whose names begin so are shown to supervisors."""
    report_sessions: bool = False
    """Whether the process writes every minute how many sessions it has, for whoever starts more processes."""
    default_language: str = "zh"
    """Language of the interface until an agent chooses: `zh` or `en`."""
    cookie_secure: bool = True
    """False only where the page is served over plain HTTP on loopback."""
    request_timeout_seconds: float = 10.0
    drain_seconds: float = 1.0
    """How often the outbox looks for calls that have become due."""
    dialler: str = "tel"
    """Who rings: `tel` or `sip` (the program that the agent's machine has for such links), `connect` (Amazon Connect),
    or empty where something else places the calls."""
    connect_instance_id: str = ""
    """Amazon Connect: the instance that places calls."""
    connect_contact_flow_id: str = ""
    """The flow that brings the answered call to the agent."""
    connect_queue_id: str = ""
    """The queue whose caller id is shown to contacts; or else `connect_source_phone`."""
    connect_source_phone: str = ""
    """E.164 number from which to ring."""
