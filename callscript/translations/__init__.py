"""Translators' files (gettext PO): read, brought up to date, and what of a campaign's texts they hold."""

from __future__ import annotations

from callscript.translations.reading import KINDS, Catalogue, Entry, file_of, languages_in, read_catalogue
from callscript.translations.texts import texts_of
from callscript.translations.updating import Updated, update_catalogue

__all__ = [
    "KINDS",
    "Catalogue",
    "Entry",
    "Updated",
    "file_of",
    "languages_in",
    "read_catalogue",
    "texts_of",
    "update_catalogue",
]
