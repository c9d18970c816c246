"""The two AWS services that a function reads while it works: S3 and Secrets Manager, over one kept connection each."""

from __future__ import annotations

import http.client
import os
import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import quote, urlsplit

import msgspec

from functions.hosting.signing import Credentials, signed_headers

TIMEOUT_SECONDS = 3.0
TRIES = 3
PAUSE_SECONDS = 0.1
"""Before the second try; doubled for each further one."""
_AGAIN = frozenset({429, 500, 502, 503, 504})


class AwsTrouble(Exception):
    """A service could not be asked, or answered with an error; the text names service and status."""


class NotStored(AwsTrouble):
    """There is no such object or secret (or the function may not know of it)."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Where this function runs: region, credentials, and an endpoint that stands for all of AWS on one machine."""

    region: str
    credentials: Credentials
    endpoint: str = ""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Self:
        return cls(
            environment["AWS_REGION"],
            Credentials.from_environment(environment),
            environment.get("AWS_ENDPOINT_URL", ""),
        )

    def url(self, service: str, bucket: str = "") -> str:
        """Base URL of `service`; of S3 that of `bucket`."""
        if self.endpoint:
            return self.endpoint.rstrip("/") + (f"/{bucket}" if bucket else "")
        suffix = "amazonaws.com.cn" if self.region.startswith("cn-") else "amazonaws.com"
        host = f"{service}.{self.region}.{suffix}"
        return f"https://{bucket}.{host}" if bucket else f"https://{host}"


@dataclass
class Service:
    """Signed requests to one service, over a connection that is kept between invocations."""

    surroundings: Surroundings
    name: str
    base_url: str
    _connection: http.client.HTTPConnection | None = field(default=None, init=False)

    def request(self, method: str, path: str, headers: Mapping[str, str] | None = None, body: bytes = b"") -> bytes:
        """The response's body.

        Raises:
            NotStored: the service answered 404, or S3 403: it hides what does not exist.
            AwsTrouble: any other failure, after `TRIES` tries where trying again can help.
        """
        url = self.base_url + quote(path, safe="/-_.~")
        status, answer = 0, b""
        for attempt in range(TRIES):
            if attempt:
                time.sleep(PAUSE_SECONDS * 2 ** (attempt - 1))
            try:
                status, answer = self._once(method, url, headers or {}, body)
            except (OSError, http.client.HTTPException):
                status, answer = 0, b""
                self.close()
                continue
            if status not in _AGAIN:
                break
        if status == 200:
            return answer
        if status == 404 or (status == 403 and self.name == "s3") or b"ResourceNotFoundException" in answer:
            raise NotStored(f"{self.name} answered {status}")
        raise AwsTrouble(f"{self.name} answered {status}" if status else f"{self.name} cannot be reached")

    def close(self) -> None:
        """Closes the kept connection; the next request opens another."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _once(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> tuple[int, bytes]:
        if self._connection is None:
            self._connection = _connect(url)
        here = self.surroundings
        signed = signed_headers(
            method, url, headers, body,
            region=here.region, service=self.name, credentials=here.credentials, at=time.time(),
        )  # fmt: skip
        parts = urlsplit(url)
        self._connection.request(method, parts.path or "/", body=body or None, headers=signed)
        response = self._connection.getresponse()
        return response.status, response.read()


def _connect(url: str) -> http.client.HTTPConnection:
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme == "https":
        context = ssl.create_default_context()
        return http.client.HTTPSConnection(host, parts.port, timeout=TIMEOUT_SECONDS, context=context)
    connection = http.client.HTTPConnection(host, parts.port, timeout=TIMEOUT_SECONDS)
    connection.connect()
    connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


class S3Bucket:
    """Objects of one bucket, by key."""

    def __init__(self, surroundings: Surroundings, bucket: str) -> None:
        self._service = Service(surroundings, "s3", surroundings.url("s3", bucket))

    def get(self, key: str) -> bytes:
        """The object's bytes.

        Raises:
            NotStored: there is none.
            AwsTrouble: S3 is away.
        """
        return self._service.request("GET", f"/{key}")

    def close(self) -> None:
        self._service.close()


class SecretsManager:
    """Secrets by name."""

    def __init__(self, surroundings: Surroundings) -> None:
        self._service = Service(surroundings, "secretsmanager", surroundings.url("secretsmanager") + "/")

    def get(self, name: str) -> bytes:
        """The secret's text.

        Raises:
            NotStored: there is none.
            AwsTrouble: Secrets Manager is away.
        """
        headers = {"content-type": "application/x-amz-json-1.1", "x-amz-target": "secretsmanager.GetSecretValue"}
        answer = self._service.request("POST", "", headers, msgspec.json.encode({"SecretId": name}))
        return _SECRET.decode(answer).SecretString.encode()

    def close(self) -> None:
        self._service.close()


class _Secret(msgspec.Struct):
    SecretString: str


_SECRET = msgspec.json.Decoder(_Secret)


def here() -> Surroundings:
    """The surroundings of this process."""
    return Surroundings.from_environment(os.environ)
