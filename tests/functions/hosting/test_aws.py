"""Reading S3 and Secrets Manager through boto3, against moto; and what becomes of their errors."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import suppress

import boto3
import pytest
from moto import mock_aws

from functions.hosting.aws import AwsTrouble, NotStored, S3Bucket, SecretsManager

REGION = "ap-southeast-1"


@pytest.fixture(autouse=True)
def account(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)


@pytest.fixture
def aws() -> Iterator[None]:
    with mock_aws():
        s3 = boto3.client("s3")
        s3.create_bucket(Bucket="scripts", CreateBucketConfiguration={"LocationConstraint": REGION})
        s3.put_object(Bucket="scripts", Key="a/b c.xml", Body="中".encode())
        boto3.client("secretsmanager").create_secret(Name="waihu/keys", SecretString='{"k": 1}')
        yield


def test_an_object_is_read_by_key(aws: None) -> None:
    assert S3Bucket("scripts").get("a/b c.xml") == "中".encode()


def test_a_secret_is_read_by_name(aws: None) -> None:
    assert SecretsManager().get("waihu/keys") == b'{"k": 1}'


def test_what_is_not_there_is_told_from_trouble(aws: None) -> None:
    with pytest.raises(NotStored, match="s3 answered NoSuchKey"):
        S3Bucket("scripts").get("nothing")
    with pytest.raises(NotStored, match="s3 answered NoSuchBucket"):
        S3Bucket("elsewhere").get("a")
    with pytest.raises(NotStored, match="ResourceNotFoundException"):
        SecretsManager().get("nothing")


def test_a_service_that_is_away_is_trouble_and_not_absence(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, but nobody listens
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{taken.getsockname()[1]}")
        with pytest.raises(AwsTrouble, match="s3 cannot be reached") as raised:
            S3Bucket("scripts").get("a")
    assert raised.type is AwsTrouble


def test_a_service_that_hangs_up_is_trouble(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=hang_up, args=(server,), daemon=True).start()
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.getsockname()[1]}")
        with pytest.raises(AwsTrouble, match="s3 cannot be reached"):
            S3Bucket("scripts").get("a")


def hang_up(server: socket.socket) -> None:
    """Closes every connection after the request, without a word."""
    with suppress(OSError):
        while True:
            connection, _ = server.accept()
            with connection:
                connection.recv(65536)
