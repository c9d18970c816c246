"""`calling.xml` read with another parser than the program's, and the shipped outcomes under it."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

RULES = Path(__file__).with_name("calling.xml")
_PER_CELL = {'value="north" target="8"': 250, 'value="young" target="6"': 330}
"""A cell of the file that is to fill up -> of how many contacts it wants one."""
_NS = "{urn:waihu:calling:1}"
_DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}

Row = dict[str, Any]


def rules_for(contacts: int) -> bytes:
    """`calling.xml`, with cells that a day of so many contacts fills, but not at once."""
    text = RULES.read_text(encoding="utf-8")
    for cell, share in _PER_CELL.items():
        head, least = cell[:-1].rsplit('"', 1)
        if cell not in text:
            raise ValueError(f"{RULES} no longer says {cell}")
        text = text.replace(cell, f'{head}"{max(int(least), contacts // share)}"')
    return text.encode()


def span(text: str) -> timedelta:
    return timedelta(**{_UNITS[text[-1]]: int(text[:-1])})


@dataclass(frozen=True)
class Outcome:
    final: bool
    retry: timedelta
    dead: bool
    interview: bool
    other_agent: bool
    times: int | None
    skill: str | None


class Rules:
    """`calling.xml`, and the shipped outcomes under it."""

    def __init__(self, calling: bytes, shipped: Sequence[Row]) -> None:
        root = ET.fromstring(calling)  # noqa: S314 - our own file
        self.windows = [self._hours(each) for each in root.findall(f"{_NS}window")]
        self.parts = [(each.attrib["name"], self._hours(each)) for each in root.findall(f"{_NS}part")]
        self.holidays = {date.fromisoformat(each.attrib["date"]) for each in root.findall(f"{_NS}holiday")}
        limits, promised = root.find(f"{_NS}limits"), root.find(f"{_NS}appointments")
        assert limits is not None
        assert promised is not None
        self.limits = {name: int(text) for name, text in limits.attrib.items() if name != "gap"}
        self.gap = span(limits.attrib["gap"])
        self.wait, self.late = span(promised.attrib["wait"]), span(promised.attrib["late"])
        lease = root.find(f"{_NS}lease")
        assert lease is not None
        self.lease = timedelta(seconds=int(lease.attrib["seconds"]))
        self.targets = {
            (quota.attrib["id"], cell.attrib["value"]): int(cell.attrib["target"])
            for quota in root.findall(f"{_NS}quota")
            for cell in quota
        }
        own = {each.attrib["code"]: each.attrib for each in root.findall(f"{_NS}outcome")}
        self.outcomes = {row["code"]: self._outcome(row, own.get(row["code"], {})) for row in shipped}

    @staticmethod
    def _hours(element: ET.Element) -> tuple[set[int], str, str]:
        days: set[int] = set()
        for word in element.attrib["days"].split():
            first, _, last = word.partition("-")
            days.update(range(_DAYS.index(first), _DAYS.index(last or first) + 1))
        return days, element.attrib["from"], element.attrib["to"]

    @staticmethod
    def _outcome(row: Row, own: Mapping[str, str]) -> Outcome:
        times: Any = own.get("times", row["times"])
        return Outcome(
            final=own["final"] == "yes" if "final" in own else bool(row["final"]),
            retry=span(own["retry"]) if "retry" in own else timedelta(minutes=row["retry_minutes"] or 0),
            dead=row["number_dead"],
            interview=row["category"] == "interview",
            other_agent=own["other-agent"] == "yes" if "other-agent" in own else row["other_agent"],
            times=None if times is None else int(times),
            skill=own.get("skill", row["skill"]),
        )

    def open(self, there: datetime) -> bool:
        return there.date() not in self.holidays and any(_within(there, hours) for hours in self.windows)

    def part(self, there: datetime) -> str:
        return next((name for name, hours in self.parts if _within(there, hours)), "")


def _within(there: datetime, hours: tuple[set[int], str, str]) -> bool:
    days, opens, closes = hours
    return there.weekday() in days and opens <= f"{there:%H:%M}" < closes
