"""Translations: what is missing, stale, superfluous, or says something else than the base text."""

from __future__ import annotations

from callscript.checker import kinds_between as kinds
from callscript.checker.context import Context
from callscript.model.expression import Expression, Text
from callscript.parser.suggestion import hints
from callscript.parser.translations import translated
from callscript.translations import Entry, texts_of

MOST_SHOWN = 40


def check_wordings(context: Context) -> None:
    """Every language of the campaign against its base texts. Text without a letter needs no translation."""
    base = texts_of(context.campaign)
    for language, entries in context.entries.items():
        translation = context.campaign.translations[language]
        if language == context.campaign.local.language:
            context.report(kinds.TRANSLATION_INTO_BASE, translation.span, None, language=language)
            continue
        for key, text in base.items():
            if key not in translation.texts and any(letter.isalpha() for letter in text.source):
                _missing(context, language, text, entries.get(key))
        for key, entry in entries.items():
            if entry.span.file.startswith("packs/"):
                continue
            if key in base:
                _same_values(context, entry, base[key])
            elif not context.doubtful and not context.flow_doubtful:
                context.report(
                    kinds.UNKNOWN_TRANSLATION, entry.span, None, key=key, **hints(context.nearest(key, base))
                )


def _missing(context: Context, language: str, text: Text, entry: Entry | None) -> None:
    """A stale translation is told where the translator finds it, a missing one where the text is written."""
    shown = text.source if len(text.source) <= MOST_SHOWN else text.source[: MOST_SHOWN - 1] + "…"
    values = {"text": shown, "language": language, "key": text.key}
    if entry is not None:
        context.report(kinds.STALE_TRANSLATION, entry.span, None, **values)
    else:
        context.report(kinds.MISSING_TRANSLATION, text.span, None, **values)


def _same_values(context: Context, entry: Entry, base: Text) -> None:
    if entry.fuzzy or entry.source != base.source:
        return
    here, there = _piped(translated(entry, [])), _piped(base)
    lost, added = sorted(there - here), sorted(here - there)
    if lost or added:
        what = " and ".join([*(f"leaves out {each}" for each in lost), *(f"adds {each}" for each in added)])
        what_zh = "，".join([*(f"漏了 {each}" for each in lost), *(f"多了 {each}" for each in added)])
        context.report(kinds.TRANSLATION_LOSES_VALUE, entry.span, None, key=base.key, what=what, what_zh=what_zh)


def _piped(text: Text) -> set[str]:
    parts = (part for part in text.parts if isinstance(part, Expression))
    return {part.source if part.source.startswith("${") else f"${{{part.source}}}" for part in parts}
