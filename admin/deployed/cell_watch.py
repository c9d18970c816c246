"""Asks every cell each minute whether it does its work, and says in `health/cells.json` which are away.

Dispatch reads that object: campaigns of a cell that is away are not offered, and agents choose others. A cell is away
only after it failed several times in a row, and up again only after it answered several times: one lost minute changes
nothing.
Who is merely busy (throttled), or cannot be asked for a reason that is not the cell's, is left as it was.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import msgspec
from botocore.exceptions import BotoCoreError, ClientError
from msgspec import Struct

from admin.deployed.settings import CellWatchSettings
from admin.script_bucket import ScriptBucket
from functions.hosting import logbook
from functions.hosting.logbook import Metric
from monitoring.metrics import CELL_AWAY, DIMENSIONS

UP, AWAY = "up", "away"
AWAY_AFTER, UP_AFTER = 3, 2
"""Answers in a row that speak against what is held to be so."""
ASK_SECONDS = 12
"""Longer than the function asked may take (10 s): what it does is seen, whichever way it ends."""


class CellState(Struct, frozen=True, kw_only=True):
    """What is held of a cell, since when (seconds since 1970), and how many answers in a row speak against it."""

    state: str = UP
    since: int = 0
    against: int = 0


def after(held: CellState, alive: bool | None, now: int) -> CellState:
    """What is held of a cell after one more answer; None: it could not be asked."""
    if alive is None:
        return held
    if alive == (held.state == UP):
        return CellState(state=held.state, since=held.since)
    against = held.against + 1
    if against < (AWAY_AFTER if held.state == UP else UP_AFTER):
        return CellState(state=held.state, since=held.since, against=against)
    return CellState(state=AWAY if held.state == UP else UP, since=now)


class CellWatch:
    """`ask(function)` tells whether the cell of that function does its work; `now` in seconds since 1970."""

    def __init__(
        self, functions: Mapping[str, str], bucket: ScriptBucket, ask: Callable[[str], bool | None], namespace: str,
        now: Callable[[], float] = time.time,
    ) -> None:  # fmt: skip
        self._functions, self._bucket, self._ask, self._namespace, self._now = functions, bucket, ask, namespace, now

    def look(self) -> dict[str, CellState]:
        """One look at all cells; writes only what has changed, and only over what was read.

        Raises:
            SurroundingsAway: the bucket cannot be used.
        """
        held = self._bucket.cell_health()
        before = _decoded(held[0]) if held else {}
        with ThreadPoolExecutor(len(self._functions)) as pool:
            alive = dict(zip(self._functions, pool.map(self._ask, self._functions.values()), strict=True))
        now = int(self._now())
        states = {cell: after(before.get(cell, CellState(since=now)), alive[cell], now) for cell in self._functions}
        written = states == before or self._bucket.put_cell_health(msgspec.json.encode(states), held and held[1])
        for cell, state in states.items():
            self._tell(cell, state, before.get(cell), alive[cell], written=bool(written))
        return states

    def _tell(
        self, cell: str, state: CellState, before: CellState | None, alive: bool | None, *, written: bool
    ) -> None:
        changed = before is not None and before.state != state.state
        fields: dict[str, Any] = {"cell": cell, "state": state.state, "against": state.against, "alive": alive}
        fields |= {"since": state.since, "changed": changed, "written": written}
        metric = Metric(CELL_AWAY, "Count", float(state.state == AWAY), DIMENSIONS[CELL_AWAY])
        measured = logbook.measured(self._namespace, [metric], self._now(), fields)
        logbook.write("WARNING" if state.state == AWAY or not written else "INFO", "cell", fields | measured)


def _decoded(body: bytes) -> dict[str, CellState]:
    """What was held; nothing where it cannot be read: it is made anew."""
    try:
        return msgspec.json.decode(body, type=dict[str, CellState])
    except msgspec.DecodeError:
        return {}


def asker(client: Any) -> Callable[[str], bool | None]:
    """Asks a cell's business function by calling it; `client`: of Lambda."""

    def ask(function: str) -> bool | None:
        try:
            reply = client.invoke(FunctionName=function, Payload=b'{"ask": "pulse"}')
            said = json.loads(reply["Payload"].read() or b"null")
        except (ClientError, BotoCoreError, ValueError) as error:
            code = error.response["Error"]["Code"] if isinstance(error, ClientError) else type(error).__name__
            logbook.write("WARNING", "cell not asked", {"function": function, "code": code})
            return None
        if "FunctionError" in reply or not isinstance(said, dict):
            return False  # who fails, or runs out of time, does not do its work either
        alive = said.get("alive")
        return alive if isinstance(alive, bool) else None

    return ask


def handle(_event: Mapping[str, Any], _context: object) -> dict[str, str]:
    """Lambda's entry point: called by the clock."""
    import boto3
    from botocore.config import Config

    settings = CellWatchSettings.from_environment(os.environ)
    once = Config(connect_timeout=3, read_timeout=ASK_SECONDS, retries={"total_max_attempts": 1})
    bucket = ScriptBucket(boto3.client("s3", config=Config(connect_timeout=3, read_timeout=5)), settings.script_bucket)
    functions = dict(pair.split("=", 1) for pair in settings.cell_functions.split())
    watch = CellWatch(functions, bucket, asker(boto3.client("lambda", config=once)), settings.metrics_namespace)
    return {cell: state.state for cell, state in watch.look().items()}
