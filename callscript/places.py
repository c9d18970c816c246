"""Where something stands in a script: every node of the model carries its place."""

from __future__ import annotations

import msgspec


class Span(msgspec.Struct, frozen=True, order=True):
    """A place in a file; `line` and `column` count from 1, 0 means "the file as a whole"."""

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        if not self.line:
            return self.file
        return f"{self.file}:{self.line}:{self.column}" if self.column else f"{self.file}:{self.line}"

    def shifted(self, columns: int) -> Span:
        """The place `columns` characters further on the same line (inside an attribute or a text)."""
        return Span(self.file, self.line, self.column + columns) if self.column else self


NOWHERE = Span("", 0, 0)
"""The place of nodes that no file holds, such as built-in options."""
