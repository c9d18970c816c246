"""What is wrong with a script: a stable code, a place, and in both languages what to do about it.

`CATALOGUE` (assembled in `callscript.catalogue`) holds every code once; `docs/errors.md` is made from it and tested
against it. Tests assert codes and places, never prose.

    Exception
    └── ScriptError          one or more problems; raised only at the edges (`fail`, loading a release)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import NoReturn

import msgspec

from callscript.places import Span


class Severity(StrEnum):
    ERROR = "error"
    """Refuses publication."""
    WARNING = "warning"
    """Published, but said."""


class Kind(msgspec.Struct, frozen=True):
    """A kind of problem. Templates use `str.format` with the problem's `values`."""

    code: str
    severity: Severity
    what: Mapping[str, str]
    """Language (`en`, `zh`) -> what is wrong."""
    mend: Mapping[str, str]
    """Language -> what to do."""


def error(code: str, what: str, mend: str, *, zh: str, mend_zh: str) -> Kind:
    """A kind of problem that refuses publication; `what` and `mend` in English, `zh` and `mend_zh` in Chinese."""
    return Kind(code, Severity.ERROR, {"en": what, "zh": zh}, {"en": mend, "zh": mend_zh})


def warning(code: str, what: str, mend: str, *, zh: str, mend_zh: str) -> Kind:
    """A kind of problem that is said, and published all the same."""
    return Kind(code, Severity.WARNING, {"en": what, "zh": zh}, {"en": mend, "zh": mend_zh})


class Problem(msgspec.Struct, frozen=True):
    kind: Kind
    span: Span
    values: Mapping[str, str] = msgspec.field(default_factory=dict)
    node: str | None = None
    """Id of the action or server action that it concerns, if any."""

    @property
    def code(self) -> str:
        return self.kind.code

    @property
    def is_error(self) -> bool:
        return self.kind.severity is Severity.ERROR

    def what(self, language: str = "en") -> str:
        return _fill(self.kind.what, language, self.values)

    def mend(self, language: str = "en") -> str:
        return _fill(self.kind.mend, language, self.values)

    def __str__(self) -> str:
        return f"{self.span}: {self.kind.severity} {self.code}: {self.what()} {self.mend()}"


def _fill(templates: Mapping[str, str], language: str, values: Mapping[str, str]) -> str:
    template = templates.get(language) or templates["en"]
    return template.format_map(values)


class ScriptError(Exception):
    """A script cannot be used; `problems` says all that is known to be wrong with it."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


def in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """The problems by place, each one once."""
    unique = {(p.span, p.code, tuple(sorted(p.values.items()))): p for p in problems}
    return tuple(unique[key] for key in sorted(unique))


def fail(kind: Kind, span: Span, node: str | None = None, **values: object) -> NoReturn:
    """The one way to stop at a single problem.

    Raises:
        ScriptError: always.
    """
    raise ScriptError([Problem(kind, span, {name: str(value) for name, value in values.items()}, node)])
