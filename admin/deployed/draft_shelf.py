"""Unfinished drafts of the admin's pages: they outlive the desk's process, the sign-in and the machine.

Only what differs from the release that a draft began from is kept, one object for each person and campaign; whoever
works at two places keeps what was typed last.
"""

from __future__ import annotations

from urllib.parse import quote

import msgspec

from admin.script_bucket import ScriptBucket
from callscript.scripts_protocol import KeptDraft


class DraftShelf:
    def __init__(self, bucket: ScriptBucket) -> None:
        self._bucket = bucket

    def keep(self, who: str, campaign: str, draft: KeptDraft) -> None:
        """Keeps it in place of the one before; a draft without files stands for none."""
        self._bucket.put_draft(_key(who, campaign), msgspec.json.encode(draft))

    def of(self, who: str, campaign: str) -> KeptDraft | None:
        """The person's draft of the campaign; None where there is none, or none that this program can read."""
        body = self._bucket.draft(_key(who, campaign))
        if body is None:
            return None
        try:
            draft = msgspec.json.decode(body, type=KeptDraft)
        except msgspec.DecodeError:
            return None
        return draft if draft.files else None


def _key(who: str, campaign: str) -> str:
    return f"{quote(who, safe='')}/{quote(campaign, safe='')}"
