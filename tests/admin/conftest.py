"""What the administrator's tests share: a bucket in memory, a database with the demo schema, scripts on disk."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import boto3
import pytest
from moto import mock_aws

from admin import language
from admin.folders import CHECKOUT_SCRIPTS
from admin.publishing import Occasion
from admin.script_bucket import ScriptBucket
from admin.settings import AdminSettings
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


@dataclass(frozen=True)
class Deployment:
    """Everything that the command works on, with the variables that lead there set."""

    bucket: ScriptBucket
    database: FreshDatabase
    admin: Connection
    scripts: Path


@pytest.fixture
def deployment(
    bucket: ScriptBucket, postgres: FreshDatabase, admin_connection: Connection, scripts: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Deployment:  # fmt: skip
    region = "ap-southeast-1"
    place, owner = postgres.endpoint("waihu_admin"), postgres.endpoint()
    settings = AdminSettings(
        script_bucket=bucket.name,
        session_key_secret="sessions",
        number_key_secret="numbers",
        database_host=place.host,
        database_port=place.port,
        database_name=place.database,
        database_secret="admin",
        migration_user=owner.user,
        migration_secret="owner",
        database_tls="off",
        log_groups="/aws/lambda/business",
        aws_region=region,
    )
    secrets = boto3.client("secretsmanager", region_name=region)
    for name, value in {
        "sessions": {"current": "k9", "keys": {"k9": "ab" * 32}},
        "numbers": {"cipher": "63" * 32, "index": "69" * 32},
        "admin": {"password": place.password},
        "owner": {"password": owner.password},
    }.items():
        secrets.create_secret(Name=name, SecretString=json.dumps(value))
    for name, text in settings.to_environment().items():
        monkeypatch.setenv(name, text)
    monkeypatch.setenv("WAIHU_ADMIN", "chen")
    monkeypatch.chdir(scripts.parent)
    return Deployment(bucket, postgres, admin_connection, scripts)
