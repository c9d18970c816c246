"""Broken and hostile scripts: whatever is done to a file, the check ends, and every problem has its place."""

from __future__ import annotations

import pytest

from callscript.checker import check_files
from tests.callscript.checker.defects import END, in_local
from tests.fuzz.hostile import HOSTILE
from tests.fuzz.scripts import attempt

SEEDS = range(40)
"""A short run; `python -m tests.fuzz` makes a long one."""


@pytest.mark.parametrize("seed", SEEDS)
def test_a_mutated_script_is_told_what_is_wrong_and_nothing_breaks(seed: int) -> None:
    attempt(seed)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_script_made_to_be_slow_is_judged_or_refused_in_its_place(name: str) -> None:
    """What each costs is for `python -m tests.fuzz --what hostile` to say."""
    files = HOSTILE[name]()
    for problem in check_files(files).problems:
        assert problem.span.file in files
        assert problem.span.line > 0
        assert problem.what("zh")


def test_a_campaign_with_too_much_in_it_is_refused_before_anything_is_read() -> None:
    (problem,) = check_files(HOSTILE["a tangle of 3,000 actions"]()).problems
    assert problem.code == "campaign-too-large"


def test_a_long_chain_of_computes_is_no_circle() -> None:
    """Searching each one's way back would take half a minute."""
    chain = "".join(f'<compute name="c{n}" type="integer" value="${{c{n + 1}}} + 1"/>' for n in range(3_000))
    last = '<compute name="c3000" type="integer" value="1"/>'
    body = f'<action id="a"><data><say>?</say>{chain}{last}</data></action>{END}'
    assert check_files(in_local("", body).files).problems == ()


def test_a_knot_of_computes_is_told_and_the_check_ends() -> None:
    sums = [" + ".join(f"${{c{(n * 7 + other * 13) % 300}}}" for other in range(12)) for n in range(300)]
    knot = "".join(f'<compute name="c{n}" type="integer" value="{value}"/>' for n, value in enumerate(sums))
    body = f'<action id="a"><data><say>?</say>{knot}</data></action>{END}'
    assert {"compute-circle"} == {problem.code for problem in check_files(in_local("", body).files).problems}
