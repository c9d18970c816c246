"""Translators' files (gettext PO): read, and what of a campaign's texts they hold."""

from __future__ import annotations

from callscript.translations.merging import file_of, languages_in, merge
from callscript.translations.reading import Catalogue, Entry, read_catalogue
from callscript.translations.texts import texts_of

__all__ = ["Catalogue", "Entry", "file_of", "languages_in", "merge", "read_catalogue", "texts_of"]
