"""The store's contract, held against DynamoDB as the local AWS server has it; and what is this adapter's own."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from agent_app.store.cipher import Cipher
from agent_app.store.dynamodb import DynamoStore, open_store
from agent_app.store.port import StoreError, StoreUnreadable, TurnConflict
from agent_app.store.table_layout import EXPIRES, INDEXES, PARTITION, SORT
from tests.agent_app import test_store as contract
from tests.agent_app.making import AGENT, KEY_SECRET, NOW, interview, queued, sign_in
from tests.harness.aws_server import running_aws

for _name in [name for name in dir(contract) if name.startswith("Test")]:
    globals()[_name] = getattr(contract, _name)  # the whole contract, with the store below

_numbers = itertools.count(1)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with running_aws(tmp_path_factory.mktemp("aws")) as server:
        yield server.client("dynamodb")


@pytest.fixture
def table(client: Any) -> str:
    """A table as `infra.constructs.state_table` declares it."""
    name = f"state-{next(_numbers)}"
    keys = {PARTITION: "S", SORT: "S"} | {
        key: kind for pair in INDEXES.values() for key, kind in zip(pair, "SN", strict=True)
    }
    client.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": kind} for key, kind in keys.items()],
        KeySchema=_schema(PARTITION, SORT),
        GlobalSecondaryIndexes=[
            {"IndexName": index, "KeySchema": _schema(*pair), "Projection": {"ProjectionType": "KEYS_ONLY"}}
            for index, pair in INDEXES.items()
        ],
    )
    return name


def _schema(partition: str, sort: str) -> list[dict[str, str]]:
    return [{"AttributeName": partition, "KeyType": "HASH"}, {"AttributeName": sort, "KeyType": "RANGE"}]


@pytest.fixture
def store(client: Any, table: str) -> DynamoStore:
    return open_store(client, table, Cipher.from_secret(KEY_SECRET))


def rows(client: Any, table: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.scan(TableName=table)["Items"]
    return found


def test_no_value_can_be_read_without_the_key(client: Any, table: str, store: DynamoStore) -> None:
    store.put_sign_in(sign_in())
    store.begin_interview(interview(), [queued(1)])
    held = b"".join(row["value"]["B"] for row in rows(client, table) if "value" in row)

    assert held
    for secret in (sign_in().refresh_token, interview().state.decode(errors="replace")):
        assert secret.encode() not in held
    other = Cipher.from_secret('{"current": "k1", "keys": {"k1": "' + "ab" * 32 + '"}}')
    with pytest.raises(StoreUnreadable):
        open_store(client, table, other).interview("i-1")


def test_a_value_moved_to_another_row_is_refused(client: Any, table: str, store: DynamoStore) -> None:
    store.begin_interview(interview(), [queued(1)])
    [call] = [row for row in rows(client, table) if row[SORT]["S"].startswith("call#")]
    client.put_item(TableName=table, Item=call | {SORT: {"S": "call#other"}})

    with pytest.raises(StoreUnreadable):
        store.waiting("i-1")


def test_what_has_not_arrived_never_expires_and_sign_ins_do(client: Any, table: str, store: DynamoStore) -> None:
    store.put_sign_in(sign_in())
    store.begin_interview(interview(), [queued(1)])
    lasting = {row[SORT]["S"] for row in rows(client, table) if EXPIRES not in row}

    assert {"state", f"call#{queued(1).key}"} <= lasting
    assert not [sort for sort in lasting if sort.startswith("signin")]


def test_of_two_processes_that_save_one_turn_one_is_told(store: DynamoStore) -> None:
    store.begin_interview(interview(), [])
    start, outcomes = threading.Barrier(4), []

    def save(number: int) -> None:
        start.wait()
        try:
            store.save_interview(interview(turn=2), [queued(number)])
            outcomes.append(number)
        except TurnConflict:
            pass

    threads = [threading.Thread(target=save, args=(number,)) for number in range(1, 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [waiting.queued.key for waiting in store.waiting("i-1")] == [queued(number).key for number in outcomes]
    assert len(outcomes) == 1


def test_a_finished_interview_leaves_nothing_but_its_lease(client: Any, table: str, store: DynamoStore) -> None:
    store.begin_interview(interview(), [queued(1)])
    lease = store.lease("i-1", "me", NOW, NOW + 1000)
    assert lease is not None
    store.settle(lease, queued(1).key, contract.accepted(1), None)
    store.save_interview(interview(turn=2, is_open=False), [], settled=[queued(1).key])

    assert {row[SORT]["S"] for row in rows(client, table)} == {"lease"}
    assert store.open_interview(AGENT) is None


def test_a_table_that_is_away_is_said_by_code(client: Any) -> None:
    with pytest.raises(StoreError, match="ResourceNotFoundException"):
        open_store(client, "no-such-table", Cipher.from_secret(KEY_SECRET)).open_interview(AGENT)
