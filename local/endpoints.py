"""`.waihu/cloud.json`: what runs where, for the administrator's command and for people. No secrets."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

from local.aws import REGION
from local.private_file import write_private
from local.wiring import Wiring


def write_endpoints(file: Path, wiring: Wiring, *, app_url: str | None, ready: bool) -> None:
    """`ready`: everything answers; before that others may already use what is named."""
    postgres, pooler = wiring.database.postgres, wiring.database.pooler
    told: dict[str, Any] = {
        "ready": ready,
        "pid": os.getpid(),
        "started_at": int(time.time()),
        "app_url": app_url,
        "gateway_url": wiring.gateway_url,
        "aws": {"endpoint_url": wiring.aws.endpoint_url, "region": REGION},
        "user_pool": {"id": wiring.users.pool_id, "client_id": wiring.users.client_id, "issuer": wiring.users.issuer},
        "database": {"host": postgres.host, "port": postgres.port},
        "pooler": {"kind": pooler.kind, "host": pooler.config.host, "port": pooler.config.port},
        "admin": wiring.admin(),
    }
    write_private(file, json.dumps(told, indent=1, ensure_ascii=False) + "\n")


def read_endpoints(file: Path) -> dict[str, Any] | None:
    """What a cloud wrote there; None: nothing, or nothing that can be read."""
    try:
        told = json.loads(file.read_text())
    except (OSError, ValueError):
        return None
    return told if isinstance(told, dict) else None
