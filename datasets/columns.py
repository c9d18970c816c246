"""Columns of a statistics file, gathered row by row in as little memory as their values need.

Numbers become one array of doubles a column, texts Arrow's packed UTF-8: 100,000 interviews of 100 fields take some
100 MB. A special answer is kept apart from every value until the file's format says how it is written.

- A choice becomes a code: its value where all are whole numbers, else its place in the list from 1 on. A value that no
  release's list has gets the next code, with itself as label.
- Several choices become one column an option, 1 or 0 (multiple dichotomies, as SPSS calls them).
- Dates are days, moments and times are seconds; see `Column.measured`.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import Enum
from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow as pa

from datasets.marks import kept_apart
from datasets.variables import SPECIALS, Category, Kind, Question

Numbers = np.ndarray[Any, np.dtype[np.float64]]
_HELD = {"dk": -1.1e300, "refused": -1.2e300, "na": -1.3e300}
"""How a special answer stands in a column of doubles while it is gathered: no answer can be this."""
_NOTHING = float("nan")
_FLUSH = 4096
_WHOLE = 2**31


class Measured(Enum):
    """What the doubles of a column count."""

    NUMBER = "number"
    WHOLE = "whole"
    DAY = "days since 0001-01-01, which is 1"
    MOMENT = "seconds since 1970-01-01, without a time zone"
    CLOCK = "seconds since midnight"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Column:
    """One column, whole. Of `numbers` and `texts` the one that `measured` says is there."""

    name: str
    heading: str
    label: str
    measured: Measured
    numbers: Numbers | None = None
    texts: pa.ChunkedArray | None = None
    labels: Mapping[float, str] = field(default_factory=dict)
    values: Mapping[float, str] = field(default_factory=dict)
    """Code -> the value in the script and in CSV, where they differ."""
    specials: tuple[str, ...] = ()
    """Those that may occur or do."""
    question: Question | None = None

    @property
    def nominal(self) -> bool:
        return bool(self.labels) or self.measured is Measured.TEXT

    def special_rows(self, special: str) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """Which rows hold this special answer, of a column of numbers."""
        if self.numbers is None:
            raise ValueError(self.name)
        return np.asarray(self.numbers == _HELD[special])

    def plain(self) -> Numbers:
        """The numbers with special answers missing, too."""
        if self.numbers is None:
            raise ValueError(self.name)
        return np.where(self.numbers <= _HELD["dk"], np.nan, self.numbers)


class Gathering:
    """Takes a variable's answers one after the other; `columns` gives what has become of them."""

    def __init__(self, heading: str, label: str, question: Question | None) -> None:
        self.heading, self.label, self.question = heading, label, question
        self.specials_seen: set[str] = set()

    def append(self, value: Any) -> None:
        """An answer as the snapshot has it: a JSON value, `{"": special}`, or None."""
        raise NotImplementedError

    def columns(self, name: Callable[[str], str]) -> Iterator[Column]:
        """`name` gives each heading its name in the file."""
        raise NotImplementedError

    @property
    def specials(self) -> tuple[str, ...]:
        declared = self.question.specials if self.question else ()
        return tuple(special for special in SPECIALS if special in {*declared, *self.specials_seen})


class NumberGathering(Gathering):
    """Numbers, dates and times. What cannot be read as one is kept in `strange`, so that it can be told."""

    def __init__(
        self, heading: str, label: str, question: Question | None, measured: Measured, read: Callable[[Any], float]
    ) -> None:
        super().__init__(heading, label, question)
        self._measured, self._read = measured, read
        self._numbers = array("d")
        self.strange = 0

    def append(self, value: Any) -> None:
        if value is None:
            self._numbers.append(_NOTHING)
        elif type(value) is dict:
            special = value[""]
            self.specials_seen.add(special)
            self._numbers.append(_HELD[special])
        else:
            try:
                self._numbers.append(self._read(value))
            except (ValueError, TypeError, OverflowError):
                self.strange += 1
                self._numbers.append(_NOTHING)

    def labels(self) -> dict[float, str]:
        return {}

    def columns(self, name: Callable[[str], str]) -> Iterator[Column]:
        yield Column(
            name(self.heading), self.heading, self.label, self._measured,
            np.frombuffer(self._numbers, dtype=np.float64), labels=self.labels(),
            specials=self.specials, question=self.question,
        )  # fmt: skip


class BooleanGathering(NumberGathering):
    def __init__(self, heading: str, label: str, question: Question | None, words: tuple[str, str]) -> None:
        super().__init__(heading, label, question, Measured.WHOLE, _truth)
        self._words = words

    def labels(self) -> dict[float, str]:
        return {0.0: self._words[0], 1.0: self._words[1]}


class ChoiceGathering(Gathering):
    def __init__(self, heading: str, label: str, question: Question | None, categories: tuple[Category, ...]) -> None:
        super().__init__(heading, label, question)
        self._codes = codes_of(categories)
        self._words = {category.value: category.label or category.value for category in categories}
        self._numbers = array("d")

    def append(self, value: Any) -> None:
        if value is None:
            self._numbers.append(_NOTHING)
        elif type(value) is dict:
            self.specials_seen.add(value[""])
            self._numbers.append(_HELD[value[""]])
        else:
            code = self._codes.get(value)
            self._numbers.append(add_code(self._codes, str(value)) if code is None else code)

    def columns(self, name: Callable[[str], str]) -> Iterator[Column]:
        labels = {code: self._words.get(value, value) for value, code in self._codes.items()}
        values = {code: value for value, code in self._codes.items()}
        numbers = np.frombuffer(self._numbers, dtype=np.float64)
        yield Column(
            name(self.heading), self.heading, self.label, Measured.WHOLE, numbers,
            labels=labels, values=values, specials=self.specials, question=self.question,
        )  # fmt: skip


class ChoicesGathering(Gathering):
    """Several choices: a set of options a row, as the bits of one whole number."""

    def __init__(
        self, heading: str, label: str, question: Question | None, categories: tuple[Category, ...],
        words: tuple[str, str],
    ) -> None:  # fmt: skip
        super().__init__(heading, label, question)
        self._places = {category.value: place for place, category in enumerate(categories)}
        self._labels = {category.value: category.label for category in categories}
        self._words = words
        self._rows: list[int | str | None] = []
        self._sets: dict[tuple[str, ...], int] = {}

    def append(self, value: Any) -> None:
        if value is None:
            self._rows.append(None)
        elif type(value) is dict:
            self.specials_seen.add(value[""])
            self._rows.append(value[""])
        else:
            chosen = tuple(map(str, value)) if isinstance(value, list) else (str(value),)
            bits = self._sets.get(chosen)
            if bits is None:
                # the same few sets come again and again: one number object for all their rows
                places = (self._places.setdefault(each, len(self._places)) for each in chosen)
                bits = self._sets[chosen] = sum(1 << place for place in set(places))
            self._rows.append(bits)

    def columns(self, name: Callable[[str], str]) -> Iterator[Column]:
        for value, place in self._places.items():
            bit = 1 << place
            numbers = np.fromiter(
                (
                    _NOTHING if row is None else _HELD[row] if isinstance(row, str) else float(row & bit != 0)
                    for row in self._rows
                ),
                dtype=np.float64,
                count=len(self._rows),
            )
            heading = f"{self.heading}_{value}"
            label = f"{self.label}: {self._labels.get(value) or value}"
            yield Column(
                name(heading), self.heading, label, Measured.WHOLE, numbers,
                labels={0.0: self._words[0], 1.0: self._words[1]}, values={1.0: value}, specials=self.specials,
                question=self.question,
            )  # fmt: skip


class TextGathering(Gathering):
    def __init__(self, heading: str, label: str, question: Question | None, special: Callable[[str], str]) -> None:
        super().__init__(heading, label, question)
        self._special = special
        self._batch: list[str | None] = []
        self._chunks: list[pa.Array] = []

    def append(self, value: Any) -> None:
        if type(value) is dict:
            self.specials_seen.add(value[""])
            value = self._special(value[""])
        elif value is not None:
            value = kept_apart(value if type(value) is str else text_of(value))
        self._batch.append(value)
        if len(self._batch) == _FLUSH:
            self._flush()

    def _flush(self) -> None:
        self._chunks.append(pa.array(self._batch, type=pa.large_string()))
        self._batch = []

    def columns(self, name: Callable[[str], str]) -> Iterator[Column]:
        self._flush()
        texts = pa.chunked_array(self._chunks, type=pa.large_string())
        yield Column(
            name(self.heading), self.heading, self.label, Measured.TEXT, texts=texts, specials=self.specials,
            question=self.question,
        )  # fmt: skip


def codes_of(categories: tuple[Category, ...]) -> dict[str, float]:
    """Value -> code: the number that each value is, if all are whole numbers written plainly; else its place."""
    if categories and all(is_plain_whole(category.value) for category in categories):
        return {category.value: float(int(category.value)) for category in categories}
    return {category.value: float(place) for place, category in enumerate(categories, 1)}


def is_plain_whole(text: str) -> bool:
    """`12` or `-3`, but not `007`: its code must give the value back."""
    try:
        return str(int(text)) == text and abs(int(text)) < _WHOLE
    except ValueError:
        return False


def add_code(codes: dict[str, float], value: str) -> float:
    """A code for a value that the lists do not have."""
    taken = set(codes.values())
    own = float(int(value)) if is_plain_whole(value) else None
    code = own if own is not None and own not in taken else max([*taken, 0.0]) + 1.0
    codes[value] = code
    return code


def text_of(value: Any) -> str:
    """A value that is no text in a column of texts: as JSON has it, several joined by `;`."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return ";".join(map(text_of, value)) if isinstance(value, list) else str(value)


def _truth(value: Any) -> float:
    if value in (True, "true"):
        return 1.0
    if value in (False, "false"):
        return 0.0
    raise ValueError(value)


@lru_cache(maxsize=65536)
def day_number(value: str) -> float:
    return float(date.fromisoformat(value[:10]).toordinal())


@lru_cache(maxsize=65536)
def clock_seconds(value: str) -> float:
    at = time.fromisoformat(value)
    return at.hour * 3600.0 + at.minute * 60 + at.second


def moment_seconds(value: str | datetime) -> float:
    """A wall clock's moment: an offset in it, where there is one, is left out, as the answer itself was meant."""
    at = datetime.fromisoformat(value) if isinstance(value, str) else value
    naive = at.replace(tzinfo=None)
    return (naive - datetime(1970, 1, 1)).total_seconds()  # noqa: DTZ001 - without a time zone on purpose


READERS: Mapping[Kind, tuple[Measured, Callable[[Any], float]]] = {
    Kind.INTEGER: (Measured.WHOLE, float),
    Kind.DECIMAL: (Measured.NUMBER, float),
    Kind.DATE: (Measured.DAY, day_number),
    Kind.TIME: (Measured.CLOCK, clock_seconds),
    Kind.DATETIME: (Measured.MOMENT, moment_seconds),
}
