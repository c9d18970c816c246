"""A typed SQL view for each campaign and release, for analysts: `analysis.csat`, `analysis.csat_3fa94c1b2d3e`.

Numbers, dates and truth values have their own types; several choices are an array; a special answer leaves its column
NULL and stands in `<field>_special`; a field of a repeat is one JSON object, round -> value. What a customer is called
or called on is in none of them.
"""

from __future__ import annotations

from collections.abc import Iterator

from callscript.model.campaign import Campaign
from callscript.model.local import Action, Compute, Field, Matrix, Node, Repeat, Shuffle
from database.connection import Connection
from database.values import Json
from datasets.codebook import codebook_of
from datasets.variables import FRAME_NAMES, Codebook, Kind

_LONGEST = 54
"""Leaves room for `_special`: PostgreSQL's names have 63 bytes."""


def make_views(connection: Connection, campaign: str, release: str, scripts: Campaign) -> tuple[str, str]:
    """Makes the views of a release that is being published; returns their names.

    That of the release is made once: its scripts never change, so what analysts build on it stands. Whoever makes the
    same views at the same time (the command and a cell that heard of it) waits for the other.

    Raises:
        DatabaseFailure: 2BP01 where another view was built on one that must change.
    """
    columns = Json(list(view_columns(codebook_of(campaign, {release: scripts}), repeated(scripts))))
    names = (campaign[:50], f"{campaign[:50]}_{release[:12]}")
    with connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(hashtextextended('analysis.' || $1, 0))", campaign)
        for name, only in zip(names, ("", release), strict=True):
            if only and connection.fetch("SELECT to_regclass(format('analysis.%I', $1::text))", name)[0][0]:
                continue
            connection.execute(
                "SELECT analysis.make_view($1, $2, $3, CAST($4 AS jsonb))", name, campaign, only, columns
            )
    return names


def view_columns(codebook: Codebook, in_repeats: frozenset[str]) -> Iterator[dict[str, str]]:
    """What `analysis.make_view` is told of each column."""
    taken = {*FRAME_NAMES}
    for question in codebook.questions:
        name = question.field[:_LONGEST]
        while name in taken or f"{name}_special" in taken:
            name += "_"
        taken |= {name, f"{name}_special"}
        if question.field in in_repeats:
            yield {"name": name, "field": question.field, "kind": "rounds"}
            continue
        yield {"name": name, "field": question.field, "kind": _PLAIN.get(question.kind, question.kind).value}
        if question.specials:
            yield {"name": f"{name}_special", "field": question.field, "kind": "special"}


_PLAIN = {Kind.CHOICE: Kind.TEXT, Kind.PHONE: Kind.TEXT, Kind.EMAIL: Kind.TEXT}


def repeated(campaign: Campaign) -> frozenset[str]:
    """Fields that are asked in rounds."""
    return frozenset(_repeated(campaign.local.nodes, within=False))


def _repeated(nodes: tuple[Node, ...], *, within: bool) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, Repeat | Shuffle):
            yield from _repeated(node.nodes, within=within or isinstance(node, Repeat))
        elif isinstance(node, Action) and within:
            for item in node.items:
                if isinstance(item, Field | Compute):
                    yield item.name
                elif isinstance(item, Matrix):
                    yield from (row.name for row in item.rows)
