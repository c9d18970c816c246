"""Names in the table of `dynamodb`: what the CDK app declares and the adapter reads, written once."""

from __future__ import annotations

from collections.abc import Mapping

PARTITION, SORT, EXPIRES = "pk", "sk", "expires"
DUE, DUE_PARTITION, DUE_AT = "due", "due_in", "due_at"
INDEXES: Mapping[str, tuple[str, str]] = {DUE: (DUE_PARTITION, DUE_AT)}
"""Index -> its partition key (text) and sort key (number); only rows that have both stand in it."""
