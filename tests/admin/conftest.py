"""What the administrator's tests share: a bucket in memory, a database with the demo schema, scripts on disk."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from moto import mock_aws

from admin import language
from admin.folders import CHECKOUT_SCRIPTS
from admin.publishing import Occasion
from admin.script_bucket import ScriptBucket
from database.connection import Connection
from database.numbers import NumberKeys
from tests.harness.acting import trust_test_key
from tests.harness.fresh_database import FreshDatabase

OCCASION = Occasion("chen", "2026-11-23T08:00:00.000000Z", "first")


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    language.use("en")
    yield
    language.use("en")


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[ScriptBucket]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        client = boto3.client("s3", region_name="ap-southeast-1")
        client.create_bucket(Bucket="scripts", CreateBucketConfiguration={"LocationConstraint": "ap-southeast-1"})
        yield ScriptBucket(client, "scripts")


@pytest.fixture
def scripts(tmp_path: Path) -> Path:
    """A copy of the shipped scripts, to be broken at will."""
    return Path(shutil.copytree(CHECKOUT_SCRIPTS, tmp_path / "scripts_bucket"))


@pytest.fixture
def admin_connection(postgres: FreshDatabase) -> Connection:
    connection = postgres.connect("waihu_admin")
    trust_test_key(connection)
    return connection


@pytest.fixture
def number_keys() -> NumberKeys:
    return NumberKeys(b"c" * 32, b"i" * 32)
