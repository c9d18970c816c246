"""The dashboards of a cloud of one machine: the very ones that are deployed, over the functions that run here."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from admin.boards import draw
from local.aws import REGION
from local.wiring import DASHBOARDS
from monitoring import boards
from monitoring.metrics import NAMESPACE


def put_boards(cloudwatch: Any, functions: Iterable[str], campaigns: Iterable[str]) -> None:
    """*Operations* and *Business*, and one for each campaign that is published."""
    deployed = boards.Deployed(functions={name: name for name in functions})
    bodies = {
        "operations": boards.operations(deployed, region=REGION),
        "business": boards.business(region=REGION),
    }
    for name, body in bodies.items():
        cloudwatch.put_dashboard(DashboardName=f"{DASHBOARDS}-{name}", DashboardBody=json.dumps(body))
    for campaign in campaigns:
        draw(cloudwatch, campaign, prefix=DASHBOARDS, namespace=NAMESPACE, region=REGION)
