"""XML -> model: hardened, every node with its place, as many problems at once as can be told without guessing.

loaded = load_campaign(files)       # keys as in a release: local.xml, packs/outbound/server.xml, ...
loaded.campaign, loaded.problems    # Campaign or None; loaded.usable raises instead of None
read_server(data, file).usable      # one document alone; likewise read_links, read_blocks, read_routing
interface_of(server_xml)            # the same XML without SQL, for agents' apps
"""

from __future__ import annotations

from callscript.parser.campaign import Loaded, load_campaign
from callscript.parser.documents import Read, read_blocks, read_links, read_routing, read_server
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
