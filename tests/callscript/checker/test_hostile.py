"""Broken and hostile scripts: whatever is done to a file, the check ends, and every problem has its place."""

from __future__ import annotations

import random

import pytest

from callscript.checker import check_files
from callscript.engine import prepare
from tests.callscript.scripts import campaigns, shipped

SEEDS = range(40)
"""A short run; `python -m tests.callscript.checker.test_hostile 100000` makes a long one."""

TOKENS = [
    *(b"<", b">", b"&", b'"', b"'", b"/>", b"</action>", b"${", b"}", b"<![CDATA[", b"]]>", b"<!--", b"\n", b"\x00"),
    *(b"\xff", b"\xe4\xbd\xa0", b"1e999", b"((((", b"not(", b"${x.y}", b'xmlns="x"', b'"\n"', b"9" * 40),
    *(b'<repeat id="z" over="z">', b"</repeat>", b'<shuffle id="s">', b'<next action="greeting"/>'),
    *(b'when="${nps} > 3"', b'count="1000000000000"', b'<include block="outbound.exits"/>'),
    b'<!DOCTYPE x [<!ENTITY a "b">]>',
]


def mutated(data: bytes, chance: random.Random) -> bytes:
    """One slip or one attack more."""
    if not data:
        return data
    begin = chance.randrange(len(data))
    end = min(len(data), begin + chance.choice([1, 2, 5, 20, 100, 1000]))
    other = chance.randrange(len(data))
    slips = [
        data[:begin] + data[end:],
        data[:begin] + chance.choice(TOKENS) + data[begin:],
        data[:begin] + data[begin:end] * chance.choice([2, 3, 10]) + data[end:],
        data[:begin] + bytes([chance.randrange(256)]) + data[begin + 1 :],
        data[:begin] + data[other : other + 50] + data[begin:],
        _with_lines_exchanged(data, chance),
    ]
    return chance.choice(slips)


def _with_lines_exchanged(data: bytes, chance: random.Random) -> bytes:
    lines = data.split(b"\n")
    one, two = chance.randrange(len(lines)), chance.randrange(len(lines))
    lines[one], lines[two] = lines[two], lines[one]
    return b"\n".join(lines)


def attempt(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - a test's seed
    files = shipped(chance.choice(campaigns()))
    name = chance.choice(sorted(files))
    for _ in range(chance.choice([1, 1, 2, 3, 8])):
        files[name] = mutated(files[name], chance)
    checked = check_files(files)
    for problem in checked.problems:
        assert problem.span.file in files
        assert problem.code != "schema-disagrees"
        assert problem.span.line > 0
        assert problem.span.column > 0
        assert all((problem.what(language), problem.mend(language) is not None) for language in ("en", "zh"))
    if checked.campaign is not None:
        prepare(checked.campaign)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_mutated_script_is_told_what_is_wrong_and_nothing_breaks(seed: int) -> None:
    attempt(seed)


if __name__ == "__main__":
    import sys

    for number in range(int(sys.argv[1])):
        try:
            attempt(number)
        except BaseException:
            print(f"seed {number}")
            raise
