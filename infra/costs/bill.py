"""The month's bill of a profile, item by item."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from infra.costs.work import HOURS_A_MONTH, Work
from infra.profile import Profile

PRICES = Path(__file__).with_name("prices.toml")
_METRICS_A_CAMPAIGN = 150
"""Different series of metrics that a campaign writes in a month: bounded by its scripts."""
_CAMPAIGNS = 3
ZONES = 2
ALARMS, ALARMS_A_CELL = 22, 21
SCALING_ALARMS = 4
"""Made by the desk's two scaling policies."""
VCPUS = {"t4g.micro": 2, "m7g.large": 2, "r7g.large": 2}

SECTIONS: Mapping[str, tuple[str, ...]] = {
    "database": ("rds", "aurora"), "RDS Proxy": ("rds_proxy",), "Lambda": ("lambda",), "HTTP API": ("http_api",),
    "Fargate": ("fargate",), "load balancer": ("load_balancer",),
    "NAT, endpoint, addresses": ("nat", "endpoint", "address"), "DynamoDB": ("dynamodb",),
    "logs, metrics, alarms": ("logs",), "secrets and keys": ("secrets", "kms"), "Cognito": ("cognito",),
}  # fmt: skip
"""Item of the bill -> sections of the table that it rests on."""


def read_prices() -> dict[str, Any]:
    """The one table; `as_of` says when it was written down."""
    return tomllib.loads(PRICES.read_text(encoding="utf-8"))


def bill(profile: Profile, prices: Mapping[str, Any], work: Work) -> dict[str, float]:
    """Dollars a month by item, with all of the profile's agents at work in their hours."""
    seconds = profile.agents * work.hours_a_month * 3600
    actions, cells = seconds * work.actions_a_second, len(profile.cells)
    return {
        "database": cells * _database(profile, prices, actions / cells),
        "RDS Proxy": cells * _proxy(profile, prices),
        "Lambda": _functions(prices, work, actions),
        "HTTP API": actions / 1e6 * prices["http_api"]["per_million_requests"],
        "Fargate": _desk(profile, prices, work),
        "load balancer": HOURS_A_MONTH
        * (prices["load_balancer"]["per_hour"] + prices["load_balancer"]["per_lcu_hour"]),
        "NAT, endpoint, addresses": _network(profile, prices, actions),
        "DynamoDB": _table(prices, work, seconds),
        "logs, metrics, alarms": _watching(prices, work, actions, cells),
        "secrets and keys": _secrets(prices, cells),
        "Cognito": profile.agents * prices["cognito"]["plus" if profile.keep_data else "essentials"],
    }


def completes(profile: Profile, work: Work) -> float:
    """Interviews completed in a month."""
    return profile.agents * work.hours_a_month * work.interviews_an_hour


def _database(profile: Profile, prices: Mapping[str, Any], actions: float) -> float:
    instances = 2 if profile.multi_az else 1
    if profile.engine == "aurora":
        kind = prices["aurora"]
        io = actions * 4 / 1e6 * kind["per_million_io"]
        return float(instances * HOURS_A_MONTH * kind[profile.database_class] + 100 * kind["storage_gb_month"] + io)
    kind = prices["rds"]
    storage = profile.database_gigabytes * kind["storage_gb_month"]
    return float(instances * (HOURS_A_MONTH * kind[profile.database_class] + storage))


def _proxy(profile: Profile, prices: Mapping[str, Any]) -> float:
    instances = 2 if profile.multi_az and profile.engine == "aurora" else 1
    vcpus = max(prices["rds_proxy"]["least_vcpus"], instances * VCPUS[profile.database_class])
    return float(HOURS_A_MONTH * vcpus * prices["rds_proxy"]["per_vcpu_hour"])


def _functions(prices: Mapping[str, Any], work: Work, actions: float) -> float:
    a_call = work.business_milliseconds / 1000 * work.lambda_gigabytes * prices["lambda"]["per_gb_second"]
    return float(actions * (a_call + prices["lambda"]["per_million_requests"] / 1e6))


def _desk(profile: Profile, prices: Mapping[str, Any], work: Work) -> float:
    """The fewest tasks all day, as many as the agents need in their hours."""
    busy = max(profile.fewest_tasks, math.ceil(profile.agents / profile.sessions_a_task))
    hours = profile.fewest_tasks * (HOURS_A_MONTH - work.hours_a_month) + busy * work.hours_a_month
    kind = prices["fargate"]
    an_hour = profile.task_cpu / 1024 * kind["per_vcpu_hour"] + profile.task_megabytes / 1024 * kind["per_gb_hour"]
    return float(hours * an_hour)


def _network(profile: Profile, prices: Mapping[str, Any], actions: float) -> float:
    gigabytes = actions * 3e-6  # 3 kB of request and answer
    nat = profile.nat_gateways * HOURS_A_MONTH * prices["nat"]["per_hour"] + gigabytes * prices["nat"]["per_gb"]
    addresses = (
        (profile.nat_gateways + ZONES) * HOURS_A_MONTH * prices["address"]["per_hour"]
    )  # and the load balancer's
    return float(nat + ZONES * HOURS_A_MONTH * prices["endpoint"]["per_zone_hour"] + addresses)


def _table(prices: Mapping[str, Any], work: Work, seconds: float) -> float:
    """A turn is one read of the interview's rows, and one transaction of state, call and pointer: twice the writes."""
    turns = seconds * work.turns_a_second
    writes = turns * 2 * (math.ceil(work.state_kilobytes) + 2) + turns * 2 * 2  # and the call settled, with its result
    reads = turns * 3 * math.ceil((work.state_kilobytes + 2) / 4)
    kind = prices["dynamodb"]
    return float((writes * kind["per_million_writes"] + reads * kind["per_million_reads"]) / 1e6)


def _watching(prices: Mapping[str, Any], work: Work, actions: float, cells: int) -> float:
    kind = prices["logs"]
    lines = actions * work.log_kilobytes_an_action / 1e6 * kind["per_gb_in"]
    metrics = _CAMPAIGNS * _METRICS_A_CAMPAIGN * kind["per_metric_month"]
    boards = (2 + _CAMPAIGNS) * kind["per_dashboard_month"]
    alarms = (ALARMS + SCALING_ALARMS + cells * ALARMS_A_CELL) * kind["per_alarm_month"]
    return float(lines + metrics + boards + alarms)


def _secrets(prices: Mapping[str, Any], cells: int) -> float:
    return float((3 + 4 * cells) * prices["secrets"]["per_secret_month"] + (1 + cells) * prices["kms"]["per_key_month"])
