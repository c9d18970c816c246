"""Idempotency keys of server calls: minted when a call is decided, so that a retry is the same call.

`<hex seconds of minting>-<32 hex digits of SHA-256(interview, step, link)>`. The time lets the database refuse a key
older than it keeps replies for, instead of running the call twice.
"""

from __future__ import annotations

import hashlib
import re

_FORM = re.compile(r"([0-9a-f]{8})-[0-9a-f]{32}")


def mint(interview: str, step: int, link: str, at_ms: int) -> str:
    """The key of the call that `link` makes at engine step `step`, decided at `at_ms` (milliseconds since 1970)."""
    digest = hashlib.sha256(f"{interview}\x1f{step}\x1f{link}".encode()).hexdigest()
    return f"{at_ms // 1000:08x}-{digest[:32]}"


def minted_at(key: str) -> int | None:
    """Seconds since 1970 at which `key` was minted; None if it is no key of ours."""
    match = _FORM.fullmatch(key)
    return int(match[1], 16) if match else None
