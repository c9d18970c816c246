"""What a release is: files, a manifest with the SHA-256 of each, and an id that is the SHA-256 of the manifest.

Pure: it knows neither bucket nor pointer. The manifest's text is canonical JSON (sorted keys, no spaces), so that the
same files always make the same release, and a release read from anywhere can be verified by its id alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import Struct

from callscript.parser.interface import interface_of

MANIFEST = "manifest.json"
VERSION = 1


class Manifest(Struct, frozen=True, kw_only=True):
    """`files`: path in the release -> SHA-256 (hex) of its bytes."""

    campaign: str
    files: dict[str, str]
    version: int = VERSION


class ReleaseBroken(Exception):
    """A release is not what its id says; the text names the file."""


def complete(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """`files` with an `interface.xml` beside every `server.xml`: what agents' apps get in its place.

    Raises:
        ScriptError: if a server.xml is not well-formed.
    """
    whole = {name: data for name, data in files.items() if name != MANIFEST}
    for name, data in files.items():
        if _is_server(name):
            whole[name.removesuffix("server.xml") + "interface.xml"] = interface_of(data)
    return dict(sorted(whole.items()))


def for_agents(files: Mapping[str, Any]) -> dict[str, Any]:
    """Of a release's files (or of their hashes) those that agents' apps get: all but SQL."""
    return {name: value for name, value in files.items() if not _is_server(name)}


def build(campaign: str, files: Mapping[str, bytes]) -> tuple[str, str]:
    """Id and manifest text of the release that consists of `files` (see `complete`)."""
    hashes = {name: digest(data) for name, data in sorted(files.items()) if name != MANIFEST}
    text = msgspec.json.encode(Manifest(campaign=campaign, files=hashes), order="sorted").decode()
    return digest(text.encode()), text


def read_manifest(release: str, text: str) -> Manifest:
    """The manifest whose text is `text`, if it is that of `release`.

    Raises:
        ReleaseBroken: if it is not, or cannot be read.
    """
    if digest(text.encode()) != release:
        raise ReleaseBroken(f"{MANIFEST} is not that of release {release}")
    try:
        return msgspec.json.decode(text, type=Manifest)
    except msgspec.DecodeError as error:
        raise ReleaseBroken(f"{MANIFEST} of release {release} cannot be read") from error


def verify_file(manifest: Manifest, name: str, data: bytes) -> bytes:
    """`data`, if it is what the manifest says of file `name`.

    Raises:
        ReleaseBroken: if it is not, or the manifest has no such file.
    """
    if manifest.files.get(name) != digest(data):
        raise ReleaseBroken(f"{name} is not the file that the manifest names")
    return data


def verify(files: Mapping[str, bytes], release: str) -> Manifest:
    """The manifest among `files`, if it is that of `release` and every other file is one that it names.

    Files of the manifest may be absent: agents' apps hold no server.xml.

    Raises:
        ReleaseBroken: if any file is not what the release's id promises.
    """
    if MANIFEST not in files:
        raise ReleaseBroken(f"{MANIFEST} is missing")
    manifest = read_manifest(release, files[MANIFEST].decode("utf-8", "replace"))
    for name, data in files.items():
        if name != MANIFEST:
            verify_file(manifest, name, data)
    return manifest


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _is_server(name: str) -> bool:
    return name == "server.xml" or name.endswith("/server.xml")
