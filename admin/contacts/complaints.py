"""What is wrong with a row of a contact file, told without what stood in it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Complaint:
    """Why a row was not imported. `what` never holds the cell's content: it may be somebody's number."""

    line: int
    column: str
    code: str
    what: str
    mend: str
    grave: bool = True
    """The row is wrong; not grave: it is right, and left out or noted for a reason (a duplicate, do-not-call)."""


class Refused(Exception):
    """A row or cell that cannot be taken; becomes a `Complaint`."""

    def __init__(self, column: str, code: str, what: str, mend: str) -> None:
        self.column, self.code, self.what, self.mend = column, code, what, mend
        super().__init__(code)
