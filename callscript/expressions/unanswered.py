"""Conditions that hold only because nothing was answered: `${x} != 'a'`, `not(selected(${x}, 'a'))`.

A condition is taken apart into atoms joined by `and`, `or`, `not` and `if`. An atom that holds where its names are
unanswered is worth a warning, unless it asks for just that (`= ''`, `answered()`, `coalesce()`), or a partner in the
same conjunction cannot hold then (`answered(${x}) and ${x} != 'a'`).
"""

from __future__ import annotations

from collections.abc import Iterator

from callscript.expressions.compiler import truth_of
from callscript.expressions.scope import FlatScope, Names
from callscript.model.expression import Binary, Call, Literal, Name, Tree, Unary
from callscript.places import Span

_NOTHING_ANSWERED = FlatScope({})
_SAID_OUTRIGHT = frozenset({"answered", "special", "coalesce", "count", "join", "sum", "min", "max"})
"""Functions whose authors have thought of what is unanswered, or that work on rounds."""

_OF_THE_PLACE = frozenset({"position", "now", "today", "special"})
"""Functions that need more than answers."""


def true_when_unanswered(tree: Tree, names: Names) -> Iterator[tuple[Span, str]]:
    """Each place and name where condition `tree` may hold for want of an answer."""
    yield from _walk(tree, frozenset(), names, holding=True)


def needed(tree: Tree, among: frozenset[str]) -> frozenset[str]:
    """Those of the names without whose answer condition `tree` cannot hold: a part of it that reads this one alone, and
    that everything else hangs on, is false then."""
    parts, is_and = _joined(tree) or ([tree], True)
    alone = [(part, names_in(part)) for part in (parts if is_and else [tree])]
    return frozenset().union(
        *(names for part, names in alone if len(names) == 1 and names <= among and _fails_without(part))
    )


def _fails_without(part: Tree) -> bool:
    return not _calls(part) & _OF_THE_PLACE and not truth_of(part)(_NOTHING_ANSWERED)


def _walk(tree: Tree, guarded: frozenset[str], names: Names, *, holding: bool) -> Iterator[tuple[Span, str]]:
    joined = _joined(tree)
    if joined is not None:
        parts, is_and = joined
        if is_and == holding:
            guarded = guarded.union(*(_guards(part, holding=holding) for part in parts))
        else:
            guarded = guarded.union(*map(_asked_outright, parts))
        for part in parts:
            yield from _walk(part, guarded, names, holding=holding)
    elif isinstance(tree, Call) and tree.function == "not":
        yield from _walk(tree.arguments[0], guarded, names, holding=not holding)
    elif isinstance(tree, Call) and tree.function == "if":
        condition, then, otherwise = tree.arguments
        yield from _walk(then, guarded | _guards(condition, holding=True), names, holding=holding)
        yield from _walk(otherwise, guarded | _guards(condition, holding=False), names, holding=holding)
    else:
        suspects = _suspects(tree, holding=holding)
        answered = guarded | {name for name in suspects if name in names and not names[name].may_be_unanswered}
        if _differs(tree, holding=holding) or not suspects & answered:
            yield from ((tree.span, name) for name in sorted(suspects - answered) if name in names)


def _joined(tree: Tree) -> tuple[list[Tree], bool] | None:
    """All members of a chain of `and` (True) or `or` (False)."""
    if not isinstance(tree, Binary) or tree.operator not in {"and", "or"}:
        return None
    members: list[Tree] = []
    waiting: list[Tree] = [tree]
    while waiting:
        each = waiting.pop()
        if isinstance(each, Binary) and each.operator == tree.operator:
            waiting += [each.right, each.left]
        else:
            members.append(each)
    return members, tree.operator == "and"


def _asked_outright(tree: Tree) -> frozenset[str]:
    """Names that one side of an `or` asks after: `not(answered(${x})) or ${x} != 'a'` means what it says."""
    while isinstance(tree, Call) and tree.function == "not":
        tree = tree.arguments[0]
    if _joined(tree) is not None:
        return frozenset()
    return names_in(tree) if _against_nothing(tree) or _calls(tree) & {"answered", "special"} else frozenset()


def _guards(tree: Tree, *, holding: bool) -> frozenset[str]:
    """Names that must have been answered where `tree` has the truth value `holding`."""
    joined = _joined(tree)
    if joined is not None:
        parts, is_and = joined
        each = [_guards(part, holding=holding) for part in parts]
        return frozenset.union(*each) if is_and == holding else frozenset.intersection(*each)
    if isinstance(tree, Call) and tree.function == "not":
        return _guards(tree.arguments[0], holding=not holding)
    if isinstance(tree, Call) and tree.function == "answered":
        return names_in(tree) if holding else frozenset()
    if _calls(tree) & _SAID_OUTRIGHT or _differs(tree, holding=holding):
        return names_in(tree) if _against_nothing(tree) and len(names_in(tree)) == 1 else frozenset()
    return names_in(tree) if truth_of(tree)(_NOTHING_ANSWERED) != holding else frozenset()


def _suspects(tree: Tree, *, holding: bool) -> frozenset[str]:
    """Names for want of which an atom may have the truth value `holding`."""
    if _calls(tree) & _SAID_OUTRIGHT or _against_nothing(tree):
        return frozenset()
    if _differs(tree, holding=holding):
        return names_in(tree)
    return names_in(tree) if truth_of(tree)(_NOTHING_ANSWERED) == holding else frozenset()


def _differs(tree: Tree, *, holding: bool) -> bool:
    """Whether the atom says that two things are not equal."""
    return isinstance(tree, Binary) and tree.operator == ("!=" if holding else "=")


def _against_nothing(tree: Tree) -> bool:
    """Whether the atom compares with `''`."""
    return isinstance(tree, Binary) and any(isinstance(s, Literal) and s.value == "" for s in (tree.left, tree.right))


def names_in(tree: Tree) -> frozenset[str]:
    return frozenset(each.text for each in nodes(tree) if isinstance(each, Name))


def _calls(tree: Tree) -> frozenset[str]:
    return frozenset(each.function for each in nodes(tree) if isinstance(each, Call))


def nodes(tree: Tree) -> Iterator[Tree]:
    """The tree and everything in it."""
    waiting: list[Tree] = [tree]
    while waiting:
        each = waiting.pop()
        yield each
        waiting.extend(_children(each))


def _children(tree: Tree) -> tuple[Tree, ...]:
    if isinstance(tree, Binary):
        return (tree.left, tree.right)
    if isinstance(tree, Unary):
        return (tree.operand,)
    return tree.arguments if isinstance(tree, Call) else ()
