"""Transcripts as text: read, refused with a place, and written back as they were."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callscript.model.values import ValueType
from callscript.transcripts import Block, Here, Line, Reply, Setting, Transcript, Word, read_transcripts
from callscript.transcripts.running import input_of
from callscript.transcripts.writing import answer_text, write_transcripts


def test_a_transcript_is_read() -> None:
    text = "seed: 7\n== One ==\nlanguage: en\nreply c.take a.b = 3\nat x\n  f = #dk\n  says 您好\nend done 1.1\n"
    assert read_transcripts(text, "t.txt").transcripts == (
        Transcript(
            "One",
            (
                Block(Here.AT, "x", (Line(Word.ANSWER, "f", "#dk"), Line(Word.SAYS, "", "您好"))),
                Block(Here.END, "done", (), "1.1"),
            ),
            Setting(language="en", seed=7, replies=(Reply("c.take", "a.b", "3"),)),
        ),
    )


def test_settings_before_the_first_title_are_for_all() -> None:
    text = "seed: 7\n== One ==\nseed: 8\nat x\nend y\n== Two ==\nat x\nend y\n"
    assert [each.setting.seed for each in read_transcripts(text, "t.txt").transcripts] == [8, 7]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("at x\n  f == 3\n  what is this\n", [("transcript-line", 3, 3)]),
        ("  f = 3\n", [("transcript-stray-line", 1, 3)]),
        ("hello\n", [("transcript-line", 1, 1)]),
        ("clock: yesterday\n", [("transcript-setting", 1, 1)]),
        ("timezone: Mars/Base\n", [("transcript-setting", 1, 1)]),
        ("seed: x\nseed: y\n", [("transcript-setting", 1, 1), ("transcript-setting", 2, 1)]),
        ("reply c.take\n", [("transcript-line", 1, 1)]),
    ],
)
def test_what_cannot_be_read_is_told_with_its_place(text: str, expected: list[tuple[str, int, int]]) -> None:
    found = read_transcripts(text, "t.txt").problems
    assert [(problem.code, problem.span.line, problem.span.column) for problem in found] == expected


def test_a_transcript_with_a_mistake_does_not_hide_the_others() -> None:
    text = "== One ==\nat x\n  huh\n== Two ==\nat x\nend y\n"
    assert [each.title for each in read_transcripts(text, "t.txt").transcripts] == ["Two"]


@given(st.text(max_size=300))
def test_no_text_makes_the_reader_raise(text: str) -> None:
    read_transcripts(text, "t.txt")


_NAMES = st.text("abcxyz_", min_size=1, max_size=6).filter(lambda name: name[0] != "_")
_LINES = st.one_of(
    st.builds(Line, st.just(Word.ANSWER), _NAMES, _NAMES),
    st.builds(Line, st.sampled_from([Word.EXIT, Word.JUMP, Word.ASKS, Word.HIDES, Word.SPEAK]), _NAMES),
    st.builds(Line, st.just(Word.SAYS), st.just(""), _NAMES),
    st.builds(Line, st.sampled_from([Word.VALUE, Word.OFFERS]), _NAMES, _NAMES),
    st.builds(Line, st.sampled_from([Word.COMPLAINS, Word.CALLS]), _NAMES, st.sampled_from(["", "a=1"])),
    st.builds(Line, st.sampled_from([Word.BACK, Word.CONFIRM])),
)
_BLOCKS = st.builds(Block, st.just(Here.AT), _NAMES, st.lists(_LINES, max_size=4).map(tuple))
_SETTINGS = st.builds(
    Setting,
    language=st.sampled_from(["", "en"]),
    seed=st.integers(0, 99),
    begin=st.integers(0, 2**31).map(lambda seconds: seconds * 1000),
    timezone=st.sampled_from(["Asia/Shanghai", "Europe/Berlin"]),
    replies=st.lists(st.builds(Reply, st.just("c.take"), _NAMES, _NAMES), max_size=2).map(tuple),
)


@given(st.lists(st.builds(Transcript, _NAMES, st.lists(_BLOCKS, min_size=1, max_size=4).map(tuple), _SETTINGS)))
def test_what_is_written_is_read_back(transcripts: list[Transcript]) -> None:
    read = read_transcripts(write_transcripts(transcripts, "a\nheading"), "t.txt")
    assert (read.problems, read.transcripts) == ((), tuple(transcripts))


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("yes", ValueType.TEXT),
        (' "quoted" ', ValueType.TEXT),
        ("#dk", ValueType.TEXT),
        ("two\nlines", ValueType.TEXT),
        ({"special": "dk"}, ValueType.INTEGER),
        (["a", "b"], ValueType.CHOICES),
        (None, ValueType.DATE),
    ],
)
def test_an_answer_is_read_back(value: Any, kind: ValueType) -> None:
    assert input_of(answer_text(value), kind) == value
