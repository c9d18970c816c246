"""Everything that can be known of a campaign before it is published: `waihu check` and `waihu publish` ask here.

The checker reads the documents, PostgreSQL's own parser admits the SQL, and where a database is given every statement
is prepared against its live schema.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from callscript.checker import check_files
from callscript.checker.kinds import OTHER_FOLDER
from callscript.model.campaign import Campaign
from callscript.model.server import Server
from callscript.problems import Problem
from callscript.sql import compile_action, plan
from callscript.sql.kinds import NOT_ADMITTED

Preparing = Callable[[Mapping[str, Server]], list[Problem]]
"""Prepares every statement of the servers against a live schema."""


@dataclass(frozen=True, slots=True)
class Verdict:
    campaign: Campaign | None
    """None where it has errors."""
    problems: tuple[Problem, ...]
    round_trips: Mapping[str, int] = field(default_factory=dict)
    """`pack.action` -> round trips to the database, computed; empty where there are errors."""

    @property
    def ok(self) -> bool:
        return self.campaign is not None


def check(files: Mapping[str, bytes], folder: str | None = None, preparing: Preparing | None = None) -> Verdict:
    """The verdict on a release's files (see `admin.folders.collect`); every problem at once, sorted by place.

    Args:
        folder: name of the campaign as which the files are to be published.
    """

    def named(campaign: Campaign) -> Iterable[Problem]:
        if folder is not None and campaign.id != folder:
            yield Problem(OTHER_FOLDER, campaign.local.span, {"found": campaign.id, "folder": folder})

    def prepared(campaign: Campaign) -> Iterable[Problem]:
        return preparing(campaign.servers) if preparing else ()

    checked = check_files(files, (named, admitted, prepared))
    return Verdict(checked.campaign, checked.problems, round_trips(checked.campaign) if checked.campaign else {})


def admitted(campaign: Campaign) -> Iterable[Problem]:
    """What PostgreSQL's parser says against the campaign's SQL: see `callscript.sql.admission`."""
    try:
        from callscript.sql.admission import admit
    except ImportError:
        yield Problem(NOT_ADMITTED, campaign.local.span)
        return
    for server in campaign.servers.values():
        for action in server.actions.values():
            yield from admit(action)


def round_trips(campaign: Campaign) -> dict[str, int]:
    """Round trips of each server action, by its name."""
    return {
        f"{pack}.{name}": plan(compile_action(action)).round_trips
        for pack, server in sorted(campaign.servers.items())
        for name, action in sorted(server.actions.items())
    }
