"""The translations of a campaign: its own files, and those of its packs in the same languages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from callscript.model.campaign import Translation
from callscript.model.expression import Text
from callscript.parser.texts import read_text
from callscript.problems import Problem
from callscript.translations.reading import (
    BAD_TRANSLATION_FILE,
    Catalogue,
    Entry,
    file_of,
    languages_in,
    read_catalogue,
)


@dataclass
class Merged:
    """`translations` hold only what may be shown: a stale or fuzzy one is in `entries` alone."""

    translations: dict[str, Translation] = field(default_factory=dict)
    entries: dict[str, dict[str, Entry]] = field(default_factory=dict)
    """Language -> key -> entry, in force; without languages of which a file could not be read."""
    problems: list[Problem] = field(default_factory=list)


def merge(
    files: Mapping[str, bytes],
    packs: tuple[str, ...],
    base: Mapping[str, Text],
    inline: Mapping[str, Mapping[str, Text]],
) -> Merged:
    """`base`: every text of the campaign. `inline`: language -> texts of blocks that are written in that language."""
    merged = Merged()
    for language in languages_in(files):
        own = _read(files, file_of(language), merged)
        entries: dict[str, Entry] = {}
        for pack in packs:
            if file_of(language, pack) in files:
                entries.update(_read(files, file_of(language, pack), merged).entries)
        entries.update(own.entries)
        unread = [problem for problem in merged.problems if problem.kind is BAD_TRANSLATION_FILE]
        if not any(problem.span.file.endswith(f"translations/{language}.po") for problem in unread):
            merged.entries[language] = entries
        texts = dict(inline.get(language, {}))
        texts.update(_texts(entries, base, merged.problems))
        sources = {key: entry.source for key, entry in entries.items()}
        merged.translations[language] = Translation(own.span, language, texts, sources)
    return merged


def _read(files: Mapping[str, bytes], name: str, merged: Merged) -> Catalogue:
    catalogue = read_catalogue(files[name], name)
    merged.problems.extend(catalogue.problems)
    return catalogue


def _texts(entries: Mapping[str, Entry], base: Mapping[str, Text], problems: list[Problem]) -> dict[str, Text]:
    texts: dict[str, Text] = {}
    for key, entry in entries.items():
        original = base.get(key)
        if original is None or entry.fuzzy or entry.source != original.source:
            continue
        texts[key] = translated(entry, problems)
    return texts


def translated(entry: Entry, problems: list[Problem]) -> Text:
    """The entry's translation as a text; what is wrong in it is added to `problems` at the entry's place."""
    return read_text(entry.translation, entry.key, entry.span, problems.append)
