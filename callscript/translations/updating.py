"""A translators' file brought up to date with the texts of a script: nothing that a translator wrote is lost.

A translation whose base text changed stays, marked fuzzy with the text that it was made from; one whose text is gone
moves to the end as obsolete, and comes back with its text. Comments and the order of the script are kept.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from callscript.model.expression import Text

FUZZY = "fuzzy"
_WIDTHS = (0, 78)
"""How files are wrapped: not at all (as written here), or as gettext's tools do."""


@dataclass(frozen=True, slots=True)
class Updated:
    """The new file, and keys by what became of them, in the script's order."""

    data: bytes
    total: int
    """Texts that need a translation."""
    added: tuple[str, ...]
    moved: tuple[str, ...]
    """New keys that took over the translation of the same text under a key that is gone."""
    revived: tuple[str, ...]
    dropped: tuple[str, ...]
    missing: tuple[str, ...]
    stale: tuple[str, ...]
    """Marked fuzzy: made from another base text, or doubted by a translator."""

    @property
    def translated(self) -> int:
        return self.total - len(self.missing) - len(self.stale)


def update_catalogue(
    data: bytes | None, texts: Mapping[str, Text], *, language: str, project: str, also: Collection[str] = ()
) -> Updated:
    """`texts`: what is to be translated, by key, in order. `also`: other keys that the file may translate.

    `data` is the file as it was, or None for a new one.

    Raises:
        OSError, ValueError, UnicodeError: `data` is no PO file; `read_catalogue` says where.
    """
    import polib

    text = data.decode("utf-8-sig") if data is not None else ""
    old = _parsed(polib, text)
    if data is None:
        old.metadata = _head(language, project)
    work = _Updating(polib, old, texts, frozenset(also))
    new = work.run()
    written = (
        text.encode() if data is not None and str(new).rstrip() == text.rstrip() else f"{str(new).rstrip()}\n".encode()
    )
    return Updated(
        written,
        len(texts),
        tuple(work.added),
        tuple(work.moved),
        tuple(work.revived),
        tuple(work.dropped),
        tuple(each.msgctxt for each in work.kept if each.msgctxt in texts and not each.msgstr),
        tuple(each.msgctxt for each in work.kept if each.msgctxt in texts and each.msgstr and FUZZY in each.flags),
    )


def _parsed(polib: Any, text: str) -> Any:
    """The file, to be written again in the width that it has."""
    for width in _WIDTHS:
        # the line break keeps polib from taking the text for the name of a file
        found = polib.pofile(text + "\n", encoding="utf-8", wrapwidth=width)
        if str(found).rstrip() == text.rstrip():
            return found
    return polib.pofile(text + "\n", encoding="utf-8", wrapwidth=_WIDTHS[0])


def _head(language: str, project: str) -> dict[str, str]:
    return {
        "Project-Id-Version": project,
        "Language": language,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
    }


class _Updating:
    def __init__(self, polib: Any, old: Any, texts: Mapping[str, Text], also: frozenset[str]) -> None:
        self._polib, self._file, self._texts, self._also = polib, old, texts, also
        self._old: dict[str, Any] = {}
        for entry in sorted(old, key=lambda each: bool(each.obsolete)):
            self._old.setdefault(entry.msgctxt or "", entry)
        self._gone = {
            entry.msgid: entry
            for key, entry in reversed(self._old.items())
            if key and key not in texts and key not in also and entry.msgstr and FUZZY not in entry.flags
        }
        self.kept: list[Any] = []
        self.added: list[str] = []
        self.moved: list[str] = []
        self.revived: list[str] = []
        self.dropped: list[str] = []

    def run(self) -> Any:
        self.kept = [self._entry(key, text) for key, text in self._texts.items()]
        taken = {id(entry) for entry in self.kept}
        left = [entry for entry in self._file if id(entry) not in taken]
        others = [entry for entry in left if (entry.msgctxt or "") in self._also and not entry.obsolete]
        gone = [entry for entry in left if entry not in others and entry.msgstr]
        for entry in left:
            if entry not in others and not entry.obsolete:
                self.dropped.append(entry.msgctxt or entry.msgid)
                _put_aside(entry)
        self._file[:] = [*self.kept, *others, *gone]
        return self._file

    def _entry(self, key: str, text: Text) -> Any:
        entry = self._old.get(key)
        if entry is None:
            return self._new(key, text)
        if entry.obsolete:
            entry.obsolete = False
            self.revived.append(key)
        if FUZZY in entry.flags and entry.previous_msgid == text.source:  # the text is again what was translated
            entry.flags.remove(FUZZY)
            entry.msgid, entry.previous_msgid = text.source, None
        if entry.msgid != text.source:
            if entry.msgstr and FUZZY not in entry.flags:
                entry.flags.append(FUZZY)
                entry.previous_msgid = entry.msgid
            entry.msgid = text.source
        return entry

    def _new(self, key: str, text: Text) -> Any:
        before = self._gone.pop(text.source, None)
        if before is not None:
            before.msgctxt, before.obsolete = key, False
            self.moved.append(key)
            return before
        self.added.append(key)
        return self._polib.POEntry(msgctxt=key, msgid=text.source, msgstr="")


def _put_aside(entry: Any) -> None:
    """A stale translation is put aside as what it was made from."""
    entry.obsolete = True
    if FUZZY in entry.flags and entry.previous_msgid:
        entry.flags.remove(FUZZY)
        entry.msgid, entry.previous_msgid = entry.previous_msgid, None
