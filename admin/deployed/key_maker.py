"""Makes the keys of a new deployment, each once: a key that is there is never touched."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Callable, Mapping
from typing import Any

from admin.deployed.deployment_calls import Event, answered
from admin.deployed.settings import KeyMakerSettings

_KEY_BYTES = 32


def ring() -> dict[str, Any]:
    """A fresh ring of one key: `{"current": "k1", "keys": {"k1": "<64 hex>"}}`."""
    return {"current": "k1", "keys": {"k1": secrets.token_hex(_KEY_BYTES)}}


def number_pair() -> dict[str, Any]:
    return {"cipher": secrets.token_hex(_KEY_BYTES), "index": secrets.token_hex(_KEY_BYTES)}


def make_missing(client: Any, wanted: Mapping[str, Callable[[], dict[str, Any]]]) -> list[str]:
    """Fills each secret of `wanted` that holds no key yet; returns the names of those."""
    made = []
    for name, fresh in wanted.items():
        if not _is_key(client.get_secret_value(SecretId=name)["SecretString"]):
            client.put_secret_value(SecretId=name, SecretString=json.dumps(fresh()))
            made.append(name)
    return made


def _is_key(text: str) -> bool:
    try:
        held = json.loads(text)
    except ValueError:
        return False
    return isinstance(held, dict) and ("keys" in held or "cipher" in held)


def handle(event: Event, _context: object) -> None:
    """Lambda's entry point: called by CloudFormation."""
    import boto3

    settings = KeyMakerSettings.from_environment(os.environ)
    wanted: dict[str, Callable[[], dict[str, Any]]] = {
        settings.session_key_secret: ring,
        settings.number_key_secret: number_pair,
        settings.store_key_secret: ring,
    }
    answered(event, lambda: {"Made": len(make_missing(boto3.client("secretsmanager"), wanted))})
