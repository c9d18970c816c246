"""The local AWS server: S3, Cognito, Secrets Manager, CloudWatch Logs and metrics, as one process on loopback."""

from __future__ import annotations

import json
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from local.child import Child
from local.keys import Keys
from local.ports import HOST
from local.reaper import Reaper

if TYPE_CHECKING:
    from botocore.config import Config

REGION = "ap-southeast-1"
SCRIPT_BUCKET = "waihu-scripts"


class LocalAws:
    """One server with its state under `folder`; `environment` is what boto3 needs to find it."""

    def __init__(
        self, folder: Path, port: int, *, log: Path, reaper: Reaper, on_exit: Callable[[str, int], None] | None = None
    ) -> None:
        self.endpoint_url = f"http://{HOST}:{port}"
        self._child = Child(
            "local AWS server",
            [sys.executable, "-m", "ministack"],
            log=log,
            reaper=reaper,
            on_exit=on_exit,
            environment={
                "BIND_HOST": HOST,
                "GATEWAY_PORT": str(port),
                "IOT_MTLS_ENABLED": "0",
                "LOG_LEVEL": "WARNING",
                "MINISTACK_REGION": REGION,
                "PERSIST_STATE": "1",
                "STATE_DIR": str(folder / "state"),
                "S3_PERSIST": "1",
                "S3_DATA_DIR": str(folder / "s3"),
                "TMPDIR": str(folder),
            },
        )
        self._folder = folder

    @property
    def environment(self) -> dict[str, str]:
        """Variables for every process that speaks with AWS; the keys are no secret, the server accepts any."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint_url,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def start(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        self._child.start()

    def wait(self) -> None:
        """Returns when the server answers (it starts in about a second, while others start beside it)."""
        self._child.wait_until(self._answers)

    def write_down(self) -> None:
        """It keeps users and secrets on disk only when it ends in order; so it does once, and starts again."""
        self.stop()
        self.start()
        self.wait()

    def stop(self) -> None:
        # It writes its state when it is asked to end: give it the time.
        self._child.stop(seconds=15)

    @property
    def pid(self) -> int | None:
        return self._child.pid

    def client(self, service: str, config: Config | None = None) -> Any:
        """A boto3 client of this server; without `config` it gives up soon."""
        return self._session.client(
            service,
            endpoint_url=self.endpoint_url,
            region_name=REGION,
            aws_access_key_id="test",
            aws_secret_access_key="test",  # noqa: S106 - the emulator accepts any
            config=config or self._client_config,
        )

    @cached_property
    def _session(self) -> Any:
        import boto3

        return boto3.Session()

    @cached_property
    def _client_config(self) -> Any:
        from botocore.config import Config

        return Config(connect_timeout=3, read_timeout=20, retries={"max_attempts": 2})

    def provision(self, keys: Keys) -> None:
        """The bucket, and every secret as `keys` has it; doing it twice changes nothing."""
        bucket = self.client("s3")
        try:
            bucket.head_bucket(Bucket=SCRIPT_BUCKET)
        except bucket.exceptions.ClientError:
            bucket.create_bucket(Bucket=SCRIPT_BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
            bucket.put_bucket_versioning(Bucket=SCRIPT_BUCKET, VersioningConfiguration={"Status": "Enabled"})
        for name in keys.secrets:
            self.put_secret(name, keys.secrets[name])

    def put_secret(self, name: str, value: Mapping[str, Any]) -> None:
        """Secret `name` holds `value` as JSON."""
        text = json.dumps(value, sort_keys=True)
        vault = self._vault
        try:
            held = vault.get_secret_value(SecretId=name)["SecretString"]
        except vault.exceptions.ResourceNotFoundException:
            vault.create_secret(Name=name, SecretString=text)
        else:
            if held != text:
                vault.put_secret_value(SecretId=name, SecretString=text)

    @cached_property
    def _vault(self) -> Any:
        return self.client("secretsmanager")

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.endpoint_url}/_ministack/health", timeout=2):  # noqa: S310
                return True
        except (urllib.error.URLError, OSError):
            return False
