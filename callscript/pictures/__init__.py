"""Pictures of a campaign for people: `flow_picture(campaign)` is an SVG of the way through its nodes."""

from __future__ import annotations

from callscript.pictures.svg import flow_picture

__all__ = ["flow_picture"]
