"""Which answers a check speaks about: without them there is nothing to doubt, and it is not judged.

ODK judges a constraint only where its question has an answer. A `<check>` speaks about several fields, so the rule is:
every name that it compares must be answered. A name that the author looks after (`answered(${x})`, `special(${x})`,
`coalesce(${x}, …)`, `${x} = ''`) need not be, nor one read only by `selected`, `count-selected`, `count`, `sum` and
`join`, which give a plain result for no answer.
"""

from __future__ import annotations

from callscript.model.expression import Binary, Call, Literal, Name, Tree, Unary

_LOOKS_AFTER = frozenset({"answered", "special", "coalesce"})
_PLAIN_WITHOUT = frozenset({"selected", "count-selected", "count", "sum", "join"})


def names_needed(tree: Tree) -> tuple[str, ...]:
    """Names that must be answered before the check `tree` is judged."""
    compared: dict[str, None] = {}
    guarded: set[str] = set()
    _read(tree, compared, guarded)
    return tuple(name for name in compared if name not in guarded)


def _read(tree: Tree, compared: dict[str, None], guarded: set[str]) -> None:
    if isinstance(tree, Name):
        compared[tree.text] = None
    elif isinstance(tree, Unary):
        _read(tree.operand, compared, guarded)
    elif isinstance(tree, Binary):
        _read_binary(tree, compared, guarded)
    elif isinstance(tree, Call):
        for argument in tree.arguments:
            if isinstance(argument, Name) and tree.function in _LOOKS_AFTER:
                guarded.add(argument.text)
            elif not (isinstance(argument, Name) and tree.function in _PLAIN_WITHOUT):
                _read(argument, compared, guarded)


def _read_binary(tree: Binary, compared: dict[str, None], guarded: set[str]) -> None:
    for one, other in ((tree.left, tree.right), (tree.right, tree.left)):
        if isinstance(one, Name) and isinstance(other, Literal) and other.value == "":
            guarded.add(one.text)
    _read(tree.left, compared, guarded)
    _read(tree.right, compared, guarded)
