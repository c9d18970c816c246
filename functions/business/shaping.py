"""The reply: exactly what `<data>` says. A column that it does not name never leaves."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import msgspec

from callscript.model.server import Mask, Record, Rows, ServerAction, Shape, Value
from callscript.model.values import ValueType
from callscript.sql.paging import NEXT as NEXT_PAGE
from database.connection import Result
from database.numbers import NumberKeys, NumberRefused, mask
from functions.business.errors import REPLY_MISMATCH
from functions.hosting.errors import Refused

Row = Mapping[str, Any]


class _Mismatch(Exception):
    """A value of the database is not of the type that the script says."""


class Shaper(msgspec.Struct, frozen=True):
    """Makes the reply of one run of `action` from its statements' results."""

    action: ServerAction
    results: Mapping[str, Result]
    given: Mapping[str, Any]
    """Parameters as expressions see them: a top-level value may repeat one."""
    session: Mapping[str, Any]
    numbers: Callable[[], NumberKeys]
    pages: Mapping[str, str | None] = msgspec.field(default_factory=dict)
    """Of statements that are read by pages what the next page is asked for with."""
    sorted_out: dict[tuple[str, str], Mapping[Any, Sequence[Row]]] = msgspec.field(default_factory=dict)

    def reply(self) -> bytes:
        """The reply's JSON text.

        Raises:
            Refused: `reply_mismatch`, naming the statement.
        """
        rows = {name: [dict(zip(result.columns, row, strict=True)) for row in result.rows]
                for name, result in self.results.items()}  # fmt: skip
        return msgspec.json.encode({shape.name: self._top(shape, rows) for shape in self.action.data})

    def _top(self, shape: Shape, rows: Mapping[str, Sequence[Row]]) -> Any:
        if not isinstance(shape, Value):
            return self._nested(shape, rows, None, "")
        source, _, column = shape.column.partition(".")
        if source == "session":
            return self._value(shape, {column: self.session.get(column)}, column, source)
        if column == NEXT_PAGE and source in self.pages:
            return self.pages[source]
        if column:
            first = next(iter(rows.get(source, ())), {column: None})
            return self._value(shape, first, column, source)
        return self._value(shape, {source: self.given.get(source)}, source, source)

    def _nested(
        self, shape: Record | Rows, rows: Mapping[str, Sequence[Row]], outer: Row | None, outer_source: str
    ) -> Any:
        found: Iterable[Row] = rows.get(shape.source, ())
        if outer is not None and isinstance(shape, Record) and shape.source == outer_source:
            found = (outer,)
        elif outer is not None and shape.on and shape.to:
            wanted = _same(self._column(outer, shape.to, outer_source))
            found = self._belonging(shape.source, shape.on, rows).get(wanted, ())
        if isinstance(shape, Record):
            first = next(iter(found), None)
            return None if first is None else self._object(shape.source, shape.items, first, rows)
        return [self._object(shape.source, shape.items, row, rows) for row in found]

    def _belonging(self, source: str, on: str, rows: Mapping[str, Sequence[Row]]) -> Mapping[Any, Sequence[Row]]:
        """The rows of `source` by their column `on`: sorted out once, however many outer rows ask."""
        if (source, on) not in self.sorted_out:
            by_value: dict[Any, list[Row]] = {}
            for row in rows.get(source, ()):
                by_value.setdefault(_same(self._column(row, on, source)), []).append(row)
            self.sorted_out[source, on] = by_value
        return self.sorted_out[source, on]

    def _object(
        self, source: str, items: Sequence[Shape], row: Row, rows: Mapping[str, Sequence[Row]]
    ) -> dict[str, Any]:
        return {
            item.name: self._value(item, row, item.column, source)
            if isinstance(item, Value)
            else self._nested(item, rows, row, source)
            for item in items
        }

    def _value(self, value: Value, row: Row, column: str, source: str) -> Any:
        raw = self._column(row, column, source)
        if raw is None:
            return None
        try:
            if value.type is ValueType.PHONE:
                return self._phone(value, raw)
            converted = _WRITERS[value.type](raw)
        except (_Mismatch, ValueError, TypeError, NumberRefused) as error:
            raise Refused(REPLY_MISMATCH, statement=source) from error
        return converted if value.mask is Mask.NONE else masked(str(converted))

    def _phone(self, value: Value, raw: Any) -> str:
        """Whole for the dialler alone, and only where the action says that it reveals."""
        if not isinstance(raw, bytes):
            raise _Mismatch
        number = self.numbers().reveal(raw)
        return number if value.mask is Mask.DIALLER and self.action.reveals else mask(number)

    def _column(self, row: Row, column: str, source: str) -> Any:
        try:
            return row[column]
        except KeyError as error:
            raise Refused(REPLY_MISMATCH, statement=source) from error


def _same(value: Any) -> Any:
    """Equal for values that are equal: JSON's lists and objects as their text."""
    return msgspec.json.encode(value, order="deterministic") if isinstance(value, dict | list) else value


def masked(text: str) -> str:
    """The first character, and a star for each other; of an address for mail the domain stays."""
    name, at, domain = text.partition("@")
    return name[:1] + "*" * (len(name) - 1) + at + domain


# --- one writer for each type ----------------------------------------------------------------------------------------


def _text(raw: Any) -> str:
    if isinstance(raw, dict | list | bytes):
        raise _Mismatch
    return _moment(raw) if isinstance(raw, dt.date | dt.time) else str(raw)


def _integer(raw: Any) -> int:
    if isinstance(raw, bool) or not isinstance(raw, int | Decimal | float) or raw != int(raw):
        raise _Mismatch
    return int(raw)


def _decimal(raw: Any) -> str:
    if isinstance(raw, bool) or not isinstance(raw, int | float | Decimal):
        raise _Mismatch
    return format(raw, "f") if isinstance(raw, Decimal) else str(raw)


def _boolean(raw: Any) -> bool:
    if not isinstance(raw, bool):
        raise _Mismatch
    return raw


def _moment(raw: Any) -> str:
    if isinstance(raw, dt.date | dt.time):  # a datetime is a date
        return raw.isoformat()
    if isinstance(raw, str):
        return raw
    raise _Mismatch


def _choices(raw: Any) -> list[str]:
    if not isinstance(raw, list):
        raise _Mismatch
    return [str(item) for item in raw]


def _json(raw: Any) -> Any:
    if isinstance(raw, bytes):
        raise _Mismatch
    return raw


_WRITERS: dict[ValueType, Callable[[Any], Any]] = {
    ValueType.TEXT: _text,
    ValueType.INTEGER: _integer,
    ValueType.DECIMAL: _decimal,
    ValueType.BOOLEAN: _boolean,
    ValueType.DATE: _moment,
    ValueType.TIME: _moment,
    ValueType.DATETIME: _moment,
    ValueType.CHOICE: _text,
    ValueType.CHOICES: _choices,
    ValueType.EMAIL: _text,
    ValueType.UUID: _text,
    ValueType.JSON: _json,
    ValueType.ANSWERS: _json,
}
