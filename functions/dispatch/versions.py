"""Which version of a cell's business function a session is given: a new one by weight, a renewed one the same."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from callscript.model.routing import Cell
from callscript.protocol import LIVE_VERSION


def version_of(cell: Cell, session: str, before: Mapping[str, str]) -> str:
    """The version of `cell` for the session with this id; `before`: what it was given before, by cell.

    A version of weight 0 takes no new session and keeps those it has. Where none takes any (a draining cell), the first
    one serves: what an agent still has to send must find its way.
    """
    names = [version.name for version in cell.versions]
    if before.get(cell.id) in names:
        return before[cell.id]
    shares = [(version.name, version.weight) for version in cell.versions if version.weight > 0]
    if not shares:
        return names[0] if names else LIVE_VERSION
    digest = hashlib.sha256(f"{cell.id}/{session}".encode()).digest()
    point = int.from_bytes(digest[:8], "big") % sum(weight for _, weight in shares)
    for name, weight in shares:
        point -= weight
        if point < 0:
            return name
    return shares[-1][0]


def business_path(cell: str, version: str) -> str:
    """The path prefix of that version."""
    return f"/{cell}" if version == LIVE_VERSION else f"/{cell}/{version}"
