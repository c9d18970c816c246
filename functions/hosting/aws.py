"""The two AWS services that a function reads while it works: S3 and Secrets Manager, through boto3.

boto3 is imported and its clients are built when they are first asked: that is the longest part of a cold start, and a
health check needs neither.
"""

from __future__ import annotations

import os
from functools import cached_property
from typing import Any

TIMEOUT_SECONDS = 3.0
"""For connecting and for each silence; an agent is waiting."""
TRIES = 3
_NOT_THERE = frozenset({"NoSuchKey", "NoSuchBucket", "ResourceNotFoundException", "404", "403", "AccessDenied"})
"""S3 answers 403 for what a role may not list: it hides what does not exist."""


class AwsTrouble(Exception):
    """A service could not be asked, or answered with an error; the text names service and error code."""


class NotStored(AwsTrouble):
    """There is no such object or secret (or the function may not know of it)."""


class _Service:
    """A boto3 client and the one place where its errors become ours."""

    def __init__(self, name: str) -> None:
        self._name = name

    @cached_property
    def client(self) -> Any:
        import boto3
        from botocore.config import Config

        config = Config(
            connect_timeout=TIMEOUT_SECONDS,
            read_timeout=TIMEOUT_SECONDS,
            retries={"mode": "standard", "total_max_attempts": TRIES},
        )
        # Lambda says its region in this variable, which boto3 by itself does not read.
        return boto3.client(self._name, region_name=os.environ.get("AWS_REGION"), config=config)

    def trouble(self, error: Exception) -> AwsTrouble:
        """`error`, which boto3 raised, in our terms."""
        # Errors of the connection have such a member too, and nothing in it.
        code = str((getattr(error, "response", None) or {}).get("Error", {}).get("Code", ""))
        kind = NotStored if code in _NOT_THERE else AwsTrouble
        return kind(f"{self._name} answered {code}" if code else f"{self._name} cannot be reached")


class S3Bucket:
    """Objects of one bucket, by key."""

    def __init__(self, bucket: str) -> None:
        self._bucket = bucket
        self._service = _Service("s3")

    def get(self, key: str) -> bytes:
        """The object's bytes.

        Raises:
            NotStored: there is none.
            AwsTrouble: S3 is away.
        """
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            body: bytes = self._service.client.get_object(Bucket=self._bucket, Key=key)["Body"].read()
        except (BotoCoreError, ClientError) as error:
            raise self._service.trouble(error) from error
        return body


class SecretsManager:
    """Secrets by name or ARN."""

    def __init__(self) -> None:
        self._service = _Service("secretsmanager")

    def get(self, name: str) -> bytes:
        """The secret's text.

        Raises:
            NotStored: there is none.
            AwsTrouble: Secrets Manager is away.
        """
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            text: str = self._service.client.get_secret_value(SecretId=name)["SecretString"]
        except (BotoCoreError, ClientError) as error:
            raise self._service.trouble(error) from error
        return text.encode()
