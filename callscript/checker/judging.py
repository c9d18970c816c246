"""Conditions decided by enumeration: under what is known at a place, can this hold, and can it fail to?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product
from math import prod

from callscript.checker.context import Context
from callscript.checker.domains import Domains, Point
from callscript.checker.rewriting import BOTH_MISSING, LESS, MORE, ONE_MISSING, SAME, Rewriting
from callscript.checker.trees import names_in
from callscript.expressions import FlatScope, compile_condition
from callscript.model.expression import Expression

MOST_COMBINATIONS = 1_024
"""Of one judgement; a condition over more of them is left undecided."""
MOST_EVALUATIONS = 10_000
"""Of one check: what a hostile script may cost."""

State = Mapping[str, int]
"""Name -> the set of its points that are possible at a place, as bits."""


@dataclass(frozen=True, slots=True)
class Condition:
    """An expression ready to be judged. An atom that points cannot decide is a free variable: true or false."""

    expression: Expression
    names: tuple[str, ...]
    free: tuple[str, ...]
    values: tuple[tuple[object, ...], ...] = ()
    """What each free variable may be."""
    pairs: Mapping[int, tuple[int, int]] = field(default_factory=dict)
    """Number of a free variable that says an order -> which two of the names it orders."""
    witnesses: frozenset[int] = frozenset()
    """Which of the names are there for such orders alone: all that counts is whether they are answered."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """`true` and `false`: for each name, the points with which the condition holds and fails; None if it never does."""

    true: dict[str, int] | None
    false: dict[str, int] | None
    example: dict[str, Point] = field(default_factory=dict)
    """Answers with which it holds."""


class Judge:
    def __init__(self, context: Context) -> None:
        self._context = context
        self.domains = Domains(context)
        self._left = MOST_EVALUATIONS
        self._conditions: dict[tuple[int, tuple[str, ...]], Condition | None] = {}
        self._verdicts: dict[tuple[int, tuple[int, ...]], Verdict | None] = {}

    def judge(self, expression: Expression, known: Callable[[str], int], repeats: tuple[str, ...]) -> Verdict | None:
        """How the condition comes out for all answers that `known` allows (name -> its points, as bits).

        None if that cannot be decided.
        """
        key = (id(expression), repeats)
        if key not in self._conditions:
            self._conditions[key] = self._prepare(expression, repeats)
        condition = self._conditions[key]
        if condition is None:
            return None
        masks = tuple(known(name) for name in condition.names)
        case = (id(expression), masks)
        if case not in self._verdicts:
            self._verdicts[case] = self._enumerate(condition, masks)
        return self._verdicts[case]

    def _prepare(self, expression: Expression, repeats: tuple[str, ...]) -> Condition | None:
        if not self._context.readable(expression) or id(expression) in self._context.mistyped:
            return None
        if not all(name in self._context.names for name in expression.names):
            return None
        rewriting = Rewriting(self._context, self.domains, repeats)
        tree = rewriting.rewritten(expression.tree)
        free = rewriting.free
        read = {name.text for name in names_in(tree)} - set(free.by_shape.values())
        names = tuple(sorted(read.union(*free.pairs.values())))
        return Condition(
            Expression(expression.span, expression.source, tree, frozenset(names)),
            names,
            tuple(free.by_shape.values()),
            tuple(free.values),
            {number: (names.index(one), names.index(other)) for number, (one, other) in free.pairs.items()},
            frozenset(index for index, name in enumerate(names) if name not in read),
        )

    def _enumerate(self, condition: Condition, masks: tuple[int, ...]) -> Verdict | None:
        points = [self.domains.points(name) or () for name in condition.names]
        answered = [sum(1 << at for at, point in enumerate(each) if point.value != "") for each in points]
        choices = [
            _one_of_each(mask, answered[at]) if at in condition.witnesses else [*_bits(mask)]
            for at, mask in enumerate(masks)
        ]
        combinations = prod(map(len, condition.values)) * prod(map(len, choices))
        if not all(masks) or combinations > MOST_COMBINATIONS or combinations > self._left:
            return None
        self._left -= combinations
        holds = compile_condition(condition.expression)
        true: list[int] | None = None
        false: list[int] | None = None
        example: dict[str, Point] = {}
        for picked in product(*choices):
            chosen = [points[at][index] for at, index in enumerate(picked)]
            values = {name: point.value for name, point in zip(condition.names, chosen, strict=True)}
            specials = {name: point.special for name, point in zip(condition.names, chosen, strict=True)}
            for free in product(*_possible(condition, chosen)):
                scope = FlatScope({**values, **dict(zip(condition.free, free, strict=True))}, specials=specials)
                if holds(scope):
                    if true is None:
                        example = dict(zip(condition.names, chosen, strict=True))
                    true = _with(true, picked)
                else:
                    false = _with(false, picked)
        for at in condition.witnesses:
            for found in (true, false):
                if found is not None:
                    found[at] = _all_like(found[at], masks[at], answered[at])
        return Verdict(_named(condition.names, true), _named(condition.names, false), example)


def _possible(condition: Condition, chosen: list[Point]) -> Iterator[tuple[object, ...]]:
    """What each free variable may be with these answers: two that are answered are in some order, others in none."""
    for number, values in enumerate(condition.values):
        pair = condition.pairs.get(number)
        missing = sum(chosen[at].value == "" for at in pair) if pair is not None else 0
        yield values if pair is None else ((LESS, SAME, MORE), (ONE_MISSING,), (BOTH_MISSING,))[missing]


def _one_of_each(mask: int, answered: int) -> list[int]:
    """One answered point and one that is not, as far as there are."""
    return [next(_bits(part)) for part in (mask & answered, mask & ~answered) if part]


def _all_like(found: int, mask: int, answered: int) -> int:
    """All points that are answered, or not, as those found are."""
    return (mask & answered if found & answered else 0) | (mask & ~answered if found & ~answered else 0)


def _bits(mask: int) -> Iterator[int]:
    index = 0
    while mask:
        if mask & 1:
            yield index
        mask >>= 1
        index += 1


def _with(masks: list[int] | None, picked: tuple[int, ...]) -> list[int]:
    if masks is None:
        return [1 << index for index in picked]
    return [mask | 1 << index for mask, index in zip(masks, picked, strict=True)]


def _named(names: tuple[str, ...], masks: list[int] | None) -> dict[str, int] | None:
    return None if masks is None else dict(zip(names, masks, strict=True))
