"""What the business function adds to its statements: from the event to the response, without the database's part."""

from __future__ import annotations

import contextlib
import io
import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from database.connection import Connection
from functions.business import executor as executor_module
from functions.business import handler as handler_module
from functions.business import report
from functions.business.executor import Executor
from functions.business.handler import Business
from functions.hosting import logbook
from local.bench import progress
from local.bench.desk import Desk, function_in_process, sit_down
from local.bench.house import open_demo
from local.bench.row import Measured, Row

BENCH = "handler"
TIMES, QUICK_TIMES = 600, 150
GOAL_MICROSECONDS = 200.0
PARTS: dict[str, Sequence[tuple[Any, str]]] = {
    "read the request": [(handler_module, name) for name in ("read_request", "read_call", "budget_of")],
    "verify the session": [(handler_module, "session_of")],
    "parameters": [(handler_module, "convert")],
    "fingerprint": [(executor_module, "fingerprint")],
    "render statements, shape the reply": [(Executor, "execute")],
    "log line": [(report, "line"), (logbook, "write")],
}
_INSIDE = ("fingerprint", "statements")
"""Timed within `execute`, and not part of what it does itself."""


class Stopwatch:
    """Seconds by part, of one call."""

    def __init__(self) -> None:
        self.parts: dict[str, float] = defaultdict(float)

    def timing(self, part: str, work: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*arguments: Any, **named: Any) -> Any:
            begun = time.perf_counter()
            try:
                return work(*arguments, **named)
            finally:
                self.parts[part] += time.perf_counter() - begun

        return timed

    @contextlib.contextmanager
    def on_all_parts(self) -> Iterator[None]:
        """Every function of `PARTS` is timed within the block."""
        held = [(part, owner, name, getattr(owner, name)) for part, places in PARTS.items() for owner, name in places]
        pipeline = Connection.run_pipeline
        try:
            for part, owner, name, work in held:
                setattr(owner, name, self.timing(part, work))
            Connection.run_pipeline = self.timing("statements", pipeline)  # type: ignore[method-assign]
            yield
        finally:
            Connection.run_pipeline = pipeline  # type: ignore[method-assign]
            for _, owner, name, work in held:
                setattr(owner, name, work)


def rows(quick: bool = False) -> Iterator[Row]:
    times = QUICK_TIMES if quick else TIMES
    with open_demo() as house:
        desk, function = sit_down(house), function_in_process(house, house.pooler_address[1])
        _handled(function, desk, "next_case", desk.next_case())
        for action, parameters in (
            ("save_answers", desk.answers),
            ("heartbeat", lambda: {"interview": desk.interview}),
        ):
            taken = [
                _taken(function, desk, action, parameters()) for _ in progress.counted(action, range(times), times)
            ][times // 10 :]
            yield from _told(action, taken)


def _told(action: str, taken: Sequence[dict[str, float]]) -> Iterator[Row]:
    own = Measured([(one["all"] - one["statements"]) * 1e6 for one in taken])
    statements = Measured([one["statements"] * 1e6 for one in taken])
    yield own.row(
        BENCH, f"{action}: the handler over its statements", "µs",
        at_most=GOAL_MICROSECONDS, peer="the statements", against=statements,
    )  # fmt: skip
    for part in (*PARTS, "the rest"):
        spent = statistics.median(one[part] for one in taken) * 1e6
        yield Row(bench=BENCH, metric=f"{action}:   {part}", value=spent, unit="µs")


def _taken(function: Business, desk: Desk, action: str, parameters: dict[str, Any]) -> dict[str, float]:
    """Seconds of one call, by part; `all` is the whole."""
    watch = Stopwatch()
    with watch.on_all_parts():
        whole = _handled(function, desk, action, parameters)
    parts = dict(watch.parts)
    parts["render statements, shape the reply"] -= sum(parts[inside] for inside in _INSIDE)
    return {**parts, "all": whole, "the rest": whole - sum(parts.values())}


def _handled(function: Business, desk: Desk, action: str, parameters: dict[str, Any]) -> float:
    event = desk.event(f"outbound.{action}", parameters)
    with contextlib.redirect_stdout(io.StringIO()):  # its log line
        begun = time.perf_counter()
        answer = function.handle(event)
        taken = time.perf_counter() - begun
    if answer["statusCode"] != 200:
        raise RuntimeError(f"{action}: {answer}")
    return taken
