"""PostgreSQL's frontend/backend protocol 3.0, as far as a pooler must understand it: frames, startup, errors.

https://www.postgresql.org/docs/current/protocol-message-formats.html
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping

PROTOCOL_3 = 196608
CANCEL_REQUEST, SSL_REQUEST, GSS_REQUEST = 80877102, 80877103, 80877104
STARTUP_LIMIT = 10_000
IDLE = ord("I")

_LENGTH = struct.Struct("!i")
_HEAD = struct.Struct("!ci")


class Garbage(Exception):
    """Bytes that are no PostgreSQL message."""


def message(kind: bytes, body: bytes = b"") -> bytes:
    return _HEAD.pack(kind, len(body) + 4) + body


def complete(buffer: bytes | bytearray) -> Iterator[tuple[int, int, int]]:
    """Kind, start and end of every whole message in `buffer`.

    Raises:
        Garbage: at a length that cannot be.
    """
    start, size = 0, len(buffer)
    while size - start >= 5:
        (length,) = _LENGTH.unpack_from(buffer, start + 1)
        if length < 4:
            raise Garbage
        end = start + 1 + length
        if end > size:
            return
        yield buffer[start], start, end
        start = end


def startup_packet(buffer: bytes | bytearray) -> tuple[int, bytes, int] | None:
    """Code, body and end of the first packet, which has no kind; None: not all of it is there.

    Raises:
        Garbage: at a length that cannot be.
    """
    if len(buffer) < 8:
        return None
    length, code = struct.unpack_from("!ii", buffer)
    if not 8 <= length <= STARTUP_LIMIT:
        raise Garbage
    return (code, bytes(buffer[8:length]), length) if len(buffer) >= length else None


def startup_parameters(body: bytes) -> dict[str, str]:
    words = body.rstrip(b"\0").split(b"\0")
    pairs = zip(words[::2], words[1::2], strict=False)
    return {name.decode(errors="replace"): value.decode(errors="replace") for name, value in pairs}


def startup_message(parameters: Mapping[str, str]) -> bytes:
    body = b"".join(f"{name}\0{value}\0".encode() for name, value in parameters.items()) + b"\0"
    return struct.pack("!ii", len(body) + 8, PROTOCOL_3) + body


def error(sqlstate: str, text: str, severity: str = "FATAL") -> bytes:
    fields = {"S": severity, "V": severity, "C": sqlstate, "M": text}
    return message(b"E", b"".join(f"{name}{value}\0".encode() for name, value in fields.items()) + b"\0")


def error_fields(body: bytes) -> dict[str, str]:
    """Fields of an ErrorResponse by their letter, such as `C` (SQLSTATE) and `M` (message)."""
    return {part[:1].decode(): part[1:].decode(errors="replace") for part in body.split(b"\0") if part}


def parameter_status(name: str, value: str) -> bytes:
    return message(b"S", f"{name}\0{value}\0".encode())


def cstring(buffer: bytes | bytearray, start: int, end: int) -> tuple[bytes, int]:
    """The zero-terminated text at `start`, and where the next field begins."""
    stop = buffer.find(b"\0", start, end)
    if stop < 0:
        raise Garbage
    return bytes(buffer[start:stop]), stop + 1
