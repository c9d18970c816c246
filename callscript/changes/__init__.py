"""What changed between two versions of a campaign, in words: `changes(old, new)`."""

from __future__ import annotations

from callscript.changes.comparing import Change, changes

__all__ = ["Change", "changes"]
