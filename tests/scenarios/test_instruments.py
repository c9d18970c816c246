"""Instruments as survey people know them: scores with missing items, rosters in rosters, diaries, status by rules.

Each checks clean, and interviews whose values were worked out by hand go as written.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from callscript.checker import check_files
from callscript.model.campaign import Campaign
from callscript.transcripts import Theatre, Transcript, read_transcripts
from tests.callscript.scripts import shipped

FOLDER = Path(__file__).with_name("instruments")
NAMES = sorted(file.stem for file in FOLDER.glob("*.xml"))


@cache
def packs() -> dict[str, bytes]:
    return {name: data for name, data in shipped("csat").items() if name.startswith("packs/")}


@cache
def instrument(name: str) -> Campaign:
    checked = check_files({**packs(), "local.xml": (FOLDER / f"{name}.xml").read_bytes()})
    assert [str(problem) for problem in checked.problems] == []
    assert checked.campaign is not None
    return checked.campaign


def interviews(name: str) -> list[Transcript]:
    read = read_transcripts((FOLDER / f"{name}.txt").read_text(encoding="utf-8"), f"{name}.txt")
    assert [str(problem) for problem in read.problems] == []
    return list(read.transcripts)


@pytest.mark.parametrize("name", NAMES)
def test_it_is_sound(name: str) -> None:
    assert instrument(name).id == name


@pytest.mark.parametrize(("name", "number"), [(name, n) for name in NAMES for n in range(len(interviews(name)))])
def test_an_interview_goes_as_worked_out_by_hand(name: str, number: int) -> None:
    written = interviews(name)[number]
    assert [str(problem) for problem in Theatre(instrument(name)).play(written).problems] == []
