"""A campaign's scripts while somebody changes them: pure values, no server."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

MOST_FILES, MOST_BYTES = 500, 4 * 1024 * 1024
_ENDINGS = (".xml", ".po")


class NotScripts(Exception):
    """What was handed in cannot become part of a draft; the text names the file."""


@dataclass(frozen=True, slots=True)
class Draft:
    """`base` is the release that `before` are the files of; `files` is what would be published."""

    campaign: str
    base: str
    before: Mapping[str, str]
    files: Mapping[str, str]

    @property
    def changed(self) -> list[str]:
        """Files that are new, different or gone, in order."""
        every = {*self.before, *self.files}
        return sorted(name for name in every if self.before.get(name) != self.files.get(name))

    @property
    def print(self) -> str:
        """Tells two drafts apart: a verdict holds for the very files that were judged."""
        told = hashlib.sha256()
        for name, source in sorted(self.files.items()):
            told.update(f"{len(name)}:{name}{len(source)}:".encode() + source.encode())
        return told.hexdigest()

    def with_file(self, name: str, source: str) -> Draft:
        return replace(self, files={**self.files, name: source})

    def undone(self) -> Draft:
        return replace(self, files=dict(self.before))

    def as_zip(self) -> bytes:
        """The sources as an archive, which `with_upload` reads again."""
        kept = io.BytesIO()
        with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, source in sorted(self.files.items()):
                archive.writestr(name, source)
        return kept.getvalue()

    def with_upload(self, name: str, body: bytes) -> Draft:
        """The draft with a file, or with every script of an archive, in place of what it had.

        A single file goes where the draft has one of that name; else to the campaign's own files.

        Raises:
            NotScripts: neither an archive nor a script, too much, or not UTF-8.
        """
        if name.endswith(".zip"):
            return replace(self, files={**self.files, **_unzipped(name, body)})
        if not name.endswith(_ENDINGS):
            raise NotScripts(name)
        return self.with_file(self._place_of(PurePosixPath(name).name), _text(name, body))

    def _place_of(self, name: str) -> str:
        if name.endswith(".po"):
            return f"translations/{name}"
        return name


def _unzipped(name: str, body: bytes) -> dict[str, str]:
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            entries = [one for one in archive.infolist() if not one.is_dir() and one.filename.endswith(_ENDINGS)]
            if len(entries) > MOST_FILES or sum(one.file_size for one in entries) > MOST_BYTES:
                raise NotScripts(name)
            files = {one.filename: _text(one.filename, archive.read(one)) for one in entries}
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError) as error:
        raise NotScripts(name) from error
    top = {path.partition("/")[0] for path in files}
    if "local.xml" not in files and len(top) == 1:  # a folder was packed, not what is in it
        files = {path.partition("/")[2]: source for path, source in files.items()}
    unfit = next((path for path in files if path.startswith("/") or ".." in PurePosixPath(path).parts), None)
    if unfit or not files:
        raise NotScripts(unfit or name)
    return files


def _text(name: str, body: bytes) -> str:
    if len(body) > MOST_BYTES:
        raise NotScripts(name)
    try:
        return body.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise NotScripts(name) from error
