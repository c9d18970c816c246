"""Expressions: parsed once, typed before publication, compiled to closures, run on ODK's semantics.

    expression = parse("${age} >= 18 and selected(${brands}, 'a')", span)       # ScriptError
    kind, problems = infer(expression, names, wants=ValueType.BOOLEAN)          # every problem, none raised
    holds = compile_condition(expression, names)                                # Callable[[Scope], bool]
    worth = compile_expression(expression, names)                               # Callable[[Scope], Value]
    score = to_field(worth(scope), ValueType.INTEGER, scope.timezone)           # as a compute of that type keeps it

`names` is optional when compiling: with it the closures are made for the types and run faster, and numbers, times
and truth values are compared as such; without it they follow ODK's untyped rules. `docs/expressions.md` tells all.
"""

from __future__ import annotations

from callscript.expressions.parser import parse
from callscript.expressions.patterns import Pattern, compile_pattern
from callscript.expressions.problems import KINDS
from callscript.expressions.scope import UNANSWERED, FlatScope, Names, NameType, Scope, Value

__all__ = [
    "KINDS",
    "UNANSWERED",
    "FlatScope",
    "NameType",
    "Names",
    "Pattern",
    "Scope",
    "Value",
    "compile_pattern",
    "parse",
]
