"""Nodes numbered in document order, their expressions and texts compiled."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from callscript.engine.guards import names_needed
from callscript.engine.names import fields_of
from callscript.engine.prepare_texts import Wording
from callscript.engine.program import (
    ROOT,
    ActionStep,
    Condition,
    EndStep,
    Owner,
    PreparedCheck,
    PreparedCompute,
    PreparedField,
    PreparedItem,
    PreparedMatrix,
    PreparedNext,
    PreparedOption,
    PreparedOptions,
    PreparedStep,
    PreparedText,
    RepeatStep,
    ShuffleStep,
)
from callscript.engine.progress import reaches_of
from callscript.expressions import Scope, Value, compile_pattern
from callscript.expressions.compiler import compile_condition, compile_expression
from callscript.expressions.fields import compile_field
from callscript.expressions.scope import Names
from callscript.model.campaign import Campaign
from callscript.model.expression import Expression
from callscript.model.local import (
    Action,
    Check,
    Compute,
    End,
    Field,
    Item,
    Level,
    Matrix,
    Node,
    Note,
    Option,
    OptionList,
    Repeat,
    Say,
    Shuffle,
)
from callscript.model.values import ValueType


@dataclass
class Built:
    nodes: tuple[PreparedStep, ...] = ()
    roots: tuple[int, ...] = ()
    by_id: dict[str, int] = field(default_factory=dict)
    owners: dict[str, Owner] = field(default_factory=dict)
    lists: dict[str, PreparedOptions] = field(default_factory=dict)
    rounds_of: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Around:
    """Where a node stands."""

    parent: int
    child: int
    repeats: tuple[int, ...]


class NodeBuilder:
    def __init__(self, campaign: Campaign, names: Names, wording: Wording) -> None:
        self._local, self._names, self._wording = campaign.local, names, wording
        self._built = Built()
        self._steps: list[PreparedStep] = []
        self._options: dict[str, PreparedOptions] = {}
        self._reach = reaches_of(campaign.local)

    def build(self) -> Built:
        self._number(self._local.nodes)
        self._steps = [EndStep(0, "", self._local.span, ROOT, 0, (), 1.0)] * len(self._built.by_id)
        self._built.roots = self._add(self._local.nodes, ROOT, ())
        self._built.nodes = tuple(self._steps)
        return self._built

    def _number(self, nodes: Iterable[Node]) -> None:
        for node in nodes:
            self._built.by_id.setdefault(node.id, len(self._built.by_id))
            if isinstance(node, Repeat | Shuffle):
                self._number(node.nodes)

    def _add(self, nodes: Iterable[Node], parent: int, repeats: tuple[int, ...]) -> tuple[int, ...]:
        ordinals = []
        for child, node in enumerate(nodes):
            ordinal = self._built.by_id[node.id]
            ordinals.append(ordinal)
            self._steps[ordinal] = self._step(node, ordinal, _Around(parent, child, repeats))
        return tuple(ordinals)

    def _step(self, node: Node, ordinal: int, around: _Around) -> PreparedStep:
        if isinstance(node, Action):
            return self._action(node, ordinal, around)
        place = (around.parent, around.child, around.repeats, self._reach[node.id])
        if isinstance(node, End):
            said = tuple(self._text(item) for item in node.say)
            return EndStep(ordinal, node.id, node.span, *place, None, node.outcome, said)
        if isinstance(node, Shuffle):
            children = self._add(node.nodes, ordinal, around.repeats)
            return ShuffleStep(ordinal, node.id, node.span, *place, condition(node.when), children)
        children = self._add(node.nodes, ordinal, (*around.repeats, ordinal))
        count = compile_field(node.count, ValueType.INTEGER) if node.count is not None else None
        over = _value_of(node.over) if node.over else None
        when = condition(node.when)
        self._built.rounds_of[node.id] = ordinal
        if node.over in self._built.lists:
            self._built.lists.setdefault(node.id, self._built.lists[node.over])
        return RepeatStep(ordinal, node.id, node.span, *place, when, children, count, over)

    def _action(self, node: Action, ordinal: int, around: _Around) -> ActionStep:
        made = [self._item(item, node.items) for item in node.items]
        items = tuple(item for item in made if not isinstance(item, PreparedCompute))
        computes = tuple(item for item in made if isinstance(item, PreparedCompute))
        fields = tuple(field for item in items for field in _fields_in(item))
        checks = tuple(self._check(number, check) for number, check in enumerate(node.checks))
        for name, kind in ((each.name, each.type) for group in (fields, computes) for each in group):
            self._built.owners.setdefault(name, Owner(ordinal, len(around.repeats), kind))
        return ActionStep(
            ordinal,
            node.id,
            node.span,
            around.parent,
            around.child,
            around.repeats,
            self._reach[node.id],
            condition(node.when),
            items=items,
            fields=fields,
            by_name={each.name: each for each in fields},
            worked_out=tuple(each for item in made for each in _worked_out(item)),
            conditional=tuple(each.name for each in fields if each.when is not None),
            computes=frozenset(each.name for each in computes),
            checks=checks,
            nexts=self._nexts(node),
            title=self._wording.optional(node.title),
            plain_title=self._wording.is_plain(node.title),
            silent=not items,
            changing=bool(checks) or any(each.changing for each in fields),
            names=(*(each.name for each in fields), *(each.name for each in computes)),
        )

    def _nexts(self, node: Action) -> tuple[PreparedNext, ...]:
        by_id = self._built.by_id
        known = [next_ for next_ in node.nexts if next_.action in by_id]
        return tuple(PreparedNext(by_id[next_.action], condition(next_.when)) for next_ in known)

    def _check(self, number: int, check: Check) -> PreparedCheck:
        return PreparedCheck(
            number=number,
            test=compile_condition(check.test),
            soft=check.level is Level.SOFT,
            message=self._wording.texts(check.message),
            needs=names_needed(check.test.tree),
            reads=tuple(sorted(check.test.names)),
        )

    def _item(self, item: Item, siblings: tuple[Item, ...]) -> PreparedItem | PreparedCompute:
        if isinstance(item, Compute):
            return PreparedCompute(item.name, item.type, compile_field(item.value, item.type))
        if isinstance(item, Say | Note):
            return self._text(item)
        if isinstance(item, Matrix):
            rows = tuple(self._field(row, siblings) for row in item.rows)
            return PreparedMatrix(item.id, self._wording.optional(item.label), rows, item.shuffled)
        return self._field(item, siblings)

    def _text(self, item: Say | Note) -> PreparedText:
        return PreparedText(isinstance(item, Note), self._wording.texts(item.text), condition(item.when))

    def _field(self, asked: Field, siblings: tuple[Item, ...]) -> PreparedField:
        options = self._list(asked.options) if asked.options else None
        if options is not None:
            self._built.lists[asked.name] = options
        when = condition(asked.when) or self._other_chosen(asked, siblings)
        limits = [limit for limit in (asked.minimum, asked.maximum) if limit is not None]
        offers = options is not None and (options.filtered or bool(options.source))
        return PreparedField(
            name=asked.name,
            type=asked.type,
            label=self._wording.optional(asked.label),
            hint=self._wording.optional(asked.hint),
            required=asked.required,
            specials=tuple(special.value for special in asked.specials),
            minimum=compile_expression(asked.minimum) if asked.minimum is not None else None,
            maximum=compile_expression(asked.maximum) if asked.maximum is not None else None,
            pattern=compile_pattern(asked.pattern, asked.span) if asked.pattern else None,
            pattern_message=self._wording.optional(asked.pattern_message),
            length=asked.length,
            options=options,
            shuffled=asked.shuffled,
            when=when,
            changing=when is not None or offers or any(limit.names for limit in limits),
        )

    def _other_chosen(self, asked: Field, siblings: tuple[Item, ...]) -> Condition | None:
        """A "which?" field without a condition of its own is asked where its option is chosen on the same node."""
        asking: list[tuple[str, str]] = []
        for sibling in (each for item in siblings for each in fields_of(item)):
            found = self._local.options.get(sibling.options) if sibling.options else None
            options = found.options if found else ()
            asking += [(sibling.name, option.value) for option in options if option.other == asked.name]
        if not asking:
            return None
        return lambda scope: any(_chosen(scope, name, value) for name, value in asking)

    def _list(self, name: str) -> PreparedOptions | None:
        found = self._local.options.get(name)
        if found is None:
            return None
        if name not in self._options:
            self._options[name] = self._prepared_list(found)
        return self._options[name]

    def _prepared_list(self, found: OptionList) -> PreparedOptions:
        options = tuple(self._option(option) for option in found.options)
        delivered = found.delivered
        return PreparedOptions(
            found.id,
            options,
            {option.value: option for option in options},
            any(option.when for option in options),
            delivered.source if delivered else (),
            delivered.value if delivered else "",
            delivered.label if delivered else "",
        )

    def _option(self, option: Option) -> PreparedOption:
        label = self._wording.texts(option.label)
        return PreparedOption(option.value, label, condition(option.when), option.exclusive, option.other)


def condition(expression: Expression | None) -> Condition | None:
    return compile_condition(expression) if expression is not None else None


def _worked_out(item: PreparedItem | PreparedCompute) -> tuple[PreparedField | PreparedCompute, ...]:
    if isinstance(item, PreparedCompute):
        return (item,)
    return tuple(field for field in _fields_in(item) if field.when is not None)


def _fields_in(item: PreparedItem) -> tuple[PreparedField, ...]:
    if isinstance(item, PreparedField):
        return (item,)
    return item.rows if isinstance(item, PreparedMatrix) else ()


def _value_of(name: str) -> Callable[[Scope], Value]:
    return lambda scope: scope.value(name)


def _chosen(scope: Scope, name: str, value: str) -> bool:
    held = scope.value(name)
    return value in held if isinstance(held, list) else held == value
