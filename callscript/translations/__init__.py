"""Translators' files (gettext PO): read, and what of a campaign's texts they hold."""

from __future__ import annotations

from callscript.translations.reading import KINDS, Catalogue, Entry, file_of, languages_in, read_catalogue
from callscript.translations.texts import texts_of

__all__ = ["KINDS", "Catalogue", "Entry", "file_of", "languages_in", "read_catalogue", "texts_of"]
