"""Regular expressions that cannot blow up: RE2's, compiled when the script is read."""

from __future__ import annotations

from functools import lru_cache
from typing import NoReturn, Protocol

from callscript.expressions import problems as kinds
from callscript.places import Span
from callscript.problems import fail

MAX_PATTERN = 1_000
"""Characters of one pattern."""
_MAX_MEMORY = 1 << 20
"""Bytes that one compiled pattern may take; RE2 falls back to a slower automaton rather than pass it."""


class Pattern(Protocol):
    """The part of a compiled pattern that scripts use; both are linear in the text."""

    def search(self, text: str, /) -> object | None: ...

    def fullmatch(self, text: str, /) -> object | None: ...


def compile_pattern(pattern: str, span: Span) -> Pattern:
    """Compile an RE2 pattern: for `regex()` use `search`, for a field's `pattern` attribute `fullmatch`.

    Raises:
        ScriptError: code `bad-pattern`.
    """
    if len(pattern) > MAX_PATTERN:
        _refuse(pattern, span, f"longer than {MAX_PATTERN} characters")
    import re2  # here, because a function that meets no pattern need not load it

    try:
        return _compiled(pattern)
    except (re2.error, UnicodeEncodeError) as error:
        _refuse(pattern, span, str(error))


@lru_cache(maxsize=1_024)
def _compiled(pattern: str) -> Pattern:
    import re2

    options = re2.Options()
    options.max_mem = _MAX_MEMORY
    options.log_errors = False
    compiled: Pattern = re2.compile(pattern, options)
    return compiled


def _refuse(pattern: str, span: Span, reason: str) -> NoReturn:
    shown = pattern if len(pattern) <= 80 else pattern[:77] + "…"
    fail(kinds.BAD_PATTERN, span, pattern=shown, reason=reason.removeprefix("b'").removesuffix("'"))
