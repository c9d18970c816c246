"""Actions of a release: read by hash, verified, parsed and compiled once, remembered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import msgspec

from callscript.model.expression import Text
from callscript.model.server import Server
from callscript.parser import read_server
from callscript.problems import ScriptError
from callscript.release import Manifest
from callscript.sql import CompiledAction, CompiledStatement, Plan, compile_action, plan
from callscript.sql.compiled import CompiledFail
from functions.business.errors import SCRIPT_UNREADABLE, UNKNOWN_ACTION
from functions.hosting.errors import Refused
from functions.hosting.recent import Recent
from functions.hosting.releases import Bucket, read_release_file, read_release_manifest, reasons_of

if TYPE_CHECKING:
    from callscript.translations.reading import Catalogue

MANIFESTS, SERVERS = 64, 32
"""How many of each are remembered; releases share packs, so servers are known by their hash."""


class ReadyAction(msgspec.Struct, frozen=True):
    """An action that can be run."""

    compiled: CompiledAction
    plan: Plan
    statements: tuple[str, ...]
    """Names of its statements, for journal and log."""
    steps: Mapping[str, CompiledStatement]
    """The statements by their names."""
    early: tuple[CompiledFail, ...]
    """Conditions that need nothing from the database."""


class _ReadServer(msgspec.Struct):
    server: Server
    ready: dict[str, ReadyAction] = msgspec.field(default_factory=dict)


class Scripts:
    """The actions of every release that is asked for."""

    def __init__(self, bucket: Bucket) -> None:
        self._bucket = bucket
        self._manifests = Recent(self._read_manifest, seconds=None, most=MANIFESTS)
        self._catalogues: Recent[_Source, Catalogue] = Recent(self._read_catalogue, seconds=None, most=SERVERS)
        self._servers: Recent[_Source, _ReadServer] = Recent(self._read_server, seconds=None, most=SERVERS)

    def action(self, campaign: str, release: str, pack: str, action: str) -> ReadyAction:
        """Action `pack.action` as that release of the campaign has it.

        Raises:
            Refused: `unknown_release`, `broken_release`, `scripts_away`, `unknown_action`, `script_unreadable`.
        """
        manifest = self._manifests.get((campaign, release))
        name = "server.xml" if pack == campaign else f"packs/{pack}/server.xml"
        digest = manifest.files.get(name)
        if digest is None:
            raise Refused(UNKNOWN_ACTION)
        read = self._servers.get(_Source(digest, manifest, release, name))
        if action not in read.ready:
            read.ready[action] = _ready(read.server, action)
        return read.ready[action]

    def translations(self, campaign: str, release: str, pack: str, message: Text) -> dict[str, str]:
        """The translations of a message of `pack`, by language, where they are of today's text.

        Raises:
            Refused: `broken_release`, `scripts_away`.
        """
        manifest = self._manifests.get((campaign, release))
        prefix = ("" if pack == campaign else f"packs/{pack}/") + "translations/"
        found = {}
        for name, digest in manifest.files.items():
            if name.startswith(prefix):
                entries = self._catalogues.get(_Source(digest, manifest, release, name)).entries
                entry = entries.get(message.key)
                if entry is not None and entry.source == message.source and not entry.fuzzy:
                    found[name.removeprefix(prefix).removesuffix(".po")] = entry.translation
        return found

    def _read_catalogue(self, source: _Source) -> Catalogue:
        from callscript.translations.reading import read_catalogue  # wanted by few refusals, paid for by every start

        return read_catalogue(
            read_release_file(self._bucket, source.manifest, source.release, source.name), source.name
        )

    def _read_manifest(self, key: tuple[str, str]) -> Manifest:
        return read_release_manifest(self._bucket, *key)[0]

    def _read_server(self, source: _Source) -> _ReadServer:
        data = read_release_file(self._bucket, source.manifest, source.release, source.name)
        try:
            return _ReadServer(read_server(data, source.name).usable)
        except ScriptError as error:
            raise Refused(SCRIPT_UNREADABLE, reason=reasons_of(error)) from error


@dataclass(frozen=True, slots=True)
class _Source:
    """A server.xml: known by its hash, found by way of a release that holds it."""

    digest: str
    manifest: Manifest = field(compare=False)
    release: str = field(compare=False)
    name: str = field(compare=False)


def _ready(server: Server, name: str) -> ReadyAction:
    action = server.actions.get(name)
    if action is None:
        raise Refused(UNKNOWN_ACTION)
    try:
        compiled = compile_action(action)
    except ScriptError as error:
        raise Refused(SCRIPT_UNREADABLE, reason=reasons_of(error)) from error
    steps = {step.name: step for step in compiled.statements}
    early = tuple(step for step in compiled.steps if isinstance(step, CompiledFail) and not step.reads)
    return ReadyAction(compiled, plan(compiled), tuple(steps), steps, early)
