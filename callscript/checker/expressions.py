"""Every expression of a campaign, where it stands and what it must give: typed with the names that are known there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from callscript.checker.context import Context
from callscript.checker.outline import Placed
from callscript.engine.guards import names_needed
from callscript.engine.names import ONLY_GIVEN
from callscript.expressions import Names, infer
from callscript.expressions.problems import TRUE_WHEN_UNANSWERED, UNKNOWN_NAME
from callscript.model.expression import Expression, Text
from callscript.model.links import Link
from callscript.model.local import Action, Compute, End, Field, Item, Matrix, Note, Repeat, Say
from callscript.model.values import ValueType
from callscript.problems import Problem

BOOLEAN = ValueType.BOOLEAN
MEASURED = frozenset({ValueType.INTEGER, ValueType.DECIMAL, ValueType.DATE, ValueType.TIME, ValueType.DATETIME})
"""Types whose values have a least and a most."""


@dataclass(frozen=True, slots=True)
class Use:
    """One expression in its place; `moment` is `enter` if it is read before the node shows, else `shown` or `leave`."""

    expression: Expression
    node: str | None
    repeats: tuple[str, ...]
    wants: ValueType | None
    moment: str = "shown"
    is_check: bool = False
    """Judged only where all that it compares is answered."""


def check_expressions(context: Context) -> None:
    for use in uses_of(context):
        _infer(context, use, context.names)
    given = {**context.names, **ONLY_GIVEN}
    for link in links_in_force(context):
        for use in _link(context, link):
            _infer(context, use, given)


def _infer(context: Context, use: Use, names: Names) -> None:
    if not context.readable(use.expression):
        return
    answered = names_needed(use.expression.tree) if use.is_check else ()
    for problem in infer(use.expression, names, repeats=use.repeats, wants=use.wants).problems:
        if problem.kind is TRUE_WHEN_UNANSWERED and problem.values["name"] in answered:
            continue
        if problem.kind is UNKNOWN_NAME and _may_be_another(context, problem):
            continue
        context.problems.append(problem)
        if problem.is_error:
            context.mistyped.add(id(use.expression))
            if use.wants is ValueType.INTEGER and use.node:
                context.ambiguous.add(use.node)  # of a repeat's count: what its rounds are is unclear


def _may_be_another(context: Context, problem: Problem) -> bool:
    """Whether the unknown name is one that was lost elsewhere: in a part that cannot be read, or by a repeated name."""
    hint = problem.values["hint"]
    if context.is_unclear(problem.values["name"]) or any(f"${{{name}}}" in hint for name in context.ambiguous):
        return True
    return not hint and "values" in context.repeated


def links_in_force(context: Context) -> Iterator[Link]:
    """Links but for a pack's defaults that name a node which this campaign does not have."""
    local = context.campaign.local
    known = {"", "*", *context.outline.by_id, *(found.id for found in local.exits)}
    for link in context.campaign.links:
        if link.node in known or not link.span.file.startswith("packs/"):
            yield link


def uses_of(context: Context) -> tuple[Use, ...]:
    """Every expression of `local.xml` and the blocks in it; gone through once, since several checks ask for them."""
    if context.uses is None:
        context.uses = tuple(_uses(context))
    return context.uses


def _uses(context: Context) -> Iterator[Use]:
    for placed in context.outline.placed:
        yield from _node(placed)
    for name, users in context.users.items():
        yield from _options(context, name, users[0][0])
    for found in context.campaign.local.exits:
        yield from _text(found.label, None, ())


def _node(placed: Placed) -> Iterator[Use]:
    node, repeats = placed.node, placed.repeats
    if isinstance(node, End):
        for said in node.say:
            yield from _said(said, node.id, repeats)
        return
    if node.when is not None:
        yield Use(node.when, node.id, repeats, BOOLEAN, "enter")
    if isinstance(node, Repeat):
        if node.count is not None:
            yield Use(node.count, node.id, repeats, ValueType.INTEGER, "enter")
    elif isinstance(node, Action):
        yield from _action(node, repeats)


def _action(action: Action, repeats: tuple[str, ...]) -> Iterator[Use]:
    if action.title:
        yield from _text(action.title, action.id, repeats)
    for item in action.items:
        yield from _item(item, action.id, repeats)
    for check in action.checks:
        yield Use(check.test, action.id, repeats, BOOLEAN, "leave", is_check=True)
        yield from _text(check.message, action.id, repeats, "leave")
    for next_ in action.nexts:
        if next_.when is not None:
            yield Use(next_.when, action.id, repeats, BOOLEAN, "leave")


def _item(item: Item, node: str, repeats: tuple[str, ...]) -> Iterator[Use]:
    match item:
        case Say() | Note():
            yield from _said(item, node, repeats)
        case Compute():
            yield Use(item.value, node, repeats, item.type, "leave")
        case Field():
            yield from _field(item, node, repeats)
        case Matrix():
            if item.label:
                yield from _text(item.label, node, repeats)
            for number, row in enumerate(item.rows):
                if number == 0:
                    yield from _field(row, node, repeats)
                elif row.label:
                    yield from _text(row.label, node, repeats)


def _said(said: Say | Note, node: str, repeats: tuple[str, ...]) -> Iterator[Use]:
    if said.when is not None:
        yield Use(said.when, node, repeats, BOOLEAN)
    yield from _text(said.text, node, repeats)


def _field(field: Field, node: str, repeats: tuple[str, ...]) -> Iterator[Use]:
    if field.when is not None:
        yield Use(field.when, node, repeats, BOOLEAN)
    for limit in (field.minimum, field.maximum):
        if limit is not None and field.type in MEASURED:
            yield Use(limit, node, repeats, _limit_type(field.type))
    for text in (field.label, field.hint, field.pattern_message):
        if text:
            yield from _text(text, node, repeats)


def _limit_type(kind: ValueType) -> ValueType | None:
    return ValueType.DECIMAL if kind is ValueType.INTEGER else kind


def _options(context: Context, name: str, action: Action) -> Iterator[Use]:
    """Labels and filters of a list, at the first action that uses it."""
    repeats = context.outline.by_id[action.id].repeats
    found = context.campaign.local.options.get(name)
    for option in found.options if found else ():
        if option.when is not None:
            yield Use(option.when, action.id, repeats, BOOLEAN)
        yield from _text(option.label, action.id, repeats)


def _text(text: Text, node: str | None, repeats: tuple[str, ...], moment: str = "shown") -> Iterator[Use]:
    for part in text.parts:
        if isinstance(part, Expression):
            yield Use(part, node, repeats, None, moment)


def _link(context: Context, link: Link) -> Iterator[Use]:
    placed = context.outline.by_id.get(link.node)
    repeats = placed.repeats if placed else ()
    if link.when is not None:
        yield Use(link.when, link.node, repeats, BOOLEAN)
    action = context.campaign.server_action(link.action)
    wanted = {parameter.name: parameter for parameter in action.parameters} if action else {}
    for give in link.gives:
        parameter = wanted.get(give.name)
        wants = parameter.type if parameter and not parameter.many else None
        yield Use(give.value, link.node, repeats, wants)
