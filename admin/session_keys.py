"""Session keys: from the secret that dispatch signs with into the database that checks again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from admin.errors import SurroundingsAway
from admin.language import say
from database.connection import Connection


def load_session_keys(secret: Mapping[str, Any], connection: Connection) -> list[str]:
    """Puts every key of `secret` (`{"current": "k1", "keys": {"k1": "<hex>"}}`) into the database; returns their ids.

    Raises:
        SurroundingsAway: the secret has another shape.
    """
    try:
        keys = {str(name): bytes.fromhex(value) for name, value in secret["keys"].items()}
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise SurroundingsAway(
            say("The secret with the session keys has another shape.", "会话密钥的格式不对。"),
            say(
                'It must be {"current": "k1", "keys": {"k1": "<hex>"}}.',
                '应为 {"current": "k1", "keys": {"k1": "<hex>"}}。',
            ),
        ) from error
    for name, key in keys.items():
        connection.fetch("SELECT platform.put_session_key($1, $2::bytea)", name, key)
    return list(keys)
