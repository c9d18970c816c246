"""Translators' files that are long for no reason: read without their remarks, and refused where they never end."""

from __future__ import annotations

import pytest

from callscript.translations import read_catalogue
from callscript.translations.reading import MAX_BYTES, MAX_LINES

FILE = """msgid ""
msgstr "Content-Type: text/plain; charset=UTF-8\\n"

# of a translator
#. of the program
#: a/say/1
msgctxt "a/say/1"
msgid "甲"
msgstr "A"

#, fuzzy
#| msgid "丙"
msgctxt "b/say/1"
msgid "乙"
msgstr "B"
"""


@pytest.mark.parametrize("remark", ["#", "# x", "#: a:1", "#. x", '#| msgid "x"', "\t# x"])
def test_remarks_change_nothing_and_cost_little(remark: str) -> None:
    many = f"{remark}\n" * ((MAX_BYTES - len(FILE.encode())) // len(f"{remark}\n"))
    read = read_catalogue((FILE + many).encode(), "en.po")
    assert read.problems == ()
    assert [(each.key, each.span.line, each.translation, each.fuzzy) for each in read.entries.values()] == [
        ("a/say/1", 7, "A", False),
        ("b/say/1", 11, "B", True),
    ]


@pytest.mark.parametrize("line", ['"x"', '#~ "x"', "#, fuzzy"])
def test_a_text_that_never_ends_is_refused(line: str) -> None:
    read = read_catalogue((FILE + f"{line}\n" * MAX_LINES).encode(), "en.po")
    assert [problem.code for problem in read.problems] == ["bad-translation-file"]
