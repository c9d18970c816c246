"""What an expression sees when it runs: the values, clock, place and language that the caller passes in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from callscript.model.values import Special, ValueType

Value = Any
"""A value as the interview's state holds it.

| type | Python value |
|---|---|
| text, phone, email, choice, uuid | `str` |
| integer | `int` |
| decimal | `float` |
| boolean | `bool` |
| date, time, datetime | ISO text: `2024-05-01`, `14:30:00`, `2024-05-01T14:30:00.000+08:00` |
| choices | `list[str]` in the order of the option list |
| json, answers | whatever the JSON is; passed on, never worked with |

Unanswered (also: special, off the path, never asked) is `''`.
"""

UNANSWERED = ""


class Scope(Protocol):
    """Where compiled expressions look things up; one for each moment at which expressions run."""

    @property
    def now_ms(self) -> int:
        """The moment that `now()` and `today()` give, milliseconds since 1970."""
        ...

    @property
    def timezone(self) -> str:
        """IANA zone in which dates without an offset are meant."""
        ...

    @property
    def language(self) -> str:
        """Language of the interview, for texts made of dates and numbers."""
        ...

    @property
    def position(self) -> int:
        """Round of the innermost repeat, from 1; 0 outside repeats."""
        ...

    def value(self, name: str) -> Value:
        """Value of dotted `name` as seen from here, `''` where it is unanswered, special or off the path."""
        ...

    def rounds(self, name: str) -> Sequence[Value]:
        """Values of `name` over all rounds on the path, `''` for unanswered ones: what aggregates work on.

        Within the name's own repeat, and for a name that is in none, it is this one value.
        """
        ...

    def special(self, name: str) -> str:
        """`dk`, `refused` or `na` where the answer is special, else `''`."""
        ...

    def option_label(self, name: str, value: str) -> str:
        """How people call option `value` of field `name`, in the scope's language."""
        ...


@dataclass(frozen=True, slots=True)
class FlatScope:
    """A scope over plain values, without repeats: for server scripts, tests and examples."""

    values: Mapping[str, Value]
    now_ms: int = 0
    timezone: str = "UTC"
    language: str = "en"
    position: int = 0
    specials: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def value(self, name: str) -> Value:
        found = self.values.get(name, UNANSWERED)
        return UNANSWERED if found is None else found

    def rounds(self, name: str) -> Sequence[Value]:
        return (self.value(name),)

    def special(self, name: str) -> str:
        return self.specials.get(name, "")

    def option_label(self, name: str, value: str) -> str:
        return self.labels.get(name, {}).get(value, value)


@dataclass(frozen=True, slots=True)
class NameType:
    """What is known before any interview about a name that expressions may read."""

    type: ValueType
    options: frozenset[str] | None = None
    """Option values of a choice or choices; None where they are not known before the interview."""
    specials: tuple[Special, ...] = ()
    repeats: tuple[str, ...] = ()
    """Ids of the repeats around it, outermost first; a list in a reply counts as one."""
    may_be_unanswered: bool = True
    """False where every path to the reader has set it: required, no special, never passed over."""


Names = Mapping[str, NameType]
