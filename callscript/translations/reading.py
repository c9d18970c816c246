"""A PO file as entries with places. `msgctxt` is a text's key, `msgid` its base text, `msgstr` the translation."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from callscript.places import Span
from callscript.problems import Kind, Problem, error

MAX_BYTES = 2 * 1024 * 1024
MAX_ENTRIES = 8_000
"""Texts of one file; a campaign of the greatest size has fewer."""
MAX_LINES = 100_000
"""Of one file, without remarks: twelve for each text."""
_REMARK = re.compile(r"^[ \t]*#(?![,~]).*$", re.MULTILINE)
"""Lines for people alone; polib would take time by the square of their number."""
_UNCLOSED = re.compile(r'^[ \t]*(?:msg[a-z]+(?:\[[0-9]\])?[ \t]+)?"(?:[^"\\\n]|\\.)*[ \t\r]*$', re.MULTILINE)

BAD_TRANSLATION_FILE = error(
    "bad-translation-file",
    "The translators' file cannot be read: {reason}.",
    "Open and save it with a gettext editor such as Poedit.",
    zh="翻译文件无法读取：{reason}。",
    mend_zh="请用 Poedit 等 gettext 编辑器打开并保存。",
)
REPEATED_TRANSLATION = error(
    "repeated-translation",
    "The text {key} is translated twice; first in line {first}.",
    "Keep one of them.",
    zh="文本 {key} 翻译了两次，首次在第 {first} 行。",
    mend_zh="请只保留一个。",
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One translated text; `span` is where its `msgctxt` stands."""

    span: Span
    key: str
    source: str
    translation: str
    fuzzy: bool = False


@dataclass(frozen=True, slots=True)
class Catalogue:
    span: Span
    entries: Mapping[str, Entry]
    """By key; entries without a translation are left out."""
    problems: tuple[Problem, ...] = ()


def file_of(language: str, pack: str | None = None) -> str:
    """Key of a translators' file in a release."""
    folder = f"packs/{pack}/" if pack else ""
    return f"{folder}translations/{language}.po"


def languages_in(files: Mapping[str, bytes]) -> list[str]:
    """Languages of the campaign's own translators' files: those that interviews can be held in."""
    prefix, suffix = "translations/", ".po"
    found = (name.removeprefix(prefix).removesuffix(suffix) for name in files if name.startswith(prefix))
    return sorted(language for language in found if language and f"{prefix}{language}{suffix}" in files)


def read_catalogue(data: bytes, file: str) -> Catalogue:
    """All entries of a PO file; problems are collected, never raised."""
    whole = Span(file, 1, 1)
    if len(data) > MAX_BYTES:
        return _unreadable(whole, f"{len(data)} bytes, more than {MAX_BYTES}")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error_:
        line = data.count(b"\n", 0, error_.start) + 1
        return _unreadable(Span(file, line, 1), "UTF-8")
    text, remarks = _REMARK.subn("", text)
    too_much = _too_much(text, remarks)
    if too_much:
        return _unreadable(whole, too_much)
    unclosed = _UNCLOSED.search(text)
    if unclosed:  # polib would leave the entry out and say nothing
        return _unreadable(Span(file, text.count("\n", 0, unclosed.start()) + 1, 1), "unclosed quote")
    import polib  # not in a function that reads no translations

    try:
        # The line break keeps polib from taking the text for the name of a file.
        parsed = polib.pofile(text + "\n", encoding="utf-8")
    except (OSError, ValueError, IndexError, UnicodeError) as error_:
        return _unreadable(Span(file, _line_in(str(error_)), 1), _reason(str(error_)))
    return _entries(parsed, file)


def _too_much(text: str, remarks: int) -> str:
    if text.count("\nmsgid ") > MAX_ENTRIES:
        return f"more than {MAX_ENTRIES} texts"
    return f"more than {MAX_LINES} lines" if text.count("\n") - remarks > MAX_LINES else ""


def _entries(parsed: Iterable[Any], file: str) -> Catalogue:
    entries: dict[str, Entry] = {}
    problems = []
    for found in parsed:
        if found.obsolete or not found.msgstr or not found.msgctxt:
            continue
        span = Span(file, found.linenum or 1, 1)
        if found.msgctxt in entries:
            first = entries[found.msgctxt].span.line
            problems.append(Problem(REPEATED_TRANSLATION, span, {"key": found.msgctxt, "first": str(first)}))
            continue
        entries[found.msgctxt] = Entry(span, found.msgctxt, found.msgid, found.msgstr, found.fuzzy)
    return Catalogue(Span(file, 1, 1), entries, tuple(problems))


def _unreadable(span: Span, reason: str) -> Catalogue:
    return Catalogue(span, {}, (Problem(BAD_TRANSLATION_FILE, span, {"reason": reason}),))


def _line_in(message: str) -> int:
    found = re.search(r"line (\d+)", message)
    return int(found[1]) if found else 1


def _reason(message: str) -> str:
    return re.sub(r"^.*?: ?", "", message, count=1)[:120] or "syntax"


KINDS: tuple[Kind, ...] = (BAD_TRANSLATION_FILE, REPEATED_TRANSLATION)
