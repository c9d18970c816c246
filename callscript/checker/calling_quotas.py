"""Quotas in `calling.xml`: cells that say too little, the same twice, or what no contact and no answer can ever be."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from callscript.checker import kinds_calling as kinds
from callscript.checker.kinds import UNKNOWN_FIELD
from callscript.checker.outline import outline_of
from callscript.expressions.problems import UNKNOWN_OPTION
from callscript.model.calling import Calling, Quota, QuotaCell
from callscript.model.campaign import Campaign
from callscript.model.local import Action, Compute, Field, Matrix
from callscript.model.values import ValueType
from callscript.parser.suggestion import hints, nearest
from callscript.places import Span
from callscript.problems import Problem

TAKES_PLACES = "outbound.take_places"
_BETWEEN = re.compile(r"[,;|，；、｜]")
_FORMS = {ValueType.BOOLEAN: re.compile("true|false"), ValueType.INTEGER: re.compile("-?(0|[1-9][0-9]*)")}
_COUNTABLE = frozenset({ValueType.CHOICE, ValueType.BOOLEAN, ValueType.INTEGER, ValueType.TEXT})


def of_quotas(calling: Calling) -> Iterator[Problem]:
    yield from twice("quota", ((quota.id, quota.span) for quota in calling.quotas))
    for quota in calling.quotas:
        yield from _quota(quota)


def _quota(quota: Quota) -> Iterator[Problem]:
    if not quota.names:
        yield Problem(kinds.QUOTA_SOURCE, quota.span, {"name": quota.id})
        return
    if any(_BETWEEN.search(name) for name in quota.names):
        yield Problem(kinds.QUOTA_NAMES, quota.span, {"name": quota.id, "written": " ".join(quota.names)})
        return
    if len(set(quota.names)) < len(quota.names):
        yield from twice("name", ((name, quota.span) for name in quota.names))
        return
    for cell in quota.cells:
        yield from _cell(quota, cell)
    yield from twice("cell", ((cell.name, cell.span) for cell in quota.cells))
    yield from _same_values(quota.cells)


def _cell(quota: Quota, cell: QuotaCell) -> Iterator[Problem]:
    if not cell.match or not all(cell.match.values()):
        yield Problem(kinds.QUOTA_VALUES, cell.span, {"name": quota.id, "count": str(len(quota.names))})
    elif len(quota.names) == 1 and "|" in cell.match[quota.names[0]]:
        values = {"name": quota.id, "value": cell.match[quota.names[0]]}
        yield Problem(kinds.QUOTA_ONE_VALUE, cell.span, values)
    elif cell.target == 0:
        yield Problem(kinds.CELL_CLOSED, cell.span, {"name": cell.name})


def _same_values(cells: Iterable[QuotaCell]) -> Iterator[Problem]:
    first: dict[tuple[tuple[str, str], ...], QuotaCell] = {}
    for cell in cells:
        other = first.setdefault(tuple(cell.match.items()), cell)
        if cell.match and other.name != cell.name:
            yield Problem(kinds.SAME_CELL, cell.span, {"name": other.name, "line": str(other.span.line)})


def twice(what: str, named: Iterable[tuple[str, Span]]) -> Iterator[Problem]:
    """Whatever has the name of another before it."""
    first: dict[str, Span] = {}
    for name, span in named:
        if name in first:
            yield Problem(kinds.CALLING_TWICE, span, {"what": what, "name": name, "line": str(first[name].line)})
        first.setdefault(name, span)


# --- held against the questionnaire -----------------------------------------------------------------------------------


def of_answers(calling: Calling, campaign: Campaign) -> Iterator[Problem]:
    """What the cells of quotas by answer are held against: the campaign's fields, and the call that counts them."""
    quotas = [q for q in calling.quotas if q.source == "answer" and q.names and len(set(q.names)) == len(q.names)]
    if not quotas:
        return
    fields = _fields(campaign)
    for quota in quotas:
        for name in quota.names:
            if name not in fields:
                yield Problem(UNKNOWN_FIELD, quota.span, {"name": name, **hints(nearest(name, fields))})
            elif fields[name].type not in _COUNTABLE:
                yield Problem(kinds.QUOTA_FIELD, quota.span, {"name": name, "type": str(fields[name].type)})
            else:
                yield from _values(quota, name, fields[name], campaign)
    if all(link.action != TAKES_PLACES for link in campaign.links):
        yield Problem(kinds.QUOTA_NEVER_TAKEN, quotas[0].span, {"name": quotas[0].id})


def _fields(campaign: Campaign) -> dict[str, Field | Compute]:
    found: dict[str, Field | Compute] = {}
    for node in outline_of(campaign.local).nodes:
        for item in node.items if isinstance(node, Action) else ():
            if isinstance(item, Matrix):
                found.update((row.name, row) for row in item.rows)
            elif isinstance(item, Field | Compute):
                found[item.name] = item
    return found


def _values(quota: Quota, name: str, field: Field | Compute, campaign: Campaign) -> Iterator[Problem]:
    """Values that the field can never have."""
    form = _FORMS.get(field.type)
    listed = campaign.local.options.get(field.options) if isinstance(field, Field) and field.options else None
    options = [option.value for option in listed.options] if listed and listed.delivered is None else None
    for cell in quota.cells:
        value = cell.match.get(name)
        if not value:
            continue
        if form is not None and not form.fullmatch(value):
            yield Problem(kinds.QUOTA_VALUE_UNFIT, cell.span, {"name": name, "value": value, "type": str(field.type)})
        elif options is not None and value not in options:
            near = nearest(value, options)
            hint = (
                {"hint": f"Did you mean {near}? ", "hint_zh": f"是否想写 {near}？"}
                if near
                else {"hint": "", "hint_zh": ""}
            )
            yield Problem(
                UNKNOWN_OPTION, cell.span, {"name": name, "value": value, "options": ", ".join(options), **hint}
            )
