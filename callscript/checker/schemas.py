"""A second, independent opinion on every document: libxml2 with the schema that editors use.

The structure check and the schemas are made from one grammar by two ways; whatever only one of them refuses is told,
so that what an author's editor underlines and what `waihu check` says cannot drift apart unnoticed. Places and words
stay with the structure check: libxml2 knows lines only, and says less.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache

from lxml import etree

from callscript.checker import kinds
from callscript.parser import kinds as parser_kinds
from callscript.parser.grammar.relaxng import FOLDER
from callscript.places import Span
from callscript.problems import Kind, Problem

MOST_CHILDREN = 1_000
"""Of one element; libxml2 takes quadratic time over them, and no second opinion is worth that."""

_STRUCTURAL = {kind.code for kind in vars(parser_kinds).values() if isinstance(kind, Kind)}
_XML_BLANKS = " \t\r\n"


def second_opinion(files: Mapping[str, bytes], documents: Mapping[str, str], told: set[str]) -> Iterator[Problem]:
    """What the schemas say against documents that the structure check found nothing in.

    Args:
        documents: file -> name of its grammar.
        told: files in which the structure check found something: there is nothing to compare.
    """
    for file, grammar in documents.items():
        if file not in told:
            yield from _opinion(files[file], file, grammar)


def with_structural_problems(problems: tuple[Problem, ...]) -> set[str]:
    """The files in which the document as such is wrong."""
    return {problem.span.file for problem in problems if problem.is_error and problem.code in _STRUCTURAL}


def _opinion(data: bytes, file: str, grammar: str) -> Iterator[Problem]:
    try:
        root = etree.fromstring(data, _parser())
    except etree.XMLSyntaxError as error:
        yield _disagreement(file, error.lineno or 1, str(error.msg), "libxml2")
        return
    if any(len(element) > MOST_CHILDREN for element in root.iter(etree.Element)):
        return
    schema = schema_of(grammar)
    if not schema.validate(root):
        _drop_foreign_blanks(root)
        if not schema.validate(root):
            first = schema.error_log[0]
            yield _disagreement(file, first.line, first.message, f"{grammar}.rng")


def _disagreement(file: str, line: int, reason: str, schema: str) -> Problem:
    return Problem(kinds.SCHEMA_DISAGREES, Span(file, line, 1), {"schema": schema, "reason": reason.rstrip(". ")})


@cache
def schema_of(grammar: str) -> etree.RelaxNG:
    """The shipped schema of a document; read once in a process."""
    return etree.RelaxNG(etree.parse(str(FOLDER / f"{grammar}.rng"), _parser()))


def _parser() -> etree.XMLParser:
    """One that fetches nothing and expands nothing; a DOCTYPE never gets here."""
    return etree.XMLParser(
        resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False, remove_comments=True, remove_pis=True
    )


def _drop_foreign_blanks(root: etree._Element) -> None:
    """Wide and no-break spaces between elements, as word processors leave them, say nothing; only XML thinks so."""
    for element in root.iter(etree.Element):
        if element.text and element.text.isspace() and element.text.strip(_XML_BLANKS):
            element.text = None
        if element.tail and element.tail.isspace() and element.tail.strip(_XML_BLANKS):
            element.tail = None
