"""What can go wrong in the administrator's hands.

Each error carries a stable code, what is wrong and what to do about it, in the language chosen.

    Exception
    └── AdminError
        ├── NotFound              no such campaign, release, file or record
        ├── PublicationRefused    the scripts have errors (`problems`); what runs is untouched
        ├── PublishedMeanwhile    someone else moved the pointer first; what runs is theirs
        ├── ReleaseDamaged        a release in the bucket is not what its id promises
        ├── JournalAltered        the journal is not what its seals say
        ├── ViewsInUse            an analyst's own view is built on one that would have to change
        ├── UnreadableTable       a CSV file that cannot be read at all
        └── SurroundingsAway      bucket, database or settings cannot be reached
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from callscript.problems import Problem


class AdminError(Exception):
    """An error that the administrator can act on."""

    code = "failed"

    def __init__(self, what: str, mend: str = "") -> None:
        self.what = what
        self.mend = mend
        super().__init__(f"{what} {mend}".strip())


class NotFound(AdminError):
    code = "not-found"


class PublicationRefused(AdminError):
    code = "scripts-have-errors"

    def __init__(self, what: str, mend: str, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        self.sources: Mapping[str, Path] = {}
        """Path in the release -> file on disk, where the caller knows it."""
        super().__init__(what, mend)


class PublishedMeanwhile(AdminError):
    code = "published-meanwhile"


class ReleaseDamaged(AdminError):
    code = "release-damaged"


class JournalAltered(AdminError):
    code = "journal-altered"


class ViewsInUse(AdminError):
    code = "views-in-use"


class UnreadableTable(AdminError):
    code = "unreadable-table"


class SurroundingsAway(AdminError):
    code = "surroundings-away"
