"""What a data set can fail of, for commands to put into words."""

from __future__ import annotations


class DataDoesNotFit(Exception):
    """A format has room for less: `what` (`rows`, `columns`), how many there are, and the most that it takes."""

    def __init__(self, what: str, there_are: int, most: int) -> None:
        super().__init__(f"{there_are:,} {what}, but the format takes {most:,} at most")
        self.what, self.there_are, self.most = what, there_are, most
