"""A scope over one interview's answers, seen from outside its repeat."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from callscript.expressions import Names, Value
from tests.callscript.odk.harness import NOW_MS, ZONE


@dataclass(frozen=True, slots=True)
class Answers:
    """`values[name]` is a list of all rounds where `names` says that the name is in a repeat."""

    names: Names
    values: Mapping[str, Value]
    now_ms: int = NOW_MS
    timezone: str = ZONE
    language: str = "en"
    position: int = 0

    def value(self, name: str) -> Value:
        return "" if self.names[name].repeats else self.values.get(name, "")

    def rounds(self, name: str) -> Sequence[Value]:
        found = self.values.get(name, "")
        return list(found) if self.names[name].repeats else [found]

    def special(self, name: str) -> str:
        return "" if name in self.names else "?"

    def option_label(self, name: str, value: str) -> str:
        return value if name in self.names else "?"
