"""Reader of `calling.xml`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from callscript.model.calling import Calling, Holiday, Hours, NextStep, Quota, QuotaCell, Setting
from callscript.parser.document import Element
from callscript.parser.reading import Reading

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MINUTES = {"m": 1, "h": 60, "d": 1440}
_NUMBERS: Mapping[str, Mapping[str, str]] = {
    "limits": {
        "attempts": "max_attempts", "per-number": "max_per_number", "per-day": "max_per_day",
        "per-part": "max_per_part", "spread": "spread", "gap": "gap_minutes",
    },
    "appointments": {
        "wait": "hard_wait_minutes", "late": "late_minutes", "slot": "slot_minutes", "places": "slot_places",
    },
    "lease": {"seconds": "lease_seconds"},
}  # fmt: skip
"""Element -> attribute -> column."""


def read_calling_element(reading: Reading, root: Element) -> Calling:
    """The document as it stands; whether it makes sense is `callscript.checker.calling`'s to say."""
    of: dict[str, list[Element]] = {}
    settings = dict(_settings(reading, root))
    for child in root.children:
        of.setdefault(child.tag, []).append(child)
    return Calling(
        reading.span(root),
        root.attributes["campaign"],
        windows=tuple(_hours(reading, each) for each in of.get("window", ())),
        holidays=tuple(
            Holiday(reading.span(each), each.attributes["date"], each.attributes.get("name", ""))
            for each in of.get("holiday", ())
        ),
        parts=tuple(_hours(reading, each) for each in of.get("part", ())),
        outcomes=tuple(_outcome(reading, each) for each in of.get("outcome", ())),
        quotas=tuple(_quota(reading, each) for each in of.get("quota", ())),
        numbers={column: number(setting.text) for column, setting in settings.items()},
        settings=settings,
    )


def minutes(text: str) -> int:
    """A length of time such as `20m`, `4h` or `7d`."""
    return int(text[:-1]) * _MINUTES[text[-1]]


def number(text: str) -> int:
    """A number, or a length of time in minutes."""
    return minutes(text) if text[-1] in _MINUTES else int(text)


def weekdays(text: str) -> tuple[int, ...]:
    """`mon-wed sat` -> 1, 2, 3, 6; a span may go over Sunday."""
    found: set[int] = set()
    for word in text.split():
        first, _, last = word.partition("-")
        begin, end = DAYS.index(first), DAYS.index(last or first)
        found.update(day % 7 + 1 for day in range(begin, end + 1 if end >= begin else end + 8))
    return tuple(sorted(found))


def _hours(reading: Reading, element: Element) -> Hours:
    given = element.attributes
    return Hours(
        reading.span(element), weekdays(given["days"]), given["from"], given["to"], given.get("name", "").strip()
    )


def _settings(reading: Reading, root: Element) -> Iterator[tuple[str, Setting]]:
    for child in root.children:
        for attribute, column in _NUMBERS.get(child.tag, {}).items():
            text = child.attributes.get(attribute)
            if text is not None:
                yield column, Setting(reading.source.of_attribute(child, attribute), attribute, text)


def _outcome(reading: Reading, element: Element) -> NextStep:
    given = element.attributes
    return NextStep(
        reading.span(element),
        given["code"],
        final=_yes(given, "final"),
        retry_minutes=minutes(given["retry"]) if "retry" in given else None,
        times=int(given["times"]) if "times" in given else None,
        skill=given.get("skill"),
        next_number=_yes(given, "next-number"),
        other_agent=_yes(given, "other-agent"),
    )


def _yes(given: Mapping[str, str], name: str) -> bool | None:
    return given[name] == "yes" if name in given else None


def _quota(reading: Reading, element: Element) -> Quota:
    given = element.attributes
    source = "answer" if "answer" in given else "attribute"
    names = () if {"answer", "attribute"} <= given.keys() else tuple(given.get(source, "").split())
    cells = tuple(_cell(reading, each, names) for each in element.children)
    return Quota(reading.span(element), given["id"], source, names, cells)


def _cell(reading: Reading, element: Element, names: tuple[str, ...]) -> QuotaCell:
    value = element.attributes["value"].strip()
    parts = [part.strip() for part in value.split("|")] if len(names) > 1 else [value]
    match = dict(zip(names, parts, strict=False)) if len(names) == len(parts) else {}
    return QuotaCell(
        reading.span(element), element.attributes.get("name") or value, match, int(element.attributes["target"])
    )
