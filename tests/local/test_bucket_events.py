"""Listening to the bucket ends when it is asked to."""

from __future__ import annotations

import threading
from typing import Any

import boto3
import pytest
from moto import mock_aws

from database.connection import Connection
from local.aws import REGION, SCRIPT_BUCKET
from local.bucket_events import BucketEvents


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Any:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    with mock_aws():
        bucket = boto3.client("s3", region_name=REGION)
        bucket.create_bucket(Bucket=SCRIPT_BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
        yield lambda service: boto3.client(service, region_name=REGION)


def never() -> Connection:
    raise AssertionError("nothing was published")


def listening() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name == "bucket events"]


def test_stopping_ends_the_call_that_waits(client: Any) -> None:
    waits = threading.Event()

    def watched(service: str) -> Any:
        made = client(service)
        made.meta.events.register("before-call.sqs.ReceiveMessage", lambda **_: waits.set())
        return made

    events = BucketEvents(watched, never)
    before = len(listening())
    events.start()
    assert len(listening()) == before + 1
    assert waits.wait(30)

    events.stop()

    assert len(listening()) == before


def test_what_was_never_started_stops_too(client: Any) -> None:
    BucketEvents(client, never).stop()
