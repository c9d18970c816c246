"""Every transcript of the shipped campaigns, played on the agents' engine; between them they cover every branch."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from admin.folders import CHECKOUT_SCRIPTS, campaigns, collect, find_campaign
from callscript.model.campaign import Campaign
from callscript.parser import load_campaign
from callscript.transcripts import Theatre, Transcript, play_all, read_transcripts

CAMPAIGNS = campaigns(CHECKOUT_SCRIPTS)


@cache
def campaign(name: str) -> Campaign:
    return load_campaign(collect(find_campaign(name, CHECKOUT_SCRIPTS), CHECKOUT_SCRIPTS).files).usable


def files(name: str) -> list[Path]:
    return sorted((CHECKOUT_SCRIPTS / "campaigns" / name / "transcripts").glob("*.txt"))


def transcripts(name: str) -> list[Transcript]:
    found: list[Transcript] = []
    for file in files(name):
        read = read_transcripts(file.read_text(encoding="utf-8"), str(file))
        assert [str(problem) for problem in read.problems] == []
        found += read.transcripts
    return found


@pytest.mark.parametrize(
    ("name", "number"), [(name, number) for name in CAMPAIGNS for number in range(len(transcripts(name)))]
)
def test_the_interview_goes_as_written(name: str, number: int) -> None:
    written = transcripts(name)[number]
    assert [str(problem) for problem in Theatre(campaign(name)).play(written).problems] == []


@pytest.mark.parametrize("name", CAMPAIGNS)
def test_every_node_branch_and_option_is_come_through(name: str) -> None:
    _, coverage = play_all(campaign(name), transcripts(name), {})
    assert (coverage.missing_nodes, coverage.missing_branches, coverage.missing_options) == ((), (), ())


def test_a_script_that_goes_another_way_is_found() -> None:
    folder = collect(find_campaign("csat", CHECKOUT_SCRIPTS), CHECKOUT_SCRIPTS)
    local = folder.files["local.xml"].replace(b"${nps} >= 9,", b"${nps} >= 7,")
    changed = load_campaign({**folder.files, "local.xml": local}).usable
    results, _ = play_all(changed, transcripts("csat"), {})
    assert "Partly solved, passive: the middle ways" in [each.transcript.title for each in results if not each.passed]
    assert all(each.passed for each in results if each.transcript.title == "A firm refusal")
