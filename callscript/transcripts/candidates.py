"""Answers worth trying in a field: one for every difference that the script's conditions make."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import chain, combinations
from typing import Any

from callscript.checker.context import Context
from callscript.checker.domains import OTHER_TEXT, Domains
from callscript.checker.expressions import uses_of
from callscript.checker.outline import outline_of
from callscript.checker.trees import parts_of
from callscript.engine.names import fields_of, names_of
from callscript.engine.steps import FieldView
from callscript.expressions import compile_pattern
from callscript.model.campaign import Campaign
from callscript.model.expression import Literal
from callscript.model.local import Action
from callscript.model.values import ValueType
from callscript.places import NOWHERE
from callscript.transcripts.points import flat
from callscript.transcripts.samples import sample

MOST = 40
"""Of one field."""
_FIXED: dict[ValueType, tuple[Any, ...]] = {
    ValueType.BOOLEAN: (True, False),
    ValueType.TIME: ("10:00", "00:00", "23:59", "14:00", "18:00", "08:00"),
    ValueType.PHONE: ("13800138000",),
    ValueType.EMAIL: ("name@example.com",),
}
_DAYS = (1, 0, -1, 30, -30, 400, -400, -11_000)


class Candidates:
    """The checker's points of every name, made into inputs; the first is the plainest."""

    def __init__(self, campaign: Campaign, begin: int) -> None:
        self._begin = datetime.fromtimestamp(begin / 1000, UTC)
        self.context = Context(
            campaign, frozenset(), flow_doubtful=False, names=names_of(campaign), outline=outline_of(campaign.local)
        )
        self._domains = Domains(self.context)
        self._patterns: dict[str, str] = {}
        for node in flat(campaign.local.nodes):
            for asked in (each for item in getattr(node, "items", ()) for each in fields_of(item)):
                if asked.pattern and isinstance(node, Action):
                    self._patterns[asked.name] = asked.pattern
        self._literals: dict[str, set[int]] = {}
        for use in uses_of(self.context):
            written = (part.value for part in parts_of(use.expression.tree) if isinstance(part, Literal))
            numbers = {int(each) for each in written if isinstance(each, float | int) and abs(each) < 36_500}
            for name in use.expression.names:
                self._literals.setdefault(name, set()).update(numbers)

    def of(self, view: FieldView) -> tuple[Any, ...]:
        """Inputs for a field as it stands on the screen; specials and the empty answer come last."""
        rare: list[Any] = [{"special": each} for each in view.specials]
        if not view.required:
            rare.append(None)
        unique: list[Any] = []
        for each in self._values(view):
            if each not in unique and len(unique) + len(rare) < MOST:
                unique.append(each)
        return (*unique, *rare) or (None,)

    def of_name(self, name: str) -> tuple[Any, ...]:
        """Values for a name that a reply carries; None for "not there"."""
        points = self._domains.points(name) or ()
        known = self.context.names.get(name)
        if known is not None and known.type in {ValueType.DATE, ValueType.DATETIME}:
            return (*self._moments(name, known.type), None)
        return (*(each.value for each in points if each.value not in {"", OTHER_TEXT}), None)

    def _values(self, view: FieldView) -> Iterable[Any]:
        kind = ValueType(view.field_type)
        if kind in _FIXED:
            return _FIXED[kind]
        makers: dict[ValueType, Callable[[], Iterable[Any]]] = {
            ValueType.CHOICE: lambda: [option.value for option in view.options],
            ValueType.CHOICES: lambda: self._lists(view),
            ValueType.INTEGER: lambda: self._numbers(view, whole=True),
            ValueType.DECIMAL: lambda: self._numbers(view, whole=False),
            ValueType.DATE: lambda: self._within(view, kind),
            ValueType.DATETIME: lambda: self._within(view, kind),
        }
        return makers.get(kind, lambda: self._texts(view))()

    def _within(self, view: FieldView, kind: ValueType) -> list[str]:
        limits = [each for each in (view.minimum, view.maximum) if isinstance(each, str)]
        return [*self._moments(view.name, kind), *limits]

    def _lists(self, view: FieldView) -> Iterator[list[str]]:
        fewest, most = view.length or (1, len(view.options))
        single = [option.value for option in view.options if option.exclusive]
        plain = [option.value for option in view.options if not option.exclusive]
        wanted = [plain[:size] for size in (max(fewest, 1), fewest + 1, min(most, len(plain)), max(most - 1, 1))]
        wanted += [[each] for each in (*plain, *single)]
        wanted += [list(pair) for pair in combinations(plain[:8], 2)]
        for chosen in wanted:
            alone = len(chosen) == 1 and chosen[0] in single
            if chosen and (alone or fewest <= len(chosen) <= most):
                yield chosen

    def _numbers(self, view: FieldView, *, whole: bool) -> list[Any]:
        low = view.minimum if isinstance(view.minimum, int | float) else None
        high = view.maximum if isinstance(view.maximum, int | float) else None
        points = [each.value for each in self._domains.points(view.name) or () if isinstance(each.value, int | float)]
        near = [number + off for number in self._literals.get(view.name, ()) for off in (0, -1, 1)]
        found: list[Any] = []
        for value in (*points, low, high, *sorted(near), 1, 0):
            if value is None or isinstance(value, bool):
                continue
            number = int(value) if value == int(value) else value
            inside = (low is None or number >= low) and (high is None or number <= high)
            if inside and (not whole or isinstance(number, int)):
                found.append(str(number))
        return found

    def _moments(self, name: str, kind: ValueType) -> list[str]:
        numbers = sorted(self._literals.get(name, ()))
        days = [*_DAYS, *(sign * (each + off) for each in numbers for sign in (1, -1) for off in (0, 1))]
        moments = [self._begin + timedelta(days=day, hours=1) for day in days]
        if kind is ValueType.DATE:
            return [each.date().isoformat() for each in moments]
        return [each.strftime("%Y-%m-%d %H:%M") for each in moments]

    def _texts(self, view: FieldView) -> list[str]:
        fewest, most = view.length or (1, 20)
        written = [
            each.value
            for each in self._domains.points(view.name) or ()
            if isinstance(each.value, str) and each.value not in {"", OTHER_TEXT}
        ]
        pattern = self._patterns.get(view.name)
        plain = [sample(pattern)] if pattern else [("文字" * fewest)[: max(fewest, min(2, most))]]
        fitting = [each for each in chain(plain, written) if fewest <= len(each) <= most]
        if pattern is None:
            return fitting
        matches = compile_pattern(pattern, NOWHERE).fullmatch
        return [each for each in fitting if matches(each) is not None] or fitting
