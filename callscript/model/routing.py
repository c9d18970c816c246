"""`routing.xml`: dispatch's script. Campaigns, who may work on them, and where each one lives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from callscript.places import Span


@dataclass(frozen=True, slots=True)
class Version:
    """A version of a cell's business function and its share of new sessions (0 = draining)."""

    span: Span
    name: str
    weight: int


@dataclass(frozen=True, slots=True)
class Cell:
    span: Span
    id: str
    versions: tuple[Version, ...]
    draining: bool = False


@dataclass(frozen=True, slots=True)
class RoutedCampaign:
    """A campaign, its one home cell, and the groups whose members may work on it."""

    span: Span
    id: str
    cell: str
    groups: tuple[str, ...]
    titles: Mapping[str, str]
    """Language -> what agents see in the list of campaigns."""


@dataclass(frozen=True, slots=True)
class Routing:
    span: Span
    cells: Mapping[str, Cell]
    campaigns: Mapping[str, RoutedCampaign]
