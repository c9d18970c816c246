"""A bucket and secrets in memory, with the contracts of `functions.hosting.aws`; events as API Gateway makes them."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from callscript.release import MANIFEST, build, complete
from functions.hosting.aws import AwsTrouble, NotStored


class MemoryBucket:
    """Objects by key; `away` makes every read fail as an outage does. `reads` counts."""

    def __init__(self, objects: Mapping[str, bytes] | None = None) -> None:
        self.objects = dict(objects or {})
        self.away = False
        self.reads: list[str] = []

    def get(self, key: str) -> bytes:
        self.reads.append(key)
        if self.away:
            raise AwsTrouble("s3 cannot be reached")
        if key not in self.objects:
            raise NotStored("s3 answered 404")
        return self.objects[key]

    def publish(self, campaign: str, files: Mapping[str, bytes], *, point: bool = True) -> str:
        """Stores a release as `waihu publish` lays it out; returns its id."""
        whole = complete(files)
        release, manifest = build(campaign, whole)
        base = f"releases/{campaign}/{release}/"
        self.objects |= {base + name: data for name, data in whole.items()} | {base + MANIFEST: manifest.encode()}
        if point:
            self.objects[f"pointers/{campaign}.json"] = json.dumps({"release": release, "previous": None}).encode()
        return release


class MemorySecrets:
    def __init__(self, values: Mapping[str, bytes]) -> None:
        self.values = dict(values)
        self.away = False
        self.reads = 0

    def get(self, name: str) -> bytes:
        self.reads += 1
        if self.away:
            raise AwsTrouble("secretsmanager cannot be reached")
        if name not in self.values:
            raise NotStored("secretsmanager answered 400")
        return self.values[name]


@dataclass(frozen=True)
class User:
    """Someone of the user pool."""

    name: str = "li"
    groups: Sequence[str] = ("agent", "csat")

    @property
    def claims(self) -> dict[str, str]:
        """As API Gateway's authorizer passes them on."""
        return {"sub": str(uuid.uuid5(uuid.NAMESPACE_DNS, self.name)), "username": self.name,
                "cognito:groups": f"[{' '.join(self.groups)}]", "token_use": "access"}  # fmt: skip


def event(
    method: str,
    path: str,
    *,
    user: User | None = None,
    headers: Mapping[str, str] | None = None,
    body: object = None,
) -> dict[str, Any]:
    """An event of payload format 2.0; `body` is sent as JSON, or as it is if it is text."""
    context: dict[str, Any] = {
        "http": {"method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1"},
        "requestId": str(uuid.uuid4()),
        "stage": "$default",
    }
    if user is not None:
        context["authorizer"] = {"jwt": {"claims": user.claims, "scopes": None}}
    made: dict[str, Any] = {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": "",
        "headers": {name.lower(): value for name, value in (headers or {}).items()},
        "requestContext": context,
        "isBase64Encoded": False,
    }
    if body is not None:
        made["body"] = body if isinstance(body, str) else json.dumps(body)
    return made


@dataclass
class Replied:
    """An answer, read."""

    answer: Mapping[str, Any]
    json: Any = field(init=False)

    def __post_init__(self) -> None:
        self.json = json.loads(self.answer["body"])

    @property
    def status(self) -> int:
        return int(self.answer["statusCode"])

    @property
    def body(self) -> str:
        return str(self.answer["body"])

    @property
    def headers(self) -> Mapping[str, str]:
        return dict(self.answer["headers"])

    @property
    def verdict(self) -> tuple[int, str]:
        """Status and code of a problem."""
        return self.status, self.json.get("code", "")
