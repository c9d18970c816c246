"""Compiled statements: what is left to do when an action runs is to fill in values.

A static statement is one `$n` text and a list of what to bind; a dynamic one is put together from emitters. The
statement says each parameter's type (`$1::uuid`), so that a value means the same wherever it stands.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import msgspec

from callscript.model.server import Fail, ServerAction, Statement

if TYPE_CHECKING:
    from callscript.expressions import Scope

MAX_BYTES = 16 * 1024
"""RDS Proxy pins a session that sends a longer statement."""

Test = Callable[["Scope"], bool]
"""A compiled `when` or `test`."""


class StatementTooLong(Exception):
    """With these values the statement would exceed `MAX_BYTES`; its text names the statement."""


class Slot(msgspec.Struct, frozen=True):
    """What a `$n` is bound to."""

    source: str
    """`parameter`, `session`, `item` (the element of a `<foreach>`), `row` (the first of an earlier statement), or
    `page` (a value of the key behind which the page begins, by its place)."""
    name: str
    """Of the parameter, item or statement; for `session` of the session's value."""
    member: str = ""

    @property
    def key(self) -> str:
        return f"{self.name}.{self.member}" if self.member else self.name


class Bindings(msgspec.Struct, frozen=True):
    """The values of one run of an action, as the driver takes them; None is NULL."""

    parameters: Mapping[str, object]
    """By name; a phone number has `name.cipher` and `name.index`."""
    session: Mapping[str, object]
    lists: Mapping[str, Sequence[Mapping[str, object]]] = msgspec.field(default_factory=dict)
    """List parameters for `foreach`: of each element its members, and under `` the element itself."""
    rows: Mapping[str, Mapping[str, object]] = msgspec.field(default_factory=dict)
    """First row of each statement that has run; without an entry it returned none."""
    pages: Mapping[str, Sequence[object]] = msgspec.field(default_factory=dict)
    """Of a statement that is read by pages the key behind which this page begins; none: it is the first."""

    def value(self, slot: Slot) -> object:
        if slot.source == "parameter":
            return self.parameters[slot.key]
        if slot.source == "session":
            return self.session[slot.name]
        if slot.source == "page":
            key = self.pages.get(slot.name)
            return key[int(slot.member)] if key else None
        return self.rows.get(slot.name, {}).get(slot.member)


class Rendered(msgspec.Struct, frozen=True):
    sql: str
    values: tuple[object, ...]


class Writer:
    """Collects a dynamic statement's text and values; the same name is bound once."""

    __slots__ = ("_items", "_numbers", "bindings", "scope", "values")

    def __init__(self, bindings: Bindings, scope: Scope | None) -> None:
        self.bindings = bindings
        self.scope = scope
        self.values: list[object] = []
        self._numbers: dict[Slot, int] = {}
        self._items: list[tuple[str, Mapping[str, object]]] = []

    def bind(self, slot: Slot) -> str:
        """The `$n` that stands for `slot` here."""
        if slot.source == "item":
            element = next(element for name, element in reversed(self._items) if name == slot.name)
            self.values.append(element.get(slot.member))
            return f"${len(self.values)}"
        number = self._numbers.get(slot)
        if number is None:
            self.values.append(self.bindings.value(slot))
            number = self._numbers[slot] = len(self.values)
        return f"${number}"

    def enter(self, item: str, element: Mapping[str, object]) -> None:
        self._items.append((item, element))

    def leave(self) -> None:
        self._items.pop()


Emitter = Callable[[Writer], str]


class CompiledStatement(msgspec.Struct, frozen=True):
    """One statement, ready to be rendered.

    `reads` are the earlier statements whose rows it needs, in its text, its `when` or a test inside it.
    """

    statement: Statement
    reads: frozenset[str]
    when: Test | None
    static: str | None
    """The whole text, if nothing in it varies."""
    slots: tuple[Slot, ...]
    """What a static text binds, `$1` first."""
    emit: Emitter

    @property
    def name(self) -> str:
        return self.statement.name

    def render(self, bindings: Bindings, scope: Scope | None = None) -> Rendered:
        """The text to send and its values.

        `scope` is needed by a dynamic statement alone: its tests read it.

        Raises:
            StatementTooLong: the values made the text longer than the proxy takes.
        """
        if self.static is not None:
            return Rendered(self.static, tuple(bindings.value(slot) for slot in self.slots))
        writer = Writer(bindings, scope)
        sql = self.emit(writer).strip()
        if len(sql.encode()) > MAX_BYTES:
            raise StatementTooLong(self.name)
        return Rendered(sql, tuple(writer.values))


class CompiledFail(msgspec.Struct, frozen=True):
    fail: Fail
    reads: frozenset[str]
    when: Test


class CompiledAction(msgspec.Struct, frozen=True):
    """`steps` in document order."""

    action: ServerAction
    steps: tuple[CompiledStatement | CompiledFail, ...]

    @property
    def statements(self) -> tuple[CompiledStatement, ...]:
        return tuple(step for step in self.steps if isinstance(step, CompiledStatement))
