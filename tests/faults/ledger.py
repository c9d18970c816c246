"""What agents were told, on a record that does not go through any part of the product.

Each process of agents appends JSON lines to a file of its own. A line is one write, so that a killed process leaves
whole lines. Times are of the machine's monotonic clock, which is the same in every process.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import msgspec


class Took(msgspec.Struct, frozen=True, tag="took"):
    """The server gave this case to this interview."""

    agent: str
    interview: str
    case: str
    epoch: int


class Meant(msgspec.Struct, frozen=True, tag="meant"):
    """The agent is about to give these answers."""

    agent: str
    interview: str
    number: int
    values: dict[str, Any]


class Given(msgspec.Struct, frozen=True, tag="given"):
    """The answers of `Meant` with this number were acknowledged to the agent: the next screen showed."""

    agent: str
    interview: str
    number: int
    at: float


class Sent(msgspec.Struct, frozen=True, tag="sent"):
    """What a call was told: `status` 200 or why not."""

    agent: str
    interview: str
    key: str
    action: str
    node: str
    at: float
    ok: bool
    code: str = ""
    status: int = 0
    correlation: str = ""
    told_node: str | None = None
    """The node that the refusal named."""
    own: bool = False
    """The refusal is a problem of the function's own, with code and correlation id."""
    replayed: bool = False


class Ended(msgspec.Struct, frozen=True, tag="ended"):
    agent: str
    interview: str


class Trouble(msgspec.Struct, frozen=True, tag="trouble"):
    """Something that no agent should ever see: an exception, a case parked, an answer complained of."""

    agent: str
    what: str


Entry = Took | Meant | Given | Sent | Ended | Trouble
_DECODER = msgspec.json.Decoder(Entry)


class Ledger:
    """The writing side."""

    def __init__(self, path: Path) -> None:
        self._descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def write(self, entry: Entry) -> None:
        os.write(self._descriptor, msgspec.json.encode(entry) + b"\n")


class Reading:
    """The reading side: `entries` holds everything that `look` has found so far."""

    def __init__(self, paths: list[Path]) -> None:
        self._paths = dict.fromkeys(paths, 0)
        self.entries: list[Entry] = []
        self.arrived: dict[str, float] = {}
        """Agent -> when last a call of theirs was accepted by the server."""

    def look(self) -> None:
        for path, at in self._paths.items():
            if not path.exists():
                continue
            with path.open("rb") as file:
                file.seek(at)
                data = file.read()
            whole = data.rpartition(b"\n")[0]
            if not whole:
                continue
            self._paths[path] = at + len(whole) + 1
            for line in whole.split(b"\n"):
                self._take(_DECODER.decode(line))

    def _take(self, entry: Entry) -> None:
        self.entries.append(entry)
        if isinstance(entry, Sent) and entry.ok:
            self.arrived[entry.agent] = max(self.arrived.get(entry.agent, 0.0), entry.at)
