"""Names in the table of `dynamodb`: what the CDK app declares and the adapter reads, written once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

PARTITION, SORT, EXPIRES = "pk", "sk", "expires"
DUE, DUE_PARTITION, DUE_AT = "due", "due_in", "due_at"
INDEXES: Mapping[str, tuple[str, str]] = {DUE: (DUE_PARTITION, DUE_AT)}
"""Index -> its partition key (text) and sort key (number); only rows that have both stand in it."""


def at(partition: str, sort: str) -> dict[str, Any]:
    return {PARTITION: partition, SORT: sort}


def agent_place(agent: str) -> str:
    return f"agent#{agent}"


def interview_place(interview_id: str) -> str:
    return f"interview#{interview_id}"


def tail(name: str) -> str:
    return name.partition("#")[2]


def position(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return row["position"], row[SORT]
