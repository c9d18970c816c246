"""Where each thing lies in the script bucket: once, for whoever writes it, reads it, and is given the right to.

`docs/admin.md` has the table for people.
"""

from __future__ import annotations

RELEASES, POINTERS, HISTORY = "releases/", "pointers/", "history/"
ROUTING, HEALTH, SEALS = "routing/", "health/", "seals/"
DRAFTS, INCOMING = "drafts/", "incoming/"

ROUTING_KEY = f"{ROUTING}routing.xml"
HEALTH_KEY = f"{HEALTH}cells.json"


def release_prefix(campaign: str, release: str) -> str:
    """What the keys of a release's files begin with; the rest is their path in it."""
    return f"{RELEASES}{campaign}/{release}/"


def pointer_key(campaign: str) -> str:
    """Of the object that says which release the campaign's next case takes."""
    return f"{POINTERS}{campaign}.json"
