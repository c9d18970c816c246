"""A document that is wrong as such is refused in the right place, for the right reason, and for no other."""

from __future__ import annotations

import pytest

from callscript.checker import check_files
from tests.callscript.checker.defects import Defect
from tests.callscript.parser.documents import DOCUMENT_DEFECTS


@pytest.mark.parametrize("defect", DOCUMENT_DEFECTS, ids=lambda defect: defect.code)
def test_a_broken_document_is_told_in_its_place_and_nothing_else_is_said(defect: Defect) -> None:
    files, expected = defect.unmarked()
    found = [(p.code, p.span.file, p.span.line, p.span.column) for p in check_files(files).problems]
    assert expected == [each for each in found if each[0] not in defect.also]
    assert set(defect.also) <= {each[0] for each in found}


def test_without_local_xml_there_is_no_campaign() -> None:
    assert [(p.code, p.span.file) for p in check_files({}).problems] == [("missing-file", "local.xml")]
