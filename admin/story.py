"""What `waihu trace` tells: facts, then what happened, in order; and how it is printed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from rich.console import Console
from rich.markup import escape
from rich.table import Table

SOURCES = ("journal", "attempt", "appointment", "answer", "log")
_COLOURS = {"journal": "cyan", "attempt": "green", "appointment": "magenta", "answer": "blue", "log": "white"}


@dataclass(frozen=True, slots=True)
class Moment:
    """One thing that happened."""

    at: datetime
    source: str
    """One of `SOURCES`."""
    what: str
    good: bool = True
    correlation: str = ""


@dataclass
class Story:
    kind: str
    """What the id turned out to be: `interview case contact correlation`."""
    id: str
    facts: dict[str, str] = field(default_factory=dict)
    moments: list[Moment] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    """What could not be looked into, and why."""

    def sort(self) -> None:
        """By time; within one transaction the action comes before what it did."""
        self.moments.sort(key=lambda moment: (moment.at, SOURCES.index(moment.source)))


def show_story(story: Story, out: Console) -> None:
    """Prints the facts, then the timeline; times are local."""
    out.print(f"[bold]{story.kind}[/] {escape(story.id)}")
    for name, fact in story.facts.items():
        out.print(f"  [dim]{name}:[/] {escape(fact)}", soft_wrap=True)
    table = Table(box=None, padding=(0, 1), show_header=False)
    table.add_column(no_wrap=True, style="dim")
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    day = ""
    for moment in story.moments:
        at = moment.at.astimezone()
        if str(at.date()) != day:
            day = str(at.date())
            table.add_row(f"[bold]{day}[/]", "", "")
        colour = _COLOURS[moment.source] if moment.good else "red"
        what = escape(moment.what) if moment.good else f"[red]{escape(moment.what)}[/]"
        table.add_row(at.strftime("%H:%M:%S.%f")[:-3], f"[{colour}]{moment.source}[/]", what)
    out.print(table)
    for note in story.notes:
        out.print(f"[yellow]{escape(note)}[/]", soft_wrap=True)
