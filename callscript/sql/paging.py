"""Pages by keyset: a page begins after the last row of the one before, found by its key and not by counting.

However far one reads, a page costs the same, and rows that come or go meanwhile neither repeat nor hide others. The
statement of the script stands as it is within one that orders and cuts it; PostgreSQL plans the two as one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from callscript.model.server import PageKey, Paging, Record, Rows, ServerAction, Shape, Value, Verb
from callscript.model.values import ValueType
from callscript.sql import kinds
from callscript.sql.compiled import Slot
from callscript.sql.names import SQL_TYPES, Complain, Typed

NEXT = "next_page"
"""The column of a paged statement that holds what the next page is asked for with; NULL at the last page."""
MOST_ROWS = 1_000
OPENING = "SELECT * FROM ("


def closing(paging: Paging, name: str) -> Iterator[str | Typed]:
    """What stands behind the text of paged statement `name`: texts, and what is bound between them."""
    slots: list[Typed] = [
        (Slot("page", name, str(place)), f"::{SQL_TYPES[key.type]}") for place, key in enumerate(paging.keys)
    ]
    yield ") AS page WHERE ("
    yield slots[0]
    yield " IS NULL OR "
    yield from _behind(paging.keys, slots)
    order = ", ".join(f'"{key.column}"{" DESC" if key.descending else ""}' for key in paging.keys)
    yield f") ORDER BY {order} LIMIT {paging.size + 1}"


def closing_text(paging: Paging, name: str) -> str:
    """The same for PostgreSQL's parser alone."""
    return "".join(piece if isinstance(piece, str) else f"$1{piece[1]}" for piece in closing(paging, name))


def _behind(keys: tuple[PageKey, ...], slots: list[Typed]) -> Iterator[str | Typed]:
    """The condition of the rows that stand behind the key: as one comparison of rows where an index can do it."""
    if len({key.descending for key in keys}) == 1:
        yield "(" + ", ".join(f'"{key.column}"' for key in keys) + f") {_sign(keys[0])} ("
        for place, slot in enumerate(slots):
            yield ", " if place else ""
            yield slot
        yield ")"
        return
    for place, key in enumerate(keys):
        yield " OR (" if place else "("
        for before, slot in zip(keys[:place], slots, strict=False):
            yield f'"{before.column}" = '
            yield slot
            yield " AND "
        yield f'"{key.column}" {_sign(key)} '
        yield slots[place]
        yield ")"


def _sign(key: PageKey) -> str:
    return "<" if key.descending else ">"


def check_paging(action: ServerAction, complain: Complain) -> None:
    """Whether what the paged statements say is whole, and their next page can be asked for."""
    parameters = {parameter.name: parameter for parameter in action.parameters}
    told = {value.column: value for value in _top_values(action.data)}
    for statement in action.statements:
        paging = statement.paging
        if paging is None:
            continue
        if not (paging.keys and paging.size and paging.after) or statement.verb is not Verb.SELECT:
            complain(kinds.PAGING_INCOMPLETE, paging.span, name=statement.name)
            continue
        _check_size(paging, complain)
        after = parameters.get(paging.after)
        if after is None or after.type is not ValueType.TEXT or after.required or after.many or after.default:
            complain(kinds.PAGING_PARAMETER, paging.span, name=paging.after)
        value = told.get(f"{statement.name}.{NEXT}")
        if value is None or value.type is not ValueType.TEXT:
            complain(kinds.PAGING_WITHOUT_NEXT, paging.span, name=statement.name, column=f"{statement.name}.{NEXT}")


def _check_size(paging: Paging, complain: Callable[..., None]) -> None:
    columns = [key.column for key in paging.keys]
    if not 1 <= paging.size <= MOST_ROWS:
        complain(kinds.PAGING_SIZE, paging.span, size=paging.size, most=MOST_ROWS)
    if len(set(columns)) != len(columns):
        complain(kinds.PAGING_INCOMPLETE, paging.span, name=", ".join(columns))


def _top_values(shapes: tuple[Shape, ...]) -> Iterator[Value]:
    for shape in shapes:
        match shape:
            case Value():
                yield shape
            case Record() | Rows():
                continue
