"""What makes RDS Proxy tie a client to one backend until it goes away ("pinning"), as its user guide lists it.

A pinned session works but is no longer pooled; the pooler says which statement of which action did it, so that it can
be mended.
"""

from __future__ import annotations

import re
from functools import lru_cache

TEXT_LIMIT = 16 * 1024
"""Bytes of one statement."""

_BEGINS = rb"(?:\A|;)(?:\s|--[^\n]*\n|/\*.*?\*/)*"
"""Where a statement begins: an UPDATE's own SET stands at a line's beginning as often as not."""
_RULES = (
    ("set", _BEGINS + rb"(set|reset)\b(?!\s+(local\b|transaction\b|constraints\b))"),
    ("set_config", rb"\bset_config\s*\("),
    ("prepared statement", _BEGINS + rb"(prepare|execute|deallocate)\b"),
    ("discard", _BEGINS + rb"discard\b"),
    ("temporary object", rb"\b(create\s+(or\s+replace\s+)?(local\s+|global\s+)?temp(orary)?|into\s+temp(orary)?)\b"),
    ("cursor", _BEGINS + rb"declare\b"),
    ("listen", _BEGINS + rb"(un)?listen\b"),
    ("sequence", rb"\b(nextval|setval)\s*\("),
    ("advisory lock", rb"\bpg_(try_)?advisory_(lock|unlock)\w*\s*\("),
    ("library", _BEGINS + rb"load\b"),
)
_ACTION = re.compile(rb"[A-Za-z0-9_-]{1,64}\.[A-Za-z0-9_-]{1,64}")
BEGINS_ACTION = b"platform.begin_action("
_COMPILED = tuple((reason, re.compile(pattern, re.IGNORECASE | re.DOTALL)) for reason, pattern in _RULES)


@lru_cache(maxsize=4096)
def reason_to_pin(text: bytes) -> str | None:
    """Why a session that runs `text` is pinned; None: it is not."""
    if len(text) > TEXT_LIMIT:
        return "text over 16 KB"
    return next((reason for reason, pattern in _COMPILED if pattern.search(text)), None)


def action_of(bind: bytes) -> str | None:
    """The action (`pack.name`) that a Bind message of `begin_action` names; None: none of its parameters is one.

    Args:
        bind: the message's body: portal, statement, formats, parameters (PostgreSQL's protocol 3.0).
    """
    at = bind.index(b"\0", bind.index(b"\0") + 1) + 1
    at += 2 + 2 * int.from_bytes(bind[at : at + 2], "big")
    count, at = int.from_bytes(bind[at : at + 2], "big"), at + 2
    found = None
    for _ in range(count):
        size, at = int.from_bytes(bind[at : at + 4], "big", signed=True), at + 4
        value = bind[at : at + max(0, size)]
        at += len(value)
        # The last that looks like one: a node's name, which comes before it, may look like one, too.
        found = value if _ACTION.fullmatch(value) else found
    return None if found is None else found.decode()
