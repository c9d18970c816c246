"""Every code has its words in both languages, a page in the docs, and a script that shows it."""

from __future__ import annotations

import string
from pathlib import Path

import pytest

from callscript.catalogue import CATALOGUE, GROUPS, as_markdown
from callscript.problems import Kind
from tests.callscript.checker.defects_between import DEFECTS
from tests.callscript.parser.documents import DOCUMENT_DEFECTS

DOCS = Path(__file__).resolve().parents[2] / "docs" / "errors.md"


def _fields(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


@pytest.mark.parametrize("kind", CATALOGUE.values(), ids=lambda kind: kind.code)
def test_a_kind_is_told_in_english_and_chinese(kind: Kind) -> None:
    assert {"en", "zh"} == set(kind.what) == set(kind.mend)
    assert all(kind.what.values())
    bare = {name.removesuffix("_zh") for name in _fields(kind.what["zh"])}
    assert bare == _fields(kind.what["en"]), "both languages name the same things"


def test_the_docs_hold_every_code() -> None:
    assert as_markdown() == DOCS.read_text(encoding="utf-8"), "python -m callscript.catalogue > docs/errors.md"


def test_every_code_of_documents_meaning_and_translations_has_a_script_that_shows_it() -> None:
    shown = {defect.code for defect in (*DEFECTS, *DOCUMENT_DEFECTS)} | {"missing-file"}
    wanted = {kind.code for group in ("Documents", "Meaning", "Translations") for kind in GROUPS[group]}
    elsewhere = {
        *("unknown-cell", "cell-without-version"),  # test_routing.py
        "schema-disagrees",  # test_second_opinion.py
        *("campaign-in-other-folder", "unpublished-campaign"),  # tests/admin
        *("campaign-too-large", "flow-undecided"),  # too long to write down: checker/slips_as_documents.py makes them
    }
    assert set() == wanted - shown - elsewhere
