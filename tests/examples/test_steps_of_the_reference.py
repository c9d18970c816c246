"""The reference's steps for a new question, followed to the letter on the page's own campaign."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from callscript.checker import check_files
from callscript.parser import load_campaign
from callscript.transcripts import play_all, read_transcripts
from tests.callscript.scripts import SHIPPED

PAGE = (Path(__file__).parents[2] / "docs" / "script-language.md").read_text(encoding="utf-8")
STEPS = PAGE.partition("## Adding a question, step by step")[2].partition("\n## ")[0]
BEFORE = '  <action id="reason"'

GUESTS = """
== In the garden ==
at greeting
  consent = yes
at score
  score = 5
at seat
  seat = garden
at garden
  says {warm}
  garden_warm = no
at reason
  exit silent
at silent
end silent_line 3.16

== Inside ==
at greeting
  consent = yes
at score
  score = 5
at seat
  seat = inside
at reason
  exit silent
at silent
end silent_line 3.16
"""


def block(text: str, info: str) -> str:
    found = re.search(rf"^```{re.escape(info)}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    assert found, info
    return found[1]


@pytest.fixture(scope="module")
def files() -> Mapping[str, bytes]:
    local = block(PAGE, "xml complete teahouse/local.xml")
    assert local.count(BEFORE) == 1
    outbound = SHIPPED / "outbound"
    packs = {
        f"packs/outbound/{path.relative_to(outbound).as_posix()}": path.read_bytes()
        for path in outbound.rglob("*")
        if path.suffix in {".xml", ".po"}
    }
    return {
        **packs,
        "local.xml": local.replace(BEFORE, block(STEPS, "xml in-local") + BEFORE).encode(),
        "translations/zh.po": (
            block(PAGE, "po teahouse/translations/zh.po") + "\n" + block(STEPS, "po")
        ).encode(),
    }  # fmt: skip


def test_the_new_question_checks_clean_but_for_texts_not_translated_yet(files: Mapping[str, bytes]) -> None:
    assert {problem.code for problem in check_files(files).problems} <= {"missing-translation"}


@pytest.mark.parametrize(("language", "warm"), [("en", "Was it warm enough there?"), ("zh", "那里暖和吗？")])
def test_only_who_sat_in_the_garden_is_asked_and_in_both_languages(
    files: Mapping[str, bytes], language: str, warm: str
) -> None:
    read = read_transcripts(f"language: {language}\n" + GUESTS.format(warm=warm), "guests.txt")
    assert read.problems == ()
    results, _ = play_all(load_campaign(files).usable, read.transcripts, {})
    assert [str(problem) for result in results for problem in result.problems] == []
