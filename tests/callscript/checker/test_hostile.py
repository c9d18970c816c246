"""Broken and hostile scripts: whatever is done to a file, the check ends, and every problem has its place."""

from __future__ import annotations

import random

import pytest

from callscript.checker import check_files
from callscript.engine import prepare
from tests.callscript.checker.defects import END, in_local
from tests.callscript.scripts import campaigns, shipped

SEEDS = range(40)
"""A short run; `python -m tests.fuzz.scripts` makes a long one."""

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


def test_a_long_chain_of_computes_is_no_circle() -> None:
    """Searching each one's way back would take half a minute."""
    chain = "".join(f'<compute name="c{n}" type="integer" value="${{c{n + 1}}} + 1"/>' for n in range(3_000))
    last = '<compute name="c3000" type="integer" value="1"/>'
    body = f'<action id="a"><data><say>?</say>{chain}{last}</data></action>{END}'
    assert check_files(in_local("", body).files).problems == ()


def test_a_knot_of_computes_is_told_and_the_check_ends() -> None:
    sums = [" + ".join(f"${{c{(n * 7 + other * 13) % 400}}}" for other in range(20)) for n in range(400)]
    knot = "".join(f'<compute name="c{n}" type="integer" value="{value}"/>' for n, value in enumerate(sums))
    body = f'<action id="a"><data><say>?</say>{knot}</data></action>{END}'
    assert {"compute-circle"} == {problem.code for problem in check_files(in_local("", body).files).problems}


def test_exits_to_every_node_from_every_node_are_not_their_product() -> None:
    exits = "".join(f'<exit id="x{n}" key="k" action="a{n}">去</exit>' for n in range(1_000))
    actions = "".join(f'<action id="a{n}"><data><say>?</say></data></action>' for n in range(1_000))
    assert {"key-taken"} == {
        problem.code for problem in check_files(in_local("", exits + actions + END).files).problems
    }
