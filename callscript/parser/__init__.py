"""XML -> model: hardened, every node with its place, as many problems at once as can be told without guessing.

loaded = load_campaign(files)       # keys as in a release: local.xml, packs/outbound/server.xml, ...
loaded.campaign, loaded.problems    # Campaign or None; loaded.usable raises instead of None
read_server(data, file).usable      # one document alone; likewise read_links, read_blocks, read_routing
interface_of(server_xml)            # the same XML without SQL, for agents' apps
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from callscript.parser.documents import Read, read_blocks, read_links, read_routing, read_server

if TYPE_CHECKING:
    from callscript.parser.campaign import Loaded, load_campaign
    from callscript.parser.interface import interface_of
    from callscript.parser.reading import is_readable

__all__ = [
    "Loaded",
    "Read",
    "interface_of",
    "is_readable",
    "load_campaign",
    "read_blocks",
    "read_links",
    "read_routing",
    "read_server",
]

_ON_DEMAND = {
    "Loaded": "campaign",
    "load_campaign": "campaign",
    "interface_of": "interface",
    "is_readable": "reading",
}
"""What the functions never ask for: they read single documents, and each import is part of their cold start."""


def __getattr__(name: str) -> object:
    if name not in _ON_DEMAND:
        raise AttributeError(name)
    from importlib import import_module

    return getattr(import_module(f"callscript.parser.{_ON_DEMAND[name]}"), name)
