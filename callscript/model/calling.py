"""`calling.xml`: when, how often and in what order a campaign calls, and how many interviews of which kind it wants."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from callscript.places import Span


@dataclass(frozen=True, slots=True)
class Hours:
    """Hours on days of the week: 1 is Monday; `opens` and `closes` are `HH:MM`, up to `24:00`."""

    span: Span
    days: tuple[int, ...]
    opens: str
    closes: str
    name: str = ""
    """Of a part of the week."""


@dataclass(frozen=True, slots=True)
class Holiday:
    span: Span
    date: str
    name: str


@dataclass(frozen=True, slots=True)
class NextStep:
    """What comes after an outcome; None: as shipped."""

    span: Span
    code: str
    final: bool | None = None
    retry_minutes: int | None = None
    times: int | None = None
    skill: str | None = None
    next_number: bool | None = None
    other_agent: bool | None = None


@dataclass(frozen=True, slots=True)
class QuotaCell:
    span: Span
    name: str
    match: Mapping[str, str]
    """Attribute or field -> value."""
    target: int


@dataclass(frozen=True, slots=True)
class Quota:
    span: Span
    id: str
    source: str
    """`attribute` or `answer`."""
    names: tuple[str, ...]
    cells: tuple[QuotaCell, ...]


@dataclass(frozen=True, slots=True)
class Setting:
    """One attribute of `limits`, `appointments` or `lease`, as it is written."""

    span: Span
    name: str
    text: str

    def __str__(self) -> str:
        return f'{self.name}="{self.text}"'


@dataclass(frozen=True, slots=True)
class Calling:
    span: Span
    campaign: str
    windows: tuple[Hours, ...] = ()
    holidays: tuple[Holiday, ...] = ()
    parts: tuple[Hours, ...] = ()
    outcomes: tuple[NextStep, ...] = ()
    quotas: tuple[Quota, ...] = ()
    numbers: Mapping[str, int] = field(default_factory=dict)
    """Column of the database's table of settings -> its number; what is not said is not here."""
    settings: Mapping[str, Setting] = field(default_factory=dict)
    """Column -> how its number is written."""
