"""One DynamoDB table as the store needs it: rows as plain values, whole partitions, transactions that are tried again.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from agent_app.store.port import StoreError
from agent_app.store.table_layout import PARTITION, SORT

Row = dict[str, Any]
Item = dict[str, Any]
MOST_ITEMS = 100
"""Of one transaction."""
_TRIES = 6
_CONFLICTS = frozenset({"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"})


class ConditionFailed(StoreError):
    """What a write demanded of the table is not so; nothing was written. `places`: numbers of the items that failed."""

    def __init__(self, places: Sequence[int] = ()) -> None:
        self.places = tuple(places)
        super().__init__(f"conditions of items {self.places} failed")


@dataclass(frozen=True, slots=True)
class When:
    """A condition, with the values that it compares with (`:name` -> value) and names that are words of DynamoDB's."""

    text: str
    values: Mapping[str, Any] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)


IS_NEW = When(f"attribute_not_exists({PARTITION})")
IS_THERE = When(f"attribute_exists({PARTITION})")


class Table:
    """`client`: boto3's for DynamoDB. Every read is consistent, unless it goes by an index."""

    def __init__(self, client: Any, name: str) -> None:
        self._client = client
        self.name = name

    # --- reading
    def get(self, partition: str, sort: str) -> Row | None:
        reply = self._call("get_item", Key=_key(partition, sort), ConsistentRead=True)
        return _row(reply["Item"]) if "Item" in reply else None

    def partition(self, partition: str, prefix: str = "") -> list[Row]:
        """Every row of `partition` whose sort key begins with `prefix`, in the order of these."""
        condition, values = f"{PARTITION} = :p", {":p": partition}
        if prefix:
            condition, values = f"{condition} AND begins_with({SORT}, :s)", {**values, ":s": prefix}
        return list(self._query(KeyConditionExpression=condition, values=values, ConsistentRead=True))

    def by_index(self, index: str, condition: str, values: Mapping[str, Any], limit: int) -> list[Row]:
        """Rows of an index, at most about `limit`: what was just written may be missing still."""
        rows: list[Row] = []
        for row in self._query(KeyConditionExpression=condition, values=values, IndexName=index, Limit=limit):
            rows.append(row)
            if len(rows) >= limit:
                break
        return rows

    def all_under(self, prefix: str) -> Iterator[Row]:
        """Every row of the partitions whose names begin with `prefix`: the whole table is read for it."""
        asked: dict[str, Any] = {
            "FilterExpression": f"begins_with({PARTITION}, :p)",
            "ExpressionAttributeValues": {":p": _typed(prefix)},
        }
        while True:
            reply = self._call("scan", **asked)
            yield from map(_row, reply["Items"])
            if "LastEvaluatedKey" not in reply:
                return
            asked["ExclusiveStartKey"] = reply["LastEvaluatedKey"]

    def _query(self, *, values: Mapping[str, Any], **asked: Any) -> Iterator[Row]:
        asked["ExpressionAttributeValues"] = {name: _typed(value) for name, value in values.items()}
        while True:
            reply = self._call("query", **asked)
            yield from map(_row, reply["Items"])
            if "LastEvaluatedKey" not in reply:
                return
            asked["ExclusiveStartKey"] = reply["LastEvaluatedKey"]

    # --- items of a transaction
    def put(self, row: Row, when: When | None = None) -> Item:
        return {"Put": self._item({"Item": {name: _typed(value) for name, value in row.items()}}, when)}

    def delete(self, partition: str, sort: str, when: When | None = None) -> Item:
        return {"Delete": self._item({"Key": _key(partition, sort)}, when)}

    def check(self, partition: str, sort: str, when: When) -> Item:
        return {"ConditionCheck": self._item({"Key": _key(partition, sort)}, when)}

    def change(self, partition: str, sort: str, update: str, values: Mapping[str, Any], when: When) -> Item:
        """`update` is an update expression; `values` and `when.values` are both its values."""
        whole = When(when.text, {**when.values, **values}, when.names)
        return {"Update": self._item({"Key": _key(partition, sort), "UpdateExpression": update}, whole)}

    # --- writing
    def write(self, items: Sequence[Item]) -> None:
        """All of `items`, or none.

        Raises:
            ConditionFailed: a condition does not hold.
            StoreError: the table cannot be used.
        """
        for attempt in range(_TRIES):
            try:
                self._client.transact_write_items(TransactItems=list(items))
            except ClientError as error:
                reasons = [reason.get("Code") for reason in error.response.get("CancellationReasons", ())]
                failed = [number for number, code in enumerate(reasons) if code == "ConditionalCheckFailed"]
                if failed:
                    raise ConditionFailed(failed) from error
                if not _CONFLICTS & set(reasons) or attempt == _TRIES - 1:
                    raise _trouble(error) from error
                time.sleep(random.uniform(0.005, 0.02) * 2**attempt)  # noqa: S311 - so that two do not meet again
            except BotoCoreError as error:
                raise _trouble(error) from error
            else:
                return

    def update(self, partition: str, sort: str, update: str, values: Mapping[str, Any], when: When) -> Row:
        """One row changed under a condition; returns it as it then is.

        Raises:
            ConditionFailed: the condition does not hold.
        """
        item = self.change(partition, sort, update, values, when)["Update"]
        del item["TableName"]
        return _row(self._call("update_item", ReturnValues="ALL_NEW", **item)["Attributes"])

    def _item(self, item: Item, when: When | None) -> Item:
        item["TableName"] = self.name
        if when is not None:
            if when.text:
                item["ConditionExpression"] = when.text
            if when.values:
                item["ExpressionAttributeValues"] = {name: _typed(value) for name, value in when.values.items()}
            if when.names:
                item["ExpressionAttributeNames"] = dict(when.names)
        return item

    def _call(self, operation: str, **asked: Any) -> dict[str, Any]:
        try:
            reply: dict[str, Any] = getattr(self._client, operation)(TableName=self.name, **asked)
        except ClientError as error:
            if error.response["Error"]["Code"] == "ConditionalCheckFailedException":
                raise ConditionFailed((0,)) from error
            raise _trouble(error) from error
        except BotoCoreError as error:
            raise _trouble(error) from error
        return reply


def _trouble(error: Exception) -> StoreError:
    code = error.response["Error"]["Code"] if isinstance(error, ClientError) else type(error).__name__
    return StoreError(f"the store's table cannot be used: {code}")


def _key(partition: str, sort: str) -> Item:
    return {PARTITION: {"S": partition}, SORT: {"S": sort}}


def _typed(value: Any) -> dict[str, Any]:
    if isinstance(value, bool):
        return {"BOOL": value}
    if isinstance(value, int):
        return {"N": str(value)}
    return {"B": value} if isinstance(value, bytes) else {"S": value}


def _row(item: Mapping[str, Mapping[str, Any]]) -> Row:
    return {name: _plain(*value.items()) for name, value in item.items()}


def _plain(typed: tuple[str, Any]) -> Any:
    kind, value = typed
    if kind == "N":
        return int(value)
    return bytes(value) if kind == "B" else value
