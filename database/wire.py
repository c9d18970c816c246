"""PostgreSQL's messages as bytes: pipelines out, rows and refusals in. Nothing here touches a socket."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from struct import Struct
from typing import Any

import msgspec

from database.failures import ConnectionLost, DatabaseFailure, NoneFree, Unencodable
from database.values import Decoder, encode

MOST_PARAMETERS = 65535
TERMINATE = b"X\0\0\0\4"

header = Struct("!ci")
"""Code and length of each message."""
_int32 = Struct("!i")
_uint16 = Struct("!H")
_column = Struct("!ihihih")
_SYNC = b"S\0\0\0\4"
_DESCRIBE_AND_EXECUTE = b"D\0\0\0\6P\0" + b"E\0\0\0\x09\0\0\0\0\0"


class Query(msgspec.Struct, frozen=True):
    """A statement with `$1 …` for its parameters; `name` appears in errors."""

    sql: str
    parameters: Sequence[object] = ()
    name: str = ""


class Result(msgspec.Struct, frozen=True):
    """What a statement gave: rows, and how many it returned or touched."""

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]
    count: int
    types: tuple[int, ...] = ()
    """OID of each column's type."""

    def dicts(self) -> list[dict[str, Any]]:
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]


def encode_pipeline(queries: Sequence[Query]) -> bytes:
    """`[Parse, Bind, Describe, Execute]` of each query, then one Sync.

    Raises:
        Unencodable: a statement or parameter cannot be sent.
    """
    parts: list[bytes] = []
    for index, query in enumerate(queries):
        try:
            parts += (_parse(query.sql), _bind(query.parameters), _DESCRIBE_AND_EXECUTE)
        except Unencodable as error:
            raise Unencodable(f"statement {query.name or index}: {error}") from error.__cause__
    parts.append(_SYNC)
    return b"".join(parts)


@lru_cache(maxsize=512)
def _parse(sql: str) -> bytes:
    text = encode(sql) or b""
    return b"P" + _int32.pack(len(text) + 8) + b"\0" + text + b"\0\0\0"


def _bind(parameters: Sequence[object]) -> bytes:
    if len(parameters) > MOST_PARAMETERS:
        raise Unencodable(f"more than {MOST_PARAMETERS} parameters; give an array")
    body = [b"\0\0\0\0", _uint16.pack(len(parameters))]
    for position, value in enumerate(parameters, 1):
        try:
            data = encode(value)
        except Unencodable as error:
            raise Unencodable(f"parameter ${position}: {error}") from error.__cause__
        if data is None:
            body.append(b"\xff\xff\xff\xff")
        else:
            body += (_int32.pack(len(data)), data)
    body.append(b"\0\0")
    packed = b"".join(body)
    return b"B" + _int32.pack(len(packed) + 4) + packed


_NONE_FREE = ("query_wait_timeout", "Timed-out waiting to acquire database connection")
_TOO_MANY = "53300"


def none_free(sqlstate: str, message: str) -> bool:
    """Whether a session that ended so had no connection in time, as PgBouncer, RDS Proxy and PostgreSQL say it.

    PostgreSQL has not heard of the statements then.
    """
    return sqlstate == _TOO_MANY or message.startswith(_NONE_FREE)


def read_columns(body: bytes) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """Names and type OIDs."""
    names, types, at = [], [], 2
    for _ in range(_uint16.unpack_from(body)[0]):
        end = body.index(b"\0", at)
        names.append(body[at:end].decode())
        types.append(_column.unpack_from(body, end + 1)[2])
        at = end + 19
    return tuple(names), tuple(types)


def read_row(body: bytes, decoders: Sequence[Decoder]) -> tuple[Any, ...]:
    values: list[Any] = []
    at = 2
    for read in decoders:
        (length,) = _int32.unpack_from(body, at)
        at += 4
        if length < 0:
            values.append(None)
        else:
            values.append(read(body[at : at + length].decode()))
            at += length
    return tuple(values)


def read_count(tag: bytes, returned: int) -> int:
    """`INSERT 0 3` touched 3; `BEGIN` none."""
    number = tag.rstrip(b"\0").rpartition(b" ")[2]
    return int(number) if number.isdigit() else returned


def refusal(body: bytes, index: int, queries: Sequence[Query]) -> DatabaseFailure:
    """The failure that an error message tells of.

    Raises:
        ConnectionLost: it says that the session is over.
    """
    fields = {part[:1]: part[1:].decode(errors="replace") for part in body.split(b"\0") if part}
    if fields.get(b"V", fields.get(b"S")) in ("FATAL", "PANIC"):
        state = fields.get(b"C", "")
        if none_free(state, fields.get(b"M", "")):
            raise NoneFree("there was no connection free in time")
        raise ConnectionLost(f"PostgreSQL ended the session (SQLSTATE {state})")
    position = fields.get(b"P")
    return DatabaseFailure(
        fields.get(b"C", ""),
        fields.get(b"M", ""),
        constraint=fields.get(b"n", ""),
        query_index=index,
        query_name=queries[index].name if index < len(queries) else "",
        detail=fields.get(b"D", ""),
        position=int(position) if position else None,
    )
