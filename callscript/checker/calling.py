"""Does a `calling.xml` make sense? What the document tells, and what the questionnaire beside it adds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date

from callscript.checker import kinds_calling as kinds
from callscript.checker.calling_limits import of_limits, of_outcomes
from callscript.checker.calling_quotas import of_answers, of_quotas, twice
from callscript.checker.kinds import OTHER_FOLDER
from callscript.model.calling import Calling, Hours
from callscript.model.campaign import Campaign
from callscript.parser.documents import Read, read_calling
from callscript.problems import Problem, in_order

MOST_PARTS = 15
MORNING, NIGHT = "06:00", "22:00"
"""Outside of these hours a window is more likely a slip of the clock than meant."""


def check_calling(
    data: bytes, file: str = "calling.xml", *, folder: str | None = None, campaign: Campaign | None = None
) -> Read[Calling]:
    """Reads `calling.xml` and reports every problem in it.

    Args:
        folder: name of the campaign beside whose questionnaire the file lies.
        campaign: that campaign, as far as it could be read: quotas by answer are held against its fields.
    """
    read = read_calling(data, file)
    if read.document is None:
        return read
    unread = {problem.span.line for problem in read.problems}
    hours = (*read.document.windows, *read.document.parts)
    whole = not unread and not any(each.opens >= each.closes for each in hours)
    found = [
        problem
        for problem in _problems(read.document, whole=whole)
        if problem.kind is not kinds.QUOTA_SOURCE or problem.span.line not in unread
    ]
    if folder is not None and read.document.campaign != folder:
        found.append(
            Problem(OTHER_FOLDER, read.document.span, {"found": read.document.campaign, "folder": folder}),
        )
    elif campaign is not None:
        found.extend(of_answers(read.document, campaign))
    return replace(read, problems=in_order([*read.problems, *found]))


def _problems(calling: Calling, *, whole: bool) -> Iterator[Problem]:
    """Where something could not be read, or hours end before they begin (not `whole`), nothing is said of what seems
    to be missing."""
    if not calling.windows and whole:
        yield Problem(kinds.NO_WINDOW, calling.span)
    yield from _empty((*calling.windows, *calling.parts))
    yield from _overlaps(calling.windows)
    yield from _overlaps(calling.parts)
    yield from _at_night(calling.windows)
    yield from _parts(calling, whole=whole)
    for holiday in calling.holidays:
        if not _is_date(holiday.date):
            yield Problem(kinds.NO_SUCH_DATE, holiday.span, {"date": holiday.date})
    yield from twice("holiday", ((holiday.date, holiday.span) for holiday in calling.holidays))
    yield from twice("part", ((part.name, part.span) for part in calling.parts))
    yield from twice("outcome", ((outcome.code, outcome.span) for outcome in calling.outcomes))
    yield from of_outcomes(calling)
    yield from of_limits(calling, whole=whole)
    yield from of_quotas(calling)


def _empty(hours: Iterable[Hours]) -> Iterator[Problem]:
    for each in hours:
        if each.opens >= each.closes:
            yield Problem(kinds.EMPTY_HOURS, each.span, {"opens": each.opens, "closes": each.closes})


def _overlaps(hours: Sequence[Hours]) -> Iterator[Problem]:
    for place, later in enumerate(hours):
        for earlier in hours[:place]:
            if _meet(earlier, later):
                yield Problem(kinds.HOURS_OVERLAP, later.span, {"line": str(earlier.span.line)})
                break


def _meet(one: Hours, other: Hours) -> bool:
    return bool(set(one.days) & set(other.days)) and one.opens < other.closes and other.opens < one.closes


def _at_night(windows: Iterable[Hours]) -> Iterator[Problem]:
    for window in windows:
        if window.opens < window.closes and (window.opens < MORNING or window.closes > NIGHT):
            values = {"opens": window.opens, "closes": window.closes}
            yield Problem(kinds.WINDOW_AT_NIGHT, window.span, values)


def _parts(calling: Calling, *, whole: bool) -> Iterator[Problem]:
    if len(calling.parts) > MOST_PARTS:
        yield Problem(kinds.TOO_MANY_PARTS, calling.parts[MOST_PARTS].span, {"count": str(len(calling.parts))})
    limits = [calling.settings[name] for name in ("max_per_part", "spread") if name in calling.settings]
    if limits and not calling.parts and whole:
        yield Problem(kinds.SPREAD_WITHOUT_PARTS, limits[0].span)
    if calling.parts and not limits and whole:
        yield Problem(kinds.PARTS_WITHOUT_LIMIT, calling.parts[0].span)
    for part in calling.parts:
        if whole and calling.windows and not any(_meet(part, window) for window in calling.windows):
            yield Problem(kinds.PART_NEVER_OPEN, part.span, {"name": part.name})


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
