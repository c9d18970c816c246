"""Translations: what is missing, stale, superfluous, or says something else than the base text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from callscript.checker import kinds_between as kinds
from callscript.checker.context import Context
from callscript.checker.expressions import uses_of
from callscript.expressions import infer
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
    lost = sorted(written for written, each in there.items() if written not in here and not _is_said(each, here))
    own = {written: each for written, each in here.items() if written not in there}
    added = sorted(written for written, each in own.items() if not _is_said(each, there))
    if not added:
        _own_expressions(context, own.values(), base)
    if lost or added:
        what = " and ".join([*(f"leaves out {each}" for each in lost), *(f"adds {each}" for each in added)])
        what_zh = "，".join([*(f"漏了 {each}" for each in lost), *(f"多了 {each}" for each in added)])
        context.report(kinds.TRANSLATION_LOSES_VALUE, entry.span, None, key=base.key, what=what, what_zh=what_zh)


def _is_said(expression: Expression, others: Mapping[str, Expression]) -> bool:
    """Whether the others read the same names: a language may lay a date out in its own way."""
    read = frozenset().union(*(each.names for each in others.values()))
    return expression.names <= read if expression.names else any(not each.names for each in others.values())


def _own_expressions(context: Context, own: Iterable[Expression], base: Text) -> None:
    """Expressions that only the translation has, where its base text stands."""
    parts = {id(part) for part in base.parts}
    repeats = next((use.repeats for use in uses_of(context) if id(use.expression) in parts), ())
    for expression in own:
        if context.readable(expression):
            problems = infer(expression, context.names, repeats=repeats).problems
            context.problems.extend(problem for problem in problems if problem.is_error)


def _piped(text: Text) -> dict[str, Expression]:
    parts = [part for part in text.parts if isinstance(part, Expression)]
    return {part.source if part.source.startswith("${") else f"${{{part.source}}}": part for part in parts}
