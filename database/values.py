"""Python values as PostgreSQL's text format, and back.

Parameters are sent without types, so PostgreSQL infers them from the statement: cast (`CAST($1 AS jsonb)`) where it
cannot. Results are read by their type's OID; a type that is not listed comes as text.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import msgspec

from database.failures import Unencodable

Decoder = Callable[[str], Any]


class Json(msgspec.Struct, frozen=True):
    """A parameter to send as JSON whatever its type; a bare list would be sent as an array."""

    value: Any


def encode(value: object) -> bytes | None:
    """The text format of a parameter, None for NULL.

    `bool int float Decimal str bytes date time datetime timedelta UUID`; a dict, or a list with a dict in it, as JSON;
    any other list or tuple as an array.

    Raises:
        Unencodable: a value of another type, or text with NUL or a lone surrogate.
    """
    if value is None:
        return None
    try:
        text = _text(value)
        data = text if isinstance(text, bytes) else text.encode()
    except UnicodeEncodeError as error:
        raise Unencodable("a text holds half of a surrogate pair") from error
    if b"\0" in data:
        raise Unencodable("a text holds the character NUL")
    return data


def _text(value: object) -> str | bytes:
    found = _SIMPLE.get(type(value))
    if found is not None:
        return found(value)
    if isinstance(value, Mapping):
        return _json(value)
    if isinstance(value, list | tuple):
        return _json(value) if any(isinstance(item, Mapping) for item in value) else _array(value)
    for kind, write in _SIMPLE.items():  # subclasses, such as StrEnum
        if isinstance(value, kind):
            return write(value)
    raise Unencodable(f"a {type(value).__name__} is no database value")


def _json(value: object) -> bytes:
    try:
        data = msgspec.json.encode(value)
    except (TypeError, ValueError, RecursionError, msgspec.MsgspecError) as error:
        raise Unencodable(f"a {type(value).__name__} is no JSON value") from error
    if b"\\u0000" in data:
        raise Unencodable("a text holds the character NUL")
    return data


def _array(values: Sequence[object]) -> str:
    return "{" + ",".join(_element(value) for value in values) + "}"


def _element(value: object) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, list | tuple):
        return _array(value)
    text = _text(value)
    if isinstance(text, bytes):
        text = text.decode()
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _interval(value: dt.timedelta) -> str:
    return f"{value.days} days {value.seconds} seconds {value.microseconds} microseconds"


_SIMPLE: dict[type, Callable[[Any], str | bytes]] = {
    bool: lambda value: "t" if value else "f",
    str: str,
    int: str,
    float: repr,
    Decimal: str,
    bytes: lambda value: b"\\x" + value.hex().encode(),
    bytearray: lambda value: b"\\x" + value.hex().encode(),
    dt.datetime: dt.datetime.isoformat,
    dt.date: dt.date.isoformat,
    dt.time: dt.time.isoformat,
    dt.timedelta: _interval,
    uuid.UUID: str,
    Json: lambda wrapped: _json(wrapped.value),
}


def decoder(oid: int) -> Decoder:
    """Reads the text format of the type with this OID."""
    return _DECODERS.get(oid, str)


def _bytes(text: str) -> bytes:
    return bytes.fromhex(text[2:])


def _moment(read: Decoder) -> Decoder:
    """`infinity` and years before Christ have no Python value: they stay text."""

    def read_or_keep(text: str) -> Any:
        try:
            return read(text)
        except ValueError:
            return text

    return read_or_keep


def _array_decoder(read: Decoder) -> Decoder:
    def read_array(text: str) -> list[Any]:
        # Bounds that do not begin at 1 stand before the value: [0:1]={a,b}
        return _read_list(text, text.index("{") + 1, read)[0]

    return read_array


def _read_list(text: str, at: int, read: Decoder) -> tuple[list[Any], int]:
    """The elements from `at`, just after an opening brace, and the place after the closing one."""
    found: list[Any] = []
    while True:
        mark = text[at]
        if mark == "}":
            return found, at + 1
        if mark == "{":
            inner, at = _read_list(text, at + 1, read)
            found.append(inner)
        elif mark == '"':
            word, at = _read_quoted(text, at + 1)
            found.append(read(word))
        elif mark == ",":
            at += 1
        else:
            end = at
            while text[end] not in ",}":
                end += 1
            found.append(None if text[at:end] == "NULL" else read(text[at:end]))
            at = end


def _read_quoted(text: str, at: int) -> tuple[str, int]:
    letters: list[str] = []
    while text[at] != '"':
        if text[at] == "\\":
            at += 1
        letters.append(text[at])
        at += 1
    return "".join(letters), at + 1


_JSON_DECODER = msgspec.json.Decoder()
_DECODERS: dict[int, Decoder] = {
    16: "t".__eq__,
    17: _bytes,
    20: int,
    21: int,
    23: int,
    26: int,
    114: _JSON_DECODER.decode,
    700: float,
    701: float,
    1082: _moment(dt.date.fromisoformat),
    1083: dt.time.fromisoformat,
    1114: _moment(dt.datetime.fromisoformat),
    1184: _moment(dt.datetime.fromisoformat),
    1700: Decimal,
    2950: uuid.UUID,
    3802: _JSON_DECODER.decode,
    5069: int,
}
_ARRAYS = {
    1000: 16, 1001: 17, 1016: 20, 1005: 21, 1007: 23, 1028: 26, 199: 114, 1021: 700, 1022: 701, 1182: 1082, 1183: 1083,
    1115: 1114, 1185: 1184, 1231: 1700, 2951: 2950, 3807: 3802, 271: 5069, 1009: 25, 1015: 1043, 1014: 1042,
}  # fmt: skip
_DECODERS |= {array: _array_decoder(decoder(element)) for array, element in _ARRAYS.items()}
