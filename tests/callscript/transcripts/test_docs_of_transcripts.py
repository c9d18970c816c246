"""The page about transcripts: its examples are played, and it has every word of the form."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from callscript.parser import load_campaign
from callscript.transcripts import Word, play_all, read_transcripts
from tests.callscript.scripts import shipped

PAGE = (Path(__file__).parents[3] / "docs" / "transcripts.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```transcript (\w+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize(("campaign", "text"), EXAMPLES)
def test_an_example_goes_as_written(campaign: str, text: str) -> None:
    read = read_transcripts(text, "docs/transcripts.md")
    results, _ = play_all(load_campaign(shipped(campaign)).usable, read.transcripts, {})
    assert [str(problem) for result in results for problem in (*read.problems, *result.problems)] == []
    assert len(results) == 2


def test_every_word_is_on_the_page() -> None:
    assert [word.value for word in Word if f"`{word.value}" not in PAGE and f" {word.value} " not in PAGE] == []
