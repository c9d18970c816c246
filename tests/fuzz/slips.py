"""Slips and attacks: one more change to the bytes of a file, from a seeded chance."""

from __future__ import annotations

import random
import re

TOKENS = [
    *(b"<", b">", b"&", b'"', b"'", b"/>", b"</action>", b"${", b"}", b"<![CDATA[", b"]]>", b"<!--", b"\n", b"\x00"),
    *(b"\xff", b"\xe4\xbd\xa0", b"1e999", b"((((", b"not(", b"${x.y}", b'xmlns="x"', b'"\n"', b"9" * 40),
    *(b'<repeat id="z" over="z">', b"</repeat>", b'<shuffle id="s">', b'<next action="greeting"/>'),
    *(b'when="${nps} > 3"', b'count="1000000000000"', b'<include block="outbound.exits"/>'),
    b'<!DOCTYPE x [<!ENTITY a "b">]>',
]
_ELEMENT = re.compile(rb"<(\w+)\b[^<>]*(?:/>|>[^<]*</\1>)")
_VALUE = re.compile(rb'"([^"<>]*)"')
_NAME = re.compile(rb"\$\{([a-z_.]+)\}")


def mutated(data: bytes, chance: random.Random) -> bytes:
    """One slip or one attack more."""
    if not data:
        return data
    slip = chance.choice([_cut, _put, _doubled, _bent, _copied, _lines_exchanged, _element_doubled, _element_moved,
                          _value_exchanged, _name_exchanged])  # fmt: skip
    return slip(data, chance)


def _some(data: bytes, chance: random.Random) -> tuple[int, int]:
    begin = chance.randrange(len(data))
    return begin, min(len(data), begin + chance.choice([1, 2, 5, 20, 100, 1000]))


def _cut(data: bytes, chance: random.Random) -> bytes:
    begin, end = _some(data, chance)
    return data[:begin] + data[end:]


def _put(data: bytes, chance: random.Random) -> bytes:
    begin, _ = _some(data, chance)
    return data[:begin] + chance.choice(TOKENS) + data[begin:]


def _doubled(data: bytes, chance: random.Random) -> bytes:
    begin, end = _some(data, chance)
    return data[:begin] + data[begin:end] * chance.choice([2, 3, 10]) + data[end:]


def _bent(data: bytes, chance: random.Random) -> bytes:
    begin, _ = _some(data, chance)
    return data[:begin] + bytes([chance.randrange(256)]) + data[begin + 1 :]


def _copied(data: bytes, chance: random.Random) -> bytes:
    begin, _ = _some(data, chance)
    other, _ = _some(data, chance)
    return data[:begin] + data[other : other + 50] + data[begin:]


def _lines_exchanged(data: bytes, chance: random.Random) -> bytes:
    lines = data.split(b"\n")
    one, two = chance.randrange(len(lines)), chance.randrange(len(lines))
    lines[one], lines[two] = lines[two], lines[one]
    return b"\n".join(lines)


# --- slips that leave the document well formed -----------------------------------------------------------------------
def _one(pattern: re.Pattern[bytes], data: bytes, chance: random.Random) -> re.Match[bytes] | None:
    """The first match after a random place: quick also in long files."""
    return pattern.search(data, chance.randrange(len(data))) or pattern.search(data)


def _element_doubled(data: bytes, chance: random.Random) -> bytes:
    found = _one(_ELEMENT, data, chance)
    return data[: found.end()] + found[0] + data[found.end() :] if found else data


def _element_moved(data: bytes, chance: random.Random) -> bytes:
    taken, before = _one(_ELEMENT, data, chance), _one(_ELEMENT, data, chance)
    if not taken or not before:
        return data
    return data[: before.start()] + taken[0] + data[before.start() :]


def _value_exchanged(data: bytes, chance: random.Random) -> bytes:
    return _exchanged(_VALUE, data, chance)


def _name_exchanged(data: bytes, chance: random.Random) -> bytes:
    return _exchanged(_NAME, data, chance)


def _exchanged(pattern: re.Pattern[bytes], data: bytes, chance: random.Random) -> bytes:
    place, other = _one(pattern, data, chance), _one(pattern, data, chance)
    if not place or not other:
        return data
    return data[: place.start(1)] + other[1] + data[place.end(1) :]
