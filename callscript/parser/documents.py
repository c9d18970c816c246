"""One document of each kind: bytes in, model and every problem out.

The reader of each kind is imported by whoever asks for that kind: a function reads one of them, and its cold start
would pay for the model of all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from callscript.model.expression import Text
from callscript.parser import kinds
from callscript.parser.document import Element, Source, read_document
from callscript.parser.grammar import BLOCKS, CALLING, LINKS, ROUTING, SERVER, Grammar
from callscript.parser.reading import Reading, Retelling
from callscript.parser.structure import EnoughProblems, Findings, check_structure
from callscript.places import Span
from callscript.problems import Problem, ScriptError

if TYPE_CHECKING:
    from callscript.model.calling import Calling
    from callscript.model.links import Links
    from callscript.model.local import Block
    from callscript.model.routing import Routing
    from callscript.model.server import Server

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Read(Generic[T]):
    """What a document says, as far as it could be read, and all that is wrong with it as such."""

    document: T | None
    problems: tuple[Problem, ...]
    doubtful: frozenset[str] = frozenset()
    """Names that stand in parts which could not be read; see `structure`."""
    flow_doubtful: bool = False
    file: str = ""
    grammar: str = ""
    """Name of the grammar that it was held against."""
    nameless: bool = False
    """Something without a name could not be read; see `structure`."""

    @property
    def usable(self) -> T:
        """The document.

        Raises:
            ScriptError: if it has any error.
        """
        if self.document is None or any(problem.is_error for problem in self.problems):
            raise ScriptError(self.problems)
        return self.document


def read(data: bytes, file: str, grammar: Grammar, reader: Callable[[Reading, Element], T]) -> Read[T]:
    """Parse, check the structure, and read with `reader`."""
    findings = Findings(Source(file, data))
    document: T | None = None
    try:
        findings.source, root = read_document(data, file)
        check_structure(findings.source, root, grammar, findings)
        if _rooted(root, grammar):
            document = reader(Reading(findings), root)
    except ScriptError as error:
        findings.problems.extend(error.problems)
        findings.flow_doubtful = True
    except EnoughProblems:
        findings.flow_doubtful = True
    return Read(
        document,
        tuple(findings.problems),
        frozenset(findings.doubtful),
        findings.flow_doubtful,
        file,
        grammar.name,
        findings.nameless,
    )


def _rooted(root: Element, grammar: Grammar) -> bool:
    wanted = grammar.rules[grammar.root].attributes
    return all(name in root.attributes for name, attribute in wanted.items() if attribute.required)


def read_server(data: bytes, file: str, pack: str | None = None) -> Read[Server]:
    """A `server.xml` or `interface.xml`; `pack` is its pack by the folder that it lies in, whatever it says itself."""
    from callscript.parser.server import read_server_element

    return read(data, file, SERVER, lambda reading, root: read_server_element(reading, root, pack))


def read_links(data: bytes, file: str) -> Read[Links]:
    from callscript.parser.links import read_links_element

    return read(data, file, LINKS, read_links_element)


def read_calling(data: bytes, file: str) -> Read[Calling]:
    from callscript.parser.calling import read_calling_element

    return read(data, file, CALLING, read_calling_element)


def read_routing(data: bytes, file: str) -> Read[Routing]:
    from callscript.parser.routing import read_routing_element

    return read(data, file, ROUTING, read_routing_element)


@dataclass(frozen=True, slots=True)
class Blocks:
    """A pack's `blocks.xml`."""

    span: Span
    pack: str
    language: str
    """In which its texts are written; empty for the campaign's own."""
    blocks: Mapping[str, Block]
    originals: Mapping[str, Text]
    """Texts as written, where the campaign's language took their place."""


def read_blocks(data: bytes, file: str, retelling: Retelling | None = None) -> Read[Blocks]:
    """`retelling` gives the texts in the campaign's language, for blocks that are written in another one."""

    def reader(reading: Reading, root: Element) -> Blocks:
        if retelling is not None and root.attributes.get("language", retelling.language) != retelling.language:
            reading.retelling = retelling
        return _blocks(reading, root)

    return read(data, file, BLOCKS, reader)


def _blocks(reading: Reading, root: Element) -> Blocks:
    from callscript.model.local import Block
    from callscript.parser.nodes import FlowReader

    pack = root.attributes["pack"]
    blocks: dict[str, Block] = {}
    for element in root.children:
        name = element.attributes["id"]
        flow = FlowReader(reading, _no_blocks_in_blocks).read(element)
        if name in blocks:
            values = {"what": "Block", "what_zh": "块", "name": name, "first": str(blocks[name].span)}
            reading.findings.at(kinds.DUPLICATE_ID, element, "id", **values)
            continue
        blocks[name] = Block(reading.span(element), pack, name, flow.nodes, flow.options, tuple(flow.exits))
    originals = reading.retelling.originals if reading.retelling else {}
    return Blocks(reading.span(root), pack, root.attributes.get("language", ""), blocks, originals)


def _no_blocks_in_blocks(name: str, reading: Reading, element: Element) -> None:
    reading.findings.at(kinds.INCLUDE_IN_BLOCK, element, block=name)
