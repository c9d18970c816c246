"""A whole campaign: its three documents, its packs and its translations, ready to be checked or run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from callscript.model.expression import Text
from callscript.model.links import Link
from callscript.model.local import Local
from callscript.model.server import Server, ServerAction
from callscript.places import Span


@dataclass(frozen=True, slots=True)
class Translation:
    """One language's texts: `texts[key]` stands for the base-language text of that key."""

    span: Span
    language: str
    texts: Mapping[str, Text]
    sources: Mapping[str, str]
    """Base text that each translation was made from: differs from today's where it is stale."""


@dataclass(frozen=True, slots=True)
class Campaign:
    id: str
    local: Local
    links: tuple[Link, ...]
    """In force: the packs' defaults with the campaign's overrides applied."""
    servers: Mapping[str, Server]
    """By pack; in an agent's app these are interfaces without SQL."""
    translations: Mapping[str, Translation] = field(default_factory=dict)

    @property
    def languages(self) -> tuple[str, ...]:
        """Base language first."""
        return (self.local.language, *sorted(self.translations))

    def server_action(self, name: str) -> ServerAction | None:
        """The action called `pack.action`, if there is one."""
        pack, _, action = name.partition(".")
        server = self.servers.get(pack)
        return server.actions.get(action) if server else None
