"""Between which bounds a number can lie, worked out from the limits of the fields that it is made of.

Bounds are kept for `+ - * div mod`, for counting and rounding functions, for `if` and `coalesce`, and through computes.
Arithmetic on doubles never turns an order round (it is rounded to the nearest), so bounds made from bounds hold for
every number between. What is made of an answer that is missing is no number, and no comparison holds for it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import product

from callscript.checker.context import Context
from callscript.checker.fields import number_of
from callscript.expressions.arithmetic import ARITHMETIC, divide, rounded, whole
from callscript.expressions.sorts import reads_as_number
from callscript.expressions.values import text_to_number
from callscript.model.expression import Binary, Call, Literal, Name, Tree, Unary
from callscript.model.values import NUMBERS, ValueType

INF = math.inf
MOST_DEPTH = 40
"""Computes read through one another, and levels of an expression; what lies deeper has no bounds."""
_NOTHING: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Range:
    """A number from `least` to `most`."""

    least: float
    most: float
    needs: frozenset[str] | None = None
    """It is a number just where all of these are answered; None: not known when it is one."""

    def joined(self, other: Range) -> Range:
        """Of what may be either."""
        needs = self.needs if self.needs == other.needs else None
        return Range(min(self.least, other.least), max(self.most, other.most), needs)


def decided(operator: str, left: Range, right: Range) -> bool | None:
    """How an order comes out for all numbers of the two ranges; None: some one way, some the other."""
    if operator in {">", ">="}:
        return decided({">": "<", ">=": "<="}[operator], right, left)
    if operator == "<":
        return True if left.most < right.least else False if left.least >= right.most else None
    if operator == "<=":
        return True if left.most <= right.least else False if left.least > right.most else None
    apart = left.most < right.least or left.least > right.most
    return (operator == "!=") if apart else None


class Ranges:
    """Bounds of a campaign's expressions."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._fields = {field.name: field for _, field in context.fields}
        self._computes = {compute.name: compute for _, compute in context.computes}
        self._known: dict[str, Range | None] = {}
        self._depth = 0

    def of(self, tree: Tree) -> Range | None:
        """The bounds of what a tree gives where that is a number; None: it need not be one, or nothing is known."""
        self._depth += 1
        try:
            found = self._of(tree) if self._depth <= MOST_DEPTH else None
        finally:
            self._depth -= 1
        return None if found is None or math.isnan(found.least) or math.isnan(found.most) else found

    def _of(self, tree: Tree) -> Range | None:
        if isinstance(tree, Literal):
            is_number = isinstance(tree.value, float)
            return Range(float(tree.value), float(tree.value), _NOTHING) if is_number else None
        if isinstance(tree, Name):
            return self.of_name(tree.text)
        if isinstance(tree, Unary):
            inner = self.of(tree.operand)
            return None if inner is None else Range(-inner.most, -inner.least, inner.needs)
        if isinstance(tree, Binary):
            return self._arithmetic(tree) if tree.operator in ARITHMETIC else None
        rule = _RULES.get(tree.function)
        return rule(self, tree) if rule is not None else None

    # --- names --------------------------------------------------------------------------------------------------------
    def of_name(self, name: str) -> Range | None:
        """The bounds of the number that a field, compute or taken value holds."""
        if name not in self._known:
            self._known[name] = None  # what is worked out from itself has no bounds
            self._known[name] = self._named(name)
        return self._known[name]

    def _named(self, name: str) -> Range | None:
        known, needs = self._context.names.get(name), frozenset({name})
        if known is None or self._context.is_unclear(name):
            return None
        if known.type is ValueType.CHOICE and known.options and all(map(reads_as_number, known.options)):
            numbers = [text_to_number(option, "UTC") for option in known.options]
            return Range(min(numbers), max(numbers), needs)
        return self._of_number(name, known.type, needs) if known.type in NUMBERS else None

    def _of_number(self, name: str, kind: ValueType, needs: frozenset[str]) -> Range:
        field, compute = self._fields.get(name), self._computes.get(name)
        if field is not None:
            least, most = number_of(field.minimum), number_of(field.maximum)
            return Range(-INF if least is None else least, INF if most is None else most, needs)
        made = self.of(compute.value.tree) if compute is not None else None
        if made is None:
            return Range(-INF, INF, needs)
        if kind is not ValueType.INTEGER or not (math.isfinite(made.least) and math.isfinite(made.most)):
            return Range(made.least, made.most, needs)
        return Range(float(math.floor(made.least)), float(math.ceil(made.most)), needs)

    # --- operators ----------------------------------------------------------------------------------------------------
    def _arithmetic(self, tree: Binary) -> Range | None:
        left, right = self.of(tree.left), self.of(tree.right)
        if left is None or right is None:
            return None
        bounds = (left.least, left.most, right.least, right.most)
        if not all(map(math.isfinite, bounds)) and tree.operator not in {"+", "-"}:
            return None
        if tree.operator == "mod":
            return self._remainder(left, right)
        if tree.operator == "div" and right.least <= 0 <= right.most:
            return None
        operate = divide if tree.operator == "div" else ARITHMETIC[tree.operator]
        corners = [operate(*each) for each in product((left.least, left.most), (right.least, right.most))]
        if tree.operator == "+":
            corners = [left.least + right.least, left.most + right.most]
        elif tree.operator == "-":
            corners = [left.least - right.most, left.most - right.least]
        needs = None if left.needs is None or right.needs is None else left.needs | right.needs
        is_bounded = all(map(math.isfinite, (*bounds, *corners)))
        return Range(min(corners), max(corners), needs if is_bounded else None)

    @staticmethod
    def _remainder(left: Range, right: Range) -> Range | None:
        """It has the sign of the left side, and is no greater than either."""
        most = max(abs(right.least), abs(right.most))
        return Range(max(-most, min(left.least, 0.0)), min(most, max(left.most, 0.0)))

    # --- functions ----------------------------------------------------------------------------------------------------
    def _either(self, call: Call) -> Range | None:
        one, other = self.of(call.arguments[1]), self.of(call.arguments[2])
        return None if one is None or other is None else one.joined(other)

    def _coalesced(self, call: Call) -> Range | None:
        found: Range | None = None
        is_certain = False
        for argument in call.arguments:
            each = self.of(argument)
            if each is None:
                return None
            is_certain = is_certain or each.needs == _NOTHING
            found = each if found is None else found.joined(each)
        return found and Range(found.least, found.most, _NOTHING if is_certain else None)

    def _monotone(self, call: Call, change: Callable[[float], float]) -> Range | None:
        inner = self.of(call.arguments[0])
        return None if inner is None else Range(change(inner.least), change(inner.most), inner.needs)

    def _rounded(self, call: Call) -> Range | None:
        places = call.arguments[1] if len(call.arguments) > 1 else Literal(call.span, 0.0)
        if not isinstance(places, Literal) or not isinstance(places.value, float):
            return None
        number = places.value
        return self._monotone(call, lambda value: rounded(value, number))

    def _absolute(self, call: Call) -> Range | None:
        inner = self.of(call.arguments[0])
        if inner is None:
            return None
        least = 0.0 if inner.least <= 0 <= inner.most else min(abs(inner.least), abs(inner.most))
        return Range(least, max(abs(inner.least), abs(inner.most)), inner.needs)

    def _extreme(self, call: Call) -> Range | None:
        choose = min if call.function == "min" else max
        found = [self.of(argument) for argument in call.arguments]
        known = [each for each in found if each is not None]
        if len(known) < len(found):
            return None
        return Range(choose(each.least for each in known), choose(each.most for each in known))

    def _total(self, call: Call) -> Range | None:
        """Of one round or more."""
        each = self.of(call.arguments[0])
        return None if each is None or each.least < 0 else Range(each.least, INF)

    def _chosen(self, call: Call) -> Range | None:
        chosen = self.chosen_if_answered(call)
        return None if chosen is None else Range(0.0, chosen.most, _NOTHING)

    def chosen_if_answered(self, call: Call) -> Range | None:
        """How many options can be chosen of what `count-selected` counts, where it is answered at all."""
        name = call.arguments[0]
        known = self._context.names.get(name.text) if isinstance(name, Name) else None
        if known is None or not isinstance(name, Name) or self._context.is_unclear(name.text):
            return None
        if known.type is ValueType.CHOICE:
            return Range(1.0, 1.0)
        if known.type is not ValueType.CHOICES:
            return None
        field = self._fields.get(name.text)
        fewest, most = (field and field.length) or (1, None)
        listed = INF if known.options is None else len(known.options)
        return Range(float(max(1, fewest)), float(listed if most is None else min(most, listed)))


_RULES: dict[str, Callable[[Ranges, Call], Range | None]] = {
    "if": Ranges._either,  # noqa: SLF001 - one table for the class above
    "coalesce": Ranges._coalesced,  # noqa: SLF001
    "number": lambda ranges, call: ranges.of(call.arguments[0]),
    "int": lambda ranges, call: ranges._monotone(call, whole),  # noqa: SLF001
    "round": Ranges._rounded,  # noqa: SLF001
    "abs": Ranges._absolute,  # noqa: SLF001
    "min": Ranges._extreme,  # noqa: SLF001
    "max": Ranges._extreme,  # noqa: SLF001
    "sum": Ranges._total,  # noqa: SLF001
    "count-selected": Ranges._chosen,  # noqa: SLF001
    "string-length": lambda _ranges, _call: Range(0.0, INF, _NOTHING),
    "count": lambda _ranges, _call: Range(0.0, INF),
    "position": lambda _ranges, _call: Range(1.0, INF),
}
