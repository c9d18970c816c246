"""Everything that can be known of a campaign before it is published: `waihu check` and `waihu publish` ask here.

The checker reads the documents, PostgreSQL's own parser admits the SQL, and where a database is given every statement
is prepared against its live schema.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from callscript.sql.admission import admit

from callscript.checker import check_files
from callscript.model.campaign import Campaign
from callscript.model.server import Server
from callscript.problems import Problem
from callscript.sql import compile_action, plan

Preparing = Callable[[Mapping[str, Server]], list[Problem]]
"""Prepares every statement of the servers against a live schema."""


@dataclass(frozen=True, slots=True)
class Verdict:
    campaign: Campaign | None
    """None where it cannot be read."""
    problems: tuple[Problem, ...]
    round_trips: Mapping[str, int] = field(default_factory=dict)
    """`pack.action` -> round trips to the database, computed."""

    @property
    def ok(self) -> bool:
        return self.campaign is not None and not any(problem.is_error for problem in self.problems)


def check(files: Mapping[str, bytes], preparing: Preparing | None = None) -> Verdict:
    """The verdict on a release's files (see `admin.folders.collect`); every problem at once, sorted by place."""
    checked = check_files(files)
    problems = list(checked.problems)
    if checked.campaign is None:
        return Verdict(None, tuple(problems))
    servers = checked.campaign.servers
    for server in servers.values():
        for action in server.actions.values():
            problems += admit(action)
    if preparing is not None and not any(problem.is_error for problem in problems):
        problems += preparing(servers)
    problems.sort(key=lambda problem: problem.span)
    return Verdict(checked.campaign, tuple(problems), {} if _broken(problems) else round_trips(servers))


def round_trips(servers: Mapping[str, Server]) -> dict[str, int]:
    """Round trips of each action, by its name."""
    return {
        f"{pack}.{name}": plan(compile_action(action)).round_trips
        for pack, server in sorted(servers.items())
        for name, action in sorted(server.actions.items())
    }


def _broken(problems: list[Problem]) -> bool:
    return any(problem.is_error for problem in problems)
