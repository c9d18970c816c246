"""Expressions: parsed once, typed before publication, compiled to closures, run on ODK's semantics.

    expression = parse("${age} >= 18 and selected(${brands}, 'a')", span)    # ScriptError
    kind, problems = infer(expression, names, wants=ValueType.BOOLEAN)       # every problem, none raised
    holds = compile_condition(expression)                                    # Callable[[Scope], bool]
    worth = compile_expression(expression)                                   # Callable[[Scope], Value]
    score = compile_field(expression, ValueType.INTEGER)                     # as a compute of that type is kept

`docs/expressions.md` tells all, with the table of what differs from ODK and why.
"""

from __future__ import annotations

from callscript.expressions.compiler import compile_condition, compile_expression
from callscript.expressions.fields import compile_field, to_field
from callscript.expressions.formatting import compile_text
from callscript.expressions.inference import Inferred, infer
from callscript.expressions.input_problems import INPUT_CODES, InputProblem
from callscript.expressions.parser import parse
from callscript.expressions.patterns import Pattern, compile_pattern
from callscript.expressions.problems import KINDS
from callscript.expressions.reading import read_input
from callscript.expressions.scope import UNANSWERED, FlatScope, Names, NameType, Scope, Value

__all__ = [
    "INPUT_CODES",
    "KINDS",
    "UNANSWERED",
    "FlatScope",
    "Inferred",
    "InputProblem",
    "NameType",
    "Names",
    "Pattern",
    "Scope",
    "Value",
    "compile_condition",
    "compile_expression",
    "compile_field",
    "compile_pattern",
    "compile_text",
    "infer",
    "parse",
    "read_input",
    "to_field",
]
