"""Does a `calling.xml` make sense? What the document alone can tell; outcome codes are known to the database."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date

from callscript.checker import kinds_calling as kinds
from callscript.model.calling import Calling, Hours, Quota
from callscript.parser.documents import Read, read_calling
from callscript.places import Span
from callscript.problems import Kind, Problem, in_order

MOST_PARTS = 15
_RANGES = {"lease_seconds": (20, 3600), "slot_minutes": (5, 240)}


def check_calling(data: bytes, file: str = "calling.xml") -> Read[Calling]:
    """Reads `calling.xml` and reports every problem in it."""
    read = read_calling(data, file)
    if read.document is None:
        return read
    return replace(read, problems=in_order([*read.problems, *_problems(read.document)]))


def _problems(calling: Calling) -> Iterator[Problem]:
    if not calling.windows:
        yield Problem(kinds.NO_WINDOW, calling.span)
    yield from _empty((*calling.windows, *calling.parts))
    yield from _overlaps(calling.windows)
    yield from _overlaps(calling.parts)
    yield from _parts(calling)
    for holiday in calling.holidays:
        if not _is_date(holiday.date):
            yield Problem(kinds.NO_SUCH_DATE, holiday.span, {"date": holiday.date})
    yield from _twice("holiday", ((holiday.date, holiday.span) for holiday in calling.holidays))
    yield from _twice("part", ((part.name, part.span) for part in calling.parts))
    yield from _twice("outcome", ((outcome.code, outcome.span) for outcome in calling.outcomes))
    for outcome in calling.outcomes:
        if outcome.final is False and not outcome.retry_minutes:
            yield Problem(kinds.RETRY_MISSING, outcome.span, {"code": outcome.code})
    yield from _twice("quota", ((quota.id, quota.span) for quota in calling.quotas))
    for quota in calling.quotas:
        yield from _quota(quota)
    for name, (least, most) in _RANGES.items():
        if not least <= calling.numbers.get(name, least) <= most:
            values = {"name": name, "least": str(least), "most": str(most)}
            yield Problem(kinds.OUT_OF_RANGE, calling.span, values)


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


def _parts(calling: Calling) -> Iterator[Problem]:
    if len(calling.parts) > MOST_PARTS:
        yield Problem(kinds.TOO_MANY_PARTS, calling.parts[MOST_PARTS].span, {"count": str(len(calling.parts))})
    if not calling.parts and calling.numbers.keys() & {"max_per_part", "spread"}:
        yield Problem(kinds.SPREAD_WITHOUT_PARTS, calling.span)
    for part in calling.parts:
        if calling.windows and not any(_meet(part, window) for window in calling.windows):
            yield Problem(kinds.PART_NEVER_OPEN, part.span, {"name": part.name})


def _quota(quota: Quota) -> Iterator[Problem]:
    if not quota.names:
        yield Problem(kinds.QUOTA_SOURCE, quota.span, {"name": quota.id})
        return
    for cell in quota.cells:
        if not cell.match:
            yield Problem(kinds.QUOTA_VALUES, cell.span, {"name": quota.id, "count": str(len(quota.names))})
    yield from _twice("cell", ((cell.name, cell.span) for cell in quota.cells))


def _twice(what: str, named: Iterable[tuple[str, Span]]) -> Iterator[Problem]:
    kind: Kind = kinds.CALLING_TWICE
    first: dict[str, Span] = {}
    for name, span in named:
        if name in first:
            yield Problem(kind, span, {"what": what, "name": name, "line": str(first[name].line)})
        first.setdefault(name, span)


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
