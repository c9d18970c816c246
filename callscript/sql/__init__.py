"""The SQL of server scripts, as far as it can be known without a database.

`lexer` tells names to bind from the rest of a text, `compiled` makes each statement `$n` text once, `plan` says in how
few round trips an action runs, `kinds` is what can be wrong. `admission` (publishing time only: it needs PostgreSQL's
own parser) says whether a statement may run at all.
"""

from callscript.sql.compiled import Bindings, CompiledAction, CompiledStatement, Rendered, StatementTooLong
from callscript.sql.compiler import compile_action
from callscript.sql.plan import Plan, plan

__all__ = [
    "Bindings",
    "CompiledAction",
    "CompiledStatement",
    "Plan",
    "Rendered",
    "StatementTooLong",
    "compile_action",
    "plan",
]
