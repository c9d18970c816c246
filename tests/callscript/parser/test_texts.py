"""Texts as people see them, and where what is piped into them stands."""

from __future__ import annotations

import pytest

from callscript.model.expression import Expression, Text
from callscript.parser.texts import fold, read_text
from callscript.places import Span
from callscript.problems import Problem


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        ("  您好  ", "您好"),
        ("您好，\n      请问", "您好，请问"),
        ("Good\n      morning", "Good morning"),
        ("一\n\n   二", "一\n\n二"),
        ("a  b\t c", "a b c"),
        ("您好 Anna\n   再见", "您好 Anna 再见"),
    ],
)
def test_line_breaks_of_the_xml_are_folded(written: str, seen: str) -> None:
    assert seen == fold(written)


def read(written: str) -> tuple[Text, list[Problem]]:
    problems: list[Problem] = []
    return read_text(written, "k", Span("f", 3, 5), problems.append), problems


def test_piped_values_keep_their_places_and_the_words_around_are_folded() -> None:
    text, problems = read("您好，\n   ${contact.name}\n  吗")
    piped = [part for part in text.parts if isinstance(part, Expression)]
    assert ["您好，", piped[0], "吗"] == list(text.parts)
    assert Span("f", 4, 4) == piped[0].span
    assert (text.source, problems) == ("您好，${contact.name}吗", [])


def test_an_expression_may_be_piped_and_a_dollar_brace_written() -> None:
    text, _ = read("共 ${round(${x}, 1)} 元，写作 $${x}")
    assert text.source == "共 ${round(${x}, 1)} 元，写作 $${x}"
    assert text.parts[-1] == " 元，写作 ${x}"


def test_a_broken_pipe_is_told_and_the_words_stand() -> None:
    text, problems = read("您好 ${a")
    assert ([p.code for p in problems], text.source) == (["unclosed-pipe"], "您好 ${a")
