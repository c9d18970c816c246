"""The property tests must be able to fail: engines with a defect are caught. All of them: `known_bad` as a command."""

from __future__ import annotations

import pytest

from tests.callscript.engine.known_bad import DEFECTS, Defect, caught_by

QUICK = ("off-path-leaks", "back-forgets", "resume-drops-a-field", "first-next-ignored", "saves-leak")


@pytest.mark.parametrize("defect", [each for each in DEFECTS if each.name in QUICK], ids=lambda each: each.name)
def test_a_defect_is_caught(defect: Defect) -> None:
    assert caught_by(defect) is not None
