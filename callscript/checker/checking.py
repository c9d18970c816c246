"""All checks of a campaign, in one call."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from callscript.checker import kinds, kinds_between
from callscript.checker.context import Context
from callscript.checker.expressions import check_expressions
from callscript.checker.fields import check_fields
from callscript.checker.flow import check_flow
from callscript.checker.links import check_links
from callscript.checker.names import check_names
from callscript.checker.schemas import second_opinion, with_structural_problems
from callscript.checker.servers import check_servers
from callscript.checker.values import check_values
from callscript.checker.wordings import check_wordings
from callscript.garbage import uncollected
from callscript.model.campaign import Campaign
from callscript.model.routing import Routing
from callscript.parser import load_campaign, read_routing
from callscript.parser.documents import Read
from callscript.parser.suggestion import hints, nearest
from callscript.places import Span
from callscript.problems import Problem, in_order

Check = Callable[[Context], None]
ExtraCheck = Callable[[Campaign], Iterable[Problem]]
"""A check that needs more than this room has, such as PostgreSQL's parser or a database."""

CHECKS: tuple[Check, ...] = (
    check_names,
    check_fields,
    check_expressions,
    check_values,
    check_flow,
    check_links,
    check_servers,
    check_wordings,
)

MOST_NODES = 2_500
"""Of one campaign; beyond it the flow would take seconds to check."""


@dataclass(frozen=True, slots=True)
class Checked:
    campaign: Campaign | None
    """There if there is no error."""
    problems: tuple[Problem, ...]
    """By place; warnings among them."""
    draft: Campaign | None = None
    """As much as could be read, whatever is wrong with it."""

    @property
    def errors(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if problem.is_error)


def check_files(files: Mapping[str, bytes], extra_checks: Iterable[ExtraCheck] = ()) -> Checked:
    """Read a campaign's files and report every problem in them. Nothing is raised for whatever they hold."""
    with uncollected():
        return _check(files, extra_checks)


def _check(files: Mapping[str, bytes], extra_checks: Iterable[ExtraCheck]) -> Checked:
    loaded = load_campaign(files)
    if loaded.draft is None:
        return Checked(None, loaded.problems)
    refused = with_structural_problems(loaded.problems)
    context = Context.of(loaded.draft, loaded)
    if len(context.outline.placed) > MOST_NODES:
        values = {"found": str(len(context.outline.placed)), "most": str(MOST_NODES)}
        return Checked(
            None, in_order([*loaded.problems, Problem(kinds.TOO_MANY_NODES, _first_too_many(context), values)])
        )
    for check in CHECKS:
        check(context)
    for extra in extra_checks:
        context.problems.extend(extra(loaded.draft))
    disagreements = second_opinion(files, loaded.read_with, refused)
    problems = in_order([*loaded.problems, *context.problems, *disagreements])
    sound = not any(problem.is_error for problem in problems)
    return Checked(loaded.draft if sound else None, problems, loaded.draft)


def _first_too_many(context: Context) -> Span:
    return context.outline.placed[MOST_NODES].node.span


def check_routing(data: bytes, file: str = "routing.xml") -> Read[Routing]:
    """Read `routing.xml` and report every problem in it."""
    read = read_routing(data, file)
    if read.document is None:
        return read
    refused = with_structural_problems(read.problems)
    disagreements = second_opinion({file: data}, {file: read.grammar}, refused)
    problems = in_order([*read.problems, *_routing(read.document, read, data.count(b"<cell")), *disagreements])
    return replace(read, problems=problems)


def _routing(routing: Routing, read: Read[Routing], written: int) -> Iterable[Problem]:
    """`written`: how many cells stand there. Where one could not be read, what seems to be missing is not missed."""
    unread, doubtful = {problem.span.line for problem in read.problems}, read.doubtful
    whole = written <= len(routing.cells) or not read.problems
    for campaign in routing.campaigns.values():
        if campaign.cell not in routing.cells and campaign.cell not in doubtful and whole:
            values = {"name": campaign.cell, **hints(nearest(campaign.cell, routing.cells))}
            yield Problem(kinds_between.UNKNOWN_CELL, campaign.span, values)
    for cell in routing.cells.values():
        takes_sessions = any(version.weight > 0 for version in cell.versions)
        if not takes_sessions and not cell.draining and cell.id not in doubtful and cell.span.line not in unread:
            yield Problem(kinds_between.CELL_WITHOUT_VERSION, cell.span, {"name": cell.id})
