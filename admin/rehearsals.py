"""What a campaign's folder holds for rehearsing it: transcripts, and a file of replies.

`scripts_bucket/campaigns/<campaign>/transcripts/*.txt` and `…/transcripts/replies.json`; no release carries them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from admin import folders
from admin.errors import NotFound
from admin.language import say
from callscript.checker import check_files
from callscript.model.campaign import Campaign
from callscript.problems import Problem, in_order
from callscript.transcripts import Transcript, read_replies, read_transcripts
from callscript.transcripts.replies import Replies

TRANSCRIPTS = "transcripts"
REPLIES = "replies.json"


@dataclass(frozen=True, slots=True)
class Prepared:
    """A campaign to be rehearsed. `problems` has what keeps it from that; then `campaign` is None."""

    name: str
    campaign: Campaign | None
    problems: tuple[Problem, ...]
    sources: Mapping[str, Path]
    folder: Path
    """Where its transcripts lie, also if there are none yet."""
    given: Replies


def prepare(name: str, scripts: Path | None, replies: Path | None = None) -> Prepared:
    """The campaign as it is on disk, checked (without the SQL parser and without a database).

    Raises:
        NotFound: no such campaign, or no such file of replies.
    """
    root = folders.scripts_root(scripts)
    found = folders.find_campaign(name, root)
    collected = folders.collect(found, root)
    checked = check_files(collected.files)
    problems = [problem for problem in checked.problems if problem.is_error]
    folder = found / TRANSCRIPTS
    file = replies or folder / REPLIES
    given: Replies = {}
    sources = dict(collected.sources)
    if file.is_file():
        given, mishaps = read_replies(file.read_bytes(), str(file))
        sources[str(file)] = file
        problems += mishaps
    elif replies is not None:
        raise NotFound(say(f"There is no file {replies}.", f"没有文件 {replies}。"))
    campaign = None if problems else checked.campaign
    return Prepared(collected.campaign, campaign, tuple(problems), sources, folder, given)


@dataclass(frozen=True, slots=True)
class Written:
    """The transcripts of a campaign's folder."""

    transcripts: tuple[Transcript, ...]
    problems: tuple[Problem, ...]
    sources: Mapping[str, Path]


def transcripts_in(folder: Path) -> Written:
    """Every transcript of `folder`, by file name; an unreadable file is a problem, the others count."""
    found: list[Transcript] = []
    problems: list[Problem] = []
    sources: dict[str, Path] = {}
    for file in sorted(folder.glob("*.txt")):
        name = f"{TRANSCRIPTS}/{file.name}"
        sources[name] = file
        read = read_transcripts(file.read_text(encoding="utf-8", errors="replace"), name)
        found += read.transcripts
        problems += read.problems
    return Written(tuple(found), in_order(problems), sources)
