"""AWS Signature Version 4 in headers, as far as reading objects and secrets needs it.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
boto3 would sign as well, and take longer to import than everything else here together.
"""

from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Credentials:
    access_key: str
    secret_key: str
    token: str = ""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Self:
        """Lambda gives a function its role's credentials as variables."""
        return cls(
            environment["AWS_ACCESS_KEY_ID"],
            environment["AWS_SECRET_ACCESS_KEY"],
            environment.get("AWS_SESSION_TOKEN", ""),
        )

    def __repr__(self) -> str:
        return "Credentials(...)"


def signed_headers(
    method: str, url: str, headers: Mapping[str, str], body: bytes, *, region: str, service: str,
    credentials: Credentials, at: float,
) -> dict[str, str]:  # fmt: skip
    """`headers` with what makes the request signed; `at` in seconds since 1970. `url` has no query."""
    moment = _moment(at)
    parts = urlsplit(url)
    body_hash = hashlib.sha256(body).hexdigest()
    signed = {name.lower(): value.strip() for name, value in headers.items()}
    signed |= {"host": parts.netloc, "x-amz-date": moment}
    if service == "s3":
        signed["x-amz-content-sha256"] = body_hash
    if credentials.token:
        signed["x-amz-security-token"] = credentials.token
    names = ";".join(sorted(signed))
    lines = "".join(f"{name}:{signed[name]}\n" for name in sorted(signed))
    canonical = "\n".join((method, parts.path or "/", parts.query, lines, names, body_hash))
    scope, signature = _signature(canonical, moment, region, service, credentials)
    authorization = (
        f"AWS4-HMAC-SHA256 Credential={credentials.access_key}/{scope}, SignedHeaders={names}, Signature={signature}"
    )
    return {**signed, "authorization": authorization}


def _signature(canonical: str, moment: str, region: str, service: str, credentials: Credentials) -> tuple[str, str]:
    scope = _scope(moment, region, service)
    hashed = hashlib.sha256(canonical.encode()).hexdigest()
    text = "\n".join(("AWS4-HMAC-SHA256", moment, scope, hashed))
    key = f"AWS4{credentials.secret_key}".encode()
    for part in (moment[:8], region, service, "aws4_request"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return scope, hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def _scope(moment: str, region: str, service: str) -> str:
    return f"{moment[:8]}/{region}/{service}/aws4_request"


def _moment(at: float) -> str:
    return time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(at))
