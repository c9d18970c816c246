"""Fields: do their attributes fit their type, and can any answer be right?"""

from __future__ import annotations

import math
from collections.abc import Iterable

from callscript.checker import kinds
from callscript.checker.context import Context
from callscript.checker.expressions import MEASURED
from callscript.expressions import compile_pattern
from callscript.model.expression import Expression, Literal, Unary
from callscript.model.local import Action, Field, Item, Matrix, Note, Option, OptionList, Repeat, Say, Shuffle
from callscript.model.values import MOMENTS, TEXTS, ValueType
from callscript.parser.kinds import DUPLICATE_ID
from callscript.parser.suggestion import hints
from callscript.problems import ScriptError

CHOICES = frozenset({ValueType.CHOICE, ValueType.CHOICES})
COUNTED = frozenset({ValueType.TEXT, ValueType.CHOICES})


def check_fields(context: Context) -> None:
    for action, field in context.fields:
        _options(context, action, field)
        _limits(context, action, field)
        _pattern(context, action, field)
        _which(context, action, field)
    for action in context.outline.actions:
        _words(context, action)
    for found in context.campaign.local.options.values():
        _list(context, found)
    for node in context.outline.nodes:
        if isinstance(node, Repeat):
            _repeat(context, node)
        if isinstance(node, Repeat | Shuffle) and not node.nodes and not context.flow_doubtful:
            context.report(kinds.EMPTY_NODE, node.span, node.id, name=node.id)


# --- options ---------------------------------------------------------------------------------------------------------
def _options(context: Context, action: Action, field: Field) -> None:
    if field.type in CHOICES and field.options is None and not context.is_unclear(field.name):
        context.report(kinds.OPTIONS_MISSING, field.span, action.id, name=field.name, type=field.type)
    elif field.type not in CHOICES and field.options is not None:
        context.report(kinds.OPTIONS_UNFIT, field.span, action.id, name=field.name, type=field.type)


def _list(context: Context, found: OptionList) -> None:
    if found.delivered and found.options:
        context.report(kinds.DELIVERED_AND_WRITTEN, found.span, None, name=found.id)
    elif not found.delivered and not found.options and not context.is_doubtful(found.id):
        context.report(kinds.EMPTY_OPTIONS, found.span, None, name=found.id)
    seen: dict[str, Option] = {}
    for option in found.options:
        first = seen.setdefault(option.value, option)
        if first is not option:
            what = {"what": "Option", "what_zh": "选项", "name": option.value, "first": first.span}
            context.report(DUPLICATE_ID, option.span, None, **what)
            context.ambiguous.update(field.name for _, field in context.users.get(found.id, ()))
    users = [field for _, field in context.users.get(found.id, ())]
    if users and not any(field.type is ValueType.CHOICES for field in users):
        for option in found.options:
            if option.exclusive:
                context.report(kinds.EXCLUSIVE_UNFIT, option.span, None, name=option.value, list=found.id)


def _which(context: Context, action: Action, field: Field) -> None:
    """Each "other, which?" of the field's list must be asked by a text field of the same action."""
    found = context.campaign.local.options.get(field.options or "")
    asking = [option for option in found.options if option.other] if found else []
    texts = {each.name for each in _fields_of(action.items) if each.type is ValueType.TEXT} if asking else set()
    for option in asking:
        if option.other and option.other not in texts and not context.is_doubtful(option.other):
            values = {"option": option.value, "name": field.name, "other": option.other}
            context.report(kinds.OTHER_ELSEWHERE, option.span, action.id, **values)


def _fields_of(items: Iterable[Item]) -> Iterable[Field]:
    for item in items:
        if isinstance(item, Field):
            yield item
        elif isinstance(item, Matrix):
            yield from item.rows


# --- limits ----------------------------------------------------------------------------------------------------------
def _limits(context: Context, action: Action, field: Field) -> None:
    present = {
        "min": (field.minimum is not None, MEASURED),
        "max": (field.maximum is not None, MEASURED),
        "length": (field.length is not None, COUNTED),
        "pattern": (field.pattern is not None, TEXTS),
    }
    for attribute, (given, fitting) in present.items():
        if given and field.type not in fitting:
            fits = ", ".join(sorted(fitting))
            values = {"attribute": attribute, "name": field.name, "type": field.type, "fits": fits}
            context.report(kinds.LIMIT_UNFIT, field.span, action.id, **values)
    least, most = number_of(field.minimum), number_of(field.maximum)
    if least is not None and most is not None:
        whole = field.type is ValueType.INTEGER
        if least > most or (whole and math.ceil(least) > math.floor(most)):
            _empty(context, action, field, attribute="min..max", least=f"{least:g}", most=f"{most:g}")
    first, last = _moment_of(field.minimum), _moment_of(field.maximum)
    if field.type in MOMENTS and first and last and len(first) == len(last) and first > last:
        _empty(context, action, field, attribute="min..max", least=first, most=last)
    if field.length is not None and field.length[0] > field.length[1]:
        _empty(context, action, field, attribute="length", least=field.length[0], most=field.length[1])
    offered = context.campaign.local.options.get(field.options or "")
    if field.type is ValueType.CHOICES and field.length and offered and not offered.delivered:
        there = len(offered.options)
        if field.length[0] > there:
            _empty(context, action, field, attribute="length", least=field.length[0], most=f"{there} (options)")


def _moment_of(expression: Expression | None) -> str:
    """The date or time that a limit simply writes; those of one length are ordered as texts."""
    tree = expression.tree if expression else None
    return tree.value if isinstance(tree, Literal) and isinstance(tree.value, str) else ""


def _empty(context: Context, action: Action, field: Field, **values: object) -> None:
    context.report(kinds.EMPTY_RANGE, field.span, action.id, name=field.name, **values)


def number_of(expression: Expression | None) -> float | None:
    """The number that an expression simply is, if it is one."""
    tree = expression.tree if expression else None
    sign = 1.0
    while isinstance(tree, Unary):
        tree, sign = tree.operand, -sign
    if isinstance(tree, Literal) and isinstance(tree.value, float | int) and not isinstance(tree.value, bool):
        return sign * tree.value
    return None


def _pattern(context: Context, action: Action, field: Field) -> None:
    if field.pattern is None:
        if field.pattern_message is not None:
            context.report(kinds.PATTERN_MESSAGE_UNFIT, field.pattern_message.span, action.id, name=field.name)
        return
    try:
        compile_pattern(field.pattern, field.span)
    except ScriptError as error:
        context.problems.extend(error.problems)


# --- nodes -----------------------------------------------------------------------------------------------------------
def _words(context: Context, action: Action) -> None:
    if not action.items and not action.nexts and not context.is_doubtful(action.id):
        context.report(kinds.EMPTY_NODE, action.span, action.id, name=action.id)
    if any(isinstance(item, Say | Note) for item in action.items) or context.is_doubtful(action.id):
        return
    for field in (item for item in action.items if isinstance(item, Field)):
        if field.label is None and field.hint is None:
            context.report(kinds.NOTHING_SAID, field.span, action.id, name=field.name)


def _repeat(context: Context, repeat: Repeat) -> None:
    if context.is_unclear(repeat.id):
        return
    if (repeat.count is None) == (repeat.over is None):
        context.ambiguous.add(repeat.id)
        both = repeat.count is not None
        found, found_zh = ("both", "两者都有") if both else ("neither", "两者都没有")
        context.report(kinds.REPEAT_UNCLEAR, repeat.span, repeat.id, name=repeat.id, found=found, found_zh=found_zh)
        return
    if repeat.over is None:
        return
    known = {field.name: field for _, field in context.fields}  # repeats are few
    field = known.get(repeat.over)
    if field is None:
        if not context.is_doubtful(repeat.over):
            context.ambiguous.add(repeat.id)
            values = hints(context.nearest(repeat.over, known))
            context.report(kinds.UNKNOWN_FIELD, repeat.span, repeat.id, name=repeat.over, **values)
    elif field.type is not ValueType.CHOICES:
        context.ambiguous.add(repeat.id)
        values = {"name": repeat.id, "over": repeat.over, "type": field.type}
        context.report(kinds.REPEAT_OVER_UNFIT, repeat.span, repeat.id, **values)
