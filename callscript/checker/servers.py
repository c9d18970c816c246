"""Server actions: statements, parameters and the reply's shape agree. SQL itself is for `callscript.sql` to judge."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from callscript.checker import kinds_between as kinds
from callscript.checker.context import Context
from callscript.expressions.problems import UNKNOWN_NAME
from callscript.model.expression import Expression
from callscript.model.server import (
    Fail,
    Mask,
    Parameter,
    Record,
    Rows,
    Server,
    ServerAction,
    Shape,
    SqlChoose,
    SqlForeach,
    SqlIf,
    SqlPart,
    SqlSet,
    SqlText,
    SqlWhere,
    Statement,
    Value,
)
from callscript.model.values import ValueType
from callscript.parser.kinds import DUPLICATE_ID
from callscript.parser.reading import is_readable
from callscript.parser.suggestion import hints
from callscript.places import Span
from callscript.problems import Kind, Problem
from callscript.sql.compiler import check_action

_BOUND = re.compile(r":([A-Za-z_][A-Za-z0-9_]*)")


def check_servers(context: Context) -> None:
    for server in context.campaign.servers.values():
        for action in server.actions.values():
            _Action(context, server, action).check()


@dataclass
class _Action:
    context: Context
    server: Server
    action: ServerAction

    def check(self) -> None:
        self._parameters()
        self._unique(self.action.statements, ("Statement", "语句"))
        if not self.server.interface:
            self._steps()
            of_sql = tuple(self._of_sql())
            self._unused({problem.values.get("name", "") for problem in of_sql})
            if not self.action.statements and not self._is_doubtful():
                self._report(kinds.NOTHING_DONE, self.action.span, name=self.action.id)
            self.context.problems.extend(of_sql)
        self._shapes(self.action.data, None, ())
        self._reveals()

    def _report(self, kind: Kind, span: Span, **values: object) -> None:
        self.context.report(kind, span, self.action.id, **values)

    def _is_doubtful(self) -> bool:
        return self.context.is_doubtful(self.action.id)

    def _of_sql(self) -> Iterator[Problem]:
        for problem in check_action(self.action):
            if not self._is_doubtful() or problem.kind.code != "sql-unknown-name":
                yield problem

    # --- parameters and statements ------------------------------------------------------------------------------------
    def _parameters(self) -> None:
        self._unique(self.action.parameters, ("Parameter", "参数"))
        for parameter in self.action.parameters:
            if parameter.default is None:
                continue
            if parameter.required:
                self._report(kinds.DEFAULT_NEVER_USED, parameter.span, name=parameter.name)
            if not _fits(parameter):
                values = {"name": parameter.name, "value": parameter.default, "type": parameter.type}
                self._report(kinds.DEFAULT_UNFIT, parameter.span, **values)

    def _unique(self, things: Iterable[Parameter | Statement | Shape], what: tuple[str, str]) -> None:
        first: dict[str, Span] = {}
        for thing in things:
            if first.setdefault(thing.name, thing.span) != thing.span:
                values = {"what": what[0], "what_zh": what[1], "name": thing.name, "first": first[thing.name]}
                self._report(DUPLICATE_ID, thing.span, **values)

    def _steps(self) -> None:
        earlier: dict[str, None] = {}
        for step in self.action.steps:
            if isinstance(step, Fail):
                self._names(step.when, earlier)
                continue
            if step.when is not None:
                self._names(step.when, earlier)
            if step.rows.most is not None and step.rows.most < step.rows.fewest:
                self._report(kinds.ROWS_UNFIT, step.span, rows=step.rows)
            for test, items in _tests(step.body, ()):
                self._names(test, earlier, items)
            earlier[step.name] = None

    def _names(self, expression: Expression, earlier: Iterable[str], items: Iterable[str] = ()) -> None:
        """The names that a test reads: parameters, columns of statements that ran before, and a loop's element."""
        if not is_readable(expression):
            return
        parameters = {parameter.name for parameter in self.action.parameters}
        statements = set(earlier)
        for name in sorted(expression.names):
            head, _, column = name.partition(".")
            known = head in statements if column else head in parameters | {*items}
            if known or head == "session" or self._is_doubtful() or self.context.is_doubtful(head):
                continue
            near = self.context.nearest(head, statements if column else parameters)
            whole = f"${{{near}.{column}}}" if column else f"${{{near}}}"
            hint = {"hint": f"Did you mean {whole}? ", "hint_zh": f"是否想写 {whole}？"} if near else {}
            self._report(UNKNOWN_NAME, expression.span, name=name, **hint)

    def _unused(self, unknown: Collection[str]) -> None:
        """Parameters that nothing reads; not those that a misspelt name was probably meant to read."""
        used = {name for step in self.action.steps for name in _used(step)}
        meant = {
            self.context.nearest(name.partition(".")[0], [p.name for p in self.action.parameters]) for name in unknown
        }
        for parameter in self.action.parameters:
            if parameter.name not in used | meant and not self._is_doubtful():
                self._report(kinds.UNUSED_PARAMETER, parameter.span, name=parameter.name)

    # --- the reply ----------------------------------------------------------------------------------------------------
    def _shapes(self, shapes: Iterable[Shape], source: str | None, lists: tuple[Rows, ...]) -> None:
        shapes = tuple(shapes)
        self._unique(shapes, ("Value", "值"))
        for shape in shapes:
            if isinstance(shape, Value):
                self._value(shape, source)
                if lists and shape.mask is Mask.DIALLER and self.action.reveals:
                    self._report(kinds.DIALLER_IN_LIST, shape.span)
                continue
            self._source(shape.source, shape.span)
            inside = lists
            if isinstance(shape, Rows):
                self._nesting(shape, lists)
                inside = (*lists, shape)
            else:
                self._of_one_row(shape, source, lists)
            self._shapes(shape.items, shape.source, inside)

    def _source(self, name: str, span: Span) -> None:
        statements = [statement.name for statement in self.action.statements]
        if name not in statements and not self.server.interface and not self._is_doubtful():
            near = self.context.nearest(name, statements)
            if near is None and len(statements) > len(set(statements)):
                return  # a statement that was given another's name may be meant
            values = {
                "where": "in this action",
                "where_zh": "此操作中",
                **hints(near),
            }
            self._report(kinds.UNKNOWN_STATEMENT, span, name=name, **values)

    def _value(self, value: Value, source: str | None) -> None:
        statement, dot, _ = value.column.partition(".")
        if source is None:
            if not dot:
                self._report(kinds.COLUMN_NEEDS_STATEMENT, value.span, name=value.name, column=value.column)
            else:
                self._source(statement, value.span)
        elif dot:
            self._report(kinds.COLUMN_WITH_STATEMENT, value.span, name=value.name, column=value.column)
        self._mask(value)

    def _mask(self, value: Value) -> None:
        if value.type is ValueType.PHONE:
            if value.mask is Mask.NONE:
                self._report(kinds.PHONE_UNMASKED, value.span, name=value.name)
            elif value.mask is Mask.DIALLER and not self.action.reveals:
                self._report(kinds.DIALLER_UNFIT, value.span, action=self.action.id)
        elif value.mask is Mask.DIALLER or (value.mask is Mask.MASKED and value.type not in _MASKABLE):
            self._report(kinds.MASK_UNFIT, value.span, name=value.name, type=value.type)

    def _nesting(self, rows: Rows, lists: tuple[Rows, ...]) -> None:
        if (rows.on is None) != (rows.to is None):
            what, what_zh = f"{rows.name} says only one of on and to.", f"{rows.name} 的 on 和 to 只写了一个。"
        elif lists and rows.on is None:
            what = f"Each row of {lists[-1].name} would hold all rows of {rows.name}."
            what_zh = f"{lists[-1].name} 的每一行都会包含 {rows.name} 的所有行。"
        elif not lists and rows.on is not None:
            what, what_zh = f"{rows.name} stands in no other list.", f"{rows.name} 不在其他 list 之中。"
        else:
            return
        self._report(kinds.NESTING_UNFIT, rows.span, what=what, what_zh=what_zh)

    def _of_one_row(self, record: Record, source: str | None, lists: tuple[Rows, ...]) -> None:
        """A record in a list is a part of the list's row, or says which row of its own statement belongs there."""
        if not lists or record.source == source:
            told = record.on is not None or record.to is not None
            what, what_zh = f"{record.name} needs neither on nor to here.", f"{record.name} 在此处不需要 on 和 to。"
        else:
            told = record.on is None or record.to is None
            what = f"Each row of {lists[-1].name} would hold the first row of {record.source}."
            what_zh = f"{lists[-1].name} 的每一行都会包含 {record.source} 的第一行。"
        if told:
            self._report(kinds.NESTING_UNFIT, record.span, what=what, what_zh=what_zh)

    def _reveals(self) -> None:
        reveals = any(value.mask is Mask.DIALLER for value in _values(self.action.data))
        if self.action.reveals and not reveals and not self._is_doubtful():
            self._report(kinds.REVEALS_NOTHING, self.action.span, action=self.action.id)


def _values(shapes: Iterable[Shape]) -> Iterator[Value]:
    for shape in shapes:
        if isinstance(shape, Value):
            yield shape
        else:
            yield from _values(shape.items)


def _tests(parts: Iterable[SqlPart], items: tuple[str, ...]) -> Iterator[tuple[Expression, tuple[str, ...]]]:
    """Every test among the parts, with the elements of the loops around it."""
    for part in parts:
        match part:
            case SqlIf():
                yield part.test, items
                yield from _tests(part.body, items)
            case SqlChoose():
                yield from _tests((*part.branches, *part.otherwise), items)
            case SqlWhere() | SqlSet():
                yield from _tests(part.body, items)
            case SqlForeach():
                yield from _tests(part.body, (*items, part.item))


def _used(step: Statement | Fail) -> Iterator[str]:
    """Every name that a step reads, as `:name`, `${name}` or over="name"; generously: comments count too."""
    if step.when is not None:
        yield from (name.partition(".")[0] for name in step.when.names)
    if isinstance(step, Statement):
        yield from _used_in(step.body)
        yield step.paging.after if step.paging else ""


def _used_in(parts: Iterable[SqlPart]) -> Iterator[str]:
    for part in parts:
        match part:
            case SqlText():
                yield from _BOUND.findall(part.text)
            case SqlIf():
                yield from part.test.names
                yield from _used_in(part.body)
            case SqlChoose():
                yield from _used_in((*part.branches, *part.otherwise))
            case SqlWhere() | SqlSet():
                yield from _used_in(part.body)
            case SqlForeach():
                yield part.over
                yield from _used_in(part.body)


_MASKABLE = frozenset((ValueType.PHONE, ValueType.EMAIL, ValueType.TEXT))
_PLAIN_DEFAULTS = {
    ValueType.INTEGER: re.compile(r"-?[0-9]{1,18}"),
    ValueType.DECIMAL: re.compile(r"-?[0-9]+(\.[0-9]+)?"),
    ValueType.BOOLEAN: re.compile(r"true|false"),
    ValueType.DATE: re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}"),
    ValueType.TIME: re.compile(r"[0-9]{2}:[0-9]{2}(:[0-9]{2})?"),
    ValueType.UUID: re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"),
}


def _fits(parameter: Parameter) -> bool:
    form = _PLAIN_DEFAULTS.get(parameter.type)
    return form is None or form.fullmatch(parameter.default or "") is not None
