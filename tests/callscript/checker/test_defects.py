"""Each kind of problem is found where it is, and nothing else is said."""

from __future__ import annotations

import pytest

from callscript.checker import check_files
from tests.callscript.checker.defects import Defect
from tests.callscript.checker.defects_between import DEFECTS


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.code)
def test_a_defect_is_found_in_its_place_and_nothing_else_is_said(defect: Defect) -> None:
    files, expected = defect.unmarked()
    found = [(p.code, p.span.file, p.span.line, p.span.column) for p in check_files(files).problems]
    assert expected == [each for each in found if each[0] not in defect.also]
    assert set(defect.also) <= {each[0] for each in found}
