"""A tree made into closures, once: afterwards running it is a few calls, without any look at the tree.

Every tree is compiled for what it shall count as (a value, a number, a text, a truth value), so that conversions
happen only where two kinds meet, and the commonest shapes (`${name} >= 18`, `${name} = 'yes'`) are one closure.
"""

from __future__ import annotations

from collections.abc import Callable

from callscript.expressions.arithmetic import ARITHMETIC, ORDER
from callscript.expressions.functions import DATES, NUMBERS, TEXTS, TRUTHS, Compile, Run, is_answer
from callscript.expressions.moments import Moment
from callscript.expressions.scope import UNANSWERED, Scope, Value
from callscript.expressions.values import answer_text, equal, to_number, to_text, to_truth
from callscript.model.expression import Binary, Call, Expression, Literal, Name, Tree, Unary

NumberRun = Callable[[Scope], float]
TextRun = Callable[[Scope], str]
TruthRun = Callable[[Scope], bool]


def compile_expression(expression: Expression) -> Callable[[Scope], Value]:
    """What the expression is worth in a scope: never NaN (that is `''`), a date as ISO text."""
    run = value_of(expression.tree)
    if _is_truth(expression.tree):
        return run

    def finished(scope: Scope) -> Value:
        value = run(scope)
        kind = value.__class__
        if kind is Moment:
            return value.text
        if kind is float and value != value:  # noqa: PLR0124 - NaN alone differs from itself
            return UNANSWERED
        return value

    return finished


def compile_condition(expression: Expression) -> Callable[[Scope], bool]:
    """Whether the expression holds in a scope."""
    return truth_of(expression.tree)


# --- by what a tree shall count as -----------------------------------------------------------------------------------
def value_of(tree: Tree) -> Run:
    if isinstance(tree, Literal):
        constant = tree.value
        return lambda _: constant
    if isinstance(tree, Name):
        name = tree.text
        return lambda scope: scope.value(name)
    if isinstance(tree, Call):
        return _call_value(tree)
    return truth_of(tree) if _is_truth(tree) else number_of(tree)


def _call_value(call: Call) -> Run:
    if call.function == "if":
        return _branches(call, value_of)
    if call.function == "coalesce":
        return _first_answer([value_of(argument) for argument in call.arguments])
    for table in (DATES, TRUTHS, TEXTS, NUMBERS):
        if call.function in table:
            return table[call.function](_COMPILE, call.arguments)
    raise KeyError(call.function)


def number_of(tree: Tree) -> NumberRun:
    if isinstance(tree, Literal) and isinstance(tree.value, float):
        constant = tree.value
        return lambda _: constant
    if isinstance(tree, Unary):
        operand = number_of(tree.operand)
        return lambda scope: -operand(scope)
    if isinstance(tree, Binary) and tree.operator in ARITHMETIC:
        return _arithmetic(tree)
    if isinstance(tree, Call) and tree.function in NUMBERS:
        return NUMBERS[tree.function](_COMPILE, tree.arguments)
    if isinstance(tree, Call) and tree.function == "if":
        return _branches(tree, number_of)
    run = value_of(tree)
    return lambda scope: to_number(run(scope), scope.timezone)


def text_of(tree: Tree) -> TextRun:
    if isinstance(tree, Literal):
        text = to_text(tree.value)
        return lambda _: text
    if isinstance(tree, Name):
        name = tree.text
        return lambda scope: answer_text(scope.value(name))
    if isinstance(tree, Call) and tree.function in TEXTS:
        return TEXTS[tree.function](_COMPILE, tree.arguments)
    if isinstance(tree, Call) and tree.function == "if":
        return _branches(tree, text_of)
    if isinstance(tree, Call) and tree.function == "coalesce":
        return _first_answer([text_of(argument) for argument in tree.arguments])
    run = value_of(tree)
    return lambda scope: to_text(run(scope))


def truth_of(tree: Tree) -> TruthRun:
    if isinstance(tree, Binary) and tree.operator in _TRUTH_BINARIES:
        return _TRUTH_BINARIES[tree.operator](tree)
    if isinstance(tree, Call) and tree.function in TRUTHS:
        return TRUTHS[tree.function](_COMPILE, tree.arguments)
    if isinstance(tree, Call) and tree.function == "if":
        return _branches(tree, truth_of)
    if isinstance(tree, Literal):
        constant = to_truth(tree.value)
        return lambda _: constant
    run = value_of(tree)
    return lambda scope: to_truth(run(scope))


_COMPILE = Compile(value_of, number_of, text_of, truth_of)


def _is_truth(tree: Tree) -> bool:
    """Whether a tree gives a truth value whatever stands in it."""
    if isinstance(tree, Binary):
        return tree.operator not in ARITHMETIC
    return isinstance(tree, Call) and tree.function in TRUTHS


# --- operators -------------------------------------------------------------------------------------------------------
def _branches(call: Call, compile_branch: Callable[[Tree], Callable[[Scope], Value]]) -> Callable[[Scope], Value]:
    condition, then, otherwise = call.arguments
    test, yes, no = truth_of(condition), compile_branch(then), compile_branch(otherwise)
    return lambda scope: yes(scope) if test(scope) else no(scope)


def _first_answer(runs: list[Callable[[Scope], Value]]) -> Callable[[Scope], Value]:
    def first(scope: Scope) -> Value:
        for run in runs:
            value = run(scope)
            if is_answer(value):
                return value
        return UNANSWERED

    return first


def _arithmetic(tree: Binary) -> NumberRun:
    left, right = number_of(tree.left), number_of(tree.right)
    if tree.operator == "+":
        return lambda scope: left(scope) + right(scope)
    if tree.operator == "-":
        return lambda scope: left(scope) - right(scope)
    operate = ARITHMETIC[tree.operator]
    return lambda scope: operate(left(scope), right(scope))


def _and(tree: Binary) -> TruthRun:
    left, right = truth_of(tree.left), truth_of(tree.right)
    return lambda scope: left(scope) and right(scope)


def _or(tree: Binary) -> TruthRun:
    left, right = truth_of(tree.left), truth_of(tree.right)
    return lambda scope: left(scope) or right(scope)


def _equality(tree: Binary) -> TruthRun:
    name, literal = _name_and_literal(tree)
    if name is not None and literal is not None and isinstance(literal.value, str):
        return _equals_text(name.text, literal.value)
    left, right = value_of(tree.left), value_of(tree.right)
    return lambda scope: equal(left(scope), right(scope), scope.timezone)


def _name_and_literal(tree: Binary) -> tuple[Name | None, Literal | None]:
    for one, other in ((tree.left, tree.right), (tree.right, tree.left)):
        if isinstance(one, Name) and isinstance(other, Literal):
            return one, other
    return None, None


def _equals_text(name: str, text: str) -> TruthRun:
    def run(scope: Scope) -> bool:
        value = scope.value(name)
        if value.__class__ is str:
            return value == text
        return equal(value, text, scope.timezone)

    return run


def _inequality(tree: Binary) -> TruthRun:
    same = _equality(tree)
    return lambda scope: not same(scope)


def _order(tree: Binary) -> TruthRun:
    compare = ORDER[tree.operator]
    if isinstance(tree.left, Name) and isinstance(tree.right, Literal) and isinstance(tree.right.value, float):
        return _order_of_name(tree.operator, tree.left.text, tree.right.value)
    left, right = number_of(tree.left), number_of(tree.right)
    return lambda scope: compare(left(scope), right(scope))


def _order_of_name(operator: str, name: str, limit: float) -> TruthRun:
    compare = ORDER[operator]

    def run(scope: Scope) -> bool:
        value = scope.value(name)
        kind = value.__class__
        if kind is int or kind is float:
            return compare(value, limit)
        return compare(to_number(value, scope.timezone), limit)

    return run


_TRUTH_BINARIES: dict[str, Callable[[Binary], TruthRun]] = {
    "and": _and,
    "or": _or,
    "=": _equality,
    "!=": _inequality,
    "<": _order,
    "<=": _order,
    ">": _order,
    ">=": _order,
}
