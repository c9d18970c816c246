"""Conditions decided by enumeration: under what is known at a place, can this hold, and can it fail to?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product
from math import prod

from callscript.checker.context import Context
from callscript.checker.domains import FINITE, NUMBERS, Domains, Point, plain_day, plain_number
from callscript.checker.trees import names_in, parts_of
from callscript.expressions import FlatScope, compile_condition
from callscript.model.expression import Binary, Call, Expression, Literal, Name, Tree
from callscript.model.values import ValueType

MOST_COMBINATIONS = 1_024
"""Of one judgement; a condition over more of them is left undecided."""
MOST_EVALUATIONS = 10_000
"""Of one check: what a hostile script may cost."""

State = Mapping[str, int]
"""Name -> the set of its points that are possible at a place, as bits."""

_COMPARISONS = frozenset({"=", "!=", "<", "<=", ">", ">="})
_TURNED = {"=": "=", "!=": "!=", "<": ">", ">": "<", "<=": ">=", ">=": "<="}
_LESS, _SAME, _MORE, _ONE_MISSING, _BOTH_MISSING = _ORDERS = (1.0, 2.0, 3.0, 4.0, 5.0)
"""How two answers of a kind can be to each other."""
_HOLDING: dict[str, tuple[float, ...]] = {
    "=": (_SAME, _BOTH_MISSING),
    "!=": (_LESS, _MORE, _ONE_MISSING),
    "<": (_LESS,),
    "<=": (_LESS, _SAME),
    ">": (_MORE,),
    ">=": (_SAME, _MORE),
}
"""Orders in which a comparison holds: what is missing is equal only to what is missing too, and never more or less."""
_MOVING = frozenset({"now", "today", "position", "regex", "format-date"})


@dataclass(frozen=True, slots=True)
class Condition:
    """An expression ready to be judged. An atom that points cannot decide is a free variable: true or false."""

    expression: Expression
    names: tuple[str, ...]
    free: tuple[str, ...]
    values: tuple[tuple[object, ...], ...] = ()
    """What each free variable may be."""


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
        rewriting = _Rewriting(self._context, self.domains, repeats)
        tree = rewriting.rewrite(expression.tree)
        names = tuple(sorted({name.text for name in names_in(tree)} - set(rewriting.free.values())))
        return Condition(
            Expression(expression.span, expression.source, tree, frozenset(names)),
            names,
            tuple(rewriting.free.values()),
            tuple(rewriting.values),
        )

    def _enumerate(self, condition: Condition, masks: tuple[int, ...]) -> Verdict | None:
        combinations = prod(map(len, condition.values))
        for mask in masks:
            combinations *= mask.bit_count() or 1
        if not all(masks) or combinations > MOST_COMBINATIONS or combinations > self._left:
            return None
        self._left -= combinations
        choices = [list(_bits(mask)) for mask in masks]
        holds = compile_condition(condition.expression)
        points = [self.domains.points(name) or () for name in condition.names]
        true: list[int] | None = None
        false: list[int] | None = None
        example: dict[str, Point] = {}
        for picked in product(*choices):
            chosen = [points[at][index] for at, index in enumerate(picked)]
            values = {name: point.value for name, point in zip(condition.names, chosen, strict=True)}
            specials = {name: point.special for name, point in zip(condition.names, chosen, strict=True)}
            for free in product(*condition.values):
                scope = FlatScope({**values, **dict(zip(condition.free, free, strict=True))}, specials=specials)
                if holds(scope):
                    if true is None:
                        example = dict(zip(condition.names, chosen, strict=True))
                    true = _with(true, picked)
                else:
                    false = _with(false, picked)
        return Verdict(_named(condition.names, true), _named(condition.names, false), example)


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


class _Rewriting:
    """Puts a free variable in place of every atom that points cannot decide; equal atoms get the same one.

    Comparisons of the same two answers share one variable, which says how the two are ordered.
    """

    def __init__(self, context: Context, domains: Domains, repeats: tuple[str, ...]) -> None:
        self._names, self._domains, self._repeats = context.names, domains, repeats
        self.free: dict[str, str] = {}
        self.values: list[tuple[object, ...]] = []

    def rewrite(self, tree: Tree) -> Tree:
        if isinstance(tree, Binary) and tree.operator in {"and", "or"}:
            return Binary(tree.span, tree.operator, self.rewrite(tree.left), self.rewrite(tree.right))
        if isinstance(tree, Call) and tree.function == "not":
            return Call(tree.span, tree.function, tuple(self.rewrite(each) for each in tree.arguments))
        if self._is_decidable(tree):
            return tree
        if isinstance(tree, Binary) and self._is_of_two_answers(tree):
            return self._ordered(tree)
        return self._variable(tree, _shape(tree), (False, True))

    def _variable(self, tree: Tree, shape: str, values: tuple[object, ...]) -> Name:
        if shape not in self.free:
            self.free[shape] = f"free.n{len(self.free)}"
            self.values.append(values)
        return Name(tree.span, tuple(self.free[shape].split(".")))

    def _is_of_two_answers(self, tree: Binary) -> bool:
        if tree.operator not in _COMPARISONS or not isinstance(tree.left, Name) or not isinstance(tree.right, Name):
            return False
        kinds = {self._names[side.text].type for side in (tree.left, tree.right)}
        return kinds <= NUMBERS or kinds == {ValueType.DATE}

    def _ordered(self, tree: Binary) -> Tree:
        left, right = _shape(tree.left), _shape(tree.right)
        operator = tree.operator if left <= right else _TURNED[tree.operator]
        order = self._variable(tree, f"order of {min(left, right)} and {max(left, right)}", _ORDERS)
        found: Tree | None = None
        for holding in _HOLDING[operator]:
            one = Binary(tree.span, "=", order, Literal(tree.span, holding))
            found = one if found is None else Binary(tree.span, "or", found, one)
        assert found is not None  # noqa: S101 - every operator holds in some order
        return found

    def _is_decidable(self, atom: Tree) -> bool:
        if any(isinstance(part, Call) and part.function in _MOVING for part in parts_of(atom)):
            return False
        names = {name.text for name in names_in(atom)}
        for name in names:
            known = self._names[name]
            if self._domains.points(name) is None or known.repeats[: len(self._repeats)] != known.repeats:
                return False
            if known.type not in FINITE and not _told_apart(atom, known.type):
                return False
        return True


def _told_apart(atom: Tree, kind: ValueType) -> bool:
    """Whether the points of a name of this type tell apart all that the atom tells apart."""
    if isinstance(atom, Call):
        sought = atom.arguments[1] if atom.function == "selected" else None
        return atom.function in {"answered", "special"} or (kind is ValueType.CHOICES and isinstance(sought, Literal))
    return isinstance(atom, Binary) and atom.operator in _COMPARISONS and _compared(atom, kind)


def _compared(atom: Binary, kind: ValueType) -> bool:
    sides = (atom.left, atom.right)
    if any(isinstance(side, Call) and side.function == "special" for side in sides):
        return True
    if not any(isinstance(side, Name) for side in sides):
        return False
    if kind in NUMBERS:
        return any(plain_number(side) is not None for side in sides)
    if kind is ValueType.DATE:
        return any(isinstance(side, Literal) and plain_day(str(side.value)) is not None for side in sides)
    written = any(isinstance(side, Literal) and isinstance(side.value, str) for side in sides)
    return written and atom.operator in {"=", "!="} and _is_wordy(kind)


def _is_wordy(kind: ValueType) -> bool:
    return kind in {ValueType.TEXT, ValueType.PHONE, ValueType.EMAIL, ValueType.UUID}


def _shape(tree: Tree) -> str:
    """The same text for trees that are equal but for their places."""
    match tree:
        case Literal():
            return repr(tree.value)
        case Name():
            return f"${{{tree.text}}}"
        case Binary():
            return f"({_shape(tree.left)} {tree.operator} {_shape(tree.right)})"
        case Call():
            return f"{tree.function}({', '.join(_shape(each) for each in tree.arguments)})"
        case _:
            return f"-{_shape(tree.operand)}"
