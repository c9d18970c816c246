"""A condition made ready for enumeration: what points cannot decide becomes a free variable.

Bounds decide some of these atoms for good (`ranges`). Of the others, equal ones get the same variable; comparisons of
the same two things share one, which says how the two are ordered.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from callscript.checker.context import Context
from callscript.checker.domains import FINITE, Domains, clock_seconds, plain_day, plain_number
from callscript.checker.ranges import Range, decided
from callscript.checker.trees import names_in, parts_of
from callscript.model.expression import Binary, Call, Literal, Name, Tree
from callscript.model.values import NUMBERS, ValueType

COMPARISONS = frozenset({"=", "!=", "<", "<=", ">", ">="})
_TURNED = {"=": "=", "!=": "!=", "<": ">", ">": "<", "<=": ">=", ">=": "<="}
LESS, SAME, MORE, ONE_MISSING, BOTH_MISSING = ORDERS = (1.0, 2.0, 3.0, 4.0, 5.0)
"""How two things of a kind can be to each other; missing: unanswered, or no number."""
_HOLDING: dict[str, tuple[float, ...]] = {
    "=": (SAME, BOTH_MISSING),
    "!=": (LESS, MORE, ONE_MISSING),
    "<": (LESS,),
    "<=": (LESS, SAME),
    ">": (MORE,),
    ">=": (SAME, MORE),
}
"""Orders in which a comparison holds: what is missing is equal only to what is missing too, and never more or less."""
_MOVING = frozenset({"now", "today", "position", "regex", "format-date"})


@dataclass
class Free:
    """The variables of one condition."""

    by_shape: dict[str, str] = field(default_factory=dict)
    values: list[tuple[object, ...]] = field(default_factory=list)
    """What each may be."""
    pairs: dict[int, tuple[str, str]] = field(default_factory=dict)
    """Number of a variable -> the two answers whose order it says."""


class Rewriting:
    def __init__(self, context: Context, domains: Domains, repeats: tuple[str, ...]) -> None:
        self._names, self._domains, self._repeats = context.names, domains, repeats
        self.free = Free()
        self._met: Counter[str] = Counter()

    def rewritten(self, tree: Tree) -> Tree:
        self._met = Counter(
            _pair(each) for each in parts_of(tree) if isinstance(each, Binary) and each.operator in COMPARISONS
        )
        return self._rewrite(tree)

    def _rewrite(self, tree: Tree) -> Tree:
        if isinstance(tree, Binary) and tree.operator in {"and", "or"}:
            return Binary(tree.span, tree.operator, self._rewrite(tree.left), self._rewrite(tree.right))
        if isinstance(tree, Call) and tree.function == "not":
            return Call(tree.span, tree.function, tuple(self._rewrite(each) for each in tree.arguments))
        if self._is_decidable(tree):
            return tree
        if isinstance(tree, Binary) and tree.operator in COMPARISONS:
            return self._within_bounds(tree) or self._comparison(tree)
        return self._variable(tree, shape(tree), (False, True))

    def _variable(self, tree: Tree, of: str, values: tuple[object, ...]) -> Name:
        free = self.free
        if of not in free.by_shape:
            free.by_shape[of] = f"free.n{len(free.by_shape)}"
            free.values.append(values)
        return Name(tree.span, tuple(free.by_shape[of].split(".")))

    # --- bounds -------------------------------------------------------------------------------------------------------
    def _within_bounds(self, tree: Binary) -> Tree | None:
        """What the comparison comes to, if its sides' bounds say it."""
        counted = self._counted(tree)
        if counted is not None:
            return counted
        left, right = self._domains.ranges.of(tree.left), self._domains.ranges.of(tree.right)
        if left is None or right is None:
            return None
        holds = decided(tree.operator, left, right)
        if tree.operator in {"=", "!="}:
            surely = frozenset() in (left.needs, right.needs)  # what is missing is equal to what is missing too
            return Literal(tree.span, holds) if holds is not None and surely else None
        if holds is False:
            return Literal(tree.span, value=False)
        if holds is None or left.needs is None or right.needs is None:
            return None
        return self._all_answered(tree, left.needs | right.needs)

    def _counted(self, tree: Binary) -> Tree | None:
        """`count-selected(${q}) > n` where all numbers that can be chosen are alike: then it asks for an answer."""
        operator, call, other = tree.operator, tree.left, tree.right
        if not isinstance(call, Call):
            operator, call, other = _TURNED[operator], other, call
        limit = plain_number(other)
        if limit is None or not isinstance(call, Call) or call.function != "count-selected":
            return None
        chosen = self._domains.ranges.chosen_if_answered(call)
        number = Range(limit, limit)
        with_any = decided(operator, chosen, number) if chosen is not None else None
        with_none = decided(operator, Range(0.0, 0.0), number)
        with_none = (operator == "=") if with_none is None else with_none
        if with_any is None or chosen is None:
            return None
        if with_any == with_none:
            return Literal(tree.span, with_any)
        answered = self._all_answered(tree, frozenset(name.text for name in names_in(call)))
        return Call(tree.span, "not", (answered,)) if answered is not None and not with_any else answered

    def _all_answered(self, tree: Tree, needs: frozenset[str]) -> Tree | None:
        found: Tree | None = None
        for name in sorted(needs):
            if not self._has_points(name):
                return None
            asked = Call(tree.span, "answered", (Name(tree.span, tuple(name.split("."))),))
            found = asked if found is None else Binary(tree.span, "and", found, asked)
        return found if found is not None else Literal(tree.span, value=True)

    # --- orders -------------------------------------------------------------------------------------------------------
    def _comparison(self, tree: Binary) -> Tree:
        of_answers = self._is_of_two_answers(tree)
        if self._met[_pair(tree)] < 2 or (tree.operator in {"=", "!="} and not of_answers):
            return self._variable(tree, shape(tree), (False, True))
        return self._ordered(tree, of_answers=of_answers)

    def _is_of_two_answers(self, tree: Binary) -> bool:
        """Of two numbers or two dates, which are equal just where neither is more: other values may be spelt apart."""
        if not isinstance(tree.left, Name) or not isinstance(tree.right, Name):
            return False
        kinds = {self._names[side.text].type for side in (tree.left, tree.right)}
        return kinds <= NUMBERS or kinds == {ValueType.DATE}

    def _ordered(self, tree: Binary, *, of_answers: bool) -> Tree:
        left, right = shape(tree.left), shape(tree.right)
        operator = tree.operator if left <= right else _TURNED[tree.operator]
        order = self._variable(tree, f"order of {_pair(tree)}", ORDERS if of_answers else ORDERS[:4])
        if of_answers and isinstance(tree.left, Name) and isinstance(tree.right, Name):
            sides = sorted((tree.left.text, tree.right.text))
            if all(map(self._has_points, sides)):
                self.free.pairs[int(order.text.removeprefix("free.n"))] = (sides[0], sides[1])
        found: Tree | None = None
        for holding in _HOLDING[operator]:
            one = Binary(tree.span, "=", order, Literal(tree.span, holding))
            found = one if found is None else Binary(tree.span, "or", found, one)
        assert found is not None  # noqa: S101 - every operator holds in some order
        return found

    # --- points -------------------------------------------------------------------------------------------------------
    def _has_points(self, name: str) -> bool:
        """Whether the points of a name are those of this round."""
        known = self._names[name]
        return self._domains.points(name) is not None and known.repeats[: len(self._repeats)] == known.repeats

    def _is_decidable(self, atom: Tree) -> bool:
        if any(isinstance(part, Call) and part.function in _MOVING for part in parts_of(atom)):
            return False
        names = {name.text for name in names_in(atom)}
        return all(self._has_points(name) and self._tells(atom, name) for name in names)

    def _tells(self, atom: Tree, name: str) -> bool:
        kind = self._names[name].type
        return kind in FINITE or _told_apart(atom, kind)


def _told_apart(atom: Tree, kind: ValueType) -> bool:
    """Whether the points of a name of this type tell apart all that the atom tells apart."""
    if isinstance(atom, Call):
        sought = atom.arguments[1] if atom.function == "selected" else None
        return atom.function in {"answered", "special"} or (kind is ValueType.CHOICES and isinstance(sought, Literal))
    return isinstance(atom, Binary) and atom.operator in COMPARISONS and _compared(atom, kind)


def _compared(atom: Binary, kind: ValueType) -> bool:
    sides = (atom.left, atom.right)
    if any(isinstance(side, Call) and side.function == "special" for side in sides):
        return True
    if not any(isinstance(side, Name) for side in sides):
        return False
    if kind in NUMBERS:
        return any(plain_number(side) is not None for side in sides)
    texts = [side.value for side in sides if isinstance(side, Literal) and isinstance(side.value, str)]
    if kind is ValueType.DATE:
        return any(plain_day(text) is not None for text in texts)
    if kind is ValueType.TIME:
        return any(clock_seconds(text) is not None for text in texts)
    return bool(texts) and atom.operator in {"=", "!="} and _is_wordy(kind)


def _is_wordy(kind: ValueType) -> bool:
    return kind in {ValueType.TEXT, ValueType.PHONE, ValueType.EMAIL, ValueType.UUID}


def _pair(tree: Binary) -> str:
    left, right = shape(tree.left), shape(tree.right)
    return f"{min(left, right)} and {max(left, right)}"


def shape(tree: Tree) -> str:
    """The same text for trees that are equal but for their places."""
    match tree:
        case Literal():
            return repr(tree.value)
        case Name():
            return f"${{{tree.text}}}"
        case Binary():
            return f"({shape(tree.left)} {tree.operator} {shape(tree.right)})"
        case Call():
            return f"{tree.function}({', '.join(shape(each) for each in tree.arguments)})"
        case _:
            return f"-{shape(tree.operand)}"
