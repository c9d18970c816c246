"""What travels between the admin's pages and the function that keeps the scripts: `POST /scripts/{verb}`.

Sources are text: every document and translation of a release is UTF-8. Paths are those of a release (docs/admin.md).
"""

from __future__ import annotations

from msgspec import Struct, field

SCRIPTS_PATH = "/scripts/{verb}"
LIST, OPEN, KEEP, CHECK, PUBLISH, ROLL_BACK = "list", "open", "keep", "check", "publish", "roll-back"
VERBS = (LIST, OPEN, KEEP, CHECK, PUBLISH, ROLL_BACK)

REFUSED, MEANWHILE = "scripts_have_errors", "published_meanwhile"
"""Codes of a refusal: nothing was published, and what runs is unchanged."""


class ScriptsRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A question about one campaign; a verb reads the members that it needs."""

    campaign: str = ""
    files: dict[str, str] = field(default_factory=dict)
    release: str = ""
    """`open`: which one, the one in force when empty. `roll-back`: which one, the one before when empty.
    `keep`: the one that the draft began from."""
    seen: str = ""
    """The release that was in force when the person decided; empty: there was none. Another one now is told."""
    comment: str = ""
    language: str = "zh"


class Live(Struct, frozen=True, kw_only=True):
    """One position of a campaign's pointer."""

    campaign: str
    release: str
    published_at: str
    """ISO 8601, UTC."""
    published_by: str
    comment: str = ""


class ListReply(Struct, frozen=True, kw_only=True):
    campaigns: list[Live]


class KeptDraft(Struct, frozen=True, kw_only=True):
    """What somebody has changed and not published: `files` differ from those of release `base`, or are new."""

    base: str
    files: dict[str, str]
    kept_at: str
    """ISO 8601, UTC."""


class OpenReply(Struct, frozen=True, kw_only=True):
    """`files`: what an author writes, without what is made from it. `history`: newest first."""

    campaign: str
    release: str
    files: dict[str, str]
    history: list[Live]
    draft: KeptDraft | None = None
    """Of the person who asks."""


class KeptReply(Struct, frozen=True, kw_only=True):
    campaign: str
    kept_at: str


class Finding(Struct, frozen=True, kw_only=True):
    """A problem of the checker, in the words of the language asked for. Lines and columns count from 1."""

    code: str
    error: bool
    file: str
    line: int
    column: int
    what: str
    mend: str
    node: str = ""


class VerdictReply(Struct, frozen=True, kw_only=True):
    """What publishing these files would do. `changes`: against the release in force, in words."""

    ok: bool
    findings: list[Finding]
    changes: list[str]
    round_trips: dict[str, int]
    live: str
    """The release in force; empty: none."""


class PublishedReply(Struct, frozen=True, kw_only=True):
    campaign: str
    release: str
    previous: str
    moved: bool
    """False where these very scripts were in force already."""
    findings: list[Finding]
    refusal: str = ""
    """Empty, or why nothing was published: `REFUSED` (see `findings`) or `MEANWHILE` (see `live`)."""
    live: Live | None = None
