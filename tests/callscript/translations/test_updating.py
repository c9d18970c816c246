"""Translators' files brought up to date: nothing that a translator wrote is lost."""

from __future__ import annotations

from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from callscript.model.expression import Text
from callscript.places import NOWHERE
from callscript.translations import Updated, read_catalogue, update_catalogue

HEAD = """\
# Kept by Ann.
msgid ""
msgstr ""
"Language: en\\n"
"Content-Type: text/plain; charset=UTF-8\\n"

"""
FILE = f"""{HEAD}# ask the client
#. shown first
msgctxt "a/say/1"
msgid "您好"
msgstr "Hello"

msgctxt "b/say/1"
msgid "再见"
msgstr "Bye"
"""


def texts(**sources: str) -> dict[str, Text]:
    keys = {key.replace("_", "/", 1) + "/1": source for key, source in sources.items()}
    return {key: Text(NOWHERE, key, source, (source,)) for key, source in keys.items()}


def updated(file: str | None, wanted: Mapping[str, Text]) -> Updated:
    return update_catalogue(file.encode() if file is not None else None, wanted, language="en", project="c")


def test_a_new_file_asks_for_every_text() -> None:
    new = updated(None, texts(a_say="您好", b_say="再见"))
    assert (new.missing, new.added, new.translated, new.total) == (("a/say/1", "b/say/1"), ("a/say/1", "b/say/1"), 0, 2)
    assert b'msgctxt "a/say/1"\nmsgid "\xe6\x82\xa8\xe5\xa5\xbd"\nmsgstr ""' in new.data


def test_a_file_that_is_up_to_date_stays_as_it_is_to_the_byte() -> None:
    assert updated(FILE, texts(a_say="您好", b_say="再见")).data == FILE.encode()


def test_a_changed_text_makes_its_translation_stale_and_keeps_the_comments() -> None:
    new = updated(FILE, texts(a_say="你好", b_say="再见"))
    assert (new.stale, new.missing, new.translated) == (("a/say/1",), (), 1)
    kept = (
        '# ask the client\n#. shown first\n#, fuzzy\n#| msgid "您好"\nmsgctxt "a/say/1"\nmsgid "你好"\nmsgstr "Hello"\n'
    )
    assert kept in new.data.decode()
    assert read_catalogue(new.data, "en.po").entries["a/say/1"].fuzzy


def test_a_text_that_is_again_what_it_was_is_not_stale_any_more() -> None:
    changed = updated(FILE, texts(a_say="你好", b_say="再见")).data.decode()
    assert updated(changed, texts(a_say="您好", b_say="再见")).data == FILE.encode()


def test_a_gone_text_is_put_aside_and_comes_back_with_its_translation() -> None:
    without = updated(FILE, texts(a_say="您好"))
    assert without.dropped == ("b/say/1",)
    assert '#~ msgstr "Bye"' in without.data.decode()
    again = updated(without.data.decode(), texts(a_say="您好", b_say="再见"))
    assert (again.revived, again.translated) == (("b/say/1",), 2)
    assert again.data == FILE.encode()


def test_a_renamed_node_keeps_its_translation() -> None:
    new = updated(FILE, texts(a_say="您好", z_say="再见"))
    assert (new.moved, new.missing, new.dropped) == (("z/say/1",), (), ())
    assert read_catalogue(new.data, "en.po").entries["z/say/1"].translation == "Bye"


def test_translations_of_other_keys_stay_where_that_is_allowed() -> None:
    kept = update_catalogue(FILE.encode(), texts(a_say="您好"), language="en", project="c", also={"b/say/1"})
    assert (kept.dropped, kept.data) == ((), FILE.encode())


_KEYS = st.sampled_from(["a_say", "b_say", "c_say", "d_say"])
_SCRIPTS = st.dictionaries(_KEYS, st.sampled_from(["您好", "再见", "谢谢"]), min_size=1)


@given(st.lists(_SCRIPTS, min_size=1, max_size=5))
def test_updating_twice_changes_nothing_more(scripts: list[dict[str, str]]) -> None:
    data: bytes = FILE.encode()
    for script in scripts:
        data = update_catalogue(data, texts(**script), language="en", project="c").data
    again = update_catalogue(data, texts(**scripts[-1]), language="en", project="c")
    assert again.data == data
    assert [word in data for word in (b"Hello", b"Bye", b"ask the client")] == [True, True, True]
