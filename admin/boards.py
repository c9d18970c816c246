"""A campaign's dashboard, made when the campaign is published."""

from __future__ import annotations

import json
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from monitoring import boards


def draw(cloudwatch: Any, campaign: str, *, prefix: str, namespace: str, region: str) -> bool:
    """Puts `<prefix>-campaign-<campaign>`; False where CloudWatch did not take it: the release runs all the same."""
    body = boards.campaign(campaign, namespace=namespace, region=region)
    try:
        cloudwatch.put_dashboard(
            DashboardName=f"{prefix}-campaign-{campaign}", DashboardBody=json.dumps(body, ensure_ascii=False)
        )
    except (BotoCoreError, ClientError):
        return False
    return True
