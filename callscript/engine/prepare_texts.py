"""Texts compiled for every language of a campaign; the base text stands in where a translation lacks."""

from __future__ import annotations

from callscript.engine.program import Texts, Writer
from callscript.expressions.formatting import compile_text
from callscript.expressions.scope import Names
from callscript.model.campaign import Campaign
from callscript.model.expression import Text


class Wording:
    def __init__(self, campaign: Campaign, names: Names) -> None:
        self._campaign, self._names = campaign, names

    def texts(self, text: Text) -> Texts:
        base = compile_text(text, self._names)
        writers: dict[str, Writer] = {self._campaign.local.language: base}
        for language, translation in self._campaign.translations.items():
            translated = translation.texts.get(text.key)
            writers[language] = compile_text(translated, self._names) if translated and translated.parts else base
        return writers

    def is_plain(self, text: Text | None) -> bool:
        """Whether the text pipes nothing in any language."""
        if text is None:
            return True
        translated = (each.texts.get(text.key) for each in self._campaign.translations.values())
        return all(isinstance(part, str) for each in (text, *translated) if each for part in each.parts)

    def optional(self, text: Text | None) -> Texts | None:
        return self.texts(text) if text is not None else None
