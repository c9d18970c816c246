"""The worked examples of the documentation: they check clean, go as written, and look as drawn."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from admin.folders import CHECKOUT_SCRIPTS, collect
from callscript.checker import check_files
from callscript.model.campaign import Campaign
from callscript.parser import load_campaign
from callscript.pictures import flow_picture
from callscript.transcripts import Transcript, play_all, read_transcripts

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
NAMES = sorted(folder.name for folder in EXAMPLES.iterdir() if folder.is_dir())
SNIPPET = re.compile(r"^```xml\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def files(name: str) -> dict[str, bytes]:
    return dict(collect(EXAMPLES / name, CHECKOUT_SCRIPTS).files)


@cache
def campaign(name: str) -> Campaign:
    return load_campaign(files(name)).usable


def transcripts(name: str, file: str = "*.txt") -> list[Transcript]:
    found: list[Transcript] = []
    for path in sorted((EXAMPLES / name / "transcripts").glob(file)):
        read = read_transcripts(path.read_text(encoding="utf-8"), str(path))
        assert [str(problem) for problem in read.problems] == []
        found += read.transcripts
    return found


def test_both_patterns_are_there_and_none_ships() -> None:
    assert NAMES == ["aftercare", "recontact"]
    assert not [name for name in NAMES if (CHECKOUT_SCRIPTS / "campaigns" / name).exists()]


@pytest.mark.parametrize("name", NAMES)
def test_it_checks_clean(name: str) -> None:
    assert [str(problem) for problem in check_files(files(name)).problems] == []


@pytest.mark.parametrize("name", NAMES)
def test_its_interviews_go_as_written_and_take_every_branch(name: str) -> None:
    results, coverage = play_all(campaign(name), transcripts(name), {})
    assert [str(problem) for result in results for problem in result.problems] == []
    assert (coverage.missing_nodes, coverage.missing_branches, coverage.missing_options) == ((), (), ())
    assert len(transcripts(name, "calls.txt")) >= 5


@pytest.mark.parametrize("name", NAMES)
def test_its_picture_is_of_its_script(name: str) -> None:
    """If not: `python -m admin graph docs/examples/NAME --output docs/examples/NAME/flow.svg`, and look at it."""
    assert (EXAMPLES / name / "flow.svg").read_text("utf-8") == flow_picture(campaign(name))


@pytest.mark.parametrize("name", NAMES)
def test_what_its_page_quotes_stands_in_its_script(name: str) -> None:
    page = (EXAMPLES / f"{name}.md").read_text("utf-8")
    written = " ".join((EXAMPLES / name / "local.xml").read_text("utf-8").split())
    quotes = [line for quote in SNIPPET.findall(page) for line in [" ".join(quote.split())]]
    assert quotes
    assert [quote for quote in quotes if quote not in written] == []
