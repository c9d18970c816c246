"""Line and column of a byte, whatever was asked before."""

from __future__ import annotations

import random

import pytest

from callscript.parser.document import Source


@pytest.mark.parametrize("seed", range(5))
def test_places_are_right_in_any_order(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - a test's seed
    text = "".join(chance.choice(["a", "你", "\n", "x" * 50, "é", "\n\n"]) for _ in range(300))
    source = Source("local.xml", text.encode())
    for _ in range(200):
        before = text[: chance.randrange(len(text) + 1)]
        place = source.place(len(before.encode()))
        assert (place.line, place.column) == (before.count("\n") + 1, len(before) - before.rfind("\n"))
