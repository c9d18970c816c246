"""`server.xml`: the server's logic. Actions with SQL, and the exact shape of their replies."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

import msgspec

from callscript.model.expression import Expression, Text
from callscript.model.values import ValueType
from callscript.places import Span


class Parameter(msgspec.Struct, frozen=True):
    """What the client gives. `:name` in SQL; a list is given as an array."""

    span: Span
    name: str
    type: ValueType
    required: bool = False
    default: str | None = None
    many: bool = False


class Verb(StrEnum):
    SELECT = "select"
    INSERT = "insert"
    UPDATE = "update"
    DELETE = "delete"
    CALL = "call"


class Cardinality(msgspec.Struct, frozen=True):
    """How many rows a statement must return or touch; `most` None means any number."""

    fewest: int
    most: int | None

    def __str__(self) -> str:
        if self.fewest == self.most:
            return str(self.fewest)
        return f"{self.fewest}..{'n' if self.most is None else self.most}"

    def allows(self, rows: int) -> bool:
        return self.fewest <= rows and (self.most is None or rows <= self.most)


class SqlText(msgspec.Struct, frozen=True):
    span: Span
    text: str


class SqlIf(msgspec.Struct, frozen=True):
    span: Span
    test: Expression
    body: tuple[SqlPart, ...]


class SqlChoose(msgspec.Struct, frozen=True):
    """The first branch whose test holds, else `otherwise`."""

    span: Span
    branches: tuple[SqlIf, ...]
    otherwise: tuple[SqlPart, ...] = ()


class SqlWhere(msgspec.Struct, frozen=True):
    """`WHERE` before its body unless the body is empty; a leading AND/OR is dropped."""

    span: Span
    body: tuple[SqlPart, ...]


class SqlSet(msgspec.Struct, frozen=True):
    """`SET` before its body; a trailing comma is dropped."""

    span: Span
    body: tuple[SqlPart, ...]


class SqlForeach(msgspec.Struct, frozen=True):
    """Its body once for each element of list parameter `over`, which it calls `:item`."""

    span: Span
    over: str
    item: str
    body: tuple[SqlPart, ...]
    opening: str = ""
    separator: str = ","
    closing: str = ""


SqlPart = SqlText | SqlIf | SqlChoose | SqlWhere | SqlSet | SqlForeach


class PageKey(msgspec.Struct, frozen=True):
    """One column of the order in which a statement is read page by page."""

    column: str
    type: ValueType
    descending: bool = False


class Paging(msgspec.Struct, frozen=True):
    """A statement is read in pages of `size` rows in the order of `keys`, whose values no two rows share.

    Parameter `after` holds what the page before said of the next one; what was not written is empty or 0.
    """

    span: Span
    keys: tuple[PageKey, ...]
    size: int
    after: str


class Statement(msgspec.Struct, frozen=True):
    """One SQL statement; later ones read its first row as `:name.column`, `<data>` reads all its rows."""

    span: Span
    name: str
    verb: Verb
    rows: Cardinality
    body: tuple[SqlPart, ...]
    when: Expression | None = None
    paging: Paging | None = None


class Fail(msgspec.Struct, frozen=True):
    """Ends the action with the script's own code where `when` holds; nothing is written."""

    span: Span
    when: Expression
    code: str
    message: Text | None = None


class OnError(msgspec.Struct, frozen=True):
    """Turns a database error into the script's own code."""

    span: Span
    sqlstate: str
    code: str
    constraint: str | None = None
    message: Text | None = None


class Mask(StrEnum):
    NONE = "no"
    MASKED = "yes"
    """As the type says: of a phone number only the first three and last four digits are seen."""
    DIALLER = "dialler"
    """Whole, for the dialler only: each reveal is journaled. Only in actions that say `reveals="yes"`."""


class Value(msgspec.Struct, frozen=True):
    """One value of the reply, from column `column` of the record's or list's statement."""

    span: Span
    name: str
    type: ValueType
    column: str
    mask: Mask = Mask.NONE


class Record(msgspec.Struct, frozen=True):
    """An object from the first row of statement `source` (null where there is none).

    Nested under a list, from that list's statement it is a part of the same row; from another, the first row whose
    column `on` equals the outer row's column `to`.
    """

    span: Span
    name: str
    source: str
    items: tuple[Shape, ...]
    on: str | None = None
    to: str | None = None


class Rows(msgspec.Struct, frozen=True):
    """`<list>`: an array with one object for each row of `source`.

    Nested under another list, only rows whose column `on` equals the outer row's column `to` belong.
    """

    span: Span
    name: str
    source: str
    items: tuple[Shape, ...]
    on: str | None = None
    to: str | None = None


Shape = Value | Record | Rows


class ActionClass(StrEnum):
    FAST = "fast"
    SLOW = "slow"


class ServerAction(msgspec.Struct, frozen=True):
    """`steps` in document order; `data` is all that leaves. A top-level value reads parameter-like names:
    its `column` is `statement.column`."""

    span: Span
    id: str
    roles: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    steps: tuple[Statement | Fail, ...]
    data: tuple[Shape, ...]
    on_errors: tuple[OnError, ...] = ()
    action_class: ActionClass = ActionClass.FAST
    reveals: bool = False
    finishes: str | None = None
    """It ends an interview: name of the parameter that holds the disposition, for the metric `Finished`."""

    @property
    def statements(self) -> tuple[Statement, ...]:
        return tuple(step for step in self.steps if isinstance(step, Statement))

    @property
    def read_only(self) -> bool:
        return bool(self.statements) and all(s.verb is Verb.SELECT for s in self.statements)


class Server(msgspec.Struct, frozen=True):
    """A pack's `server.xml`, or its `interface.xml` (the same without any SQL, which agents' apps get)."""

    span: Span
    pack: str
    actions: Mapping[str, ServerAction]
    interface: bool = False
    """Without statements: what agents' apps get."""
