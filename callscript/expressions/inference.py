"""Types before the interview: what an expression gives, and everything in it that could not work."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from callscript.expressions import problems as kinds
from callscript.expressions.arithmetic import ARITHMETIC, ORDER
from callscript.expressions.calls import CALLS
from callscript.expressions.comparing import check_count, check_equality, check_order
from callscript.expressions.scope import Names
from callscript.expressions.sorts import DAYS, Sort, Typed, typed_literal, typed_name
from callscript.expressions.unanswered import nodes, true_when_unanswered
from callscript.expressions.wanted import check_wanted
from callscript.model.expression import Binary, Call, Expression, Literal, Name, Tree, Unary
from callscript.model.values import ValueType
from callscript.places import Span
from callscript.problems import Kind, Problem
from callscript.spelling import closest

_MOST_HINTS = 20
"""Misspelt names of one expression for which the nearest name is looked for."""


class Inferred(NamedTuple):
    type: ValueType
    """Type of a field that could hold what the expression gives."""
    problems: tuple[Problem, ...]


def infer(
    expression: Expression,
    names: Names,
    *,
    repeats: tuple[str, ...] = (),
    wants: ValueType | None = None,
) -> Inferred:
    """Type an expression that stands inside `repeats` (ids, outermost first) among `names`.

    `wants` is the type of what its result becomes, such as BOOLEAN for a condition; None: anything will do.
    Nothing is raised: all problems are returned, in reading order.
    """
    checking = Checking(names, repeats)
    typed = checking.typed(expression.tree)
    if wants is not None:
        checking.wanted(typed, wants, expression.tree)
    if not any(problem.is_error for problem in checking.problems):
        checking.unanswered(expression.tree, is_condition=wants is ValueType.BOOLEAN or typed.sort is Sort.BOOLEAN)
    return Inferred(typed.type, checking.problems)


@dataclass(slots=True)
class Checking:
    """One expression being typed: its problems so far, and where it stands."""

    names: Names
    repeats: tuple[str, ...]
    found: dict[tuple[str, Span, str], Problem] = field(default_factory=dict)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """In reading order, each once."""
        return tuple(sorted(self.found.values(), key=lambda problem: problem.span))

    def report(self, kind: Kind, span: Span, **values: str) -> None:
        self.found.setdefault((kind.code, span, values.get("name", "")), Problem(kind, span, values))

    def typed(self, tree: Tree, *, over_rounds: bool = False) -> Typed:
        if isinstance(tree, Literal):
            return typed_literal(tree.value)
        if isinstance(tree, Name):
            return self.name(tree, over_rounds=over_rounds)
        if isinstance(tree, Call):
            return CALLS[tree.function](self, tree)
        return self.negated(tree) if isinstance(tree, Unary) else self.binary(tree)

    def name(self, tree: Name, *, over_rounds: bool) -> Typed:
        known = self.names.get(tree.text)
        if known is None:
            near = closest(tree.text, self.names) if len(self.found) < _MOST_HINTS else None
            hint = f"Did you mean ${{{near}}}? " if near else ""
            hint_zh = f"是否想写 ${{{near}}}？" if near else ""
            self.report(kinds.UNKNOWN_NAME, tree.span, name=tree.text, hint=hint, hint_zh=hint_zh)
            return Typed(Sort.UNKNOWN)
        if not over_rounds and known.repeats != self.repeats[: len(known.repeats)]:
            self.report(kinds.NEEDS_AGGREGATE, tree.span, name=tree.text, repeat=known.repeats[-1])
            return Typed(Sort.UNKNOWN)
        return typed_name(tree.text, known)

    def negated(self, tree: Unary) -> Typed:
        operand = self.typed(tree.operand)
        check_count(self.report, tree.operand.span, "-", operand)
        if isinstance(operand.literal, float):
            return Typed(operand.sort, literal=-operand.literal)
        return Typed(Sort.INTEGER if operand.sort is Sort.INTEGER else Sort.DECIMAL)

    def binary(self, tree: Binary) -> Typed:
        if tree.operator in ARITHMETIC:
            return self.arithmetic(tree)
        if tree.operator in {"and", "or"}:
            self.condition(tree.left)
            self.condition(tree.right)
        elif tree.operator in {"=", "!="}:
            check_equality(self.report, tree.span, tree.operator, self.typed(tree.left), self.typed(tree.right))
        elif isinstance(tree.left, Binary) and tree.left.operator in ORDER:
            self.typed(tree.left)
            self.report(kinds.CHAINED_COMPARISON, tree.span)
        else:
            check_order(self.report, tree.span, tree.operator, self.typed(tree.left), self.typed(tree.right))
        return Typed(Sort.BOOLEAN)

    def arithmetic(self, tree: Binary) -> Typed:
        left, right = self.typed(tree.left), self.typed(tree.right)
        for side, part in ((left, tree.left), (right, tree.right)):
            check_count(self.report, part.span, tree.operator, side, truths=True)
        return Typed(_arithmetic_sort(tree.operator, left.sort, right.sort))

    def condition(self, tree: Tree) -> None:
        """`tree` stands where only true or false can."""
        typed = self.typed(tree)
        if typed.sort not in {Sort.BOOLEAN, Sort.UNKNOWN}:
            values = {"found": typed.sort.english, "found_zh": typed.sort.chinese}
            self.report(kinds.NOT_A_CONDITION, tree.span, **values)

    def wanted(self, typed: Typed, wants: ValueType, tree: Tree) -> None:
        if wants is not ValueType.BOOLEAN:
            check_wanted(self.report, tree.span, typed, wants)
        elif typed.sort not in {Sort.BOOLEAN, Sort.UNKNOWN}:
            self.report(kinds.NOT_A_CONDITION, tree.span, found=typed.sort.english, found_zh=typed.sort.chinese)

    def unanswered(self, tree: Tree, *, is_condition: bool) -> None:
        """Warn of every condition in `tree` that may hold for want of an answer."""
        conditions = [tree] if is_condition else _conditions_in(tree)
        for condition in conditions:
            for span, name in true_when_unanswered(condition, self.names):
                self.report(kinds.TRUE_WHEN_UNANSWERED, span, name=name)


def _conditions_in(tree: Tree) -> list[Tree]:
    return [each.arguments[0] for each in nodes(tree) if isinstance(each, Call) and each.function == "if"]


def _arithmetic_sort(operator: str, left: Sort, right: Sort) -> Sort:
    if Sort.UNKNOWN in {left, right}:
        return Sort.UNKNOWN
    if operator in {"+", "-"} and (left in DAYS) != (right in DAYS) and (operator == "+" or left in DAYS):
        return Sort.DAYS
    whole = {Sort.INTEGER, Sort.BOOLEAN}
    return Sort.INTEGER if operator != "div" and {left, right} <= whole else Sort.DECIMAL
