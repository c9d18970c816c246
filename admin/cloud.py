"""Where things are: clients of AWS and connections to the database, made from the settings when first wanted."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from admin.errors import SurroundingsAway
from admin.language import say
from admin.script_bucket import ScriptBucket
from admin.settings import AdminSettings


class Cloud:
    """The deployment that the command works on. `environment` also holds AWS's own variables."""

    def __init__(self, settings: AdminSettings, environment: Mapping[str, str]) -> None:
        self.settings = settings
        self._environment = environment

    def elsewhere(self, settings: AdminSettings) -> Cloud:
        """The same account's cloud with other settings: another cell."""
        return Cloud(settings, self._environment)

    @cached_property
    def _session(self) -> Any:
        import boto3

        for name in (
            "AWS_ENDPOINT_URL",
            "AWS_ACCESS_KEY_ID",
            "AWS_SECRET_ACCESS_KEY",
            "AWS_REGION",
            "AWS_DEFAULT_REGION",
        ):
            if name in self._environment:
                os.environ.setdefault(name, self._environment[name])
        region = self.settings.aws_region or self._environment.get("AWS_REGION")
        return boto3.Session(region_name=region or self._environment.get("AWS_DEFAULT_REGION"))

    def client(self, service: str) -> Any:
        """A client of an AWS service that gives up soon: a person is waiting."""
        from botocore.config import Config

        return self._session.client(
            service, config=Config(connect_timeout=3, read_timeout=15, retries={"total_max_attempts": 2})
        )

    @cached_property
    def bucket(self) -> ScriptBucket:
        return ScriptBucket(self.client("s3"), self.settings.script_bucket)

    def secret(self, name: str) -> dict[str, Any]:
        """The JSON object that secret `name` holds.

        Raises:
            SurroundingsAway: it cannot be read.
        """
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            text = self.client("secretsmanager").get_secret_value(SecretId=name)["SecretString"]
            found: dict[str, Any] = json.loads(text)
        except (BotoCoreError, ClientError, ValueError, KeyError) as error:
            raise SurroundingsAway(
                say(f"The secret {name} cannot be read: {error}.", f"密钥 {name} 读不到：{error}。"),
                say(
                    "Is the cloud running (./run), and are you signed in to AWS?",
                    "云是否在运行（./run）？AWS 是否已登录？",
                ),
            ) from error
        return found

    def database_token(self, host: str, port: int, user: str) -> str:
        """What IAM gives in place of a database password; good for 15 minutes."""
        token: str = self.client("rds").generate_db_auth_token(DBHostname=host, Port=port, DBUsername=user)
        return token
