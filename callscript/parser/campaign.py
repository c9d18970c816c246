"""A campaign from its files: the three documents, the packs that it uses, and its translations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from re import compile as pattern

import msgspec

from callscript.garbage import uncollected
from callscript.model.campaign import Campaign
from callscript.model.expression import Text
from callscript.model.links import Link, Links
from callscript.model.local import Block, Local
from callscript.model.server import Server
from callscript.parser import documents, kinds
from callscript.parser.document import Element
from callscript.parser.documents import Blocks, Read, read_blocks, read_links, read_server
from callscript.parser.grammar import LOCAL
from callscript.parser.nodes import FlowReader
from callscript.parser.reading import Reading, Retelling
from callscript.parser.size import too_large
from callscript.parser.suggestion import hints, nearest
from callscript.parser.translations import merge
from callscript.places import Span
from callscript.problems import Problem, ScriptError, in_order
from callscript.translations import Entry, file_of, read_catalogue, texts_of

LOCAL_FILE = "local.xml"
_DOCUMENTS = ("local.xml", "links.xml", "server.xml", "interface.xml", "blocks.xml", "manifest.json")
_OF_A_RELEASE = pattern(
    r"manifest\.json|local\.xml|(packs/[^/]+/)?((links|server|interface)\.xml|translations/[^/]+\.po)|packs/[^/]+/blocks\.xml"
)


@dataclass(frozen=True, slots=True)
class Loaded:
    """What could be read of a campaign. `campaign` is there only if nothing is wrong with the documents as such."""

    campaign: Campaign | None
    problems: tuple[Problem, ...]
    draft: Campaign | None = None
    """As much as could be read, for the checker and for editors: never to be run."""
    doubtful: frozenset[str] = frozenset()
    """Names that stand in parts which could not be read: nothing may be concluded about them."""
    flow_doubtful: bool = False
    """Part of the flow could not be read: nothing may be concluded about reachability."""
    parts_missing: bool = False
    """A whole pack or block could not be found, or something without a name could not be read: nothing may be concluded
    about any name that is unknown."""
    entries: Mapping[str, Mapping[str, Entry]] = field(default_factory=dict)
    """Language -> key -> entry of the translators' files, stale and unknown ones too."""
    read_with: Mapping[str, str] = field(default_factory=dict)
    """Each file that was read as a document -> the name of its grammar."""

    @property
    def usable(self) -> Campaign:
        """The campaign.

        Raises:
            ScriptError: if any document has an error.
        """
        if self.campaign is None:
            raise ScriptError(self.problems)
        return self.campaign


def load_campaign(files: Mapping[str, bytes]) -> Loaded:
    """Read every document of a campaign; `files` has the keys of a release, such as `packs/outbound/server.xml`.

    A pack's `interface.xml` is taken where its `server.xml` is not there (agents' apps get no SQL).
    """
    with uncollected():
        return _Loading(files).load()


@dataclass
class _Loading:
    files: Mapping[str, bytes]
    problems: list[Problem] = field(default_factory=list)
    doubtful: set[str] = field(default_factory=set)
    flow_doubtful: bool = False
    parts_missing: bool = False
    language: str = ""
    packs: tuple[str, ...] = ()
    inline: dict[str, dict[str, Text]] = field(default_factory=dict)
    """Language -> texts of blocks that are written in another language than the campaign's."""
    entries: dict[str, dict[str, Entry]] = field(default_factory=dict)
    read_with: dict[str, str] = field(default_factory=dict)
    _blocks: dict[str, Blocks | None] = field(default_factory=dict)

    def load(self) -> Loaded:
        self._strange_files()
        if (excess := too_large(self.files)) is not None:
            self.problems.append(excess)
            return self._loaded(None)
        local = self._local()
        if local is None:
            return self._loaded(None)
        servers = self._servers(local.campaign)
        campaign = Campaign(local.campaign, local, self._links(), servers)
        merged = merge(self.files, self.packs, texts_of(campaign), self.inline)
        self.problems.extend(merged.problems)
        self.entries = merged.entries
        return self._loaded(replace(campaign, translations=merged.translations))

    def _loaded(self, draft: Campaign | None) -> Loaded:
        ordered = in_order(self.problems)
        sound = not any(problem.is_error for problem in ordered)
        return Loaded(
            draft if sound else None,
            ordered,
            draft,
            frozenset(self.doubtful),
            self.flow_doubtful,
            self.parts_missing,
            self.entries,
            self.read_with,
        )

    def _take(self, read: Read[documents.T]) -> documents.T | None:
        self.read_with[read.file] = read.grammar
        self.problems.extend(read.problems)
        self.doubtful.update(read.doubtful)
        self.flow_doubtful = self.flow_doubtful or read.flow_doubtful
        self.parts_missing = self.parts_missing or read.nameless
        return read.document

    def _strange_files(self) -> None:
        for name in self.files:
            if not _OF_A_RELEASE.fullmatch(name):
                values = {"file": name, **hints(nearest(name, _DOCUMENTS))}
                self.problems.append(Problem(kinds.UNKNOWN_FILE, Span(name, 1, 1), values))

    # --- local.xml and blocks -----------------------------------------------------------------------------------------
    def _local(self) -> Local | None:
        data = self.files.get(LOCAL_FILE)
        if data is None:
            self.problems.append(Problem(kinds.MISSING_FILE, Span(LOCAL_FILE, 1, 1), {"file": LOCAL_FILE}))
            return None
        return self._take(documents.read(data, LOCAL_FILE, LOCAL, self._read_local))

    def _read_local(self, reading: Reading, root: Element) -> Local:
        self.language = root.attributes["language"]
        self.packs = self._packs(reading, root)
        flow = FlowReader(reading, self._find_block).read(root)
        return Local(
            span=reading.span(root),
            campaign=root.attributes["campaign"],
            language=self.language,
            nodes=flow.nodes,
            title=reading.short_text(root, "title", "title"),
            uses=self.packs,
            options=flow.options,
            exits=tuple(flow.exits),
        )

    def _packs(self, reading: Reading, root: Element) -> tuple[str, ...]:
        present = {name.split("/")[1] for name in self.files if name.startswith("packs/") and name.count("/") > 1}
        packs = []
        for pack in dict.fromkeys(reading.names(root, "uses")):
            if pack in present:
                packs.append(pack)
                continue
            meant = nearest(pack, present)
            reading.findings.at(kinds.UNKNOWN_PACK, root, "uses", pack=pack, **hints(meant))
            if meant is not None and meant not in packs:
                packs.append(meant)
            else:
                self.doubtful.add(pack)
                self.parts_missing = True
        return tuple(packs)

    def _find_block(self, name: str, reading: Reading, element: Element) -> Block | None:
        pack = name.partition(".")[0]
        known = {f"{each}.{one}": found for each in self.packs for one, found in self._blocks_of(each).items()}
        if name in known:
            return known[name]
        meant = nearest(name, known)
        if pack not in self.doubtful and not reading.findings.nameless:
            reading.findings.at(kinds.UNKNOWN_BLOCK, element, "block", block=name, **hints(meant))
        if meant is not None:
            return known[meant]
        self.flow_doubtful = self.parts_missing = True
        return None

    def _blocks_of(self, pack: str) -> Mapping[str, Block]:
        if pack not in self._blocks:
            self._blocks[pack] = self._read_blocks(pack)
        found = self._blocks[pack]
        return found.blocks if found else {}

    def _read_blocks(self, pack: str) -> Blocks | None:
        file = f"packs/{pack}/blocks.xml"
        if file not in self.files:
            return None
        read = read_blocks(self.files[file], file, Retelling(self.language, self._catalogue(pack)))
        blocks = self._take(read)
        if blocks is None:
            self.doubtful.add(pack)
            return None
        self._same_pack(blocks.span, pack, blocks.pack)
        if blocks.originals:
            self.inline.setdefault(blocks.language, {}).update(blocks.originals)
        return blocks

    def _catalogue(self, pack: str) -> Mapping[str, str]:
        """The pack's texts in the campaign's language, for blocks that are written in another one."""
        file = file_of(self.language, pack)
        if file not in self.files:
            return {}
        return {key: entry.translation for key, entry in read_catalogue(self.files[file], file).entries.items()}

    # --- server.xml ---------------------------------------------------------------------------------------------------
    def _servers(self, campaign: str) -> dict[str, Server]:
        folders = {campaign: "", **{pack: f"packs/{pack}/" for pack in self.packs}}
        servers = {}
        for pack, folder in folders.items():
            server = self._server(pack, folder)
            if server is not None:
                servers[pack] = server
        return servers

    def _server(self, pack: str, folder: str) -> Server | None:
        for name in ("server.xml", "interface.xml"):
            file = folder + name
            if file in self.files:
                server = self._take(read_server(self.files[file], file, pack))
                if server is None:
                    self.doubtful.add(pack)
                    return None
                self._same_pack(server.span, pack, server.pack)
                return msgspec.structs.replace(server, pack=pack)
        return None

    def _same_pack(self, span: Span, wanted: str, found: str) -> None:
        if found != wanted:
            self.problems.append(Problem(kinds.PACK_NAME_DIFFERS, span, {"found": found, "wanted": wanted}))

    # --- links.xml ----------------------------------------------------------------------------------------------------
    def _links(self) -> tuple[Link, ...]:
        defaults: dict[str, Link] = {}
        for pack in self.packs:
            for link in self._links_of(f"packs/{pack}/links.xml"):
                first = defaults.setdefault(link.id, link)
                if first is not link:
                    values = {"what": "Link", "what_zh": "链接", "name": link.id, "first": str(first.span)}
                    self.problems.append(Problem(kinds.DUPLICATE_ID, link.span, values))
        in_force = dict(defaults)
        for link in self._links_of("links.xml"):
            if not link.action and link.id not in defaults and link.id not in self.doubtful:
                values = {"link": link.id, **hints(nearest(link.id, defaults))}
                self.problems.append(Problem(kinds.UNKNOWN_LINK, link.span, values))
            in_force[link.id] = link
        return tuple(link for link in in_force.values() if link.action)

    def _links_of(self, file: str) -> tuple[Link, ...]:
        if file not in self.files:
            return ()
        links: Links | None = self._take(read_links(self.files[file], file))
        self.parts_missing = self.parts_missing or links is None
        return links.links if links else ()
