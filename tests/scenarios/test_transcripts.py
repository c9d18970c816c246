"""Every transcript of the shipped campaigns, played straight and with the state stored and read between all steps."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

import msgspec
import pytest

from admin.folders import CHECKOUT_SCRIPTS, campaigns, collect, find_campaign
from callscript import engine
from callscript.engine import Program
from callscript.model.campaign import Campaign
from callscript.parser import load_campaign
from tests.harness.played import Transcript, TranscriptError, coverage_of, play, read_transcript

HERE = Path(__file__).parent
FILES = sorted(file for file in HERE.glob("*/*.toml") if file.name != "replies.toml")


@cache
def campaign(name: str) -> tuple[Campaign, Program]:
    files = collect(find_campaign(name, CHECKOUT_SCRIPTS), CHECKOUT_SCRIPTS).files
    found = load_campaign(files).usable
    return found, engine.prepare(found)


def transcript(file: Path) -> Transcript:
    replies = tomllib.loads((file.parent / "replies.toml").read_text(encoding="utf-8"))
    return read_transcript(file.read_bytes(), str(file), replies)


@pytest.mark.parametrize("reload", [False, True], ids=["straight", "reloading"])
@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}/{file.stem}")
def test_the_interview_goes_as_written(file: Path, reload: bool) -> None:
    written = transcript(file)
    assert play(campaign(written.campaign)[1], written, reload=reload).differences == ()


@pytest.mark.parametrize("name", campaigns(CHECKOUT_SCRIPTS))
def test_every_node_and_every_way_is_come_through(name: str) -> None:
    found, program = campaign(name)
    played = [play(program, transcript(file)) for file in FILES if file.parent.name == name]
    left = coverage_of(found, played)
    assert (left.nodes, left.ways) == ((), ())
    assert left.share == 1.0


def test_a_transcript_that_is_wrong_is_told() -> None:
    written = transcript(HERE / "csat" / "satisfied.toml")
    program = campaign("csat")[1]
    wrong_place = msgspec.structs.replace(written, moves=written.moves[:-1])
    assert "place" in play(program, wrong_place).differences[0]
    end = msgspec.structs.replace(written.end, values={**written.end.values, "nps": 8})
    assert "values" in play(program, msgspec.structs.replace(written, end=end)).differences[0]
    said = msgspec.structs.replace(written.moves[0], says=["Hello"])
    assert "says" in play(program, msgspec.structs.replace(written, moves=[said, *written.moves[1:]])).differences[0]


@pytest.mark.parametrize("text", ["campaign = 3", "campaign = 'a'\ntitle = 'b'\nsurprise = 1", "= =", "\udcff"])
def test_what_is_no_transcript_is_refused(text: str) -> None:
    with pytest.raises(TranscriptError):
        read_transcript(text.encode("utf-8", "surrogateescape"), "x.toml")
